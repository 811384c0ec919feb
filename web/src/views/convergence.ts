/** Whether an explanation is as good as it gets, or was good enough to stop. */
import type { Explanation } from "../types.js";

/** Every value of every output is exact. */
export function exact({ std_error }: Explanation): boolean {
  return std_error.every((row) => row.every((error) => error === 0));
}

/** Some value's error isn't known. */
export function errorsUnknown({ std_error }: Explanation, output: number): boolean {
  return std_error.some((row) => (row[output] ?? null) === null);
}

/**
 * The budget that was not spent in full because the errors were small before, or null.
 *
 * Only sampled designs stop so, and only where no budget was named; coalitions come in pairs, so of an odd budget one
 * is always left.
 */
export function stoppedEarly(explanation: Explanation): number | null {
  const { estimator, n_coalitions, parameters } = explanation.provenance;
  const budget = (parameters as Readonly<Record<string, unknown>>)["budget"];
  const samples = estimator === "least_squares" || estimator === "gaussian_process";
  if (!samples || typeof budget !== "number" || exact(explanation)) return null;
  return n_coalitions < budget - (budget % 2) ? budget : null;
}
