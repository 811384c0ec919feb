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

  /** Whether a question is on its way. */
  waits(key: string): boolean {
    return [...this.#wanted.values()].some((question) => question.key === key);
  }

  /** Asks; a newer question of the same kind takes the place of one that waits. */
  want(kind: string, question: Question): void {
    if (this.#known.has(question.key) || this.#failed.has(question.key)) return;
    this.#wanted.set(kind, question);
    void this.#work();
  }

  clear(): void {
    this.#known.clear();
    this.#failed.clear();
    this.#wanted.clear();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = [...this.#wanted].at(-1); next; next = [...this.#wanted].at(-1)) {
      const [kind, { key, ask }] = next;
      try {
        this.#known.set(key, await ask());
      } catch {
        // The picture without the part is shown all the same; only its answer is missing.
        this.#failed.add(key);
      }
      if (this.#wanted.get(kind)?.key === key) this.#wanted.delete(kind);
      this.changed();
    }
    this.#busy = false;
  }
}
