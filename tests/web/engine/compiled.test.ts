import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { assembled, compiled, type Glue } from "../../../web/src/engine/compiled.js";
import { VerifiedFiles } from "../../../web/src/engine/files.js";
import { Site } from "../../../web/src/engine/site.js";
import type { SiteFiles } from "../../../web/src/types.js";

// (module (import "env" "seven" (func (result i32))) (export "seven" (func 0)))
const SEVEN = Buffer.from("0061736d0100000001050160 00017f 020d01 03656e76 05736576656e 0000 0709 01 05736576656e 0000".replaceAll(" ", ""), "hex"); // prettier-ignore
// The same with another name: a valid module, and not the listed one.
const OTHER = Buffer.from(SEVEN.toString("latin1").replaceAll("seven", "eight"), "latin1");

let server: Server;
let root: string;
let answers: { bytes: Buffer; type: string }[] = [];
let asked = 0;

beforeAll(async () => {
  server = createServer((_, response) => {
    asked++;
    const { bytes, type } = answers.shift() ?? { bytes: SEVEN, type: "application/wasm" };
    response.writeHead(200, { "content-type": type }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function files(without: SiteFiles["without"] = []): VerifiedFiles {
  const sha256 = createHash("sha256").update(SEVEN).digest("hex");
  const list = { without, files: { "a.wasm": { sha256, bytes: SEVEN.length, role: "onnxruntime" } } };
  return new VerifiedFiles(new Site(root, list as unknown as SiteFiles), "worker");
}

const exported = (module: WebAssembly.Module) => WebAssembly.Module.exports(module).map(({ name }) => name);
const wasm = (bytes: Buffer, type = "application/wasm") => ({ bytes, type });

describe("compiled", () => {
  test.each([[[]], [["streaming"]]] as SiteFiles["without"][][])(
    "gives the listed module, without %j",
    async (without) => {
      expect(exported(await compiled(files(without), "a.wasm"))).toEqual(["seven"]);
    },
  );

  test("refuses a valid module that isn't the listed one", async () => {
    answers = [wasm(OTHER), wasm(OTHER)];
    await expect(compiled(files(), "a.wasm")).rejects.toMatchObject({ code: "hash-mismatch", where: "a.wasm" });
  });

  test("refuses one that was compiled early from other bytes", async () => {
    const early = (bytes: Buffer) => {
      const module = WebAssembly.compile(new Uint8Array(bytes));
      const answer = Object.assign(new Response(new Uint8Array(bytes)), { module });
      Object.assign(globalThis, { xaiwebAsked: new Map([[`${root}a.wasm`, Promise.resolve(answer)]]) });
      return module;
    };
    const module = early(SEVEN);
    expect(await compiled(files(), "a.wasm")).toBe(await module);
    early(OTHER);
    expect(exported(await compiled(files(), "a.wasm"))).toEqual(["seven"]); // of the network's second answer
    early(OTHER);
    answers = [wasm(OTHER)];
    await expect(compiled(files(), "a.wasm")).rejects.toMatchObject({ code: "hash-mismatch" });
  });

  test("gives the module of the second answer where the first was another", async () => {
    answers = [wasm(OTHER), wasm(SEVEN)];
    expect(exported(await compiled(files(), "a.wasm"))).toEqual(["seven"]);
  });

  test("takes the bytes where a host names another media type, and asks once", async () => {
    asked = 0;
    answers = [wasm(SEVEN, "application/octet-stream")];
    expect(exported(await compiled(files(), "a.wasm"))).toEqual(["seven"]);
    expect(asked).toBe(1);
  });
});

describe("assembled", () => {
  const glue: Glue<number> = (settings) =>
    new Promise((resolve) => {
      settings.instantiateWasm?.({ env: {} }, ({ exports }) => resolve((exports["seven"] as () => number)()));
    });

  test("hands the glue an instance, with the imports that its own loader would add", async () => {
    const module = await compiled(files(), "a.wasm");
    expect(await assembled(glue, module, { seven: () => 7 })({})).toBe(7);
  });

  test("fails where the glue alone would wait for ever", async () => {
    const module = await compiled(files(), "a.wasm");
    await expect(assembled(glue, module)({})).rejects.toThrow(WebAssembly.LinkError);
  });
});
