import { describe, expect, test } from "vitest";
import { differs, outlook } from "../../../web/src/engine/plan.js";
import type { Estimator } from "../../../web/src/types.js";
import { golden } from "./golden.js";

interface Case {
  name: string;
  x: (number | null)[];
  background: (number | null)[][];
  players: number[][];
  differs: number[][];
  active: number[];
  plans: { budget: number | null; estimator: Estimator; forms: string[]; way: string }[];
}

const floats = (cells: (number | null)[]) => Float32Array.from(cells, (cell) => cell ?? Number.NaN);

describe.each(golden<Case[]>("core/differs.json"))("$name", ({ x, background, players, ...expected }) => {
  const found = differs(floats(x), floats(background.flat()), players);

  test("the same players differ as in the core", () => {
    expect(found.perRow).toEqual(expected.differs.map((row) => row.reduce((sum, bit) => sum + bit, 0)));
    expect(found.active.flatMap((is, i) => (is ? [i] : []))).toEqual(expected.active);
  });

  test("the same ways are taken as in the core", () => {
    for (const { way, ...asked } of expected.plans) {
      const structure = { additive: asked.forms.includes("linear"), trees: asked.forms.includes("tree") };
      const taken = outlook(found, asked.budget ?? undefined, asked.estimator, structure).way;
      expect({ ...asked, way: taken }).toEqual({ ...asked, way });
    }
  });
});

test("an odd budget evaluates one coalition less", () => {
  const found = { active: Array<boolean>(12).fill(true), perRow: [12, 12] };
  expect(outlook(found, 101, "auto", { additive: false, trees: false })).toEqual({
    way: "sampled",
    budget: 101,
    total: 100,
  });
});
