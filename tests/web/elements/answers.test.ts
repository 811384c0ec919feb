import { describe, expect, it } from "vitest";
import { Answers } from "../../../web/src/elements/photo/answers.js";
import { settle } from "./scripted.js";

describe("answers about hidden parts", () => {
  it("of a model that was closed aren't those of the next one, which is asked again", async () => {
    const answers = new Answers(() => {});
    let refuse = (_: Error) => {};
    answers.want("part", { key: "one", ask: () => new Promise((_, reject) => (refuse = reject)) });
    await settle();
    answers.clear();
    answers.want("part", { key: "one", ask: async () => [0.7] });
    refuse(new Error("closed"));
    await settle();
    expect(answers.get("one")).toEqual([0.7]);
  });

  it("that failed say so, and are asked for once more when somebody asks", async () => {
    const answers = new Answers(() => {});
    answers.want("part", { key: "one", ask: () => Promise.reject(new Error("no")) });
    await settle();
    expect([answers.get("one"), answers.failed("one")]).toEqual([null, true]);
    answers.want("part", { key: "one", ask: async () => [0.4] });
    await settle();
    expect([answers.get("one"), answers.failed("one")]).toEqual([[0.4], false]);
  });
});
