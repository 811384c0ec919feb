import { describe, expect, it } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { compare } from "../../../web/src/views/compare.js";
import { thresholdIn } from "../../../web/src/views/threshold.js";
import { hasPoints, unit } from "../../../web/src/views/unit.js";
import { playerValue, valueText } from "../../../web/src/views/value-text.js";
import { copy, manifest } from "../golden.js";

const [en, de] = [words("en"), words("de")];
const feature = (name: string) => manifest.features.find((feature) => feature.name === name)!;

describe("values", () => {
  it("numbers have their unit, grouped as the language does", () => {
    expect(valueText(feature("amount"), 4870, en)).toBe("4,870\u00a0DM");
    expect(valueText(feature("duration"), 48, de)).toBe("48\u00a0Monate");
  });

  it("levels are words, by name or by index", () => {
    expect(valueText(feature("savings"), "unknown/ no savings account", en)).toBe("none or unknown");
    expect(valueText(feature("savings"), 4, de)).toBe("keine oder unbekannt");
  });

  it("unknown levels are quoted as they came, missing values are called so", () => {
    expect(valueText(feature("savings"), "a fortune", en)).toBe("a fortune");
    expect(valueText(feature("duration"), null, en)).toBe("not given");
  });

  it("a player of several columns says each with its name", () => {
    const player = { name: "loan", columns: ["duration", "amount"], value: [48, 4870] };
    expect(playerValue(manifest, player, en)).toBe("Duration 48\u00a0months; Amount 4,870\u00a0DM");
  });
});

describe("units", () => {
  it("a probability's contributions are percentage points", () => {
    const points = unit(manifest, "repaid", "output", "points", en);
    expect(points.amount(-0.1213)).toBe("\u221212\u00a0points");
    expect(points.amount(0.01)).toBe("+1.0\u00a0points");
    expect(points.fine(-0.12134)).toBe("\u221212.13");
    expect(points.level(0.3836)).toBe("38\u00a0%");
    expect(points.axis).toBe("chance of repaying");
  });

  it("model units are the output's own", () => {
    expect(unit(manifest, "repaid", "output", "model", en).amount(-0.1213)).toBe("\u22120.121");
  });

  it("points are not offered in a scale that has none, and not for numbers", () => {
    expect(unit(manifest, "repaid", "logit", "points", en).amount(-0.1213)).toBe("\u22120.121");
    expect(hasPoints(manifest, "repaid", "logit")).toBe(false);
    const number = copy(manifest);
    number.outputs[0].kind = "number";
    expect(hasPoints(number, "repaid", "output")).toBe(false);
  });
});

describe("the threshold", () => {
  it("follows the probability into log-odds, and into nothing else", () => {
    const high = copy(manifest);
    high.decision!.threshold = 0.8;
    expect(thresholdIn(high, "repaid", "output")).toBe(0.8);
    expect(thresholdIn(high, "repaid", "logit")).toBeCloseTo(Math.log(4), 12);
    expect(thresholdIn(high, "repaid", "margin")).toBeNull();
    expect(thresholdIn(high, "another", "output")).toBeNull();
  });
});

describe("a value among the reference", () => {
  it("a number is higher than some and lower than others", () => {
    expect(compare(feature("duration"), 24, [6, 12, 24, 36, 48], en)).toBe(
      "Of the 5 compared with, 2 are lower and 2 higher; the middle is 24\u00a0months.",
    );
  });

  it("a level is shared with some", () => {
    const tenths = { name: "t", kind: "number" } as const;
    expect(compare(tenths, 8.9, [8.9, 8.9, 12].map(Math.fround), en)).toBe(
      "Of the 3 compared with, 0 are lower and 1 higher; the middle is 8.9.",
    );
    expect(compare(feature("telephone"), "none", [0, 0, 1], en)).toBe("2 of the 3 compared with have “none” too.");
    expect(compare(feature("telephone"), "none", [0, 0, 1], de)).toContain("Bei 2 der 3");
  });

  it("says nothing about a single row", () => {
    expect(compare(feature("duration"), 24, [6], en)).toBe("");
  });
});
