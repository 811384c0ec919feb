/** Where parts lie, how their outlines run, what is kept, and regions drawn by hand. */
import { describe, expect, it } from "vitest";
import { composed, first, without } from "../../../../web/src/views/photo/masks.js";
import { outlines } from "../../../../web/src/views/photo/outline.js";
import { places } from "../../../../web/src/views/photo/places.js";
import { drawn, labelled, type Region, simplified } from "../../../../web/src/views/photo/regions.js";
import { HEIGHT, SEGMENTS, WIDTH } from "./toy.js";

/** Which pixels a path covers by the even-odd rule: a ray to the left of each centre counts the lines it crosses. */
function covered(path: string, width: number, height: number): boolean[] {
  const walls: { x: number; from: number; to: number }[] = [];
  let [x, y] = [0, 0];
  for (const [, letter, numbers = ""] of path.matchAll(/([Mhvz])([-\d ]*)/g)) {
    const [a = 0, b = 0] = numbers.split(" ").map(Number);
    if (letter === "M") [x, y] = [a, b];
    else if (letter === "h") x += a;
    else if (letter === "v") {
      walls.push({ x, from: Math.min(y, y + a), to: Math.max(y, y + a) });
      y += a;
    }
  }
  return Array.from({ length: width * height }, (_, at) => {
    const [px, py] = [(at % width) + 0.5, Math.floor(at / width) + 0.5];
    return walls.filter((wall) => wall.x < px && wall.from < py && py < wall.to).length % 2 === 1;
  });
}

describe("an outline", () => {
  it("goes around exactly the pixels of its segment, holes left out", () => {
    const paths = outlines(SEGMENTS, WIDTH, HEIGHT, 4);
    for (const [label, path] of paths.entries())
      expect(covered(path, WIDTH, HEIGHT), `segment ${label}`).toEqual([...SEGMENTS].map((own) => own === label));
  });

  it("of a rectangle is four strokes", () => {
    expect(outlines(SEGMENTS, WIDTH, HEIGHT, 4)[0]).toBe("M0 0h3v2h-3v-2z");
  });

  it("holds for any map, also where parts touch at a corner only", () => {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 20; round++) {
      const map = Int32Array.from({ length: 63 }, () => Math.floor(random() * 3));
      for (const [label, path] of outlines(map, 9, 7, 3).entries())
        expect(covered(path, 9, 7)).toEqual([...map].map((own) => own === label));
    }
  });
});

describe("a place", () => {
  it("is the ninth of the photo that the part's centre lies in, with its share of the area", () => {
    const found = places(SEGMENTS, WIDTH, HEIGHT, 4);
    expect(found.map(({ name }) => name)).toEqual(["upper_left", "upper_right", "bottom", "middle"]);
    expect(found.map(({ share }) => share * 24)).toEqual([6, 6, 11, 1]);
  });

  it("of a frame around something else is all around", () => {
    const frame = Int32Array.from({ length: 81 }, (_, at) => {
      const [x, y] = [at % 9, Math.floor(at / 9)];
      return x > 1 && x < 7 && y > 1 && y < 7 ? 1 : 0;
    });
    expect(places(frame, 9, 9, 2).map(({ name }) => name)).toEqual(["around", "middle"]);
  });

  it("covers the nine names", () => {
    const squares = Int32Array.from({ length: 81 }, (_, at) => 3 * Math.floor(at / 27) + Math.floor((at % 9) / 3));
    expect(places(squares, 9, 9, 9).map(({ name }) => name)).toEqual([
      "upper_left",
      "top",
      "upper_right",
      "left",
      "middle",
      "right",
      "lower_left",
      "bottom",
      "lower_right",
    ]);
  });
});

describe("a mask", () => {
  it("keeps everything but one part", () => expect(without(3, 1)).toEqual([true, false, true]));

  it("hides or keeps the first of an order", () => {
    expect(first([2, 0, 1], 2, "hide")).toEqual([false, true, false]);
    expect(first([2, 0, 1], 2, "keep")).toEqual([true, false, true]);
    expect(first([2, 0, 1], 0, "hide")).toEqual([true, true, true]);
    expect(first([2, 0, 1], 3, "keep")).toEqual([true, true, true]);
  });

  it("puts what stands for hidden parts in their place only", () => {
    const of = (value: number) => new Uint8ClampedArray(24 * 4).fill(value);
    const seen = composed(of(200), of(10), SEGMENTS, [true, false, true, true]);
    const red = Array.from({ length: 24 }, (_, at) => seen[4 * at]);
    expect(red).toEqual([...SEGMENTS].map((label) => (label === 1 ? 10 : 200)));
  });
});

describe("regions", () => {
  const square: Region = [
    [1, 1],
    [4, 1],
    [4, 3],
    [1, 3],
  ];

  it("label the pixels whose centres they go around, the later one on top", () => {
    const other: Region = [
      [3, 0],
      [6, 0],
      [6, 2],
      [3, 2],
    ];
    expect([...labelled([square, other], 6, 4)]).toEqual(
      `-1 -1 -1 1 1 1
       -1 0 0 1 1 1
       -1 0 0 0 -1 -1
       -1 -1 -1 -1 -1 -1`
        .split(/\s+/)
        .map(Number),
    );
  });

  it("may reach over the edge, and go around the other way", () => {
    const wide: Region = [
      [-5, 9],
      [9, 9],
      [9, 2],
      [-5, 2],
    ];
    expect(labelled([wide], 6, 4).filter((label) => label === 0)).toHaveLength(12);
  });

  it("count only where they go around a pixel", () => {
    expect(drawn(square, 6, 4)).toBe(true);
    expect(drawn(square.slice(0, 2), 6, 4)).toBe(false);
    expect(
      drawn(
        [
          [1.1, 1.1],
          [1.3, 1.1],
          [1.2, 1.3],
        ],
        6,
        4,
      ),
    ).toBe(false);
  });

  it("lose the corners that say nothing", () => {
    const stroke: Region = Array.from({ length: 20 }, (_, at) => [at, at < 10 ? 0 : at - 10] as const);
    expect(simplified(stroke)).toEqual([
      [0, 0],
      [10, 0],
      [19, 9],
    ]);
  });
});
