/** A bundle's files: its manifest, and which of the others a provider needs. */
import { readManifest } from "../bundle.js";
import { RELOAD, XaiwebError } from "../errors.js";
import type { Manifest } from "../schema.gen.js";
import type { Provider } from "../types.js";
import type { VerifiedFiles } from "./files.js";
import { type Graphs, graphOf } from "./runs.js";

type Bytes = Promise<Uint8Array<ArrayBuffer>>;

export class BundleFiles {
  // In memory once they have come: after `ready` nothing is asked for again, even where there is no cache.
  readonly #kept = new Map<string, Bytes>();

  private constructor(
    private readonly files: VerifiedFiles,
    readonly folder: string,
    readonly manifest: Manifest,
  ) {}

  /** Reads the manifest of a listed bundle, which must name the same bytes as the site's list does. */
  static async load(files: VerifiedFiles, folder: string): Promise<BundleFiles> {
    const path = `${folder}manifest.json`;
    let document: unknown;
    try {
      document = JSON.parse(await files.text(path));
    } catch (cause) {
      const next = "Export the bundle again.";
      if (cause instanceof XaiwebError) throw cause;
      throw new XaiwebError("bundle-invalid", "this is not JSON.", { where: path, next, cause });
    }
    const manifest = readManifest(document);
    for (const [name, file] of Object.entries(manifest.files)) {
      const listed = files.site.list.files[folder + name];
      if (listed?.sha256 !== file.sha256 || listed.bytes !== file.bytes)
        throw new XaiwebError("hash-mismatch", "the bundle and files.json name different bytes for this file.", {
          where: folder + name,
          next: RELOAD,
        });
    }
    return new BundleFiles(files, folder, manifest);
  }

  /** The bytes of a file, by its path in the bundle. */
  get(name: string): Bytes {
    let bytes = this.#kept.get(name);
    if (!bytes) {
      bytes = this.files.get(this.folder + name);
      bytes.catch(() => this.#kept.delete(name)); // a lost network may come back
      this.#kept.set(name, bytes);
    }
    return bytes;
  }

  /** The bytes of a listed file of the site, which may be one of the bundle's. */
  listed(path: string): Bytes {
    const name = path.startsWith(this.folder) ? path.slice(this.folder.length) : "";
    return Object.hasOwn(this.manifest.files, name) ? this.get(name) : this.files.get(path);
  }

  /** What the first picture needs. */
  first(provider: Provider): string[] {
    const [scale] = this.manifest.scales;
    return [...new Set([...needs(this.manifest).first, graphOf(scale, provider), ...this.#shared(provider)])];
  }

  /** Paths in the bundle of all that explanations on a provider may ask for, the manifest apart. */
  needed(provider: Provider): string[] {
    const { manifest } = this;
    const graphs = (manifest.scales as readonly Graphs[]).filter(
      ({ webgl }) => provider !== "webgl" || (webgl !== null && webgl !== undefined),
    );
    const { first, later } = needs(manifest);
    const paths = [...first, ...graphs.map((scale) => graphOf(scale, provider)), ...this.#shared(provider), ...later];
    return [...new Set(paths)];
  }

  /** Weights that the graphs share; WebGL's graphs carry their own. */
  #shared(provider: Provider): string[] {
    const { weights } = this.manifest;
    return weights !== null && provider !== "webgl" ? [weights] : [];
  }
}

/** What a kind of data needs besides graphs: for the first answer, and for all others. */
function needs(manifest: Manifest): { first: string[]; later: string[] } {
  switch (manifest.kind) {
    case "tabular": {
      const { background, designs, scales } = manifest;
      // The first estimate where no feature is like the background's.
      const [design] = [...designs].sort((a, b) => b.n_players - a.n_players);
      const ready = designs.flatMap(({ masks, checkpoints }) => [masks, ...checkpoints.map((c) => c.operator)]);
      const trees = scales.flatMap((scale) =>
        scale.trees ? [scale.trees.nodes, scale.trees.features ?? []].flat() : [],
      );
      return {
        first: [background.file, ...(design ? [design.masks, design.checkpoints[0]!.operator] : [])],
        later: [...ready, ...trees],
      };
    }
    case "image":
      return { first: [manifest.image.preprocess], later: manifest.examples.map(({ file }) => file) };
    case "text":
      return { first: [manifest.text.tokenizer], later: manifest.examples.map(({ file }) => file) };
  }
}
