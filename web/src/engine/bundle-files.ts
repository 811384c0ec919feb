/** Which files of a bundle a provider needs, and the manifest among them. */
import { readManifest } from "../bundle.js";
import { RELOAD, XaiwebError } from "../errors.js";
import type { Manifest } from "../schema.gen.js";
import type { Provider } from "../types.js";
import type { VerifiedFiles } from "./files.js";

/** The manifest of a listed bundle, if it names the same files as the site's list does. */
export async function loadManifest(files: VerifiedFiles, bundle: string): Promise<Manifest> {
  const path = `${bundle}manifest.json`;
  const text = await files.text(path);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new XaiwebError("bundle-invalid", "this is not JSON.", { where: path, next: "Export the bundle again.", cause });
  }
  const manifest = readManifest(document);
  for (const [name, file] of Object.entries(manifest.files)) {
    const listed = files.site.list.files[bundle + name];
    if (listed?.sha256 !== file.sha256 || listed.bytes !== file.bytes)
      throw new XaiwebError("hash-mismatch", "the bundle and files.json name different bytes for this file.", {
        where: bundle + name,
        next: RELOAD,
      });
  }
  return manifest;
}

/** Paths in the bundle that explanations on this provider may ask for, the manifest apart. */
export function neededFiles(manifest: Manifest, provider: Provider): string[] {
  const graphs = manifest.scales.flatMap(({ graph, webgl }) => (provider === "webgl" ? (webgl?.graph ?? []) : graph));
  const designs = manifest.designs.flatMap(({ masks, checkpoints }) => [masks, ...checkpoints.map((c) => c.operator)]);
  return [...new Set([manifest.background.file, ...graphs, ...(manifest.weights ? [manifest.weights] : []), ...designs])];
}
