/** A text model that counts words: 10 % to begin with, what each word adds, and an engine that answers on command. */
import type { Activity, Explainer, ExplainOptions, Explanation, Player, PreparedText } from "../../../web/src/types.js";
import type { TextManifest } from "../../../web/src/types.js";
import { manifest as loan } from "../golden.js";
import { Job, ScriptedActivity } from "./scripted.js";

export const WEIGHTS: Readonly<Record<string, number>> = { free: 0.3, click: 0.2, here: 0.1, thanks: -0.15 };
export const BASE = 0.1;

export const manifest: TextManifest = {
  version: 1,
  kind: "text",
  name: "spam",
  title: { en: "Spam filter", de: "Spamfilter" },
  subject: { en: "This mail", de: "Diese Mail" },
  created_by: "test",
  model: loan.model,
  outputs: [{ name: "spam", label: { en: "chance of spam" }, kind: "probability" }],
  decision: {
    output: "spam",
    threshold: 0.5,
    above: "Spam",
    below: { en: "Not spam", de: "Kein Spam" },
    meaning: { en: "chance of spam", de: "Wahrscheinlichkeit für Spam" },
  },
  scales: [{ name: "output", graph: "value.onnx", webgl: null }] as unknown as TextManifest["scales"],
  text: { tokenizer: "tokenizer.json", pad_id: 0, mask_id: 1, max_tokens: 50 },
  examples: [
    { id: "offer", title: "An offer", file: "examples/offer.txt" },
    { id: "note", title: "A note", file: "examples/note.txt" },
  ],
  weights: null,
  chunk_rows: loan.chunk_rows,
  providers: loan.providers,
  files: {},
};

export const TEXTS: Readonly<Record<string, string>> = {
  "examples/offer.txt": "Dear friend, click here. It is free for you.",
  "examples/note.txt": "Many thanks for the report.",
};

/** Words as the core cuts them, in code points; `units: "sentences"` joins them up to a full stop. */
export function playersOf(text: string, units = "words", most = 50): Player[] {
  const points = [...text];
  const words: [number, number][] = [];
  for (let at = 0; at < points.length;) {
    if (/\s/.test(points[at]!)) at++;
    else {
      const start = at;
      while (at < points.length && !/\s/.test(points[at]!)) at++;
      words.push([start, at]);
    }
  }
  const read = words.slice(0, most);
  const spans: [number, number][] =
    units !== "sentences"
      ? read
      : read.reduce<[number, number][]>((all, [start, stop], index) => {
          const before = read[index - 1];
          if (before && points[before[1] - 1] !== ".") all.at(-1)![1] = stop;
          else all.push([start, stop]);
          return all;
        }, []);
  return spans.map(([start, stop], index) => ({
    name: `word ${index + 1}`,
    columns: [],
    value: points.slice(start, stop).join(""),
    span: [start, stop],
  }));
}

function weight(word: string): number {
  return WEIGHTS[word.toLowerCase().replace(/\W/g, "")] ?? 0;
}

/** What the model would say of these words, exactly. */
export function explanationOf(text: string, more: Partial<Explanation["provenance"]> = {}): Explanation {
  const players = playersOf(text);
  const values = players.map(({ value }) => [weight(String(value))]);
  return {
    version: 1,
    players: players as Explanation["players"],
    outputs: ["spam"],
    base_values: [BASE],
    prediction: [values.reduce((sum, [value = 0]) => sum + value, BASE)],
    values,
    std_error: values.map(() => [0.01]),
    interactions: null,
    provenance: {
      method: "shapley",
      estimator: "owen",
      plan: "Coarse to fine.",
      parameters: { units: "hierarchy", hidden: "mask", budget: 256 },
      seed: 0,
      scale: "output",
      n_coalitions: 256,
      n_model_rows: 256,
      chunk_rows: 32,
      elapsed_ms: 12,
      engine: "onnxruntime-web",
      provider: "wasm",
      model_sha256: "0".repeat(64),
      core_version: "0",
      core_kernels: "compiled",
      ...more,
    },
  };
}

export class ScriptedText implements Explainer<"text"> {
  readonly rows = null;
  readonly kind = "text";
  readonly manifest: TextManifest;
  readonly provider = "wasm";
  readonly providerReason = "WASM runs everywhere.";
  readonly background = [];
  readonly ready = new Promise<void>(() => undefined);
  readonly offlineReady = new Promise<void>(() => undefined);
  readonly activity: Activity & ScriptedActivity = new ScriptedActivity();
  readonly jobs: Job[] = [];
  readonly predicted: string[] = [];
  readonly asked: { masks: readonly (readonly boolean[])[]; options: ExplainOptions }[] = [];
  closed = false;

  constructor(
    of: TextManifest = manifest,
    private readonly most = 50,
  ) {
    this.manifest = of;
  }

  predict = async (texts: readonly string[]): Promise<number[][]> => {
    this.predicted.push(...texts);
    return texts.map((text) => [playersOf(text).reduce((sum, { value }) => sum + weight(String(value)), BASE)]);
  };

  explain(text: string, options: ExplainOptions = {}): ReturnType<Job["stream"]> {
    const job = new Job({ text }, options);
    this.jobs.push(job);
    return job.stream();
  }

  prepare = async (text: string, options: ExplainOptions = {}): Promise<PreparedText> => ({
    kind: "text",
    players: playersOf(text, options.units, this.most),
  });

  coalitions = async (
    text: string,
    options: ExplainOptions,
    masks: readonly (readonly boolean[])[],
  ): Promise<number[][]> => {
    this.asked.push({ masks, options });
    const players = playersOf(text);
    return masks.map((mask) => [
      players.reduce((sum, { value }, index) => sum + (mask[index] ? weight(String(value)) : 0), BASE),
    ]);
  };

  file = async (path: string): Promise<Uint8Array> => new TextEncoder().encode(TEXTS[path]);

  get job(): Job {
    return this.jobs.at(-1)!;
  }

  /** The last job's end. */
  answer(explanation: Explanation): void {
    this.activity.tell({ core: "ready", phase: "ready" });
    this.job.say({ type: "result", explanation });
    this.job.say(null);
  }

  update(): void {}

  close(): void {
    this.closed = true;
  }
}
