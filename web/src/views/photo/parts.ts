/** What each part of a photo does for a class, or for one class rather than another. */
import type { Explanation } from "../../types.js";

/** Which class is looked at, and against which: positions in the explanation's outputs. */
export interface Look {
  readonly output: number;
  readonly against: number | null;
}

export interface Part {
  /** Index of the player, which is the segment's label. */
  readonly segment: number;
  readonly value: number;
  /** Null where it isn't known: of a difference between two classes it never is. */
  readonly error: number | null;
}

/** Whether a method's players are the photo's own segments; others cut it into squares of their own. */
export function ofSegments(method: string): boolean {
  return method === "shapley" || method === "lime";
}

/** Every part in the order of its label; of a contrast the difference of the two classes' values. */
export function parts({ values, std_error }: Explanation, { output, against }: Look): Part[] {
  return values.map((row, segment) => {
    const value = row[output] ?? 0;
    if (against === null) return { segment, value, error: std_error[segment]?.[output] ?? null };
    return { segment, value: value - (row[against] ?? 0), error: null };
  });
}

/** From what speaks most for it to what speaks most against it; equal ones by their label. */
export function ordered(all: readonly Part[]): Part[] {
  return [...all].sort((a, b) => b.value - a.value || a.segment - b.segment);
}

/** The order that stood there, for as long as it has the same parts: whoever walks through it isn't led astray. */
export function held(before: readonly number[], all: readonly Part[]): number[] {
  return before.length === all.length ? [...before] : ordered(all).map(({ segment }) => segment);
}

/** The value that has the full colour: the largest of all classes, so that their pictures can be compared. */
export function limit(explanation: Explanation, look: Look): number {
  const largest = (values: readonly (number | null)[], least = 0) =>
    values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), least);
  const most = largest(explanation.values.flat());
  if (look.against === null) return most;
  const gaps = parts(explanation, look).map(({ value }) => value);
  return largest(gaps, most);
}
