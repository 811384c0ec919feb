import { describe, expect, test } from "vitest";
import { estimate } from "../../../web/src/engine/ready-design.js";
import { golden } from "./golden.js";

interface Case {
  name: string;
  n_players: number;
  /** 1 for a member of each pair's first coalition. */
  masks: number[][];
  /** Values of the empty and the full coalition, then of each pair and its complement; all outputs. */
  values: number[][];
  checkpoints: { budget: number; operator: number[][]; phi: number[][]; std_error: (number | null)[][] }[];
}

// Expected numbers were solved the long way by make_core.py, from the constrained problem itself.
describe.each(golden<Case[]>("core/ready_design.json"))("$name", ({ n_players: d, masks, values, checkpoints }) => {
  test.each(checkpoints)("checkpoint $budget", ({ budget, operator, phi, std_error }) => {
    const m = budget / 2 - 1;
    const ready = { data: Float64Array.from(operator.flat()), nPlayers: d, nPairs: m };
    for (const output of values[0]!.keys()) {
      const at = (i: number) => values[i]![output]!;
      const g = Float64Array.from({ length: m }, (_, j) => (at(2 + 2 * j) - at(3 + 2 * j)) / 2);
      const found = estimate(ready, g, at(1) - at(0), Uint8Array.from(masks.flat()));
      const scale = Math.max(...phi.map((row) => Math.abs(row[output]!)));
      for (const [i, value] of found.values.entries()) expect(value / scale).toBeCloseTo(phi[i]![output]! / scale, 9);
      for (const [i, error] of found.stdError.entries()) {
        const expected = std_error[i]![output]!;
        if (expected === null) expect(error).toBeNull();
        else expect(error! / scale).toBeCloseTo(expected / scale, 9);
      }
      const sum = found.values.reduce((total, value) => total + value, 0);
      expect(sum / scale).toBeCloseTo((at(1) - at(0)) / scale, 9);
    }
  });
});
