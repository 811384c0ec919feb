import { describe, expect, it } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { complementary } from "../../../web/src/views/classes.js";
import { decision, description, finding, glance } from "../../../web/src/views/sentence.js";
import { asClasses, asNumber, copy, explanation, manifest } from "../golden.js";

const [en, de] = [words("en"), words("de")];

describe("the decision", () => {
  it("is a word and a sentence with the probability and what is needed", () => {
    expect(decision(manifest, [0.3836], 0, en)).toEqual({
      word: "Refused",
      sentence: "Refused: 38\u00a0% chance of repaying, 50\u00a0% needed",
      granted: false,
    });
    expect(decision(manifest, [0.62], 0, de).sentence).toBe(
      "Bewilligt: 62\u00a0% Chance auf Rückzahlung, nötig sind 50\u00a0%",
    );
  });

  it("at the threshold is granted, just below it never looks like it", () => {
    expect(decision(manifest, [0.5], 0, en).granted).toBe(true);
    expect(decision(manifest, [0.4996], 0, en).sentence).toBe(
      "Refused: 49.96\u00a0% chance of repaying, 50.00\u00a0% needed",
    );
  });

  it("just below the threshold doesn't look like it in the picture's title either", () => {
    const close = copy(explanation);
    close.prediction = [0.4996];
    expect(finding(close, manifest, 0, "points", en)).toMatch(/to 49\.96\s% here$/);
  });

  it("of a model that only predicts is its prediction", () => {
    const rentals = copy(manifest);
    rentals.decision = null;
    rentals.outputs = [{ name: "bikes", label: { en: "bikes rented" }, unit: { en: "bikes" }, kind: "number" }];
    expect(decision(rentals, [1234.5], 0, en).sentence).toBe("Bikes rented: 1,235");
    rentals.outputs[0].label = "demand";
    expect(decision(rentals, [1234.5], 0, en).sentence).toBe("Demand: 1,235\u00a0bikes");
  });
});

describe("a model that chooses a class", () => {
  const wine = asClasses(explanation);

  it("is said with its likeliest class, whichever output is explained", () => {
    for (const output of [0, 1, 2])
      expect(decision(wine.manifest, [0.2, 0.5, 0.3], output, en)).toEqual({
        word: "Grignolino",
        sentence: "Grignolino, most likely, with 50\u00a0%",
        granted: null,
      });
  });

  it("says which class the entries speak for", () => {
    expect(glance(wine.explanation, wine.manifest, 1, en)[0]).toMatch(/^Speaks most for Grignolino: Credit history/);
    expect(glance(wine.explanation, wine.manifest, 0, de)[0]).toMatch(/^Am meisten gegen Barolo spricht: Bisherige/);
  });

  it("is no such model where one output decides, or where there is only one", () => {
    expect(decision(manifest, [0.3836], 0, en).word).toBe("Refused");
    const single = copy(manifest);
    single.decision = null;
    expect(decision(single, [0.3836], 0, en).sentence).toMatch(/38\u00a0%/);
  });
});

describe("two outputs", () => {
  const two = copy(explanation);
  two.outputs = ["no", "yes"];
  two.prediction = [0.3, 0.7];
  two.base_values = [0.4, 0.6];

  it("that are each other's rest say the same, others don't", () => {
    expect(complementary(two)).toBe(true);
    expect(complementary({ ...two, prediction: [0.3, 0.6] })).toBe(false);
    expect(complementary({ ...two, provenance: { ...two.provenance, scale: "margin" } })).toBe(false);
    expect(complementary(asClasses(explanation).explanation)).toBe(false);
    expect(complementary(explanation)).toBe(false);
  });
});

describe("the glance", () => {
  it("names the strongest on both sides with their values, the heavier side first", () => {
    expect(glance(explanation, manifest, 0, en)).toEqual([
      "Most against: Credit history (all here paid back) and Purpose (new car).",
      "Most for: Instalment rate class (2) and Duration (15\u00a0months).",
    ]);
  });

  it("says the same in German", () => {
    expect(glance(explanation, manifest, 0, de)).toEqual([
      "Am meisten dagegen: Bisherige Kredite (alle hier zurückgezahlt) und Verwendung (Neuwagen).",
      "Am meisten dafür: Ratenklasse (2) und Laufzeit (15\u00a0Monate).",
    ]);
  });

  it("speaks of raising and lowering where nothing is decided by this output", () => {
    const open = copy(manifest);
    open.decision = null;
    expect(glance(explanation, open, 0, en)[0]).toMatch(/^Lowers it most: Credit history/);
  });

  it("says so where nothing changes this decision", () => {
    const none = copy(explanation);
    none.values = none.values.map(() => [0]);
    expect(glance(none, manifest, 0, en)).toEqual([
      "Nothing here moves this result: compared with 100 other applicants, no entry makes a difference.",
    ]);
  });

  it("leaves out a side that hardly weighs anything", () => {
    const onesided = copy(explanation);
    onesided.values = onesided.values.map(([value]) => [value! > 0 ? 0.0001 : value!]);
    expect(glance(onesided, manifest, 0, en)).toHaveLength(1);
  });
});

describe("the picture's words", () => {
  it("the title states the finding", () => {
    expect(finding(explanation, manifest, 0, "points", en)).toBe(
      "What leads from 67\u00a0%, the average of 100 other applicants, to 38\u00a0% here",
    );
  });

  it("the title names the scale where it isn't the model's own output", () => {
    const logit = copy(explanation);
    logit.provenance.scale = "logit";
    expect(finding(logit, manifest, 0, "points", en)).toMatch(/ here \(in log-odds\)$/);
    logit.provenance.scale = "margin";
    expect(finding(logit, manifest, 0, "points", de)).toMatch(/ hier führt \(als Rohwerte\)$/);
  });

  it("a number is said in its unit, never in percent", () => {
    const rentals = asNumber(explanation);
    const said = [
      finding(rentals.explanation, rentals.manifest, 0, "points", en),
      description(rentals.explanation, rentals.manifest, 0, "points", en),
    ].join(" ");
    expect(said).toContain("384\u00a0bikes here");
    expect(said).toContain("Waterfall of predicted bikes rented:");
    expect(said).not.toMatch(/%|point/);
  });

  it("the description carries the picture without it", () => {
    expect(description(explanation, manifest, 0, "points", en)).toBe(
      "Waterfall of chance of repaying: from 67\u00a0% on average to 38\u00a0% here. Largest steps: " +
        "Credit history \u221212\u00a0points, Purpose \u221211\u00a0points, and Checking account \u22127.5\u00a0points.",
    );
  });
});
