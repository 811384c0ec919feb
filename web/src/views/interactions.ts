/** What entries do together, beyond what each does alone: the sets of an explanation, with words for them. */
import { Z95 } from "../chart/order.js";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { type Contribution, contributions } from "./contributions.js";
import { type Unit, unit, type UnitChoice } from "./unit.js";

/** Two or more entries and what they do together. */
export interface Together {
  readonly members: readonly Contribution[];
  /** In the explanation's own scale. */
  readonly value: number;
  /** 0 where exact, null where unknown. */
  readonly error: number | null;
}

/** A pair of players by name, in manifest order. */
export type Pair = readonly [string, string];

/** Smaller ones are rounding. */
const NOTHING = 1e-9;

/** The sets of two and more players, the largest first; empty where the explanation has none. */
export function together(
  explanation: Explanation,
  manifest: TabularManifest,
  output: number,
  words: Words,
): Together[] {
  const { interactions } = explanation;
  if (!interactions) return [];
  const all = contributions(explanation, manifest, output, words);
  return interactions.sets
    .map((set, at) => ({
      members: set.flatMap((player) => all[player] ?? []),
      value: interactions.values[at]?.[output] ?? 0,
      error: interactions.std_error[at]?.[output] ?? null,
    }))
    .filter(({ members }) => members.length > 1)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

/** Those of exactly two. */
export function pairs(all: readonly Together[]): Together[] {
  return all.filter(({ members }) => members.length === 2);
}

/** The two players of a pair by name. */
export function pairOf({ members: [one, other] }: Together): Pair {
  return [one?.player ?? "", other?.player ?? ""];
}

export function samePair(a: Pair | null, b: Pair | null): boolean {
  return a !== null && b !== null && a[0] === b[0] && a[1] === b[1];
}

/** Whether the set does nothing that a picture could show. */
export function independent({ value }: Together): boolean {
  return Math.abs(value) < NOTHING;
}

/** Whether the 95 % interval leaves open in which direction the set works. */
export function uncertain({ value, error }: Together): boolean {
  return error === null || (error > 0 && Math.abs(value) <= Z95 * error);
}

/**
 * Why an explanation has no interactions.
 *
 * `waiting`: it isn't the final one; `not_asked`: they were switched off; `not_this_way`: what computed the values can't
 * tell them, or there are too many pairs; `not_accurate`: the budget doesn't do for numbers worth showing.
 */
export type Absence = "waiting" | "not_asked" | "not_this_way" | "not_accurate";

export function absence(explanation: Explanation, final: boolean): Absence | null {
  if (explanation.interactions) return null;
  const { estimator } = explanation.provenance;
  const parameters = explanation.provenance.parameters as Readonly<Record<string, unknown>>;
  if (parameters["interactions"] === "none") return "not_asked";
  if (!final) return "waiting";
  // Least squares by name gives them only where they are insisted on.
  const tells =
    estimator === "gaussian_process" || (estimator === "least_squares" && parameters["interactions"] !== "auto");
  return tells ? "not_accurate" : "not_this_way";
}

/** What a set does in a sentence: whether its entries strengthen each other, overlap, or just shift the result. */
export function togetherSentence(set: Together, unit: Unit, words: Words): string {
  const { s, n } = words;
  const said = s.together;
  const names = n.list(set.members.map(({ label, valueText }) => s.glance.item(label, valueText)));
  if (independent(set)) return said.independent(names);
  const up = set.value > 0;
  const amount = unit.distance(Math.abs(set.value));
  const sides = new Set(set.members.map(({ value }) => Math.sign(value)));
  const [side] = sides;
  const verb = (raises: boolean) => (raises ? said.raise : said.lower);
  const sentence =
    sides.size !== 1 || side === 0 || set.members.length > 2
      ? said.shift(names, verb(up), amount)
      : side === Math.sign(set.value)
        ? said.strengthen(names, verb(up), amount)
        : said.overlap(names, verb(!up), amount);
  return [sentence, doubt(set, unit, words)].filter(Boolean).join(" ");
}

/** How sure that is; nothing where it is exact. */
function doubt(set: Together, unit: Unit, { s }: Words): string {
  if (set.error === null) return s.together.unknown;
  if (set.error === 0) return "";
  const reach = unit.distance(Z95 * set.error);
  return uncertain(set) ? s.together.chance(reach) : s.together.give_or_take(reach);
}

/** The finding of the whole view: the strongest pair that is more than chance, or that there is none. */
export function strongestTogether(all: readonly Together[], unit: Unit, words: Words): string {
  if (all.every(independent)) return words.s.together.none;
  const strongest = pairs(all).find((set) => !independent(set) && !uncertain(set));
  if (!strongest) return words.s.together.none_sure;
  const names = words.n.list(strongest.members.map(({ label }) => label));
  return words.s.together.finding(names, unit.amount(strongest.value));
}

/** A player's strongest partner among the pairs that are more than chance, or null. */
export function strongestWith(player: string, all: readonly Together[]): Together | null {
  return pairs(all).find((set) => !uncertain(set) && !independent(set) && pairOf(set).includes(player)) ?? null;
}

/** The matrix in one sentence, for those who don't see it. */
export function matrixDescription(
  explanation: Explanation,
  manifest: TabularManifest,
  output: number,
  choice: UnitChoice,
  words: Words,
): string {
  const { s, n } = words;
  const inUnit = unit(manifest, explanation.outputs[output] ?? "", explanation.provenance.scale, choice, words);
  const found = pairs(together(explanation, manifest, output, words)).filter((set) => !independent(set));
  const said = found
    .slice(0, 3)
    .map(({ members: [one, other], value }) =>
      s.together.pair(one?.label ?? "", other?.label ?? "", inUnit.amount(value)),
    );
  return s.together.description(inUnit.axis, n.count(found.length), n.list(said));
}
