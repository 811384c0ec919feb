/** Files of rows as somebody chose them: opened, and read to their end once. */
import type { TabularManifest } from "../../types.js";
import type { Engine } from "../engine.js";
import { inspect, type Inspected, RowReader } from "./inspect.js";
import { openParquet } from "./parquet.js";
import { fingerprint, openSource } from "./source.js";

/** Progress is told no more often. */
const TELL_MS = 100;
/** So much of the reading is hashing. */
const HASHING = 0.2;

export class RowFiles {
  #last: (Inspected & { input: string }) | null = null;

  /** @param manifest - Throws where the model doesn't take rows. */
  constructor(
    private readonly engine: Engine,
    private readonly manifest: () => TabularManifest,
  ) {}

  /** @throws XaiwebError where it is no table, or not the model's. */
  async reader(file: Blob, name: string): Promise<RowReader> {
    const source = await openSource(file, name, (blob, where) => openParquet(this.engine.parquet, blob, where));
    return new RowReader(source, this.manifest(), name);
  }

  /** What a file holds, with its identity; the last file isn't read again. */
  async inspect(file: File, signal: AbortSignal, onShare: (share: number) => void = () => {}) {
    let told = 0;
    const tell = (share: number) => {
      if (performance.now() - told < TELL_MS) return;
      told = performance.now();
      onShare(share);
    };
    const input = await fingerprint(file, file.name, signal, (share) => tell(HASHING * share));
    if (this.#last?.input !== input) {
      const reader = await this.reader(file, file.name);
      const inspected = await inspect(reader, signal, (share) => tell(HASHING + (1 - HASHING) * share));
      this.#last = { input, ...inspected };
    }
    return this.#last;
  }
}
