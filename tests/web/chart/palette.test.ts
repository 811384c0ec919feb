import { describe, expect, it } from "vitest";
import { DARK, LIGHT, type Palette, TINT } from "../../../web/src/chart/palette.js";

/** Contrast ratio of two colours after WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** A colour laid over another. */
function mixed(over: string, under: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [over, under].map((colour) => parseInt(colour.slice(at, at + 2), 16)) as [number, number];
    return Math.round(a * share + b * (1 - share));
  });
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
] as [string, Palette][])("the %s colours", (_, palette) => {
  it("text can be read on the surface and on a highlighted row (4.5:1)", () => {
    for (const name of ["ink", "muted", "positiveText", "negativeText"] as const)
      for (const ground of [palette.surface, palette.highlight])
        expect(contrast(palette[name], ground), name).toBeGreaterThanOrEqual(4.5);
  });

  it("numbers on the darkest cell of a matrix can be read (4.5:1)", () => {
    for (const name of ["positive", "negative"] as const)
      expect(contrast(palette.ink, mixed(palette[name], palette.surface, TINT)), name).toBeGreaterThanOrEqual(4.5);
  });

  it("bars stand out from the surface (3:1)", () => {
    for (const name of ["positive", "negative"] as const)
      expect(contrast(palette[name], palette.surface), name).toBeGreaterThanOrEqual(3);
  });
});

it("light bars have the field's colours", () => {
  expect([LIGHT.positive, LIGHT.negative]).toEqual(["#ff0051", "#008bfb"]);
});
