/**
 * Whether an explanation will be sampled, repeated from `core/shapley/plan.py` (golden table: tests/golden/core).
 *
 * Only the comparisons stand here: they decide whether a ready design may be used before the core is there.
 */
import type { Estimator } from "../types.js";

/** The largest budget that is taken by itself. */
const DEFAULT_BUDGET = 2048;
/** Above it players are arranged in a hierarchy. */
const MOST_PLAYERS = 60;

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
  way: "nothing" | "trees" | "additive" | "per_row" | "enumerate" | "sampled" | "permuted" | "hierarchical" | "refused";
  /** The budget in force: the one given, or the default. */
  budget: number;
  /** At most. */
  total: number;
}

/** What the model is in a scale, as its manifest says. */
export interface Structure {
  additive: boolean;
  trees: boolean;
}

/** The plan's comparisons; `refused` where the core will answer with an error that says why. */
export function outlook(
  { active, perRow }: Differs,
  given: number | undefined,
  estimator: Estimator,
  { additive, trees }: Structure,
): Outlook {
  const d = active.filter(Boolean).length;
  const everything = 2 ** d;
  const regressed = Math.min(4 * d, everything);
  const budget = given ?? (everything <= DEFAULT_BUDGET ? everything : Math.max(DEFAULT_BUDGET, regressed));
  const outlook = (way: Outlook["way"], total: number): Outlook => ({ way, budget, total });
  const open = estimator === "auto" || estimator === "exact";
  if ((estimator === "tree" && !trees) || (estimator === "linear" && !additive)) return outlook("refused", 0);
  if (d === 0) return outlook("nothing", 1);
  if (trees && (open || estimator === "tree")) return outlook("trees", 0);
  if (additive && (open || estimator === "linear")) {
    const singles = Math.min(d + 2, everything);
    return budget < singles ? outlook("refused", 0) : outlook("additive", singles);
  }
  const rows = perRow.reduce((sum, k) => sum + 2 ** k, 0);
  if (open && rows < everything * perRow.length && rows <= budget * perRow.length) return outlook("per_row", rows);
  if (everything <= budget && estimator !== "owen") return outlook("enumerate", everything);
  if (estimator === "exact") return outlook("refused", 0);
  if (estimator === "owen" || (estimator === "auto" && d > MOST_PLAYERS))
    return budget < Math.min(4, everything) ? outlook("refused", 0) : outlook("hierarchical", budget);
  const even = budget - (budget % 2);
  if (estimator === "permutation" || (estimator === "auto" && budget < regressed))
    return budget < Math.min(2 * d, everything) ? outlook("refused", 0) : outlook("permuted", even);
  return budget < regressed ? outlook("refused", 0) : outlook("sampled", even);
}
