import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../../web/src/errors.js";
import { METHODS } from "../../../web/src/methods.gen.js";
import { de } from "../../../web/src/strings/de.js";
import { en } from "../../../web/src/strings/en.js";

type Leaf = string | ((...parts: string[]) => string);

/** Every sentence of a catalogue by its path; functions are called with marked arguments. */
function sentences(node: unknown, path = ""): Map<string, { leaf: Leaf; said: string; marks: string[] }> {
  const found = new Map<string, { leaf: Leaf; said: string; marks: string[] }>();
  if (typeof node === "string") found.set(path, { leaf: node, said: node, marks: [] });
  else if (typeof node === "function") {
    const leaf = node as (...parts: string[]) => string;
    const marks = Array.from({ length: leaf.length }, (_, index) => `<${index}>`);
    found.set(path, { leaf, said: leaf(...marks), marks });
  } else
    for (const [key, value] of Object.entries(node as object))
      for (const [inner, sentence] of sentences(value, path ? `${path}.${key}` : key)) found.set(inner, sentence);
  return found;
}

const english = sentences(en);
const german = sentences(de);
const own = (path: string) => !path.startsWith("methods.");

describe("the two languages", () => {
  it("have the same sentences", () => {
    expect([...german.keys()].filter(own).sort()).toEqual([...english.keys()].filter(own).sort());
  });

  it.each([
    ["English", english],
    ["German", german],
  ])("say every part they are given: %s", (_, catalogue) => {
    for (const [path, { said, marks }] of catalogue) for (const mark of marks) expect(said, path).toContain(mark);
  });

  it("leave nothing empty", () => {
    for (const catalogue of [english, german])
      for (const [path, { said }] of catalogue) expect(said.trim(), path).not.toBe("");
  });

  it("translate: fewer than one in ten of the longer sentences are equal", () => {
    const longer = [...english].filter(([path, { said }]) => own(path) && said.length > 15);
    const equal = longer.filter(([path, { said }]) => german.get(path)?.said === said);
    expect(equal.length / longer.length).toBeLessThan(0.1);
  });

  it("give every parameter of every method German words", () => {
    for (const method of METHODS) {
      expect(de.methods[method.name]?.["title"], method.name).toBeTruthy();
      expect(de.methods[method.name]?.["summary"], method.name).toBeTruthy();
      for (const { name } of method.parameters) {
        const words = de.methods[`${method.name}.${name}`];
        expect(words?.["title"], name).toBeTruthy();
        expect(words?.["help"], name).toBeTruthy();
      }
    }
  });
});

describe("plain words", () => {
  const terms = /SHAP|Shapley|logit|coalition|Koalition|game theory|Spieltheorie/i;
  const depths = [
    "decision.",
    "glance.",
    "form.",
    "compare.",
    "detail.",
    "picture.",
    "status.",
    "loading.",
    "gallery.",
  ];

  it("no exact term of the field stands at the first two depths", () => {
    for (const catalogue of [english, german])
      for (const [path, { said }] of catalogue)
        if (depths.some((depth) => path.startsWith(depth))) expect(said, path).not.toMatch(terms);
  });

  it("the exact terms do stand at the third", () => {
    expect(en.provenance_words.methods["shapley"]).toMatch(terms);
    expect(de.provenance.n_coalitions.label).toMatch(terms);
  });
});

describe("failures", () => {
  // Every `code="..."` of the core, which runs in the page too.
  const core = fileURLToPath(new URL("../../../python/xaiweb/core", import.meta.url));
  const raised = readdirSync(core, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".py"))
    .flatMap((name) =>
      [...readFileSync(join(core, name), "utf8").matchAll(/\bcode="([a-z-]+)"/g)].map(([, code]) => code!),
    );

  it.each([
    ["English", en],
    ["German", de],
  ])("every code of the page and of the core has its own words: %s", (_, { failures }) => {
    expect(raised).toContain("background-empty"); // or the search above finds nothing
    const lacking = [...ERROR_CODES, ...raised, "budget-too-small", "unexpected"].filter(
      (code) => !Object.hasOwn(failures, code),
    );
    expect(lacking).toEqual([]);
  });

  it("no words stand under a code that nobody raises", () => {
    const known = new Set<string>([...ERROR_CODES, ...raised, "budget-too-small", "unexpected"]);
    expect(Object.keys(en.failures).filter((code) => !known.has(code))).toEqual([]);
  });

  it("each says what happened, what it means and what to do", () => {
    for (const failures of [en.failures, de.failures])
      for (const [code, { title, meaning, next }] of Object.entries(failures)) {
        expect(title.length, code).toBeLessThan(70);
        expect(title, code).not.toMatch(/[.!]$/);
        expect(meaning, code).toMatch(/\.$/);
        expect(next, code).toMatch(/\.$/);
      }
  });
});
