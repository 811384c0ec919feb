/** Texts: read word by word, predicted and explained. */
import { XaiwebError } from "../errors.js";
import type { TextManifest, TextScale } from "../schema.gen.js";
import { pause, ranges, type Watch } from "./chunks.js";
import type { Core } from "./core.js";
import type { CoreSubject, Players } from "./core-run.js";
import type { Data, Engine, Task } from "./engine.js";
import type { Cut, Cutout, ExplainJob, Kept } from "./protocol.js";
import { Recent } from "./recent.js";
import { Runs } from "./runs.js";
import type { Sessions } from "./session.js";
import { type Piece, Tokenizer } from "./tokenizer.js";

/** Texts, and ways to cut them, that are remembered. */
const KEPT = 4;

export class Texts implements Data<"text"> {
  readonly runs: Runs;
  readonly #pieces = new Recent<Piece[]>(KEPT);
  readonly #passages = new Recent<{ subject: CoreSubject; players: Players }>(KEPT, ({ subject }) => subject.close());
  #tokenizer: Promise<Tokenizer> | null = null;

  /** @param file - The bytes of a file of the bundle. */
  constructor(
    private readonly sessions: Sessions,
    private readonly manifest: TextManifest,
    private readonly file: (path: string) => Promise<Uint8Array>,
  ) {
    this.runs = new Runs(sessions, manifest);
  }

  async predict(texts: readonly string[], watch: Watch): Promise<Float64Array> {
    const k = this.runs.nOutputs;
    const out = new Float64Array(texts.length * k);
    for (const [i, text] of texts.entries()) {
      const pieces = await this.#read(text);
      const { pad_id, max_tokens } = this.manifest.text;
      if (pieces.length === 0)
        throw new XaiwebError("no-words", "there is no word in this text.", {
          where: "text",
          next: "Give a text of one word or more.",
        });
      const ids = pieces.flatMap(([, , tokens]) => tokens).slice(0, max_tokens);
      out.set(
        await this.values(this.manifest.scales[0], Int32Array.from(ids.length ? ids : [pad_id]), 1, watch),
        i * k,
      );
    }
    return out;
  }

  async task(_: Engine, job: ExplainJob<"text">): Promise<Task> {
    const scale = this.manifest.scales.find(({ name }) => name === job.scale) as TextScale;
    return {
      selected: job.selected!,
      total: 0,
      done: 0,
      start: async (core, asked) => core.start(asked, (await this.#cut(core, job.input, job.cut)).subject),
      answer: (asked, watch) => {
        if (asked.type !== "ids") throw new Error(`a text has no ${asked.type}`);
        return this.values(scale, asked.ids, asked.n, watch);
      },
    };
  }

  async prepare(core: Core, text: string, cut: Cut): Promise<Cutout> {
    const { players } = await this.#cut(core, text, cut);
    return { players, image: null };
  }

  async coalitions(core: Core, text: string, cut: Cut, { masks, n }: Kept, watch: Watch) {
    const { subject } = await this.#cut(core, text, cut);
    return this.values(this.manifest.scales[0], subject.sequences(masks, n), n, watch);
  }

  /**
   * Outputs of texts, flat float64 (n, n_outputs).
   *
   * @param ids - int32 (n, length), padded on the right.
   */
  async values(scale: TextScale, ids: Int32Array, n: number, watch: Watch): Promise<Float64Array> {
    watch.signal.throwIfAborted();
    const k = this.runs.nOutputs;
    const out = new Float64Array(n * k);
    const length = ids.length / n;
    for (const [start, end] of ranges(n, this.runs.chunkRows)) {
      const { part, width } = trimmed(ids.subarray(start * length, end * length), length, this.manifest.text.pad_id);
      const feeds = { ids: this.sessions.tensor("int32", part, [end - start, width]) };
      out.set(await this.runs.run(scale, feeds, "values", end - start), start * k);
      await pause(watch, end);
    }
    return out;
  }

  #read(text: string): Promise<Piece[]> {
    return this.#pieces.get(text, async () => (await this.#tokens()).encode(text));
  }

  #tokens(): Promise<Tokenizer> {
    const { tokenizer: path, max_tokens } = this.manifest.text;
    this.#tokenizer ??= this.file(path).then((bytes) => {
      let document: unknown;
      try {
        document = JSON.parse(new TextDecoder().decode(bytes));
      } catch (cause) {
        throw XaiwebError.wrap(cause, "bundle-invalid", { where: path, next: "Export the bundle again." });
      }
      return new Tokenizer(document, max_tokens, path);
    });
    this.#tokenizer.catch(() => (this.#tokenizer = null)); // a lost network may come back
    return this.#tokenizer;
  }

  #cut(core: Core, text: string, { parameters }: Cut): Promise<{ subject: CoreSubject; players: Players }> {
    return this.#passages.get(`${JSON.stringify(parameters)} ${text}`, async () => {
      const { pad_id, mask_id, max_tokens } = this.manifest.text;
      const vocabulary = { pad_id, mask_id, max_tokens };
      const subject = core.prepare({ kind: "text", text, pieces: await this.#read(text), vocabulary, parameters });
      try {
        return { subject, players: subject.view().players };
      } catch (error) {
        subject.close();
        throw error;
      }
    });
  }
}

/** The rows without the padding that all of them end with: a chunk may be shorter than the longest text. */
function trimmed(ids: Int32Array, length: number, pad: number): { part: Int32Array; width: number } {
  let width = 1;
  for (let start = 0; start < ids.length; start += length) {
    let end = length;
    while (end > width && ids[start + end - 1] === pad) end--;
    width = Math.max(width, end);
  }
  if (width === length) return { part: ids.slice(), width };
  const part = new Int32Array((ids.length / length) * width);
  for (let start = 0, to = 0; start < ids.length; start += length, to += width)
    part.set(ids.subarray(start, start + width), to);
  return { part, width };
}
