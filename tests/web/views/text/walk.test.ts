import { describe, expect, it } from "vitest";
import { step } from "../../../../web/src/elements/text/walk.js";

/** Boxes 40 px wide on lines of 30 px, placed by column and line. */
const at = (column: number, line: number) => ({
  getBoundingClientRect: () =>
    ({ left: column * 50, right: column * 50 + 40, top: line * 30, height: 20 }) as unknown as DOMRect,
});
const words = [at(0, 0), at(1, 0), at(2, 0), at(0, 1), at(1, 1), at(0, 3), at(2, 3)];

describe("arrow keys", () => {
  it("go in reading order, and stop at the ends", () => {
    expect(step(words, 2, "right", false)).toBe(3);
    expect(step(words, 3, "left", false)).toBe(2);
    expect(step(words, 0, "left", false)).toBe(0);
    expect(step(words, 6, "right", false)).toBe(6);
    expect([step(words, 3, "first", false), step(words, 3, "last", false)]).toEqual([0, 6]);
  });

  it("go the other way in a text that runs from right to left", () => {
    expect(step(words, 2, "left", true)).toBe(3);
    expect(step(words, 3, "right", true)).toBe(2);
  });

  it("find the nearest word on the next line, over empty ones", () => {
    expect(step(words, 1, "down", false)).toBe(4);
    expect(step(words, 2, "down", false)).toBe(4);
    expect(step(words, 4, "down", false)).toBe(5);
    expect(step(words, 6, "up", false)).toBe(4);
    expect(step(words, 0, "up", false)).toBe(0);
  });
});
