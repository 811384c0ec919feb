/** How a prediction falls as parts are hidden one after the other, asked of the model step by step. */

/** The model's outputs with so many parts hidden: those that speak most for the class first, or those least. */
export interface Point {
  readonly hidden: number;
  readonly most: readonly number[];
  readonly least: readonly number[];
}

/** Answers for rows of which parts are kept. */
export type Answer = (masks: readonly (readonly boolean[])[]) => Promise<number[][]>;

/** Steps of a whole curve; few parts are hidden one by one. */
const STEPS = 16;

export class Curve {
  /** From nothing hidden on; as far as it has come. */
  points: readonly Point[] = [];
  running = false;
  /** Points of the whole curve. */
  total = 0;
  failed: unknown = null;
  #run = 0;

  constructor(private readonly tell: () => void) {}

  /** @param order Every part, from what speaks most for the class to what speaks most against it */
  async draw(order: readonly number[], answer: Answer): Promise<void> {
    const run = ++this.#run;
    const counts = stepsOf(order.length);
    const backwards = [...order].reverse();
    this.points = [];
    this.failed = null;
    this.total = counts.length;
    this.running = true;
    this.tell();
    try {
      for (const hidden of counts) {
        const [most = [], least = []] = await answer([without(order, hidden), without(backwards, hidden)]);
        if (run !== this.#run) return;
        this.points = [...this.points, { hidden, most, least }];
        this.tell();
      }
    } catch (thrown) {
      if (run === this.#run) this.failed = thrown;
    } finally {
      if (run === this.#run) this.stop();
    }
  }

  /** What has been asked stays. */
  stop(): void {
    this.#run++;
    this.running = false;
    this.tell();
  }

  clear(): void {
    this.points = [];
    this.failed = null;
    if (this.running) this.stop();
  }
}

/** From 0 to all, evenly. */
function stepsOf(count: number): number[] {
  const steps = Math.min(STEPS, count);
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * count) / steps));
}

/** Everything kept but the first of an order. */
function without(order: readonly number[], hidden: number): boolean[] {
  const mask = order.map(() => true);
  for (const part of order.slice(0, hidden)) mask[part] = false;
  return mask;
}
