/** What Python holds and does for an explanation, seen from this side. */
import type { PyBuffer, PyProxy } from "pyodide/ffi";
import { XaiwebError } from "../errors.js";
import type { Explanation } from "../schema.gen.js";
import { type Arrays, copy, copyRows, fill, guarded, type Reply } from "./py-arrays.js";

/** What `Run.step()` asks for; see `core/worker.py`. */
export type Asked = { reply: Reply } & (
  | { type: "values"; masks: Uint8Array }
  | { type: "rows" | "activations"; rows: Float32Array }
  /** Of `n` coalitions. */
  | { type: "blend"; masks: Float32Array; segments: Int32Array; n: number }
  | { type: "ids"; ids: Int32Array; n: number }
);

/** What it asks for or tells. */
export type Step =
  | Asked
  | { type: "progress"; done: number; total: number; unit: string }
  /** Of a photo with the map of its players. */
  | { type: "partial" | "result"; explanation: Explanation; segments?: Int32Array };

export type Players = Explanation["players"][number][];

/** A photo as Python has cut it, in flat arrays. */
export interface View {
  segments: Int32Array;
  /** float32 (channels * height * width), 0 to 255; `hidden` likewise. */
  pixels: Float32Array;
  hidden: Float32Array;
}

/** A row, a photo or a text, as Python holds it. */
export class CoreSubject {
  constructor(readonly proxy: PyProxy) {}

  /**
   * Its players, and of a photo its segments.
   *
   * @throws XaiwebError where it can't be prepared.
   */
  view(): { players: Players; photo: View | null } {
    const dict = guarded(() => this.proxy.view() as PyProxy);
    try {
      const error = dict.get("error") as string | undefined;
      if (error !== undefined) throw XaiwebError.from(JSON.parse(error) as XaiwebError);
      const take = <Type extends keyof Arrays>(name: string, type: Type) => copy(dict.get(name) as PyBuffer, type);
      return {
        players: JSON.parse(dict.get("players") as string) as Players,
        photo: dict.has("segments")
          ? { segments: take("segments", "i32"), pixels: take("pixels", "f32"), hidden: take("hidden", "f32") }
          : null,
      };
    } finally {
      dict.destroy();
    }
  }

  /** The token ids of coalitions of a text's players, flat (n, length); `masks` is `n` rows of 0 and 1. */
  sequences(masks: Uint8Array, n: number): Int32Array {
    return copy(
      guarded(() => this.proxy.sequences(masks, n) as PyBuffer),
      "i32",
    );
  }

  close(): void {
    this.proxy.destroy();
  }
}

/** How much each player counts over many rows; see `core/importance.py`. */
export class CoreImportance {
  constructor(private readonly proxy: PyProxy) {}

  /** Takes in the values of `n` rows, flat (n, n_players, n_outputs). */
  add(values: Float64Array, n: number): void {
    guarded(() => this.proxy.add(values, n) as undefined);
  }

  /** JSON `{"n_rows", "sums", "mean_abs"}`. */
  state(): string {
    return guarded(() => this.proxy.to_json() as string);
  }

  close(): void {
    this.proxy.destroy();
  }
}

/** One method running in Python. */
export class CoreRun {
  constructor(private readonly proxy: PyProxy) {}

  /**
   * What to do next, after the reply of the step before was given.
   *
   * @throws XaiwebError that the core raised.
   */
  step(): Step {
    return readStep(guarded(() => this.proxy.step() as PyProxy));
  }

  close(): void {
    this.proxy.close();
    this.proxy.destroy();
  }
}

/**
 * A step out of Python's dict, which is taken along.
 *
 * @throws XaiwebError that the core raised.
 */
export function readStep(dict: PyProxy): Step {
  const rows = <Type extends keyof Arrays>(name: string, type: Type) => copyRows(dict.get(name) as PyBuffer, type);
  const take = <Type extends keyof Arrays>(name: string, type: Type) => rows(name, type).data;
  const reply = () => fill(dict.get("reply") as PyBuffer);
  try {
    const type = dict.get("type") as Step["type"] | "error";
    switch (type) {
      case "error":
        throw XaiwebError.from(JSON.parse(dict.get("error") as string) as XaiwebError);
      case "progress":
        return { type, done: dict.get("done"), total: dict.get("total"), unit: dict.get("unit") } as Step;
      case "partial":
      case "result":
        return {
          type,
          explanation: JSON.parse(dict.get("explanation") as string) as Explanation,
          ...(dict.has("segments") ? { segments: take("segments", "i32") } : {}),
        };
      case "values":
        return { type, masks: take("masks", "u8"), reply: reply() };
      case "rows":
      case "activations":
        return { type, rows: take("rows", "f32"), reply: reply() };
      case "blend": {
        // Pixels and what hides them are the view's: they stay what they are.
        const { data: masks, n } = rows("masks", "f32");
        return { type, masks, segments: take("segments", "i32"), n, reply: reply() };
      }
      case "ids": {
        const { data: ids, n } = rows("ids", "i32");
        return { type, ids, n, reply: reply() };
      }
    }
  } finally {
    dict.destroy();
  }
}
