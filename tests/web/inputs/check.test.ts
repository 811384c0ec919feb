import { describe, expect, it } from "vitest";
import { check, computes } from "../../../web/src/inputs/check.js";
import type { Feature } from "../../../web/src/schema.gen.js";

const months: Feature = { name: "months", kind: "number", min: 4, max: 72, step: 1 };
const savings: Feature = { name: "savings", kind: "category", levels: [{ name: "none" }, { name: "some" }] };

describe("a number", () => {
  it("in its range is fine", () => {
    expect(check(months, 48)).toEqual({ kind: "fine" });
    expect(check(months, 4)).toEqual({ kind: "fine" });
  });

  it("out of its range is told, and still computed", () => {
    expect(check(months, 3)).toEqual({ kind: "below", bound: 4 });
    expect(check(months, 73)).toEqual({ kind: "above", bound: 72 });
    expect(computes(check(months, 73))).toBe(true);
  });

  it("between the steps is told, and still computed", () => {
    expect(check(months, 4.5)).toEqual({ kind: "step", step: 1 });
    expect(check({ ...months, step: 0.1, min: 0 }, 0.3)).toEqual({ kind: "fine" });
    expect(computes(check(months, 4.5))).toBe(true);
  });

  it("that is none, or isn't there, can't be computed", () => {
    for (const value of ["4,5", null, "", Number.NaN, Infinity]) expect(computes(check(months, value))).toBe(false);
  });

  it("may be missing where the feature says so", () => {
    expect(check({ ...months, missing: true }, null)).toEqual({ kind: "fine" });
  });
});

describe("a level", () => {
  it("is known by its word or its index", () => {
    expect(check(savings, "some")).toEqual({ kind: "fine" });
    expect(check(savings, 1)).toEqual({ kind: "fine" });
  });

  it("the model never learned can't be computed", () => {
    expect(check(savings, "plenty")).toEqual({ kind: "level" });
    expect(check(savings, 2)).toEqual({ kind: "level" });
    expect(computes(check(savings, "plenty"))).toBe(false);
  });
});
