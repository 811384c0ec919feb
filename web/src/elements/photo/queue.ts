/** Work that is done one task after the other, what is wanted first always first. */

/** Work for a place: what stands there afterwards is the answer to the key. */
export interface Task {
  readonly place: string;
  readonly key: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export class Queue {
  /** For each place what was done there last. */
  #done = new Map<string, string>();
  #now: { task: Task; abort: AbortController; skipped: boolean } | null = null;

  /**
   * @param tasks Everything that is wanted at the moment, in order
   * @param failed Told what a task threw, unless it was interrupted
   * @param changed Told after every task
   */
  constructor(
    readonly tasks: () => readonly Task[],
    readonly failed: (thrown: unknown) => void,
    readonly changed: () => void,
  ) {}

  /** Looks again at what is wanted: interrupts what no longer is, and goes on with what is. */
  revise(): void {
    const { task } = this.#now ?? {};
    if (task && !this.tasks().some(({ place, key }) => place === task.place && key === task.key))
      this.#now?.abort.abort();
    void this.#work();
  }

  /** Leaves a task as it is: it counts as done. */
  skip(place: string): void {
    const task = this.tasks().find((one) => one.place === place);
    if (task) this.#done.set(place, task.key);
    if (this.#now?.task.place !== place) return;
    this.#now.skipped = true;
    this.#now.abort.abort();
  }

  /** Does a place's task again. */
  again(place: string): void {
    this.#done.delete(place);
    void this.#work();
  }

  clear(): void {
    this.#now?.abort.abort();
    this.#done.clear();
  }

  async #work(): Promise<void> {
    if (this.#now) return;
    for (let task = this.#next(); task; task = this.#next()) {
      const abort = new AbortController();
      const now = { task, abort, skipped: false };
      this.#now = now;
      this.#done.set(task.place, task.key);
      try {
        await task.run(abort.signal);
      } catch (thrown) {
        if (!abort.signal.aborted) this.failed(thrown);
      }
      // What was interrupted isn't done; it may be wanted again.
      if (abort.signal.aborted && !now.skipped && this.#done.get(task.place) === task.key)
        this.#done.delete(task.place);
      this.#now = null;
      this.changed();
    }
  }

  #next(): Task | undefined {
    return this.tasks().find(({ place, key }) => this.#done.get(place) !== key);
  }
}
