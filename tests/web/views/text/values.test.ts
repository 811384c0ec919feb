// @vitest-environment happy-dom
import { render } from "lit";
import { describe, expect, it } from "vitest";
import { LIGHT } from "../../../../web/src/chart/palette.js";
import { words } from "../../../../web/src/strings/words.js";
import type { Explanation } from "../../../../web/src/types.js";
import { csv } from "../../../../web/src/views/text/csv.js";
import { entries, sums } from "../../../../web/src/views/text/entries.js";
import { phrases, short } from "../../../../web/src/views/text/phrases.js";
import { poster, rightToLeft } from "../../../../web/src/views/text/poster.js";
import { beginning, read } from "../../../../web/src/views/text/reading.js";
import { description, finding, glance } from "../../../../web/src/views/text/sentence.js";
import { shade, shadeClass } from "../../../../web/src/views/text/shade.js";
import { explanationOf, manifest, playersOf } from "../../elements/scripted-text.js";

const en = words("en");

/** A text and the value of each of its words. */
function valued(text: string, values: readonly number[], more: Partial<Explanation["provenance"]> = {}) {
  const explanation = explanationOf(text, more);
  explanation.values = values.map((value) => [value]);
  const reading = read(text, playersOf(text), playersOf(text, "sentences"));
  return { explanation, reading, all: entries(reading, explanation, 0) };
}

describe("colours", () => {
  it.each([
    [0.5, 0.5, "up5"],
    [-0.5, 0.5, "down5"],
    [0.1, 0.5, "up1"],
    [0.11, 0.5, "up2"],
    [-0.29, 0.5, "down3"],
    [0.009, 0.5, ""],
    [0, 0.5, ""],
    [0, 0, ""],
    [2, 0.5, "up5"],
  ])("%f on a scale that ends at %f is %s", (value, most, expected) => {
    expect(shadeClass(shade(value, most))).toBe(expected);
  });
});

describe("quotations", () => {
  it("join neighbours, cut what is a straw, and say a word that comes again once", () => {
    const { reading, all } = valued("now click here or free or free stuff", [0, 0.2, 0.15, 0, 0.3, 0, 0.3, 0.01]);
    expect(phrases(reading, all, 1)).toEqual(["free", "click here"]);
    expect(phrases(reading, all, -1)).toEqual([]);
  });

  it("don't reach over the end of a line, and leave out the marks around words", () => {
    const { reading, all } = valued('buy\n"now!"', [0.3, 0.2]);
    expect(phrases(reading, all, 1)).toEqual(["buy", "now"]);
  });

  it("are cut between two characters as people see them", () => {
    expect(short("https://example.com/" + "x".repeat(100), 24)).toBe("https://example.com/xxxx…");
    expect(beginning("ab\u{1f3f3}\ufe0f\u200d\u{1f308}c", 4)).toBe("ab");
    expect(beginning("ae\u0301x", 2)).toBe("a");
  });
});

describe("sentences about a text", () => {
  it("say what weighs most in each direction, the weightier direction first", () => {
    const { reading, explanation } = valued("free thanks regards", [0.1, -0.4, -0.2]);
    expect(glance(reading, explanation, manifest, 0, en)).toEqual([
      "Most against “Spam”: “thanks regards”.",
      "Most for “Spam”: “free”.",
    ]);
  });

  it("say where no word does anything", () => {
    const { reading, explanation } = valued("one two", [0, 0]);
    expect(glance(reading, explanation, manifest, 0, en)[0]).toMatch(/^No word moves this result/);
  });

  it("say raise and lower where a number is explained", () => {
    const { reading, explanation } = valued("one two", [3, -2]);
    const number = { ...manifest, decision: null, outputs: [{ name: "spam", kind: "number" as const }] };
    expect(glance(reading, explanation, number as typeof manifest, 0, en)).toEqual([
      "Raises it most: “one”.",
      "Lowers it most: “two”.",
    ]);
  });

  it("title the picture by its ends where values add up, by the prediction where they don't", () => {
    const { explanation } = valued("free", [0.3]);
    expect(finding(explanation, manifest, 0, "points", en)).toBe(
      "What takes this text from 10\u00a0%, every word hidden, to 40\u00a0%",
    );
    explanation.provenance.method = "occlusion";
    expect(finding(explanation, manifest, 0, "points", en)).toBe(
      "How much each word weighs in the 40\u00a0% of this text",
    );
  });

  it("describe it for who doesn't see it", () => {
    const { reading, explanation } = valued("a free b", [0.01, 0.3, -0.1]);
    expect(description(reading, explanation, manifest, 0, "points", en)).toBe(
      "Text of 3 parts, coloured by how much each moves the chance of spam. Largest: “free” +30\u00a0points, “b” −10\u00a0points, and “a” +1.0\u00a0points.",
    );
  });
});

describe("sentences' sums", () => {
  const text = "One two. Three four.";

  it("are their words' values together", () => {
    const { reading, explanation } = valued(text, [0.1, 0.2, -0.3, 0.05]);
    expect(sums(reading, explanation, 0).map((sum) => [sum.text, Number(sum.value.toFixed(9))])).toEqual([
      ["One two.", 0.3],
      ["Three four.", -0.25],
    ]);
  });

  it("aren't there where values don't add up, or there is one sentence only", () => {
    const { reading, explanation } = valued(text, [0.1, 0.2, -0.3, 0.05], { method: "lime" });
    expect(sums(reading, explanation, 0)).toEqual([]);
    const one = valued("One two.", [0.1, 0.2]);
    expect(sums(one.reading, one.explanation, 0)).toEqual([]);
  });
});

describe("files", () => {
  it("the CSV adds up, has spans in code points, and runs no formula", () => {
    const { explanation } = valued("\u{1f600} =1+1 free", [0, 0.1, 0.2]);
    explanation.prediction = [0.4];
    const lines = csv(explanation, 0, en).trim().split("\r\n");
    expect(lines[3]).toBe(`"spam","output","word 2",2,6,"'=1+1",0.1,0.01`);
    const column = lines.slice(1).map((line) => Number(line.split(",").at(-2)));
    expect(column.slice(0, -1).reduce((sum, value) => sum + value, 0)).toBeCloseTo(column.at(-1)!, 12);
  });

  function drawn(text: string, values: readonly number[]): SVGTextElement[] {
    const { reading, all } = valued(text, values);
    const holder = document.createElement("div");
    const measure = (line: string) => 10 * line.length;
    render(
      poster(reading, all, { words: en, width: 132, palette: LIGHT, legend: ["for", "against"], measure }),
      holder,
    );
    return [...holder.querySelectorAll("text")].slice(0, all.length);
  }

  it("the picture breaks lines where a word doesn't fit, and at the text's own line ends", () => {
    // 100 px a line: "aaaa bbbb" is 84 wide, "cccc" is on the next line, "d" on a third.
    const nodes = drawn("aaaa bbbb cccc\nd", [0.1, 0, -0.1, 0]);
    expect(nodes.map((node) => [Number(node.getAttribute("x")), Number(node.getAttribute("y"))])).toEqual([
      [16, 36],
      [60, 36],
      [16, 66],
      [16, 96],
    ]);
  });

  it("right-to-left words begin at the right", () => {
    expect(rightToLeft("  1. \u05e9\u05dc\u05d5\u05dd abc")).toBe(true);
    expect(rightToLeft("abc \u05e9\u05dc\u05d5\u05dd")).toBe(false);
    const nodes = drawn("\u05e9\u05dc\u05d5\u05dd \u05d0\u05d1", [0.1, 0.2]);
    expect(nodes.map((node) => [node.getAttribute("direction"), Number(node.getAttribute("x"))])).toEqual([
      ["rtl", 116],
      ["rtl", 72],
    ]);
  });

  it("sign is in the line as well as in the colour", () => {
    const { reading, all } = valued("up down", [0.2, -0.2]);
    const holder = document.createElement("div");
    render(poster(reading, all, { words: en, width: 400, palette: LIGHT, legend: ["for", "against"] }), holder);
    const dashes = [...holder.querySelectorAll("line")].map((line) => line.getAttribute("stroke-dasharray"));
    expect(dashes).toEqual(["none", "4 3", "none", "4 3"]); // two words, two in the legend
  });
});
