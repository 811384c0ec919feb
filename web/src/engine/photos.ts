/** Photos: decoded, predicted, cut into segments and explained. */
import type { ImageManifest, ImageScale } from "../schema.gen.js";
import type { Watch } from "./chunks.js";
import type { Core } from "./core.js";
import type { CoreSubject, Players, View } from "./core-run.js";
import type { Data, Engine, Task, Watcher } from "./engine.js";
import { sha256 } from "./files.js";
import { decode } from "./photo-file.js";
import { PhotoGraph } from "./photo-graph.js";
import type { Cut, Cutout, ExplainJob, Kept, Photo } from "./protocol.js";
import { Recent } from "./recent.js";
import type { Runs } from "./runs.js";
import type { Sessions } from "./session.js";

/** Outputs that are explained where nobody says which. */
const MOST_OUTPUTS = 5;
/** Photos, and ways to cut them, that are remembered. */
const KEPT = 4;
/** Chunks, or seconds, that tell how fast the model is. */
const REHEARSED = 8;
const ENOUGH_S = 3;

/** A photo cut into segments. */
interface Segmented {
  subject: CoreSubject;
  players: Players;
  view: View;
}

export class Photos implements Data<"image"> {
  readonly runs: Runs;
  readonly #graph: PhotoGraph;
  readonly #pixels = new Recent<Float32Array>(KEPT);
  readonly #segmented = new Recent<Segmented>(KEPT, ({ subject }) => subject.close());

  /** @param file - The bytes of a listed file of the site. */
  constructor(
    sessions: Sessions,
    private readonly manifest: ImageManifest,
    private readonly file: (path: string) => Promise<Uint8Array<ArrayBuffer>>,
  ) {
    this.#graph = new PhotoGraph(sessions, manifest);
    this.runs = this.#graph.runs;
  }

  async predict(photos: readonly Photo[], watch: Watch): Promise<Float64Array> {
    const k = this.runs.nOutputs;
    const out = new Float64Array(photos.length * k);
    for (const [i, photo] of photos.entries())
      out.set(await this.#graph.predict(this.manifest.scales[0], await this.#seen(photo), watch), i * k);
    return out;
  }

  async rehearse(): Promise<number> {
    const { channels, height, width } = this.manifest.image;
    const [scale] = this.manifest.scales;
    const pixels = new Float32Array(channels * height * width).fill(127);
    const n = this.runs.provider === "webgl" ? (scale.webgl?.n_coalitions ?? 1) : this.runs.chunkRows;
    const masks = new Float32Array(n).fill(1);
    const blend = { pixels, hidden: pixels, segments: new Int32Array(height * width), masks, n };
    const chunk = () => this.#graph.values(scale, blend, { signal: new AbortController().signal });
    await chunk(); // warms up
    const started = performance.now();
    for (let chunks = 1; ; chunks++) {
      await chunk();
      const seconds = (performance.now() - started) / 1000;
      if (chunks >= REHEARSED || seconds > ENOUGH_S) return (chunks * n) / seconds;
    }
  }

  async task(engine: Engine, job: ExplainJob<"image">, { signal }: Watcher): Promise<Task> {
    const scale = this.manifest.scales.find(({ name }) => name === job.scale) as ImageScale;
    let view: View;
    return {
      selected: job.selected ?? likeliest(await engine.turns.take(() => this.predict([job.input], { signal }))),
      total: 0,
      done: 0,
      start: async (core, asked) => {
        const segmented = await this.#cut(core, job.input, job.cut);
        view = segmented.view;
        return core.start(asked, segmented.subject);
      },
      answer: (asked, watch) => {
        if (asked.type !== "blend") throw new Error(`a photo has no ${asked.type}`);
        const { masks, segments, n } = asked;
        return this.#graph.values(scale, { ...view, masks, segments, n }, watch);
      },
    };
  }

  async prepare(core: Core, photo: Photo, cut: Cut): Promise<Cutout> {
    const { players, view } = await this.#cut(core, photo, cut);
    const drawn = (planes: Float32Array) => rgba(planes, view.segments.length);
    return { players, image: { pixels: drawn(view.pixels), hidden: drawn(view.hidden), segments: view.segments } };
  }

  async coalitions(core: Core, photo: Photo, cut: Cut, { masks, n, map }: Kept, watch: Watch) {
    const { view } = await this.#cut(core, photo, cut);
    const blend = { ...view, segments: map ?? view.segments, masks: Float32Array.from(masks), n };
    return this.#graph.values(this.manifest.scales[0], blend, watch);
  }

  /** What the model sees of a photo. */
  #seen({ key, source }: Photo): Promise<Float32Array> {
    return this.#pixels.get(key, async () => {
      const photo = typeof source === "string" ? new Blob([await this.file(source)]) : source;
      return this.#graph.pixels(await decode(photo, typeof source === "string" ? source : "photo"));
    });
  }

  async #cut(core: Core, photo: Photo, { parameters, regions }: Cut): Promise<Segmented> {
    const own = regions ? await sha256(regions as Int32Array<ArrayBuffer>) : "";
    return this.#segmented.get(`${photo.key} ${JSON.stringify(parameters)} ${own}`, async () => {
      const { channels, height, width } = this.manifest.image;
      const document = { kind: "image", channels, height, width, parameters };
      const subject = core.prepare(document, await this.#seen(photo), ...(regions ? [regions] : []));
      try {
        const { players, photo: view } = subject.view();
        return { subject, players, view: view! };
      } catch (error) {
        subject.close();
        throw error;
      }
    });
  }
}

/** The outputs with the largest values, largest first; of equals the first one. */
function likeliest(values: Float64Array): number[] {
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!);
  return order.slice(0, MOST_OUTPUTS);
}

/** (channels, height, width) as a page draws it: one channel is grey. */
function rgba(planes: Float32Array, size: number): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(size * 4).fill(255);
  const last = planes.length - size;
  for (let c = 0; c < 3; c++)
    for (let at = 0, from = Math.min(c * size, last); at < size; at++) out[at * 4 + c] = planes[from + at]!;
  return out;
}
