/** The contributions of an explanation to one output, with the names and values people know. */
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { playerLabel, playerValue } from "./value-text.js";

export interface Contribution {
  readonly player: string;
  readonly label: string;
  readonly valueText: string;
  /** In the explanation's own scale. */
  readonly value: number;
  /** 0 where exact, null where unknown. */
  readonly error: number | null;
}

/** One contribution per player, in manifest order. */
export function contributions(
  explanation: Explanation,
  manifest: TabularManifest,
  output: number,
  words: Words,
): Contribution[] {
  return explanation.players.map((player, index) => ({
    player: player.name,
    label: playerLabel(manifest, player.name, words),
    valueText: playerValue(manifest, player, words),
    value: explanation.values[index]?.[output] ?? 0,
    error: explanation.std_error[index]?.[output] ?? null,
  }));
}

/** True where no entry moves this output at all. */
export function nothingChanges(all: readonly Contribution[]): boolean {
  return all.every(({ value }) => Math.abs(value) < 1e-9);
}
