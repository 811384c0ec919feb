/**
 * The one piece of mathematics on this side: a stored design turns the graph's answers into Shapley values.
 *
 * Everything else of the estimator (which coalitions, which operator) was computed by `core/shapley` at export.
 */

export interface Operator {
  /** [[A, c], [h, 0]], float64 (n_players + 1, n_pairs + 1), C order. */
  data: Float64Array;
  nPlayers: number;
  nPairs: number;
}

export interface Estimate {
  /** (n_players,) */
  values: number[];
  /** (n_players,), HC3; null where a leverage is too close to 1. */
  stdError: (number | null)[];
}

const LARGEST_LEVERAGE = 0.99;

/**
 * Shapley values of one output by constrained weighted least squares: phi = A g + c D.
 *
 * @param g - (n_pairs,) half the difference between a coalition's value and its complement's.
 * @param delta - D, the value of all players minus that of none.
 * @param masks - (n_pairs, n_players), 1 for a member of the pair's first coalition.
 */
export function estimate(operator: Operator, g: Float64Array, delta: number, masks: Uint8Array): Estimate {
  const { data, nPlayers: d, nPairs: m } = operator;
  const a = (i: number, j: number) => data[i * (m + 1) + j] as number;
  const values: number[] = [];
  for (let i = 0; i < d; i++) {
    let phi = a(i, m) * delta;
    for (let j = 0; j < m; j++) phi += a(i, j) * (g[j] as number);
    values.push(phi);
  }
  // What a linear game with these values leaves unexplained of each pair, inflated by its leverage h_j.
  const residuals = new Float64Array(m);
  let leverage = 0;
  for (let j = 0; j < m; j++) {
    let fit = 0;
    for (let i = 0; i < d; i++) fit += (masks[j * d + i] ? 0.5 : -0.5) * (values[i] as number);
    residuals[j] = ((g[j] as number) - fit) / (1 - a(d, j));
    leverage = Math.max(leverage, a(d, j));
  }
  const stdError = values.map((_, i) => {
    if (leverage > LARGEST_LEVERAGE) return null;
    let variance = 0;
    for (let j = 0; j < m; j++) variance += (a(i, j) * (residuals[j] as number)) ** 2;
    return Math.sqrt(variance);
  });
  return { values, stdError };
}
