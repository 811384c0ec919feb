/** Reads a manifest (contract 1): accepted, or refused with the path of the node at fault. */
import * as v from "valibot";
import { contradictions, paths, type Problem, unlisted } from "./bundle/common.js";
import { imagePaths, ImageSchema } from "./bundle/image.js";
import { tabularContradictions, tabularPaths, TabularSchema } from "./bundle/tabular.js";
import { textPaths, TextSchema } from "./bundle/text.js";
import { XaiwebError } from "./errors.js";
import type { Manifest } from "./schema.gen.js";

const SCHEMAS: Record<string, v.GenericSchema> = { tabular: TabularSchema, image: ImageSchema, text: TextSchema };

/**
 * The manifest in a parsed JSON document.
 *
 * @throws XaiwebError (`bundle-invalid`, `bundle-version`) whose `where` is the path of the node at fault.
 */
export function readManifest(document: unknown): Manifest {
  const { version, kind } = (document ?? {}) as { version?: unknown; kind?: unknown };
  if (typeof version === "number" && version !== 1)
    throw new XaiwebError(
      "bundle-version",
      `this is version ${version} of the manifest; this release reads version 1.`,
      {
        where: "manifest.version",
        next: "Export the bundle again with this release of xaiweb.",
      },
    );
  // A document of no known kind is refused as what most of them are.
  const known = typeof kind === "string" && Object.hasOwn(SCHEMAS, kind) ? kind : "tabular";
  const manifest = parse<Manifest>(SCHEMAS[known]!, document, "manifest");
  for (const [where, message] of problems(manifest))
    throw new XaiwebError("bundle-invalid", message, { where, next: "Export the bundle again." });
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

function* problems(m: Manifest): Generator<Problem> {
  if (m.kind === "tabular") yield* tabularContradictions(m);
  yield* contradictions(m);
  yield* unlisted(m, paths(m));
  yield* unlisted(m, m.kind === "tabular" ? tabularPaths(m) : m.kind === "image" ? imagePaths(m) : textPaths(m));
}
