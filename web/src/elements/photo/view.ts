/** What the page shows of a session: which class, which part, in which order. Changes of it compute nothing. */
import type { Sight } from "../../views/photo/sentence.js";
import { held, type Look, ordered, parts } from "../../views/photo/parts.js";
import { without } from "../../views/photo/masks.js";
import type { Words } from "../../strings/words.js";
import type { Explanation, ImageManifest } from "../../types.js";
import type { Run, Shown } from "./run.js";
import { keyOf, type PhotoSession } from "./session.js";
import { likeliest } from "./tasks.js";
import type { Column } from "./xai-beside.js";

/** What a reader chose to see; null: whatever is likeliest, or nothing. */
export interface Choice {
  readonly chosen: string | null;
  readonly against: string | null;
  readonly active: number | null;
  readonly pinned: number | null;
  readonly opacity: number;
  readonly borders: boolean;
}

/** What the page shows, with everything that follows from the choice. */
export interface View extends Omit<Choice, "chosen"> {
  readonly words: Words;
  readonly narrow: boolean;
  readonly shown: Shown | null;
  readonly sight: Sight | null;
  /** Large areas only so far: too early for words about parts. */
  readonly coarse: boolean;
  /** Segments from what speaks most for the class. */
  readonly order: readonly number[];
  /** The photo as the model sees it. */
  readonly pixels: ImageData | null;
  /** Names of the classes explained, and the one that is looked at; its position in the manifest. */
  readonly names: readonly string[];
  readonly chosen: string;
  readonly output: number;
  /** What the model says without the part that is looked at, where it is known. */
  readonly answer: readonly number[] | null;
  /** It was asked, and couldn't say. */
  readonly unanswered: boolean;
  readonly columns: readonly Column[];
}

/** The view; `before` is the order that stood there, to be held while somebody walks through the parts and it refines. */
export function viewOf(
  session: PhotoSession,
  choice: Choice,
  words: Words,
  before: readonly number[],
  narrow: boolean,
): View {
  const { explainer, prediction, prepared, run } = session;
  const manifest = explainer?.manifest;
  const names = manifest && prediction ? namesOf(manifest, prediction, run.shown?.explanation) : [];
  const chosen = names.includes(choice.chosen ?? "") ? choice.chosen! : (names[0] ?? "");
  const against = choice.against !== chosen && names.includes(choice.against ?? "") ? choice.against : null;
  const sightOf = ({ shown }: Run): Sight | null => {
    const output = shown?.explanation.outputs.indexOf(chosen) ?? -1;
    if (!shown || !manifest || output < 0) return null;
    const other = against === null ? -1 : shown.explanation.outputs.indexOf(against);
    const look: Look = { output, against: other < 0 ? null : other };
    return { explanation: shown.explanation, manifest, look, places: shown.places, words };
  };
  const { shown } = run;
  const sight = sightOf(run);
  const all = sight ? parts(sight.explanation, sight.look) : [];
  const part = choice.active ?? choice.pinned;
  const count = shown?.explanation.players.length ?? 0;
  const question = shown && part !== null ? keyOf(shown, without(count, part)) : null;
  return {
    ...choice,
    active: choice.active !== null && choice.active < count ? choice.active : null,
    pinned: choice.pinned !== null && choice.pinned < count ? choice.pinned : null,
    words,
    narrow,
    shown,
    sight,
    coarse: !run.final && (shown?.explanation.provenance.n_coalitions ?? 0) < count,
    order: run.final || part === null ? ordered(all).map(({ segment }) => segment) : held(before, all),
    pixels: prepared?.pixels ?? session.preview,
    names,
    chosen,
    against,
    output: Math.max(0, manifest?.outputs.findIndex(({ name }) => name === chosen) ?? 0),
    answer: question === null ? null : session.answers.get(question),
    unanswered: question !== null && session.answers.failed(question),
    columns: [...session.beside].map((method) => {
      const one = session.runOf(method);
      return { method, run: one, sight: sightOf(one) };
    }),
  };
}

/** The classes explained; before there is an explanation the likeliest ones. */
function namesOf({ outputs }: ImageManifest, prediction: readonly number[], explanation?: Explanation): string[] {
  if (explanation) return [...explanation.outputs];
  return likeliest(prediction).map((at) => outputs[at]?.name ?? "");
}
