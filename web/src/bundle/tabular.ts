/** The manifest of a model of the rows of a table, as `bundle/tabular.py` reads it. */
import * as v from "valibot";
import type { TabularManifest } from "../schema.gen.js";
import { COMMON, Count, Finite, Name, Path, type Problem, Text, unique, Unit, Whole } from "./common.js";

const Level = v.strictObject({ name: Name, label: v.optional(Text) });
const Feature = v.pipe(
  v.strictObject({
    name: Name,
    label: v.optional(Text),
    unit: v.optional(Text),
    kind: v.picklist(["number", "category"]),
    levels: v.optional(v.pipe(v.array(Level), v.minLength(1), v.maxLength(1000))),
    min: v.optional(Finite),
    max: v.optional(Finite),
    step: v.optional(v.pipe(Finite, v.gtValue(0))),
    immutable: v.optional(v.boolean()),
    missing: v.optional(v.boolean()),
    group: v.optional(Name),
    help: v.optional(Text),
  }),
  v.check(
    (feature) => (feature.kind === "category") === (feature.levels !== undefined),
    "a category has levels, and a number has none.",
  ),
);

export const TabularSchema = v.strictObject({
  ...COMMON,
  kind: v.literal("tabular"),
  features: v.pipe(v.array(Feature), v.minLength(1), v.maxLength(10_000)),
  protected: v.nullable(v.strictObject({ features: v.pipe(v.array(Feature), v.minLength(1)), file: Path })),
  players: v.pipe(
    v.array(v.strictObject({ name: Name, label: v.optional(Text), columns: v.pipe(v.array(Name), v.minLength(1)) })),
    v.minLength(1),
  ),
  scales: v.pipe(
    v.array(
      v.strictObject({
        name: Unit,
        graph: Path,
        webgl: v.nullable(v.strictObject({ graph: Path, n_coalitions: Count, n_background: Count })),
        additive: v.boolean(),
        trees: v.nullable(v.strictObject({ nodes: Path, features: v.nullable(Path), columns: v.array(Whole) })),
      }),
    ),
    v.minLength(1),
  ),
  background: v.strictObject({
    file: Path,
    kind: v.picklist(["sample", "kmeans", "median", "given"]),
    n_rows: Count,
    seed: Whole,
    rule: v.string(),
    label: Text,
  }),
  examples: v.pipe(
    v.array(
      v.strictObject({ id: Name, title: Text, values: v.record(v.string(), v.union([Finite, v.string(), v.null()])) }),
    ),
    v.maxLength(1000),
  ),
  designs: v.array(
    v.strictObject({
      n_players: v.pipe(v.number(), v.safeInteger(), v.minValue(2)),
      seed: Whole,
      masks: Path,
      checkpoints: v.pipe(
        v.array(v.strictObject({ budget: v.pipe(v.number(), v.safeInteger(), v.minValue(4)), operator: Path })),
        v.minLength(1),
      ),
    }),
  ),
});

/** What a schema can't say. */
export function* tabularContradictions(m: TabularManifest): Generator<Problem> {
  const columns = m.features.map((feature) => feature.name);
  yield* unique("features", [...m.features, ...(m.protected?.features ?? [])]);
  yield* unique("players", m.players);
  for (const [i, feature] of m.features.entries()) {
    if (new Set(feature.levels?.map(({ name }) => name)).size < (feature.levels?.length ?? 0))
      yield [`manifest.features[${i}].levels`, "two levels have the same name."];
    if (feature.min !== undefined && feature.max !== undefined && feature.min > feature.max)
      yield [`manifest.features[${i}].min`, "the minimum lies above the maximum."];
  }
  const owned = m.players.flatMap((player) => player.columns);
  if (!sameNames(owned, columns)) yield ["manifest.players", "every column must belong to exactly one player."];
  for (const [i, example] of m.examples.entries())
    if (!sameNames(Object.keys(example.values), columns))
      yield [`manifest.examples[${i}].values`, "an example must name every column, and no other."];
  for (const [i, { trees }] of m.scales.entries())
    if (trees?.columns.some((column) => column >= columns.length))
      yield [`manifest.scales[${i}].trees.columns`, `the model has ${columns.length} columns.`];
  for (const [i, design] of m.designs.entries())
    for (const [j, { budget }] of design.checkpoints.entries())
      if (budget % 2 !== 0 || (j > 0 && budget <= (design.checkpoints[j - 1]?.budget ?? 0)))
        yield [`manifest.designs[${i}].checkpoints[${j}].budget`, "budgets must be even and rise."];
}

function sameNames(names: readonly string[], columns: readonly string[]): boolean {
  const known = new Set(columns);
  return names.length === columns.length && new Set(names).size === names.length && names.every((n) => known.has(n));
}

/** Every path that is named besides, and where. */
export function* tabularPaths(m: TabularManifest): Generator<[where: string, path: string]> {
  yield ["manifest.background.file", m.background.file];
  if (m.protected) yield ["manifest.protected.file", m.protected.file];
  for (const [i, { trees }] of m.scales.entries()) {
    if (trees) yield [`manifest.scales[${i}].trees.nodes`, trees.nodes];
    if (trees?.features) yield [`manifest.scales[${i}].trees.features`, trees.features];
  }
  for (const [i, design] of m.designs.entries()) {
    yield [`manifest.designs[${i}].masks`, design.masks];
    for (const [j, checkpoint] of design.checkpoints.entries())
      yield [`manifest.designs[${i}].checkpoints[${j}].operator`, checkpoint.operator];
  }
}
