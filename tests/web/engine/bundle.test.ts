import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readManifest } from "../../../web/src/bundle.js";
import schema from "../../../python/xaiweb/bundle/schema/manifest.v1.schema.json" with { type: "json" };
import { XaiwebError } from "../../../web/src/errors.js";
import { loanManifest } from "./golden.js";

type Node = Record<string | number, unknown>;

/** The golden manifest with the node at a path replaced (or removed, for undefined). */
function changed(path: (string | number)[], value: unknown): unknown {
  const manifest = structuredClone(loanManifest()) as unknown as Node;
  let node = manifest;
  for (const key of path.slice(0, -1)) node = node[key] as Node;
  const last = path.at(-1) as string | number;
  if (value === undefined) delete node[last];
  else node[last] = value;
  return manifest;
}

function refusal(document: unknown): { where: string; message: string; code: string } {
  try {
    readManifest(document);
  } catch (error) {
    if (error instanceof XaiwebError) return error;
    throw error;
  }
  throw new Error("the document was accepted");
}

describe("readManifest", () => {
  test("accepts the golden manifest as it stands", () => {
    expect(readManifest(loanManifest())).toEqual(loanManifest());
  });

  test("accepts a model from every source that the schema names", () => {
    const { properties } = schema.$defs.Model;
    expect(properties.source.enum.length).toBeGreaterThan(1);
    for (const source of properties.source.enum)
      expect(() => readManifest(changed(["model", "source"], source)), source).not.toThrow();
  });

  const categories = loanManifest().features.findIndex(({ kind }) => kind === "category");
  test.each<[string, (string | number)[], unknown]>([
    ["manifest.version", ["version"], 2],
    ["manifest.kind", ["kind"], "audio"],
    ["manifest.title", ["title"], { de: "Nur Deutsch" }],
    ["manifest.extra", ["extra"], 1],
    ["manifest.model", ["model"], undefined],
    ["manifest.model.sha256", ["model", "sha256"], "abc"],
    ["manifest.model.opset", ["model", "opset"], []],
    ["manifest.features", ["features"], []],
    ["manifest.features[1].kind", ["features", 1, "kind"], "text"],
    [`manifest.features[${categories}]`, ["features", categories, "levels"], undefined],
    [`manifest.features[${categories}].levels`, ["features", categories, "levels"], [{ name: "a" }, { name: "a" }]],
    ["manifest.features", ["features", 1, "name"], loanManifest().features[0].name],
    ["manifest.players", ["players", 0, "columns"], ["nobody"]],
    ["manifest.outputs[0].kind", ["outputs", 0, "kind"], "logit"],
    ["manifest.decision.output", ["decision", "output"], "nothing"],
    ["manifest.decision.threshold", ["decision", "threshold"], "0.5"],
    ["manifest.scales[0].name", ["scales", 0, "name"], "probability"],
    ["manifest.weights", ["weights"], "../weights.bin"],
    ["manifest.weights", ["weights"], "not-listed.bin"],
    ["manifest.background.n_rows", ["background", "n_rows"], 0],
    ["manifest.examples[0].values", ["examples", 0, "values"], {}],
    ["manifest.designs[0].checkpoints[0].budget", ["designs", 0, "checkpoints", 0, "budget"], 71],
    ["manifest.chunk_rows.wasm", ["chunk_rows", "wasm"], 0.5],
    ["manifest.providers.webgl", ["providers", "webgl"], 3],
  ])("names the node at fault: %s", (where, path, value) => {
    expect(refusal(changed(path, value)).where).toBe(where);
  });

  test("tells a newer version from a damaged manifest", () => {
    expect(refusal(changed(["version"], 2)).code).toBe("bundle-version");
    expect(refusal(changed(["version"], "1")).code).toBe("bundle-invalid");
  });

  test.each([null, 1, "text", [], {}])("refuses %j", (document) => {
    expect(refusal(document).where).toMatch(/^manifest/);
  });

  test("accepts a fuzzed manifest or refuses it with a path, and never breaks", () => {
    const paths = everyPath(loanManifest());
    const junk = fc.oneof(
      fc.constantFrom(undefined, null, true, -1, 0.5, 1e300, "", "x", "../x", "__proto__", [], {}),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, (path, value) => {
        const document = changed(path, value);
        try {
          expect(readManifest(document)).toEqual(document);
        } catch (error) {
          expect(error).toBeInstanceOf(XaiwebError);
          expect((error as XaiwebError).where).toMatch(/^manifest/);
          expect((error as XaiwebError).message).not.toBe("");
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("other kinds", () => {
  const { features: _, protected: __, players: ___, background: ____, designs: _____, ...common } = loanManifest();
  const file = { sha256: "0".repeat(64), bytes: 1 };
  const files = { ...common.files, "a.onnx": file, "b.onnx": file, "cat.jpg": file, "tokenizer.json": file };
  const [{ graph }] = common.scales;
  const example = { id: "cat", title: "A cat", file: "cat.jpg" };
  const image = () => ({
    ...common,
    kind: "image",
    scales: [{ name: "output", graph, webgl: { graph: "b.onnx", n_coalitions: 4 } }],
    image: { preprocess: "a.onnx", height: 28, width: 30, channels: 1, crop: 0.875 },
    examples: [{ ...example, credit: { en: "Somebody", de: "Jemand" } }],
    files,
  });
  const text = () => ({
    ...common,
    kind: "text",
    scales: [{ name: "output", graph }],
    text: { tokenizer: "tokenizer.json", pad_id: 0, mask_id: 1, max_tokens: 512 },
    examples: [example],
    files,
  });

  test("are accepted as they stand", () => {
    expect(readManifest(image())).toEqual(image());
    expect(readManifest(text())).toEqual(text());
  });

  test.each<[string, object]>([
    ["manifest.features", { ...image(), features: [] }],
    ["manifest.image.channels", { ...image(), image: { ...image().image, channels: 4 } }],
    ["manifest.image.crop", { ...image(), image: { ...image().image, crop: 0 } }],
    ["manifest.image.height", { ...image(), image: { ...image().image, height: 4097 } }],
    ["manifest.image.preprocess", { ...image(), image: { ...image().image, preprocess: "missing.onnx" } }],
    [
      "manifest.scales[0].webgl.graph",
      { ...image(), scales: [{ ...image().scales[0], webgl: { graph: "c.onnx", n_coalitions: 4 } }] },
    ],
    ["manifest.scales[0].additive", { ...image(), scales: [{ ...image().scales[0], additive: false }] }],
    ["manifest.examples[0].file", { ...image(), examples: [{ ...example, file: "dog.jpg" }] }],
    ["manifest.examples", { ...image(), examples: [example, example] }],
    ["manifest.text", { ...text(), text: undefined }],
    ["manifest.text.pad_id", { ...text(), text: { ...text().text, pad_id: -1 } }],
    ["manifest.text.max_tokens", { ...text(), text: { ...text().text, max_tokens: 0 } }],
    ["manifest.text.tokenizer", { ...text(), text: { ...text().text, tokenizer: "missing.json" } }],
    ["manifest.scales[0].webgl", { ...text(), scales: [{ ...text().scales[0], webgl: null }] }],
    ["manifest.examples[0].credit", { ...text(), examples: [{ ...example, credit: "Somebody" }] }],
  ])("name the node at fault: %s", (where, document) => {
    expect(refusal(document).where).toBe(where);
  });
});

function everyPath(node: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof node !== "object" || node === null) return path.length > 0 ? [path] : [];
  const entries = Array.isArray(node) ? [...node.entries()] : Object.entries(node);
  return [...(path.length > 0 ? [path] : []), ...entries.flatMap(([key, child]) => everyPath(child, [...path, key]))];
}
