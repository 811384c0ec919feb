import { describe, expect, it } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { interactionsCsv } from "../../../web/src/views/csv.js";
import {
  absence,
  matrixDescription,
  pairOf,
  strongestTogether,
  strongestWith,
  together,
  togetherSentence,
  uncertain,
} from "../../../web/src/views/interactions.js";
import { unit } from "../../../web/src/views/unit.js";
import { asNumber, copy, explanation, manifest, withPairs } from "../golden.js";

const [en, de] = [words("en"), words("de")];
const points = unit(manifest, "repaid", "output", "points", en);
const all = together(withPairs, manifest, 0, en);

/** Two players of the golden explanation with what they do alone and together. */
function pair(one: number, other: number, value: number, error: number | null = 0) {
  const members = [
    { player: "duration", label: "Duration", valueText: "48 months", value: one, error: 0 },
    { player: "amount", label: "Amount", valueText: "", value: other, error: 0 },
  ];
  return { members, value, error };
}

describe("what works together", () => {
  it("is every set of two and more, the largest first, and no single player", () => {
    expect(all).toHaveLength((18 * 17) / 2);
    const sizes = all.map(({ value }) => Math.abs(value));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    const { sets, values } = withPairs.interactions!;
    const largest = Math.max(...sets.flatMap((set, at) => (set.length === 2 ? [Math.abs(values[at]![0]!)] : [])));
    expect(sizes[0]).toBe(largest);
  });

  it("is found for the player that is looked at, unless it may be chance", () => {
    const strongest = strongestWith("age", all)!;
    expect(pairOf(strongest)).toContain("age");
    expect(strongest).toBe(all.find((set) => pairOf(set).includes("age")));
    expect(
      strongestWith(
        "age",
        all.map((set) => ({ ...set, error: Math.abs(set.value) })),
      ),
    ).toBeNull();
  });
});

describe("a pair in words", () => {
  it("strengthens itself where both go the same way and together further", () => {
    expect(togetherSentence(pair(-0.1, -0.05, -0.032), points, en)).toBe(
      "Duration (48 months) and Amount strengthen each other: together they lower the result by 3.2\u00a0points more " +
        "than if each worked alone.",
    );
  });

  it("overlaps where together they go less far", () => {
    expect(togetherSentence(pair(-0.1, -0.05, 0.032), points, en)).toContain(
      "overlap: together they lower the result by 3.2\u00a0points less than if each worked alone.",
    );
  });

  it("just shifts the result where the two pull different ways", () => {
    expect(togetherSentence(pair(-0.1, 0.05, 0.032), points, en)).toContain(
      "raise the result by 3.2\u00a0points beyond",
    );
    expect(togetherSentence(pair(0, 0.05, -0.032), points, en)).toContain("lower the result by 3.2\u00a0points beyond");
  });

  it("says so where nothing happens between them", () => {
    expect(togetherSentence(pair(-0.1, 0.05, 0), points, en)).toContain("don't touch each other");
  });

  it("says how sure it is: exact is silent, chance and unknown are not", () => {
    expect(togetherSentence(pair(1, 1, 0.1, 0), points, en)).not.toMatch(/give or take|unknown/i);
    expect(togetherSentence(pair(1, 1, 0.1, 0.01), points, en)).toMatch(/Give or take 2\.0\spoints\.$/);
    expect(togetherSentence(pair(1, 1, 0.1, 0.1), points, en)).toMatch(
      /Give or take 20\spoints: that may be chance\.$/,
    );
    expect(togetherSentence(pair(1, 1, 0.1, null), points, en)).toMatch(/How far off that may be is unknown\.$/);
  });

  it("speaks German", () => {
    const punkte = unit(manifest, "repaid", "output", "points", de);
    expect(togetherSentence(pair(0.1, 0.1, 0.032), punkte, de)).toContain("verstärken einander: Zusammen heben sie");
  });

  it("speaks of bikes, not of percent", () => {
    const rentals = asNumber(withPairs);
    const bikes = unit(rentals.manifest, "rentals", "output", "points", en);
    const [first] = together(rentals.explanation, rentals.manifest, 0, en);
    expect(togetherSentence(first!, bikes, en)).toMatch(/by [\d.]+\sbikes/);
    expect(togetherSentence(first!, bikes, en)).not.toMatch(/%|point/);
  });
});

describe("certainty", () => {
  it("is lacking where the 95 % interval holds zero, or isn't known", () => {
    expect(uncertain(pair(1, 1, 0.1, 0))).toBe(false);
    expect(uncertain(pair(1, 1, 0.1, 0.05))).toBe(false);
    expect(uncertain(pair(1, 1, 0.1, 0.052))).toBe(true);
    expect(uncertain(pair(1, 1, 0.1, null))).toBe(true);
  });
});

describe("the finding", () => {
  it("names the strongest pair", () => {
    const names = all[0]!.members.map(({ label }) => label).join(" and ");
    expect(strongestTogether(all, points, en)).toBe(`Strongest together: ${names}, ${points.amount(all[0]!.value)}`);
  });

  it("passes over what may be chance", () => {
    const [first, ...rest] = all;
    const doubtful = { ...first!, error: Math.abs(first!.value) };
    expect(strongestTogether([doubtful, ...rest], points, en)).toBe(strongestTogether(rest, points, en));
    expect(strongestTogether([doubtful], points, en)).toBe("No two entries work together by more than chance");
  });

  it("says so where every entry works by itself", () => {
    const none = all.map((set) => ({ ...set, value: 0 }));
    expect(strongestTogether(none, points, en)).toBe("Every entry works by itself here");
  });

  it("is described without the picture", () => {
    const said = matrixDescription(withPairs, manifest, 0, "points", en);
    expect(said).toMatch(/^Matrix of chance of repaying: what \d+ pairs/);
    expect(said).toContain(points.amount(all[0]!.value));
  });
});

describe("why there is nothing to show", () => {
  const without = (estimator: string, parameters: object = { interactions: "auto" }) => {
    const document = copy(explanation);
    Object.assign(document.provenance, { estimator, parameters });
    return document;
  };

  it("is said only where there is nothing", () => {
    expect(absence(withPairs, true)).toBeNull();
  });

  it("is that it wasn't asked for, whatever else holds", () => {
    expect(absence(without("gaussian_process", { interactions: "none" }), false)).toBe("not_asked");
  });

  it("is that the numbers aren't final yet", () => {
    expect(absence(without("least_squares"), false)).toBe("waiting");
  });

  it("is the budget where the estimator could tell", () => {
    expect(absence(without("gaussian_process"), true)).toBe("not_accurate");
    expect(absence(without("least_squares", { interactions: "SII" }), true)).toBe("not_accurate");
  });

  it("is the way itself where no budget helps", () => {
    for (const estimator of ["permutation", "owen", "tree", "exact", "least_squares"])
      expect(absence(without(estimator), true)).toBe("not_this_way");
  });
});

describe("the CSV of what works together", () => {
  it("has every set at full precision, with its index and order", () => {
    const lines = interactionsCsv(withPairs, manifest, 0, en).trimEnd().split("\r\n");
    expect(lines).toHaveLength(1 + all.length);
    expect(lines[1]).toMatch(/^"repaid","output","SII",2,"\w+ × \w+",/);
    expect(lines[1]).toContain(String(all[0]!.value));
  });

  it("names larger sets too", () => {
    const third = copy(withPairs);
    third.interactions = { index: "k-SII", order: 3, sets: [[0, 1, 2]], values: [[0.5]], std_error: [[null]] };
    expect(interactionsCsv(third, manifest, 0, en)).toContain(
      '"k-SII",3,"checking_account × duration × credit_history"',
    );
  });
});
