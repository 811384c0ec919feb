/** Who goes first on the worker's one thread: what a person waits for, before what is only being prepared. */
import { breathe } from "./breathe.js";

export class Turns {
  #busy = 0;
  #waiting: (() => void)[] = [];

  /** Runs work that someone waits for. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work();
    } finally {
      if (--this.#busy === 0) for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /** Resolves when no such work is running; messages that have arrived are handled before. */
  async idle(): Promise<void> {
    await breathe();
    while (this.#busy > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      await breathe();
    }
  }
}
