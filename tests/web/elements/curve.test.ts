import { describe, expect, test } from "vitest";
import { type Answer, Curve } from "../../../web/src/elements/curve.js";

/** A model that says how much of a sum is kept. */
const worth = [5, 1, 3];
const sum: Answer = async (masks) =>
  masks.map((mask) => [mask.reduce((all, kept, i) => all + (kept ? worth[i]! : 0), 0)]);

describe("how a prediction falls", () => {
  test("from nothing hidden to everything, in an order and in the opposite one", async () => {
    const curve = new Curve(() => undefined);
    await curve.draw([0, 2, 1], sum);
    expect(curve.points).toEqual([
      { hidden: 0, most: [9], least: [9] },
      { hidden: 1, most: [4], least: [8] },
      { hidden: 2, most: [1], least: [5] },
      { hidden: 3, most: [0], least: [0] },
    ]);
    expect([curve.running, curve.total, curve.failed]).toEqual([false, 4, null]);
  });

  test("many parts go in few steps, and each step is told", async () => {
    const told: number[] = [];
    const curve: Curve = new Curve(() => told.push(curve.points.length));
    await curve.draw(
      Array.from({ length: 1000 }, (_, i) => i),
      async (masks) => masks.map((mask) => [mask.filter(Boolean).length]),
    );
    expect(curve.points).toHaveLength(17);
    expect(curve.points.map(({ hidden, most }) => hidden + most[0]!)).toEqual(Array(17).fill(1000));
    expect(told.slice(1, -1)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  });

  test("cancelled, it keeps what has been asked and takes no late answer", async () => {
    const curve = new Curve(() => undefined);
    let asked = 0;
    await curve.draw([0, 2, 1], (masks) => {
      if (++asked === 3) curve.stop();
      return sum(masks);
    });
    expect([curve.points.length, curve.running, asked]).toEqual([2, false, 3]);
  });

  test("begun anew, the older one tells nothing any more", async () => {
    const curve = new Curve(() => undefined);
    const first = curve.draw([0, 2, 1], () => new Promise((_, fail) => setTimeout(() => fail(new Error("late")), 5)));
    await curve.draw([1, 2, 0], sum);
    await first.catch(() => undefined);
    expect(curve.failed).toBeNull();
    expect(curve.points[1]).toEqual({ hidden: 1, most: [8], least: [4] });
  });

  test("what fails is kept, and no longer counts as running", async () => {
    const curve = new Curve(() => undefined);
    await curve.draw([0, 1, 2], () => Promise.reject(new Error("no")));
    expect(curve.failed).toEqual(new Error("no"));
    expect(curve.running).toBe(false);
    curve.clear();
    expect(curve.failed).toBeNull();
  });
});
