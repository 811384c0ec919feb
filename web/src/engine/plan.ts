/**
 * Whether an explanation will be sampled, repeated from `core/shapley/plan.py` (golden table: tests/golden/core).
 *
 * Only the comparisons stand here: they decide whether a ready design may be used before the core is there.
 */
import type { Estimator } from "../types.js";

/** The largest budget that is taken by itself. */
const DEFAULT_BUDGET = 2048;

export interface Differs {
  /** For each player, whether any background row differs from the explained row. */
  active: boolean[];
  /** For each background row, how many players differ. */
  perRow: number[];
}

/**
 * Compares an explained row with every background row, in float32; NaN equals NaN.
 *
 * @param players - The positions of each player's columns.
 */
export function differs(x: Float32Array, background: Float32Array, players: readonly (readonly number[])[]): Differs {
  const d = x.length;
  const active = players.map(() => false);
  const perRow: number[] = [];
  for (let start = 0; start < background.length; start += d) {
    let count = 0;
    for (const [i, columns] of players.entries())
      if (columns.some((j) => x[j] !== background[start + j] && !bothNaN(x[j], background[start + j]))) {
        active[i] = true;
        count++;
      }
    perRow.push(count);
  }
  return { active, perRow };
}

function bothNaN(a = 0, b = 0): boolean {
  return Number.isNaN(a) && Number.isNaN(b);
}

/** Which way the plan takes, and how many coalitions that evaluates. */
export interface Outlook {
  way: "nothing" | "per_row" | "enumerate" | "sampled" | "refused";
  /** The budget in force: the one given, or the default. */
  budget: number;
  total: number;
}

/** The plan's comparisons; `refused` where the core will answer with an error that names the least budget. */
export function outlook({ active, perRow }: Differs, given: number | undefined, estimator: Estimator): Outlook {
  const d = active.filter(Boolean).length;
  const everything = 2 ** d;
  const least = Math.min(4 * d, everything);
  const budget = given ?? (everything <= DEFAULT_BUDGET ? everything : Math.max(DEFAULT_BUDGET, least));
  const rows = perRow.reduce((sum, k) => sum + 2 ** k, 0);
  if (d === 0) return { way: "nothing", budget, total: 1 };
  if (estimator !== "least_squares" && rows < everything * perRow.length && rows <= budget * perRow.length)
    return { way: "per_row", budget, total: rows };
  if (everything <= budget) return { way: "enumerate", budget, total: everything };
  if (estimator === "exact" || budget < least) return { way: "refused", budget, total: 0 };
  return { way: "sampled", budget, total: budget - (budget % 2) };
}
