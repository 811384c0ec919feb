import { beforeEach, describe, expect, test, vi } from "vitest";
import { dropAsked, takeAsked, bootstrap } from "../../../web/src/engine/asked.js";

const URLS = ["https://here.example/a.wasm", "https://here.example/b.mjs"];
const holder = globalThis as { xaiwebAsked?: Map<string, Promise<Response>> };

/** Runs a bootstrap's script, whose fetch is `answer`. */
function enter(answer: (url: string) => Promise<Response>, compile = false): string[] {
  const asked: string[] = [];
  const fetch = (url: string, init: RequestInit) => {
    asked.push(`${url} ${JSON.stringify(init)}`);
    return answer(url);
  };
  // Only its import() can't run here; what comes after it is the browser tests' matter.
  const script = bootstrap(URLS, compile).replace("import(url)", "Promise.reject(url)");
  new Function("fetch", "reportError", `let onmessage; ${script}`)(fetch, () => {});
  return asked;
}

beforeEach(() => {
  delete holder.xaiwebAsked; // as in a new worker
});

describe("what a worker asked for before its script was there", () => {
  test("is asked for once each, by GET, and handed to the first who comes", async () => {
    const how = '{"redirect":"error","credentials":"same-origin"}';
    expect(enter((url) => Promise.resolve(new Response(url)))).toEqual(URLS.map((url) => `${url} ${how}`));
    expect(await (await takeAsked(URLS[0]!))?.text()).toBe(URLS[0]);
    expect(takeAsked(URLS[0]!)).toBeUndefined();
    expect(takeAsked("https://here.example/c")).toBeUndefined();
  });

  test.each([true, false])("is compiled while it arrives: %s", async (compile) => {
    // (module), and bytes that are none
    const bodies = [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), Uint8Array.of(1)];
    for (const [i, body] of bodies.entries()) {
      enter(() => Promise.resolve(new Response(body, { headers: { "content-type": "application/wasm" } })), compile);
      const [wasm, other] = await Promise.all(URLS.map(takeAsked));
      expect(other?.module).toBeUndefined();
      expect(wasm?.module !== undefined).toBe(compile);
      if (compile && i === 0) expect(await wasm?.module).toBeInstanceOf(WebAssembly.Module);
      if (compile && i === 1) await expect(wasm?.module).rejects.toThrow(WebAssembly.CompileError);
      expect(new Uint8Array(await wasm!.arrayBuffer())).toEqual(body);
    }
  });

  test("is cancelled where nobody came", async () => {
    const cancel = vi.fn();
    enter(() => Promise.resolve(new Response(new ReadableStream({ cancel }))));
    const taken = await takeAsked(URLS[0]!);
    dropAsked();
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce());
    expect(takeAsked(URLS[1]!)).toBeUndefined();
    expect(taken?.bodyUsed).toBe(false);
  });

  test("may fail unnoticed: whoever takes it hears of it", async () => {
    enter(() => Promise.reject(new TypeError("gone")));
    await expect(takeAsked(URLS[0]!)).rejects.toThrow("gone");
    dropAsked();
  });

  test("is nothing in a worker that had no bootstrap", () => {
    expect(takeAsked(URLS[0]!)).toBeUndefined();
    expect(() => dropAsked()).not.toThrow();
  });
});
