/** What is kept of runs over files: the file, what was found part by part, and how far it is. */
import { XaiwebError } from "../../errors.js";
import type { Discarded, KeptRows } from "../../many.js";
import { sha256 } from "../files.js";
import type { RowsJob } from "../protocol.js";

/** A run as it is kept. */
export interface KeptRun extends KeptRows {
  /** Address of the bundle's folder. */
  bundle: string;
  /** What two runs have in common if the parts of one are those of the other. */
  identity: Identity;
  job: RowsJob;
  /** What the core needs to go on with the picture. */
  state: string;
}

export interface Identity {
  /** The manifest's sha256. */
  bundle: string;
  input: string;
  core: string;
  engine: string;
  provider: string;
}

export interface Part {
  /** How many rows come before these, and how many they are. */
  first: number;
  n: number;
  sha256: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Store {
  readonly where: KeptRows["where"];
  runs(): Promise<KeptRun[]>;
  /** The file of a run; null where it isn't kept. */
  input(id: string): Promise<Blob | null>;
  begin(run: KeptRun, input: Blob): Promise<void>;
  /** A finished part and how far the run is with it: both or none. */
  commit(run: KeptRun, part: Part | null): Promise<void>;
  /** The part that holds a row, or the next one after it; null at the end. */
  part(id: string, row: number): Promise<Part | null>;
  /** Forgets the parts from a row on. */
  cut(id: string, row: number): Promise<void>;
  /** Forgets a run, or only its file. */
  discard(id: string, what: Discarded): Promise<void>;
}

const DATABASE = "xaiweb-rows";
/** What an older release kept is deleted: it could not be gone on with. */
const VERSION = 2;

/** In this browser's IndexedDB, until somebody deletes it. */
export class BrowserStore implements Store {
  readonly where = "browser";

  private constructor(private readonly db: IDBDatabase) {}

  /** @throws where this browser keeps nothing, as in some private windows. */
  static open(): Promise<BrowserStore> {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(DATABASE, VERSION);
      opening.onupgradeneeded = () => {
        const { result: db } = opening;
        for (const name of Array.from(db.objectStoreNames)) db.deleteObjectStore(name);
        db.createObjectStore("runs", { keyPath: "id" });
        db.createObjectStore("inputs");
        db.createObjectStore("parts");
      };
      opening.onsuccess = () => resolve(new BrowserStore(opening.result));
      opening.onerror = () => reject(opening.error ?? new Error("no IndexedDB"));
    });
  }

  runs(): Promise<KeptRun[]> {
    return this.#read("runs", (runs) => runs.getAll() as IDBRequest<KeptRun[]>);
  }

  async input(id: string): Promise<Blob | null> {
    return (await this.#read("inputs", (inputs) => inputs.get(id) as IDBRequest<Blob | undefined>)) ?? null;
  }

  begin(run: KeptRun, input: Blob): Promise<void> {
    return this.#write(["runs", "inputs"], (store) => {
      store("runs").put(run);
      store("inputs").put(input, run.id);
    });
  }

  commit(run: KeptRun, part: Part | null): Promise<void> {
    return this.#write(["runs", "parts"], (store) => {
      if (part) store("parts").put(part, [run.id, part.first]);
      store("runs").put(run);
    });
  }

  async part(id: string, row: number): Promise<Part | null> {
    const before = IDBKeyRange.bound([id, 0], [id, row]);
    const last = await this.#read("parts", (parts) => parts.openCursor(before, "prev"));
    const found = last?.value as Part | undefined;
    if (found && row < found.first + found.n) return found;
    const after = IDBKeyRange.bound([id, row], [id, Infinity]);
    return ((await this.#read("parts", (parts) => parts.openCursor(after)))?.value as Part | undefined) ?? null;
  }

  cut(id: string, row: number): Promise<void> {
    return this.#write(["parts"], (store) => store("parts").delete(IDBKeyRange.bound([id, row], [id, Infinity])));
  }

  async discard(id: string, what: Discarded): Promise<void> {
    const run = (await this.runs()).find((one) => one.id === id);
    await this.#write(["runs", "inputs", "parts"], (store) => {
      store("inputs").delete(id);
      if (what === "file") {
        if (run) store("runs").put({ ...run, copied: false });
        return;
      }
      store("runs").delete(id);
      store("parts").delete(IDBKeyRange.bound([id, 0], [id, Infinity]));
    });
  }

  #read<T>(name: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked = ask(this.db.transaction(name).objectStore(name));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(storageError(asked.error));
    });
  }

  #write(names: string[], work: (store: (name: string) => IDBObjectStore) => unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.db.transaction(names, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(storageError(transaction.error));
      work((name) => transaction.objectStore(name));
    });
  }
}

/** Only as long as the page is open. What was found lies in blobs, which browsers move out of memory. */
export class MemoryStore implements Store {
  readonly where = "memory";
  readonly #runs = new Map<
    string,
    { run: KeptRun; input: Blob | null; parts: (Omit<Part, "bytes"> & { blob: Blob })[] }
  >();

  runs(): Promise<KeptRun[]> {
    return Promise.resolve([...this.#runs.values()].map(({ run }) => run));
  }

  input(id: string): Promise<Blob | null> {
    return Promise.resolve(this.#runs.get(id)?.input ?? null);
  }

  begin(run: KeptRun, input: Blob): Promise<void> {
    this.#runs.set(run.id, { run, input, parts: [] });
    return Promise.resolve();
  }

  commit(run: KeptRun, part: Part | null): Promise<void> {
    const kept = this.#runs.get(run.id);
    if (!kept) return Promise.resolve(); // discarded meanwhile
    kept.run = structuredClone(run);
    if (part) kept.parts.push({ first: part.first, n: part.n, sha256: part.sha256, blob: new Blob([part.bytes]) });
    return Promise.resolve();
  }

  async part(id: string, row: number): Promise<Part | null> {
    const found = this.#runs.get(id)?.parts.find(({ first, n }) => row < first + n);
    if (!found) return null;
    const { blob, ...rest } = found;
    return { ...rest, bytes: new Uint8Array(await blob.arrayBuffer()) };
  }

  cut(id: string, row: number): Promise<void> {
    const kept = this.#runs.get(id);
    if (kept) kept.parts = kept.parts.filter(({ first }) => first < row);
    return Promise.resolve();
  }

  discard(id: string, what: Discarded): Promise<void> {
    const kept = this.#runs.get(id);
    if (what === "all") this.#runs.delete(id);
    else if (kept) Object.assign(kept, { input: null, run: { ...kept.run, copied: false } });
    return Promise.resolve();
  }
}

/** A part of these bytes. */
export async function partOf(first: number, n: number, bytes: Uint8Array<ArrayBuffer>): Promise<Part> {
  return { first, n, sha256: await sha256(bytes), bytes };
}

/** A part's bytes, if they are still those that were written. */
export async function verified(part: Part): Promise<Uint8Array<ArrayBuffer>> {
  if ((await sha256(part.bytes)) === part.sha256) return part.bytes;
  throw new XaiwebError("part-damaged", "what was kept of these rows is not what was written.", {
    where: `rows ${part.first + 1} to ${part.first + part.n}`,
    next: "Continue the run: it computes them again.",
  });
}

function storageError(cause: DOMException | null): XaiwebError {
  if (cause?.name === "QuotaExceededError")
    return new XaiwebError("storage-full", "this browser has no room left for what was found.", {
      where: "this browser's storage",
      next: "Delete what is kept of other files, or free space on this device, then continue; finished rows are kept.",
      cause,
    });
  return new XaiwebError("storage-failed", `this browser can't keep or read it: ${cause?.message ?? "unknown"}`, {
    where: "this browser's storage",
    next: "Start again without keeping it in this browser.",
    cause,
  });
}
