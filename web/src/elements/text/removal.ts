/** Words that are hidden, and what the model says without them. */
import type { Explainer, XaiwebErrorShape } from "../../types.js";
import type { Reading } from "../../views/text/reading.js";
import { toShape } from "../failure.js";
import type { Settings } from "../settings.js";
import { partsOf } from "./parts.js";

/** What it needs of a session. */
interface Read {
  readonly explainer: Explainer<"text"> | null;
  readonly text: string;
  readonly settings: Settings;
  readonly reading: Reading | null;
  readonly stale: boolean;
  problem: XaiwebErrorShape | null;
}

export class Removal {
  hidden: ReadonlySet<number> = new Set();
  /** The model's outputs without them; null until they are known. */
  prediction: number[] | null = null;

  #busy = false;
  #wanted = 0;

  constructor(
    private readonly session: Read,
    private readonly tell: () => void,
  ) {}

  clear(): void {
    this.hidden = new Set();
    this.prediction = null;
    this.#wanted++;
  }

  /** Just these words are hidden. */
  hide(words: ReadonlySet<number>): void {
    this.hidden = words;
    if (words.size === 0) this.prediction = null;
    this.renew();
  }

  /** Asks again: what was asked before was of another text, or with something else in the place of words. */
  renew(): void {
    this.#wanted++;
    this.tell();
    void this.#work();
  }

  /** One question at a time, always the newest. */
  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    let done = -1;
    while (done !== this.#wanted) {
      done = this.#wanted;
      const { explainer, reading, stale, text, settings } = this.session;
      const { hidden } = this;
      if (!explainer || !reading || stale || hidden.size === 0) continue;
      try {
        const mask = reading.words.map(({ index }) => !hidden.has(index));
        const [prediction] = await explainer.coalitions(text, partsOf(settings), [mask]);
        if (hidden === this.hidden) this.prediction = prediction ?? null;
      } catch (thrown) {
        if (hidden === this.hidden && explainer === this.session.explainer) this.session.problem = toShape(thrown);
      }
      this.tell();
    }
    this.#busy = false;
  }
}
