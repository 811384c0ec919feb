/** The records of a CSV file, one after the other, as `bundle/records.py` reads them. */
import { XaiwebError } from "../../errors.js";

/** Python's limit for one cell. */
const MOST_CHARACTERS = 131_072;
/** Where a header line must end. */
const HEADER_BYTES = 1 << 20;

export interface CsvHead {
  columns: string[];
  delimiter: string;
}

/** The names in the header, and what separates cells. */
export async function readHead(file: Blob, where: string): Promise<CsvHead> {
  const start = new TextDecoder().decode(await file.slice(0, HEADER_BYTES).arrayBuffer());
  const line = start.slice(0, start.search(/[\r\n]|$/));
  // Names seldom hold a separator, so the header tells it: the most frequent one outside quotes.
  const bare = line
    .split('"')
    .filter((_, i) => i % 2 === 0)
    .join("");
  const count = (separator: string) => bare.split(separator).length;
  const delimiter = [",", ";", "\t"].reduce((best, other) => (count(other) > count(best) ? other : best));
  for await (const [first] of records(file, where, delimiter, 1)) {
    const columns = first!.map((name) => name.trim());
    if (new Set(columns).size < columns.length)
      throw new XaiwebError("csv", "two columns have the same name.", {
        where: `${where}, line 1`,
        next: "Rename one of them.",
      });
    return { columns, delimiter };
  }
  throw new XaiwebError("csv", "the file is empty.", { where, next: "Give a header line and at least one row." });
}

/** All records, the header first, in blocks of `size`; empty lines are passed over. `onBytes` is told how far it is. */
export async function* records(
  file: Blob,
  where: string,
  delimiter: string,
  size: number,
  onBytes: (read: number) => void = () => {},
): AsyncGenerator<string[][], void, void> {
  const parser = new CsvParser(delimiter, where);
  let block: string[][] = [];
  for await (const text of texts(file, where, onBytes))
    for (const record of parser.read(text)) {
      block.push(record);
      if (block.length < size) continue;
      yield block;
      block = [];
    }
  block.push(...parser.end());
  if (block.length > 0) yield block;
}

/** The text of a file as it arrives; a byte order mark is not part of it. */
async function* texts(file: Blob, where: string, onBytes: (read: number) => void): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new XaiwebError("csv", "the file is not UTF-8 text.", { where, next: "Save it as UTF-8." });
    }
  };
  const reader = file.stream().getReader();
  let read = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw unreadable(where, cause);
      });
      if (done) break;
      onBytes((read += value.length));
      yield decode(value);
    }
    yield decode();
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A file that was changed or taken away since it was chosen can't be read any more. */
export function unreadable(where: string, cause: unknown): XaiwebError {
  return new XaiwebError("file-unreadable", "the file can't be read; it was changed or moved since it was chosen.", {
    where,
    next: "Choose it again.",
    cause,
  });
}

/** Records out of pieces of text; what Python's `csv.reader` makes of them, quotes in odd places included. */
class CsvParser {
  #state: "record" | "cell" | "plain" | "quoted" | "quote" = "record";
  #cell = "";
  #record: string[] = [];
  /** The last character was a carriage return that ended a record. */
  #returned = false;
  readonly #special: RegExp;

  constructor(
    private readonly delimiter: string,
    private readonly where: string,
  ) {
    this.#special = new RegExp(`[${delimiter}\r\n]`, "g");
  }

  *read(text: string): Generator<string[], void, void> {
    let at = 0;
    while (at < text.length) {
      // Plain text is taken in one piece up to what ends it.
      if (this.#state === "plain" || this.#state === "quoted") {
        const end = this.#end(text, at);
        this.#add(text.slice(at, end));
        if ((at = end) === text.length) return;
      }
      const character = text[at++]!;
      if (character === "\n" && this.#returned) {
        this.#returned = false;
        continue;
      }
      this.#returned = false;
      if (this.#state === "quoted") this.#state = "quote";
      else if (character === '"' && this.#state === "quote") {
        this.#add('"');
        this.#state = "quoted";
      } else if (character === '"' && this.#state !== "plain") this.#state = "quoted";
      else if (character === this.delimiter) {
        this.#record.push(this.#cell);
        this.#cell = "";
        this.#state = "cell";
      } else if (character === "\n" || character === "\r") {
        this.#returned = character === "\r";
        yield* this.end();
      } else {
        this.#add(character);
        this.#state = "plain";
      }
    }
  }

  /** The record that nothing ended but the file. */
  end(): string[][] {
    if (this.#state === "record") return [];
    const record = [...this.#record, this.#cell];
    this.#record = [];
    this.#cell = "";
    this.#state = "record";
    return [record];
  }

  #end(text: string, at: number): number {
    if (this.#state === "quoted") {
      const end = text.indexOf('"', at);
      return end < 0 ? text.length : end;
    }
    this.#special.lastIndex = at;
    return this.#special.exec(text)?.index ?? text.length;
  }

  #add(text: string): void {
    this.#cell += text;
    if (this.#cell.length > MOST_CHARACTERS)
      throw new XaiwebError("csv", `this is not a CSV file (field larger than field limit (${MOST_CHARACTERS})).`, {
        where: this.where,
        next: "Check for a quote that is not closed.",
      });
  }
}
