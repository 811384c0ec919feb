import { describe, expect, it } from "vitest";
import { another, first, starts } from "../../../web/src/inputs/row.js";
import { copy, manifest } from "../golden.js";

const background = [manifest.features.map(({ min }) => min ?? 1), manifest.features.map(({ max }) => max ?? 0)];

describe("the rows one can start from", () => {
  it("are the examples, then the reference's rows where those are real", () => {
    const ids = starts(manifest, background).map(({ id }) => id);
    expect(ids).toEqual([...manifest.examples.map(({ id }) => id), "background:0", "background:1"]);
  });

  it("leave out rows that nobody ever was", () => {
    const centres = copy(manifest);
    centres.background.kind = "kmeans";
    expect(starts(centres, background)).toHaveLength(manifest.examples.length);
  });

  it("have people's words for raw numbers", () => {
    const row = starts(manifest, background).at(-2)?.values;
    expect(row?.["checking_account"]).toBe(manifest.features[0]?.levels?.[1]?.name);
    expect(row?.["duration"]).toBe(4);
  });

  it("give every feature a value, so that a short example still fills the form", () => {
    const short = copy(manifest);
    short.examples = [{ id: "short", title: "short", values: { duration: 12 } }];
    const { values } = first(short, background);
    expect(Object.keys(values)).toEqual(manifest.features.map(({ name }) => name));
    expect(values["duration"]).toBe(12);
  });

  it("exist without any example", () => {
    const none = copy(manifest);
    none.examples = [];
    none.background.kind = "kmeans";
    expect(first(none, background).id).toBe("background:0");
  });
});

describe("shuffle", () => {
  it("never gives the row that is shown already", () => {
    const all = starts(manifest, background);
    for (let random = 0; random < 1; random += 0.05) expect(another(all, all[0]!.id, random)?.id).not.toBe(all[0]!.id);
  });

  it("gives nothing where there is no other", () => {
    expect(another([{ id: "only", values: {} }], "only", 0.5)).toBeUndefined();
  });
});
