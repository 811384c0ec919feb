import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbers } from "../../../web/src/chart/numbers.js";

const en = numbers("en");
const de = numbers("de");

describe("signed numbers", () => {
  it("carry their sign always, with a true minus", () => {
    expect(en.signed(12.34)).toBe("+12");
    expect(en.signed(-12.34)).toBe("\u221212");
    expect(de.signed(-3.44)).toBe("\u22123,4");
  });

  it("keep trailing zeros, so that a column lines up", () => {
    expect(en.signed(-2)).toBe("\u22122.0");
    expect(en.signed(0.62)).toBe("+0.62");
  });

  it("zero and what rounds to it have no sign", () => {
    expect(en.signed(0)).toBe("0");
    expect(en.signed(-0)).toBe("0");
    expect(en.signed(-1e-12)).toBe("0");
    expect(en.signed(0.001)).toBe("0.00");
  });

  it("never show more than the digits asked for", () => {
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (value) => {
        const digits = en.signed(value).replace(/[^\d]/g, "").replace(/^0+/, "");
        expect(digits.length).toBeLessThanOrEqual(Math.abs(value) >= 99.5 ? 4 : 2);
      }),
    );
  });
});

describe("percent", () => {
  it("is a whole number with a fixed space in both languages", () => {
    expect(en.percent(0.3836)).toBe("38\u00a0%");
    expect(de.percent(0.3836)).toBe("38\u00a0%");
  });

  it("says more digits where it would look like the threshold", () => {
    expect(en.percent(0.4987, 0.5)).toBe("49.9\u00a0%");
    expect(en.percent(0.5, 0.4987)).toBe("50.0\u00a0%");
    expect(de.percent(0.49996, 0.5)).toBe("49,996\u00a0%");
    expect(en.percent(0.5, 0.5)).toBe("50\u00a0%");
  });

  it("never writes nearly nothing as nothing, or nearly all as all", () => {
    expect(en.percent(0.0002)).toBe("<\u00a00.1\u00a0%");
    expect(en.percent(0.9999)).toBe(">\u00a099.9\u00a0%");
    expect(en.percent(0)).toBe("0\u00a0%");
    expect(en.percent(1)).toBe("100\u00a0%");
    expect(en.percent(0.004)).toBe("0.4\u00a0%");
  });
});

describe("other numbers", () => {
  it("have at most three significant digits, whole ones are never rounded", () => {
    expect(en.short(0.38365)).toBe("0.384");
    expect(en.short(4870)).toBe("4,870");
    expect(de.short(4870)).toBe("4.870");
    expect(en.plain(4870.25)).toBe("4,870.25");
  });

  it("bytes are counted in thousands", () => {
    expect(en.bytes(930)).toBe("930\u00a0B");
    expect(en.bytes(41_300)).toBe("41\u00a0kB");
    expect(en.bytes(2_440_000)).toBe("2.4\u00a0MB");
    expect(de.bytes(2_440_000)).toBe("2,4\u00a0MB");
  });

  it("durations change to seconds at one second", () => {
    expect(en.duration(412.6)).toBe("413\u00a0ms");
    expect(en.duration(1352)).toBe("1.35\u00a0s");
  });

  it("lists are read aloud", () => {
    expect(en.list(["a", "b"])).toBe("a and b");
    expect(de.list(["a", "b"])).toBe("a und b");
  });
});
