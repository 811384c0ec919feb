/** In which unit contributions are written: percentage points, or the model's own. */
import type { Words } from "../strings/words.js";
import type { Manifest, Scale } from "../types.js";

export type UnitChoice = "points" | "model";

export interface Unit {
  readonly kind: UnitChoice;
  /** A contribution with its sign and unit: −12 points. */
  amount(value: number): string;
  /** The same without the unit's name, where an axis or a heading carries it. */
  bare(value: number): string;
  /** The same where there is hardly room. */
  brief(value: number): string;
  /** With more digits, for a table. */
  fine(value: number): string;
  /** A distance without sign: 0.4 points. */
  distance(value: number): string;
  /** A prediction or base value: 38 %. */
  level(value: number): string;
  /** A tick of the axis. */
  tick(value: number): string;
  /** What the axis shows. */
  readonly axis: string;
  /** The unit's name in a table's heading. */
  readonly name: string;
  /** Bounds of what can be meant (a probability), or null. */
  readonly bounds: readonly [number, number] | null;
}

/** Points are offered where the output is a probability in its own scale; everything else has model units. */
export function unit(manifest: Manifest, output: string, scale: Scale, choice: UnitChoice, words: Words): Unit {
  const { s, n } = words;
  const declared = manifest.outputs.find(({ name }) => name === output);
  const probability = declared?.kind === "probability" && scale === "output";
  const label = words.text(declared?.label ?? output);
  const meaning =
    manifest.decision?.output === output
      ? words.text(manifest.decision.meaning)
      : declared?.kind === "probability"
        ? s.unit.probability(label)
        : s.unit.predicted(label);
  // A level just below what is needed must not read as enough.
  const near = manifest.decision?.output === output ? manifest.decision.threshold : undefined;
  if (probability && choice === "points") {
    const bare = (value: number) => n.signed(value * 100);
    return {
      kind: "points",
      bare,
      brief: (value) => n.signed(value * 100, 2, 1),
      amount: (value) => s.unit.points(bare(value)),
      fine: (value) => n.signed(value * 100, 5, 2),
      distance: (value) => s.unit.points(n.spread(value * 100)),
      level: (value) => n.percent(value, near),
      tick: (value) => `${n.short(Number((value * 100).toFixed(6)))}\u00a0%`,
      axis: meaning,
      name: s.unit.pointsName,
      bounds: [0, 1],
    };
  }
  const named = scale === "output" ? words.text(declared?.unit) : s.unit.scales[scale];
  const suffix = named && scale === "output" ? `\u00a0${named}` : "";
  // A probability's contributions are small: a digit more tells them apart.
  const bare = (value: number) => n.signed(value, declared?.kind === "number" ? 2 : 3, 6);
  return {
    kind: "model",
    bare,
    brief: (value) => n.signed(value, 2, 4),
    amount: (value) => bare(value) + suffix,
    fine: (value) => n.signed(value, 4, 6),
    distance: (value) => n.spread(value) + suffix,
    level: (value) => n.short(value) + suffix,
    tick: (value) => n.short(Number(value.toFixed(9))),
    axis: named && !(scale === "output" && says(meaning, named)) ? `${meaning} (${named})` : meaning,
    name: named || s.unit.modelName,
    bounds: probability ? [0, 1] : null,
  };
}

/** Whether a label names the unit already: bikes rented, in bikes. */
export function says(label: string, unit: string): boolean {
  return label.toLowerCase().split(/\s+/).includes(unit.toLowerCase());
}

/** Whether contributions to this output can be written in percentage points. */
export function hasPoints(manifest: Manifest, output: string, scale: Scale): boolean {
  return scale === "output" && manifest.outputs.find(({ name }) => name === output)?.kind === "probability";
}
