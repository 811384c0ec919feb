/** What the model says of the photo with parts hidden: asked one at a time, the newest question first, kept. */
export type Question = { readonly key: string; readonly ask: () => Promise<number[]> };

export class Answers {
  #known = new Map<string, number[]>();
  #wanted = new Map<string, Question>();
  #failed = new Set<string>();
  #busy = false;

  constructor(readonly changed: () => void) {}

  /** The answer to a question, where it is known. */
  get(key: string): number[] | null {
    return this.#known.get(key) ?? null;
  }

  /** Whether a question was asked in vain. */
  failed(key: string): boolean {
    return this.#failed.has(key);
  }

  /** Asks; a newer question of the same kind takes the place of one that waits. */
  want(kind: string, question: Question): void {
    if (this.#known.has(question.key)) return;
    this.#failed.delete(question.key);
    this.#wanted.set(kind, question);
    void this.#work();
  }

  /** What is on its way is an answer of the model before. */
  clear(): void {
    this.#known = new Map();
    this.#failed = new Set();
    this.#wanted.clear();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = [...this.#wanted].at(-1); next; next = [...this.#wanted].at(-1)) {
      const [kind, { key, ask }] = next;
      const [known, failed] = [this.#known, this.#failed];
      try {
        known.set(key, await ask());
      } catch {
        // The picture without the part is shown all the same; only its answer is missing.
        failed.add(key);
      }
      if (known === this.#known && this.#wanted.get(kind)?.key === key) this.#wanted.delete(kind);
      this.changed();
    }
    this.#busy = false;
  }
}
