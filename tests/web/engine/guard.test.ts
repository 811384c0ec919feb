import { describe, expect, test } from "vitest";
import { Site } from "../../../web/src/engine/site.js";
import { guardWorker } from "../../../web/src/guard.js";
import type { SiteFiles } from "../../../web/src/types.js";

// What a guard closes stays closed: this file has a process of its own.
const list = { files: { "runtime/a.wasm": { sha256: "", bytes: 1, role: "onnxruntime" } } } as unknown as SiteFiles;
const site = new Site("https://example.org/sub/", list);
const refused: string[] = [];
const plain = globalThis.fetch;
class Started {
  constructor(readonly url: string) {}
}
Object.assign(globalThis, { XMLHttpRequest: class {}, WebSocket: class {}, EventSource: class {}, Worker: Started });
guardWorker(
  site,
  (path) => Promise.resolve(new Response(`verified ${path}`)),
  (url) => url === "blob:verified",
  (what) => refused.push(what),
);

describe("in a guarded worker", () => {
  test("a listed file is answered from verified bytes", async () => {
    expect(fetch).not.toBe(plain);
    expect(await (await fetch("https://example.org/sub/runtime/a.wasm")).text()).toBe("verified runtime/a.wasm");
    expect(await (await fetch(new URL("https://example.org/sub/runtime/a.wasm"))).text()).toContain("verified");
    expect(await (await fetch(new Request("https://example.org/sub/runtime/a.wasm"))).text()).toContain("verified");
    expect(refused).toEqual([]);
  });

  test.each<[string, Parameters<typeof fetch>]>([
    ["another origin", ["https://elsewhere.org/"]],
    ["an unlisted file", ["https://example.org/sub/collect"]],
    ["a query", ["https://example.org/sub/runtime/a.wasm?x=1"]],
    ["another method", ["https://example.org/sub/runtime/a.wasm", { method: "POST" }]],
    ["a body", [new Request("https://example.org/sub/runtime/a.wasm", { method: "PUT", body: "row" })]],
    ["a method beside a request", [new Request("https://example.org/sub/runtime/a.wasm"), { method: "delete" }]],
  ])("%s is refused and counted", async (_, request) => {
    const before = refused.length;
    await expect(fetch(...request)).rejects.toMatchObject({ code: "refused" });
    expect(refused).toHaveLength(before + 1);
  });

  test.each(["XMLHttpRequest", "WebSocket", "EventSource", "Worker"])("%s can't be made", (name) => {
    const Door = (globalThis as unknown as Record<string, new (url: string) => unknown>)[name]!;
    expect(() => new Door("https://example.org/")).toThrow("refused");
    expect(refused.at(-1)).toBe(name);
  });

  test("a verified script may start as a worker", () => {
    expect(new Worker("blob:verified")).toBeInstanceOf(Started);
    expect(() => new Worker("blob:other")).toThrow("refused");
  });

  test("none of it can be put back", () => {
    expect(() => Object.assign(globalThis, { fetch: plain })).toThrow(TypeError);
    expect(() => Object.defineProperty(globalThis, "WebSocket", { value: class {} })).toThrow(TypeError);
  });
});
