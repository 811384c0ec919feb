/** An explainer of photos that answers on command, and a page with it. */
import { XaiPhoto } from "../../../web/src/elements/xai-photo.js";
import type {
  ExplainEvent,
  Explainer,
  ExplainOptions,
  Explanation,
  ImageManifest,
  ImageSource,
  PreparedImage,
} from "../../../web/src/types.js";
import { explanation, HEIGHT, manifest, SEGMENTS, WIDTH } from "../views/photo/toy.js";
import { Job, ScriptedActivity, settle } from "./scripted.js";

/** Where there is no browser there are no pixels to draw; a test looks at what they would be. */
class Pixels {
  constructor(
    readonly data: Uint8ClampedArray,
    readonly width: number,
    readonly height: number,
  ) {}
}
globalThis.ImageData ??= Pixels as unknown as typeof ImageData;

export class ScriptedPhotos implements Explainer<"image"> {
  readonly rows = null;
  readonly kind = "image";
  readonly manifest: ImageManifest = manifest;
  readonly provider = "wasm";
  readonly providerReason = "WASM runs everywhere.";
  readonly background = [];
  readonly ready = new Promise<void>(() => undefined);
  readonly offlineReady = new Promise<void>(() => undefined);
  readonly activity = new ScriptedActivity();
  readonly jobs: Job[] = [];
  readonly predicted: ImageSource[] = [];
  readonly prepared: ExplainOptions[] = [];
  readonly asked: { mask: readonly boolean[]; options: ExplainOptions; map: Int32Array | undefined }[] = [];
  readonly files: string[] = [];
  closed = false;

  predict = async (photos: readonly ImageSource[]): Promise<number[][]> => {
    this.predicted.push(...photos);
    return photos.map(() => [0.55, 0.35, 0.1]);
  };

  prepare = async (_: ImageSource, options: ExplainOptions = {}): Promise<PreparedImage> => {
    this.prepared.push(options);
    const of = (value: number) =>
      new ImageData(new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(value) as never, WIDTH, HEIGHT);
    const players = explanation.players;
    return {
      kind: "image",
      width: WIDTH,
      height: HEIGHT,
      pixels: of(200),
      hidden: of(10),
      segments: SEGMENTS,
      players,
    };
  };

  /** The cat loses 11 points for each part that is hidden. */
  coalitions = async (
    _: ImageSource,
    options: ExplainOptions,
    masks: readonly (readonly boolean[])[],
    map?: Int32Array,
  ) => {
    this.asked.push(...masks.map((mask) => ({ mask, options, map })));
    return masks.map((mask) => {
      const lost = mask.filter((kept) => !kept).length * 0.11;
      return [0.55 - lost, 0.35 + lost, 0.1];
    });
  };

  explain(photo: ImageSource, options: ExplainOptions = {}): AsyncGenerator<ExplainEvent> {
    const job = new Job({ photo }, options);
    this.jobs.push(job);
    return job.stream();
  }

  file = async (path: string): Promise<Uint8Array> => {
    this.files.push(path);
    return Uint8Array.of(1, 2, 3);
  };

  get job(): Job {
    return this.jobs.at(-1)!;
  }

  update(): void {}

  close(): void {
    this.closed = true;
  }
}

export interface Both {
  readonly element: XaiPhoto;
  readonly explainer: ScriptedPhotos;
}

export async function shown(attributes: Record<string, string> = {}, explainer = new ScriptedPhotos()): Promise<Both> {
  XaiPhoto.open = (async () => explainer) as unknown as typeof XaiPhoto.open;
  const element = document.createElement("xai-photo");
  for (const [name, value] of Object.entries({ src: "bundles/toy/", lang: "en", ...attributes }))
    element.setAttribute(name, value);
  document.body.append(element);
  explainer.activity.tell({ core: "ready", phase: "ready" });
  await settle();
  return { element, explainer };
}

/** Ends the running job with a result. */
export async function result(explainer: ScriptedPhotos, of: Explanation = explanation): Promise<void> {
  explainer.job.say({ type: "result", explanation: of, segments: SEGMENTS });
  explainer.job.say(null);
  await settle();
}

/** The same with an explanation that is final. */
export async function explained(attributes: Record<string, string> = {}): Promise<Both> {
  const both = await shown(attributes);
  await result(both.explainer);
  return both;
}
