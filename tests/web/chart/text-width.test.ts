import { describe, expect, it } from "vitest";
import { fitText, textWidth, wrapText } from "../../../web/src/chart/text-width.js";

const line = "Average of 100 other applicants who asked for a loan";

describe("a line that is too long", () => {
  it("is cut with an ellipsis, and then fits", () => {
    const cut = fitText(line, 120, 13);
    expect(cut).toMatch(/^Average of.*…$/);
    expect(textWidth(cut, 13)).toBeLessThanOrEqual(120);
  });

  it("is broken at a space into two lines that fit", () => {
    const lines = wrapText(line, 220, 13);
    expect(lines).toHaveLength(2);
    for (const part of lines) expect(textWidth(part, 13)).toBeLessThanOrEqual(220);
    expect(lines.join(" ")).toBe(line);
  });

  it("stays whole where there is room", () => {
    expect(fitText(line, 1000, 13)).toBe(line);
    expect(wrapText(line, 1000, 13)).toEqual([line]);
  });

  it("of letters beyond the basic plane is not cut through one", () => {
    expect(fitText("🙂🙂🙂🙂", 20, 13)).toMatch(/^(🙂)*…$/u);
  });
});

it("bold and wide letters take more room", () => {
  expect(textWidth("mmm", 13)).toBeGreaterThan(textWidth("iii", 13));
  expect(textWidth("abc", 13, true)).toBeGreaterThan(textWidth("abc", 13));
});
