/** What goes on between the photos' page and an opened bundle: predict, prepare, explain, in this order. */
import type { ReactiveControllerHost } from "lit";
import type { Explainer, MethodName, PreparedImage } from "../../types.js";
import { ofSegments } from "../../views/photo/parts.js";
import { Connection } from "../connection.js";
import type { Answer } from "../curve.js";
import { toShape } from "../failure.js";
import { defaultsFor, type Settings, withMethod, withParameters } from "../settings.js";
import { KINDS } from "../../methods.gen.js";
import { Answers } from "./answers.js";
import { preview } from "./preview.js";
import { Queue } from "./queue.js";
import { Run, type Shown } from "./run.js";
import { tasksOf } from "./tasks.js";
import { cutKey, cutOf, type Photo, type Wish } from "./wish.js";

/** Steps that can be taken back. */
const DEPTH = 100;

export class PhotoSession extends Connection<"image"> {
  wish: Wish | null = null;
  prediction: number[] | null = null;
  /** The photo as the model sees it; of the wish's photo, or null. */
  prepared: PreparedImage | null = null;
  /** An example's pixels until then. */
  preview: ImageData | null = null;
  /** What everything hidden looks like, by what it is hidden with. */
  readonly looks = new Map<string, ImageData>();
  readonly runs = new Map<MethodName, Run>();
  /** Methods shown beside the large picture. */
  readonly beside = new Set<MethodName>();
  readonly answers: Answers;

  #past: Wish[] = [];
  /** Counts what was chosen: an example that arrives after a later choice comes too late. */
  #choices = 0;
  #kept = new Map<MethodName, Settings>();
  #queue: Queue;

  constructor(host: ReactiveControllerHost) {
    super(host, "image");
    this.answers = new Answers(() => host.requestUpdate());
    this.#queue = new Queue(
      () => tasksOf(this, host),
      (thrown) => (this.problem = toShape(thrown)),
      () => host.requestUpdate(),
    );
  }

  get settings(): Settings {
    return this.wish?.settings ?? defaultsFor("image");
  }

  /** The run that is shown large. */
  get run(): Run {
    return this.runOf(this.settings.method);
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  runOf(method: MethodName): Run {
    let run = this.runs.get(method);
    if (!run) this.runs.set(method, (run = new Run()));
    return run;
  }

  protected override get answered(): boolean {
    return this.prediction !== null;
  }

  /** Explains the photo that stands there, else the first example. */
  protected override async opened({ manifest }: Explainer<"image">): Promise<void> {
    if (!this.wish) await this.example(manifest.examples[0]?.id ?? "");
    this.#queue.revise();
  }

  protected override closed(): void {
    this.#queue.clear();
    this.prediction = this.prepared = null;
    this.runs.clear();
    this.looks.clear();
    this.answers.clear();
  }

  /** Another bundle has other photos: nothing of the last one is taken along. */
  forget(): void {
    this.wish = null;
    this.#past = [];
    this.#kept.clear();
    this.beside.clear();
  }

  /** Takes one of the bundle's own photos. */
  async example(id: string): Promise<void> {
    const { explainer } = this;
    const example = explainer?.manifest.examples.find((one) => one.id === id);
    if (!explainer || !example) return;
    const choice = ++this.#choices;
    const bytes = await explainer.file(example.file);
    if (explainer !== this.explainer || choice !== this.#choices) return;
    const blob = new Blob([bytes as BlobPart]);
    this.take({ id, title: example.title, blob });
    const pixels = await preview(blob, explainer.manifest.image);
    if (this.wish?.photo.blob === blob) this.preview = pixels;
    this.host.requestUpdate();
  }

  take(photo: Photo): void {
    this.#choices++;
    // Regions belong to the photo they were drawn on.
    const drawn = this.settings.parameters["segments"] === "given";
    const settings = drawn ? withParameters(this.settings, { segments: "slic" }) : this.settings;
    this.change({ photo, regions: [], settings, also: null });
  }

  change(to: Partial<Wish>): void {
    const before = this.wish;
    if (!before && !to.photo) return;
    if (before && cutKey(before) !== cutKey({ ...before, ...to })) {
      this.#past.push(before);
      if (this.#past.length > DEPTH) this.#past.shift();
    }
    this.#become({ ...(before ?? { settings: this.settings, regions: [], also: null }), ...to } as Wish);
  }

  /** The photo and its cut as they were before the last change. */
  undo(): boolean {
    const before = this.#past.pop();
    if (before) this.#become({ ...before, settings: { ...before.settings } });
    return before !== undefined;
  }

  /** Stops a method; what it has found stays. */
  cancel(method: MethodName): void {
    const run = this.runOf(method);
    run.stopped = true;
    run.running = false;
    this.#queue.skip(method);
    this.host.requestUpdate();
  }

  /** Goes on with a method that was stopped. */
  resume(method: MethodName): void {
    this.runOf(method).stopped = false;
    this.#queue.again(method);
  }

  /** Explains one more class beside the likeliest ones. */
  also(name: string): void {
    if (this.wish && !this.run.shown?.explanation.outputs.includes(name)) this.change({ also: name });
  }

  /** Tries once more what failed. */
  retry(): void {
    this.problem = null;
    for (const place of ["predict", "prepare", ...this.runs.keys()]) this.#queue.again(place);
    this.host.requestUpdate();
  }

  /** Shows a method beside the large picture, or no longer. */
  setBeside(method: MethodName, on: boolean): void {
    if (on) this.beside.add(method);
    else this.beside.delete(method);
    this.#queue.revise();
    this.host.requestUpdate();
  }

  /** Asks the model about the photo with only these parts of an explanation kept; the answer comes in `answers`. */
  askFor(kind: string, shown: Shown, mask: readonly boolean[]): string {
    const key = keyOf(shown, mask);
    const answer = this.answerOf(shown);
    if (!answer) return key;
    this.answers.want(kind, { key, ask: async () => (await answer([mask]))[0] ?? [] });
    return key;
  }

  /** What the model says of the photo with only some parts of an explanation kept. */
  answerOf(shown: Shown): Answer | null {
    const { explainer, wish } = this;
    if (!explainer || !wish) return null;
    const { method } = shown.explanation.provenance;
    // Squares of a method's own, however many: hidden by what hides the photo's parts.
    const map = ofSegments(method) ? undefined : shown.segments;
    const cut = cutOf(wish, shown);
    return (masks) => explainer.coalitions(wish.photo.blob, cut, masks, map);
  }

  #become(wish: Wish): void {
    const { wish: before } = this;
    this.wish = wish;
    if (before && before.settings.method !== wish.settings.method) {
      this.#kept.set(before.settings.method, before.settings);
      // What was shown large stays in sight.
      if (this.beside.has(wish.settings.method)) this.beside.add(before.settings.method);
    }
    if (before?.photo.id !== wish.photo.id) {
      this.#queue.clear();
      this.prediction = this.prepared = this.preview = null;
      this.runs.clear();
      this.looks.clear();
    }
    if (!before || cutKey(before) !== cutKey(wish)) this.problem = null;
    this.#queue.revise();
    this.host.requestUpdate();
  }

  /** How a method is asked: as set, else as it was last, else as it is by default; the photo's cut is the same for all. */
  settingsOf(method: MethodName): Settings {
    const { settings } = this;
    if (method === settings.method) return settings;
    const own = this.#kept.get(method) ?? withMethod(settings, "image", method);
    const cut = Object.fromEntries(KINDS.image.map(({ name }) => [name, settings.parameters[name] ?? null]));
    return { ...own, scale: settings.scale, parameters: { ...own.parameters, ...cut } };
  }
}

/** The name of a question: these parts of this explanation kept. */
export function keyOf({ key }: Shown, mask: readonly boolean[]): string {
  return `${key} ${mask.map(Number).join("")}`;
}
