import { describe, expect, it } from "vitest";
import { offsets } from "../../../../web/src/views/text/spans.js";
import { bySentence, pieces, read, rest } from "../../../../web/src/views/text/reading.js";
import { playersOf } from "../../elements/scripted-text.js";

describe("spans of code points", () => {
  it("are UTF-16 offsets, counted by hand", () => {
    // "a😀b 🏳️‍🌈 é": the flag is four code points in six units, the accent here is one of its own.
    const text = "a\u{1f600}b \u{1f3f3}\ufe0f\u200d\u{1f308} e\u0301";
    const spans = [
      [0, 3],
      [4, 8],
      [9, 11],
    ];
    expect(offsets(text, spans)).toEqual([
      [0, 4],
      [5, 11],
      [12, 14],
    ]);
    expect(offsets(text, spans).map(([start, stop]) => text.slice(start, stop))).toEqual([
      "a\u{1f600}b",
      "\u{1f3f3}\ufe0f\u200d\u{1f308}",
      "e\u0301",
    ]);
  });

  it("count a lone surrogate as one", () => {
    expect(offsets("\ud83d x", [[2, 3]])).toEqual([[2, 3]]);
  });

  it("are those of right-to-left words too, in the order they are read", () => {
    const text = "\u0634\u0643\u0631\u0627 \u05e9\u05dc\u05d5\u05dd";
    const { words } = read(text, playersOf(text));
    expect(words.map((word) => word.text)).toEqual(["\u0634\u0643\u0631\u0627", "\u05e9\u05dc\u05d5\u05dd"]);
  });

  it("reach to the end of 100 kB of emoji in a moment", () => {
    const text = "\u{1f600} ".repeat(25_000);
    const { words } = read(text, playersOf(text, "words", 25_000));
    expect(words).toHaveLength(25_000);
    expect(words.at(-1)).toMatchObject({ start: 74_997, stop: 74_999 });
  });
});

describe("what is drawn", () => {
  it("is the whole text, character by character", () => {
    for (const text of ["  two  words\n\n and\t\u{1f600}!  ", "one", "\u00e9 e\u0301\u200b."]) {
      const reading = read(text, playersOf(text));
      const drawn = pieces(reading, 100).map((piece) => (typeof piece === "string" ? piece : piece.text));
      expect(drawn.join("") + rest(reading, 100)).toBe(text);
    }
  });

  it("ends where the model stops reading", () => {
    const text = "one two three four";
    const reading = read(text, playersOf(text, "words", 2));
    expect(rest(reading, 100)).toBe(" three four");
    expect(rest(reading, 1)).toBe(" two three four");
  });

  it("knows which words stand in which sentence", () => {
    const text = "One two. Three \u{1f600}. Four";
    const { sentences } = read(text, playersOf(text), playersOf(text, "sentences"));
    expect(sentences).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("holds the words of a sentence together, with what lies between them and not what lies around", () => {
    const text = "One two.  Three\nfour.";
    const reading = read(text, playersOf(text), playersOf(text, "sentences"));
    const runs = bySentence(reading, pieces(reading, 100)).map(({ sentence, pieces }) => [
      sentence,
      pieces.map((piece) => (typeof piece === "string" ? piece : piece.text)).join(""),
    ]);
    expect(runs).toEqual([
      [0, "One two."],
      [null, "  "],
      [1, "Three\nfour."],
    ]);
  });
});
