import { expect, test } from "vitest";
import { Recent } from "../../../web/src/engine/recent.js";
import { settle } from "../elements/scripted.js";

test("what was used last is kept, what wasn't is dropped once", async () => {
  const [made, dropped]: [string[], string[]] = [[], []];
  const recent = new Recent<string>(2, (item) => dropped.push(item));
  const get = (key: string) => recent.get(key, async () => (made.push(key), key));
  for (const key of ["a", "b", "a", "c", "a", "b"]) expect(await get(key)).toBe(key);
  await settle();
  expect(made).toEqual(["a", "b", "c", "b"]);
  expect(dropped).toEqual(["b", "c"]);
});

test("asked for twice at a time, it is made once", async () => {
  let made = 0;
  const recent = new Recent<number>(2);
  const make = async () => ++made;
  expect(await Promise.all([recent.get("a", make), recent.get("a", make)])).toEqual([1, 1]);
});

test("what failed is tried again", async () => {
  const recent = new Recent<string>(2, () => expect.unreachable());
  await expect(recent.get("a", () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  expect(await recent.get("a", async () => "found")).toBe("found");
});
