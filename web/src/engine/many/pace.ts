/** How fast rows are done, and what that says of the rest. */

/** So long ago counts for the rate. */
const WHILE_MS = 20_000;
/** From fewer rows or less time nothing is said. */
const LEAST_MS = 500;

export class Pace {
  #marks: { at: number; done: number }[] = [];

  /** Rows that are done; those of an earlier run are the first mark, and never counted. */
  mark(at: number, done: number): void {
    this.#marks.push({ at, done });
    while (this.#marks.length > 2 && this.#marks[1]!.at < at - WHILE_MS) this.#marks.shift();
  }

  /** Rows per second of the last while, or null. */
  get rowsPerSecond(): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    if (!first || !last || last.at - first.at < LEAST_MS || last.done === first.done) return null;
    return ((last.done - first.done) / (last.at - first.at)) * 1000;
  }

  /** Milliseconds until all rows are done, or null. */
  remaining(total: number): number | null {
    const rate = this.rowsPerSecond;
    return rate === null ? null : ((total - this.#marks.at(-1)!.done) / rate) * 1000;
  }
}
