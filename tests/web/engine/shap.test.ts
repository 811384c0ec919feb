import { describe, expect, test } from "vitest";
import { estimate } from "../../../web/src/engine/ready-design.js";
import { golden } from "./golden.js";

interface Complete {
  n_players: number;
  masks: number[][];
  operator: number[][];
}

interface Game {
  name: string;
  n_players: number;
  /** By coalition number: player i is bit i. */
  values: number[];
  shapley: number[];
}

const designs = golden<Complete[]>("core/complete_designs.json");
const { games } = golden<{ games: Game[] }>("core/shap.json");

// With every coalition in the design the two products must give what shap computes exactly.
describe.each(designs)("a complete design of $n_players players", ({ n_players: n, masks, operator }) => {
  test.each(games.filter((game) => game.n_players === n))("$name: shap's values", ({ values, shapley }) => {
    const at = (members: readonly number[]) => values[members.reduce((code, member, i) => code + member * 2 ** i, 0)]!;
    const g = Float64Array.from(masks, (mask) => (at(mask) - at(mask.map((member) => 1 - member))) / 2);
    const ready = { data: Float64Array.from(operator.flat()), nPlayers: n, nPairs: masks.length };
    const found = estimate(ready, g, values.at(-1)! - values[0]!, Uint8Array.from(masks.flat()));
    for (const [i, value] of found.values.entries()) expect(value).toBeCloseTo(shapley[i]!, 9);
  });
});
