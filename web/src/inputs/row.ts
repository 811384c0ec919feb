/** The row a person edits: plain values by column, and where they come from. */
import type { Feature } from "../schema.gen.js";
import type { TabularManifest } from "../types.js";
import type { Value } from "../views/value-text.js";

export type Values = Readonly<Record<string, Value>>;

export interface Start {
  /** The example's id; `background:12` for the thirteenth row of the reference. */
  readonly id: string;
  readonly values: Values;
}

/** All the rows one can start from: the examples, and the reference's rows where those are real ones. */
export function starts(manifest: TabularManifest, background: readonly (readonly number[])[]): Start[] {
  const examples = manifest.examples.map(({ id, values }) => ({ id, values: complete(manifest, values) }));
  const real = manifest.background.kind === "sample" || manifest.background.kind === "given";
  if (!real && examples.length > 0) return examples;
  return [
    ...examples,
    ...background.map((row, index) => ({ id: `background:${index}`, values: named(manifest, row) })),
  ];
}

/** The first row to show: the first example, else the reference's first row. */
export function first(manifest: TabularManifest, background: readonly (readonly number[])[]): Start {
  return starts(manifest, background)[0] ?? { id: "", values: complete(manifest, {}) };
}

/** A start other than the present one, picked by a number in [0, 1). */
export function another(all: readonly Start[], present: string, random: number): Start | undefined {
  const others = all.filter(({ id }) => id !== present);
  return others[Math.floor(random * others.length)];
}

/** Every feature has a value: what isn't given starts as missing, at the first level or at the smallest number. */
function complete(manifest: TabularManifest, values: Readonly<Record<string, Value>>): Values {
  return Object.fromEntries(manifest.features.map((feature) => [feature.name, values[feature.name] ?? usual(feature)]));
}

function usual(feature: Feature): Value {
  if (feature.missing) return null;
  if (feature.kind === "category") return feature.levels?.[0]?.name ?? null;
  return feature.min ?? 0;
}

/** A raw row of numbers in people's words. */
export function named(manifest: TabularManifest, row: readonly number[]): Values {
  return Object.fromEntries(
    manifest.features.map((feature, column) => {
      const raw = row[column] ?? Number.NaN;
      if (feature.kind === "category") return [feature.name, feature.levels?.[raw]?.name ?? null];
      return [feature.name, Number.isFinite(raw) ? tidy(raw) : null];
    }),
  );
}

/** A float32 as the shortest number that stands for it: 0.1, not 0.10000000149011612. */
function tidy(raw: number): number {
  return Number(raw.toPrecision(7));
}
