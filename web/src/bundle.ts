/** Reads a manifest (contract 1): accepted, or refused with the path of the node at fault. */
import * as v from "valibot";
import { XaiwebError } from "./errors.js";
import type { Manifest } from "./schema.gen.js";

const PATH = /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;
const SHA256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "is not a sha256."));
const Path = v.pipe(v.string(), v.maxLength(200), v.regex(PATH, "is not a path inside the bundle."));
const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Finite = v.pipe(v.number(), v.finite());
const Words = v.pipe(v.string(), v.maxLength(2000));
const LANGUAGE = /^[a-z]{2}(-[A-Z]{2})?$/;
const Text = v.union(
  [
    Words,
    v.pipe(
      v.record(v.pipe(v.string(), v.regex(LANGUAGE)), Words),
      v.check((texts) => "en" in texts, 'has no "en" entry.'),
    ),
  ],
  "is neither a string nor strings by language.",
);
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
const Features = v.pipe(v.array(Feature), v.minLength(1), v.maxLength(10_000));
const Reason = v.nullable(v.string());

const Schema = v.strictObject({
  version: v.literal(1),
  kind: v.literal("tabular"),
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)),
  title: Text,
  description: v.optional(Text),
  subject: v.optional(Text),
  created_by: v.pipe(v.string(), v.maxLength(100)),
  model: v.strictObject({
    file: Path,
    sha256: SHA256,
    source: v.picklist(["torch", "onnx", "sklearn", "xgboost", "lightgbm"]),
    opset: v.pipe(
      v.custom<Record<string, number>>((value) => !Array.isArray(value), "is a list."), // a record takes one for an object
      v.record(v.string(), v.pipe(v.number(), v.safeInteger())),
    ),
    card: v.optional(v.pipe(v.array(v.strictObject({ title: Text, text: Text })), v.maxLength(50))),
  }),
  features: Features,
  protected: v.nullable(v.strictObject({ features: v.pipe(v.array(Feature), v.minLength(1)), file: Path })),
  players: v.pipe(
    v.array(v.strictObject({ name: Name, label: v.optional(Text), columns: v.pipe(v.array(Name), v.minLength(1)) })),
    v.minLength(1),
  ),
  outputs: v.pipe(
    v.array(
      v.strictObject({
        name: Name,
        label: v.optional(Text),
        unit: v.optional(Text),
        kind: v.picklist(["probability", "number"]),
      }),
    ),
    v.minLength(1),
  ),
  decision: v.nullable(v.strictObject({ output: Name, threshold: Finite, above: Text, below: Text, meaning: Text })),
  scales: v.pipe(
    v.array(
      v.strictObject({
        name: v.picklist(["output", "margin", "logit"]),
        graph: Path,
        webgl: v.nullable(v.strictObject({ graph: Path, n_coalitions: Count, n_background: Count })),
        additive: v.boolean(),
        trees: v.nullable(v.strictObject({ nodes: Path, features: v.nullable(Path), columns: v.array(Whole) })),
      }),
    ),
    v.minLength(1),
  ),
  weights: v.nullable(Path),
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
      v.strictObject({
        id: Name,
        title: Text,
        values: v.record(v.string(), v.union([Finite, v.string(), v.null()])),
      }),
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
  chunk_rows: v.strictObject({ cpu: Count, wasm: Count, webgpu: Count, webgl: Count }),
  providers: v.strictObject({ wasm: Reason, webgpu: Reason, webgl: Reason }),
  files: v.record(Path, v.strictObject({ sha256: SHA256, bytes: Whole })),
});

/**
 * The manifest in a parsed JSON document.
 *
 * @throws XaiwebError (`bundle-invalid`, `bundle-version`) whose `where` is the path of the node at fault.
 */
export function readManifest(document: unknown): Manifest {
  const version = (document as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version !== 1)
    throw new XaiwebError(
      "bundle-version",
      `this is version ${version} of the manifest; this release reads version 1.`,
      {
        where: "manifest.version",
        next: "Export the bundle again with this release of xaiweb.",
      },
    );
  const manifest = parse<Manifest>(Schema, document, "manifest");
  const [problem] = contradictions(manifest);
  if (problem) throw invalid(...problem);
  return manifest;
}

/** `document` if `schema` accepts it; else an error that names the first bad node, as `root.list[3].key`. */
export function parse<T>(schema: v.GenericSchema, document: unknown, root: string, code = "bundle-invalid"): T {
  const result = v.safeParse(schema, document, { abortEarly: true });
  if (result.success) return result.output as T;
  const issue = result.issues[0];
  const where = (issue.path ?? []).reduce((path: string, item) => {
    const key = (item as { key: unknown }).key;
    return typeof key === "number" ? `${path}[${key}]` : `${path}.${String(key)}`;
  }, root);
  throw new XaiwebError(code, issue.message, { where, next: "Export the bundle and build the site again." });
}

function invalid(where: string, message: string): XaiwebError {
  return new XaiwebError("bundle-invalid", message, { where, next: "Export the bundle again." });
}

/** What a schema can't say: names that must be unique, known, or complete. */
function* contradictions(m: Manifest): Generator<[where: string, message: string]> {
  const columns = m.features.map((feature) => feature.name);
  for (const [list, names] of [
    ["features", [...columns, ...(m.protected?.features ?? []).map((feature) => feature.name)]],
    ["players", m.players.map((player) => player.name)],
    ["outputs", m.outputs.map((output) => output.name)],
    ["scales", m.scales.map((scale) => scale.name)],
    ["examples", m.examples.map((example) => example.id)],
  ] as const)
    if (new Set(names).size < names.length) yield [`manifest.${list}`, "two entries have the same name."];
  for (const [i, feature] of m.features.entries()) {
    if (new Set(feature.levels?.map((level) => level.name)).size < (feature.levels?.length ?? 0))
      yield [`manifest.features[${i}].levels`, "two levels have the same name."];
    if (feature.min !== undefined && feature.max !== undefined && feature.min > feature.max)
      yield [`manifest.features[${i}].min`, "the minimum lies above the maximum."];
  }
  if (
    !sameNames(
      m.players.flatMap((player) => player.columns),
      columns,
    )
  )
    yield ["manifest.players", "every column must belong to exactly one player."];
  if (m.scales[0].name !== "output") yield ["manifest.scales[0].name", 'the first scale must be "output".'];
  if (m.decision && !m.outputs.some((output) => output.name === m.decision?.output))
    yield ["manifest.decision.output", `there is no output called "${m.decision.output}".`];
  for (const [i, example] of m.examples.entries())
    if (!sameNames(Object.keys(example.values), columns))
      yield [`manifest.examples[${i}].values`, "an example must name every column, and no other."];
  for (const [i, design] of m.designs.entries())
    for (const [j, { budget }] of design.checkpoints.entries())
      if (budget % 2 !== 0 || (j > 0 && budget <= (design.checkpoints[j - 1]?.budget ?? 0)))
        yield [`manifest.designs[${i}].checkpoints[${j}].budget`, "budgets must be even and rise."];
  for (const [where, path] of paths(m))
    if (!Object.hasOwn(m.files, path)) yield [where, `"${path}" is not listed in manifest.files.`];
}

function sameNames(names: readonly string[], columns: readonly string[]): boolean {
  const known = new Set(columns);
  return names.length === columns.length && new Set(names).size === names.length && names.every((n) => known.has(n));
}

function* paths(m: Manifest): Generator<[where: string, path: string]> {
  yield ["manifest.model.file", m.model.file];
  yield ["manifest.background.file", m.background.file];
  if (m.weights) yield ["manifest.weights", m.weights];
  if (m.protected) yield ["manifest.protected.file", m.protected.file];
  for (const [i, scale] of m.scales.entries()) {
    yield [`manifest.scales[${i}].graph`, scale.graph];
    if (scale.webgl) yield [`manifest.scales[${i}].webgl.graph`, scale.webgl.graph];
    if (scale.trees) yield [`manifest.scales[${i}].trees.nodes`, scale.trees.nodes];
    if (scale.trees?.features) yield [`manifest.scales[${i}].trees.features`, scale.trees.features];
  }
  for (const [i, design] of m.designs.entries()) {
    yield [`manifest.designs[${i}].masks`, design.masks];
    for (const [j, checkpoint] of design.checkpoints.entries())
      yield [`manifest.designs[${i}].checkpoints[${j}].operator`, checkpoint.operator];
  }
}
