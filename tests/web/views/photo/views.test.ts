// @vitest-environment happy-dom
/** What is said and drawn of a photo's explanation. */
import { render, type TemplateResult } from "lit";
import { describe, expect, it } from "vitest";
import { LIGHT } from "../../../../web/src/chart/palette.js";
import { pictureFile } from "../../../../web/src/chart/picture-file.js";
import { csv } from "../../../../web/src/views/photo/csv.js";
import { drawing } from "../../../../web/src/views/photo/drawing.js";
import { outlines } from "../../../../web/src/views/photo/outline.js";
import { held, limit, ordered, parts } from "../../../../web/src/views/photo/parts.js";
import { description, finding, glance, partSentence, subject } from "../../../../web/src/views/photo/sentence.js";
import { table } from "../../../../web/src/views/photo/table.js";
import { trust } from "../../../../web/src/views/photo/trust.js";
import { by, explanation, HEIGHT, manifest, SEGMENTS, sight, WIDTH } from "./toy.js";

const CAT = { output: 0, against: null };
const RATHER = { output: 0, against: 1 };

function drawnIn(template: TemplateResult): HTMLElement {
  const holder = document.createElement("div");
  render(template, holder);
  return holder;
}
const text = (node: Element | null) => node?.textContent?.replace(/\s+/g, " ").replaceAll("\u00a0", " ").trim();
const plain = (line: string | undefined) => line?.replaceAll("\u00a0", " ");

describe("the parts", () => {
  it("stand from what speaks most for the class to what speaks most against it", () => {
    expect(ordered(parts(explanation, CAT)).map(({ segment }) => segment)).toEqual([0, 1, 3, 2]);
  });

  it("of a contrast have the difference of two classes' values, and no error that is known", () => {
    const all = parts(explanation, RATHER);
    [0.5, 0.15, -0.05, 0].forEach((value, at) => expect(all[at]?.value).toBeCloseTo(value, 12));
    expect(all.every(({ error }) => error === null)).toBe(true);
  });

  it("share one scale over all classes, and a contrast stretches it where it must", () => {
    expect(limit(explanation, CAT)).toBe(0.3);
    expect(limit(explanation, { output: 1, against: null })).toBe(0.3);
    expect(limit(explanation, RATHER)).toBeCloseTo(0.5, 12);
  });

  it("keep their order while it refines, and get a new one with new parts", () => {
    const all = parts(explanation, CAT);
    expect(held([2, 3, 1, 0], all)).toEqual([2, 3, 1, 0]);
    expect(held([1, 0], all)).toEqual([0, 1, 3, 2]);
  });
});

describe("the sentences", () => {
  it("say what matters and where", () => {
    // 0.3 and 0.2 of the heaviest 0.3; -0.05 is a straw. The two cover 12 of 24 pixels.
    expect(glance(sight()).map(plain)).toEqual([
      "Speaks most for “cat”: a part in the upper left (+30 points) and a part in the upper right (+20 points). What speaks most for it covers 50 % of the picture.",
    ]);
    expect(plain(glance(sight({ output: 1, against: null }))[1])).toBe(
      "Speaks most against “dog”: a part in the upper left (−20 points).",
    );
  });

  it("say parts of one place together: added up where values add up, else the largest", () => {
    const there = [[0.2], [0.1], [0.2], [0]].map(([one = 0]) => [one, 0]);
    const together = (method: string) => {
      const one = sight(CAT, by(method, there as typeof explanation.values));
      return plain(glance({ ...one, places: one.places.map((place) => ({ ...place, name: "left" as const })) })[0]);
    };
    expect(together("shapley")).toContain("3 parts on the left (together +50 points)");
    expect(together("rise")).toContain("3 parts on the left (up to +20 points)");
  });

  it("of a map of squares name all that reach half of the heaviest, however many", () => {
    const many = Array.from({ length: 24 }, (_, at) => [at < 10 ? 0.2 : at < 12 ? 0.09 : 0, 0]);
    const map = by("rise", many as typeof explanation.values);
    const everywhere = Array.from({ length: 24 }, () => ({ name: "top" as const, share: 1 / 24 }));
    const said = plain(glance({ ...sight(CAT, map), places: everywhere })[0]);
    expect(said).toContain("10 parts at the top (up to +20 points)");
    expect(said).toContain("covers 42 %");
  });

  it("of a photo where nothing matters say so", () => {
    const flat = by("shapley", explanation.values.map(() => [0, 0]) as typeof explanation.values);
    expect(glance(sight(CAT, flat))).toEqual(["No part of this photo makes a difference for “cat”."]);
    expect(finding(sight(CAT, flat))).toBe("Hardly anything here speaks for “cat”");
  });

  it("name one class rather than another", () => {
    expect(subject(sight(RATHER))).toBe("“cat” rather than “dog”");
    expect(subject(sight(RATHER, explanation, "de"))).toBe("„Katze“ statt „dog“");
  });

  it("describe the picture for those who don't see it", () => {
    expect(plain(description(sight()))).toBe(
      "The photo with each part in the colour of what it does for “cat”: red raises, blue lowers. Most: +30 points in the upper left, +20 points in the upper right, and −5.0 points at the bottom.",
    );
  });

  it("say a part's rank, place and value", () => {
    const part = parts(explanation, CAT)[2]!;
    expect(plain(partSentence(sight(), part, 4))).toBe("Part 4 of 4, at the bottom: −5.0 points");
  });
});

describe("the picture", () => {
  const options = {
    width: WIDTH,
    height: HEIGHT,
    outlines: outlines(SEGMENTS, WIDTH, HEIGHT, 4),
    limit: 0.3,
    opacity: 0.8,
    borders: true,
  };
  const file = pictureFile(
    drawing(sight(), parts(explanation, CAT), "data:image/png;base64,AA==", options),
    "Title",
    "Words",
    LIGHT,
  );
  const holder = document.createElement("div");
  holder.innerHTML = file.svg;
  const paths = [...holder.querySelectorAll("g[fill-rule] path")];

  it("gives each part its colour, as strong as its value", () => {
    const colours = paths.flatMap((path) => {
      const strength = path.getAttribute("fill-opacity");
      return strength ? [[path.getAttribute("fill"), Number(strength)]] : [];
    });
    expect(colours).toEqual([
      [LIGHT.positive, 1],
      [LIGHT.positive, 0.667],
      [LIGHT.negative, 0.167],
    ]);
  });

  it("holds the photo's pixels, the borders and a legend with its ends in numbers", () => {
    expect(holder.querySelector("image")?.getAttribute("href")).toBe("data:image/png;base64,AA==");
    expect(paths.at(-1)?.getAttribute("d")).toBe(options.outlines.join(""));
    expect([...holder.querySelectorAll("text")].map(text)).toEqual(["Title", "−30 points", "0", "+30 points"]);
  });

  it("is a file without the template's markers", () => {
    expect(file.svg).not.toContain("<!--");
    expect(file.svg).not.toContain("var(");
  });
});

describe("the table", () => {
  const quiet = { active: 1, onPoint: () => {}, onPin: () => {} };

  it("has every part, the largest first, and what they add up to", () => {
    const node = drawnIn(table(sight(), quiet));
    const rows = [...node.querySelectorAll("tbody tr")].map((row) => [...row.children].map(text));
    expect(rows.map(([part, place, share, value]) => [part, place, share, value])).toEqual([
      ["1", "in the upper left", "25 %", "+30.00"],
      ["2", "in the upper right", "25 %", "+20.00"],
      ["3", "at the bottom", "46 %", "−5.00"],
      ["4", "in the middle", "4 %", "0"],
    ]);
    expect([...node.querySelectorAll("tfoot td:nth-child(2)")].map(text)).toEqual(["10 %", "+45.00", "55 %"]);
    expect(node.querySelectorAll("tr.lit")).toHaveLength(1);
  });

  it("adds nothing up where a method's values don't", () => {
    const node = drawnIn(table(sight(CAT, by("lime")), quiet));
    expect(text(node.querySelector("tfoot"))).not.toContain("Sum");
    expect(text(node.querySelector("tfoot"))).toContain("The fitted line with everything hidden");
  });
});

describe("the CSV", () => {
  it("has full precision and adds up", () => {
    const lines = csv(sight()).trim().split("\r\n");
    expect(lines[0]).toBe('"method","scale","part","place","share","cat","std_error cat"');
    expect(lines[2]).toBe('"shapley","output","segment 0","in the upper left",0.25,0.3,0.01');
    const numbers = lines.slice(1).map((line) => Number(line.split(",")[5]));
    const [prediction = 0] = numbers.splice(-1);
    expect(numbers.reduce((sum, value) => sum + value, 0)).toBeCloseTo(prediction, 12);
  });

  it("of a contrast has both classes, each as it is", () => {
    expect(csv(sight(RATHER)).split("\r\n")[2]).toBe(
      '"shapley","output","segment 0","in the upper left",0.25,0.3,-0.2,0.01,0.01',
    );
  });
});

describe("how far to trust it", () => {
  it("says how sure, how hidden, how cut, what the model sees, and that it adds up", () => {
    const said = text(drawnIn(trust(sight(), manifest.image, true))) ?? "";
    // Errors of 0, 0.01, 0.01 and 0.02: 1.96 times the upper middle one and the largest.
    expect(said).toContain("at most 2.0 points as a rule, 3.9 points at worst");
    expect(said).toContain("from coarse to fine");
    expect(said).toContain("here: blurred");
    expect(said).toContain("Along its own edges");
    expect(said).toContain("88 % of the photo's shorter side");
    expect(said).toContain("the gap is 0");
  });

  it("of methods that don't add up says that", () => {
    expect(text(drawnIn(trust(sight(CAT, by("occlusion")), manifest.image, true)))).toContain("don't add up");
  });
});
