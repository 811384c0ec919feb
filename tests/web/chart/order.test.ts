import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hold, rank } from "../../../web/src/chart/order.js";

const entry = (player: string, value: number, error: number | null = 0) => ({ player, value, error });

describe("rank", () => {
  it("puts the largest absolute value first and keeps equal ones as they came", () => {
    expect(rank([entry("a", 1), entry("b", -3), entry("c", 1)])).toEqual(["b", "a", "c"]);
  });
});

describe("hold", () => {
  it("keeps two neighbours while their intervals overlap", () => {
    expect(hold(["a", "b"], [entry("a", 1, 0.3), entry("b", 1.5, 0.3)])).toEqual(["a", "b"]);
  });

  it("lets them change places once the intervals separate", () => {
    expect(hold(["a", "b"], [entry("a", 1, 0.1), entry("b", 1.5, 0.1)])).toEqual(["b", "a"]);
  });

  it("an unknown error separates nothing", () => {
    expect(hold(["a", "b"], [entry("a", 1, null), entry("b", 9, null)])).toEqual(["a", "b"]);
  });

  it("exact values end in the exact order, whatever the previous one", () => {
    const values = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (list, random) => {
        const all = list.map((value, index) => entry(`p${index}`, value));
        const previous = all
          .map(({ player }) => ({ player, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ player }) => player);
        expect(hold(previous, all)).toEqual(rank(all));
      }),
    );
  });

  it("starts afresh where the players are others", () => {
    expect(hold(["x"], [entry("a", 1), entry("b", 2)])).toEqual(["b", "a"]);
  });
});
