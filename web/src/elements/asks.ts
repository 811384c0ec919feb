/** What the explainer's parts ask it for: the events that go up, typed at both ends. */
import type { Language } from "../strings/language.js";
import type { ProviderChoice } from "../types.js";
import type { Pair } from "../views/interactions.js";
import type { UnitChoice } from "../views/unit.js";
import type { Value } from "../views/value-text.js";
import type { Settings } from "./settings.js";

export interface Asks {
  /** One entry has another value. */
  "xai-change": { name: string; value: Value };
  /** Start from another example, from any row, from the one before, from the example again. */
  "xai-start": { id: string };
  "xai-shuffle": null;
  /** The text is another, `own` where nothing of the sample is left; a word is pointed at; words are hidden or restored; just these are hidden. */
  "xai-text": { text: string; own: boolean };
  "xai-word": { word: number | null };
  "xai-hide": { words: readonly number[] };
  "xai-hidden": { words: readonly number[] };
  /** A row of a file is wanted, from 0. */
  "xai-row": { row: number; values: Readonly<Record<string, Value>> };
  "xai-undo": null;
  "xai-reset": null;
  /** A player is pointed at or focused; null: none any longer. */
  "xai-point": { player: string | null };
  /** The same for two players that work together. */
  "xai-pair": { pair: Pair | null };
  /** Whether arcs show what works together. */
  "xai-arcs": { on: boolean };
  /** A player is chosen, or no longer; or its field is wanted. */
  "xai-select": { player: string };
  "xai-reveal": { player: string };
  /** What is shown, and how it is computed. */
  "xai-unit": { unit: UnitChoice };
  "xai-output": { output: number };
  "xai-settings": { settings: Settings };
  "xai-provider": { provider: ProviderChoice };
  /** How many panels of the third depth are open. */
  "xai-panels": { open: number };
  /** Something to tell a screen reader. */
  "xai-said": { text: string };
  /** The page's language and colours. */
  "xai-language": { lang: Language };
  "xai-theme": { theme: "auto" | "light" | "dark" };
}

/** Sends an ask upwards, through the shadow roots. */
export function ask<T extends keyof Asks>(from: EventTarget, type: T, detail: Asks[T]): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}

/** Answers an ask. */
export function on<T extends keyof Asks>(at: EventTarget, type: T, answer: (detail: Asks[T]) => void): void {
  at.addEventListener(type, (event) => answer((event as CustomEvent<Asks[T]>).detail));
}
