/** What the manifests of every kind of data share; each kind's own part stands beside this file. */
import * as v from "valibot";
import type { Manifest } from "../schema.gen.js";

const PATH = /^(?!.*(^|\/)\.\.?(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/;
const LANGUAGE = /^[a-z]{2}(-[A-Z]{2})?$/;
const SHA256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "is not a sha256."));
const Words = v.pipe(v.string(), v.maxLength(2000));

export const Path = v.pipe(v.string(), v.maxLength(200), v.regex(PATH, "is not a path inside the bundle."));
export const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
export const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const Finite = v.pipe(v.number(), v.finite());
export const Text = v.union(
  [
    Words,
    v.pipe(
      v.record(v.pipe(v.string(), v.regex(LANGUAGE)), Words),
      v.check((texts) => "en" in texts, 'has no "en" entry.'),
    ),
  ],
  "is neither a string nor strings by language.",
);
const Reason = v.nullable(v.string());

export const Unit = v.picklist(["output", "margin", "logit"]);

/** A photo or a text to start from. */
export const FileExample = { id: Name, title: Text, file: Path };

/** The entries that every manifest has. */
export const COMMON = {
  version: v.literal(1),
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
  weights: v.nullable(Path),
  chunk_rows: v.strictObject({ cpu: Count, wasm: Count, webgpu: Count, webgl: Count }),
  providers: v.strictObject({ wasm: Reason, webgpu: Reason, webgl: Reason }),
  files: v.record(Path, v.strictObject({ sha256: SHA256, bytes: Whole })),
};

/** A contradiction: the path of the node at fault, and what is wrong. */
export type Problem = [where: string, message: string];
type Named = [where: string, path: string];

/** What no schema can say of any manifest: names that must be unique or known. */
export function* contradictions(m: Manifest): Generator<Problem> {
  yield* unique("outputs", m.outputs);
  yield* unique("scales", m.scales);
  yield* unique(
    "examples",
    m.examples.map(({ id }) => ({ name: id })),
  );
  if (m.scales[0].name !== "output") yield ["manifest.scales[0].name", 'the first scale must be "output".'];
  if (m.decision && !m.outputs.some((output) => output.name === m.decision?.output))
    yield ["manifest.decision.output", `there is no output called "${m.decision.output}".`];
}

export function* unique(list: string, entries: readonly { name: string }[]): Generator<Problem> {
  if (new Set(entries.map(({ name }) => name)).size < entries.length)
    yield [`manifest.${list}`, "two entries have the same name."];
}

/** Every path that any manifest names, and where. */
export function* paths(m: Manifest): Generator<Named> {
  yield ["manifest.model.file", m.model.file];
  if (m.weights) yield ["manifest.weights", m.weights];
  for (const [i, scale] of m.scales.entries()) {
    yield [`manifest.scales[${i}].graph`, scale.graph];
    const { webgl } = scale as { webgl?: { graph: string } | null };
    if (webgl) yield [`manifest.scales[${i}].webgl.graph`, webgl.graph];
  }
}

/** Whether each path is among the bundle's files. */
export function* unlisted(m: Manifest, named: Iterable<Named>): Generator<Problem> {
  for (const [where, path] of named)
    if (!Object.hasOwn(m.files, path)) yield [where, `"${path}" is not listed in manifest.files.`];
}
