import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { mediaType, VerifiedFiles } from "../../../web/src/engine/files.js";
import { Site } from "../../../web/src/engine/site.js";
import type { LoadedFile, SiteFiles } from "../../../web/src/types.js";

const CONTENT = Buffer.from("the bytes that files.json names".repeat(1000));
type Answer = "good" | "changed" | "missing" | "broken";

let server: Server;
let root: string;
let answers: Answer[];
let asked: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = answers.shift() ?? "good";
    if (answer === "missing") response.writeHead(404).end();
    else if (answer === "broken") {
      response.writeHead(200, { "content-length": CONTENT.length });
      response.write(CONTENT.subarray(0, 100), () => response.destroy());
    } else response.end(answer === "good" ? CONTENT : CONTENT.toString().replace("bytes", "lines"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sub/path/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  [answers, asked] = [[], []];
});

function files(report: (file: LoadedFile) => void = () => {}): VerifiedFiles {
  const sha256 = createHash("sha256").update(CONTENT).digest("hex");
  const list = { files: { "a/model.onnx": { sha256, bytes: CONTENT.length, role: "bundle" } } } as unknown as SiteFiles;
  return new VerifiedFiles(new Site(root, list), "worker", report);
}

describe("VerifiedFiles", () => {
  test("gives a listed file's bytes, and tells how far they have come", async () => {
    const told: LoadedFile[] = [];
    expect(Buffer.from(await files((file) => told.push(file)).get("a/model.onnx"))).toEqual(CONTENT);
    expect(asked).toEqual(["GET /sub/path/a/model.onnx"]);
    expect(told.at(-1)).toEqual({
      path: "a/model.onnx",
      role: "bundle",
      bytes: CONTENT.length,
      loaded: CONTENT.length,
      where: "worker",
      source: "network",
      state: "verified",
    });
    expect(told.slice(0, -1).every(({ state }) => state === "loading")).toBe(true);
  });

  test("takes the answer to an earlier request, and no other bytes from it", async () => {
    const early = (body: BodyInit) => {
      const url = `${root}a/model.onnx`;
      Object.assign(globalThis, { xaiwebAsked: new Map([[url, Promise.resolve(new Response(body))]]) });
    };
    early(CONTENT);
    expect(Buffer.from(await files().get("a/model.onnx"))).toEqual(CONTENT);
    expect(asked).toEqual([]);
    for (const other of ["other bytes", Buffer.concat([CONTENT, CONTENT, CONTENT])]) {
      early(other);
      expect(Buffer.from(await files().get("a/model.onnx"))).toEqual(CONTENT);
      expect(asked.splice(0)).toHaveLength(1);
    }
  });

  test("loads a file once that is asked for twice at a time", async () => {
    const store = files();
    await Promise.all([store.get("a/model.onnx"), store.get("a/model.onnx")]);
    expect(asked).toHaveLength(1);
  });

  test("refuses a file that isn't listed, without asking for it", async () => {
    await expect(files().get("a/other.onnx")).rejects.toMatchObject({ code: "not-listed", where: "a/other.onnx" });
    expect(asked).toEqual([]);
  });

  test("refuses changed bytes, naming the file and what to do", async () => {
    const told: LoadedFile[] = [];
    answers = ["changed", "changed"];
    await expect(files((file) => told.push(file)).get("a/model.onnx")).rejects.toMatchObject({
      code: "hash-mismatch",
      where: "a/model.onnx",
      next: expect.stringContaining("Reload") as string,
    });
    expect(told.at(-1)?.state).toBe("failed");
  });

  test("goes past a stale copy, once", async () => {
    answers = ["changed", "good"];
    expect(await files().get("a/model.onnx")).toHaveLength(CONTENT.length);
    expect(asked).toHaveLength(2);
  });

  test("tells a missing file at once", async () => {
    answers = ["missing"];
    await expect(files().get("a/model.onnx")).rejects.toMatchObject({ code: "file-missing", where: "a/model.onnx" });
    expect(asked).toHaveLength(1);
  });

  test("tries a broken connection once more, then says so", async () => {
    answers = ["broken", "good"];
    expect(await files().get("a/model.onnx")).toHaveLength(CONTENT.length);
    answers = ["broken", "broken"];
    await expect(files().get("a/model.onnx")).rejects.toMatchObject({ code: "network-lost", where: "a/model.onnx" });
  });

  test("reads verified bytes back from the cache, and doesn't trust those either", async () => {
    const kept = new Map<string, Response>();
    const cache = {
      match: (key: string) => Promise.resolve(kept.get(key)?.clone()),
      put: (key: string, response: Response) => Promise.resolve(void kept.set(key, response)),
    };
    vi.stubGlobal("caches", { open: () => Promise.resolve(cache) });
    try {
      const store = files();
      await store.get("a/model.onnx");
      const [key] = [...kept.keys()];
      expect(key).toMatch(/\/sub\/path\/__verified__\/[0-9a-f]{64}$/);
      await store.get("a/model.onnx");
      expect(asked).toHaveLength(1);
      kept.set(key!, new Response("spoilt"));
      expect(await store.get("a/model.onnx")).toHaveLength(CONTENT.length);
      expect(asked).toHaveLength(2);
      expect(await store.keep("a/model.onnx")).toBe(true);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("says that nothing is kept where there is no cache", async () => {
    expect(await files().keep("a/model.onnx")).toBe(false);
  });
});

test("every kind of file that a site has gets a media type", () => {
  expect(mediaType("runtime/ort/ort.wasm.min.mjs")).toBe("text/javascript");
  expect(mediaType("runtime/pyodide/pyodide.asm.wasm")).toBe("application/wasm");
  expect(mediaType("explain/loan/index.html")).toBe("text/html; charset=utf-8");
  expect(mediaType("bundles/loan/weights.bin")).toBe("application/octet-stream");
});
