import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { locateBundle } from "../../../web/src/engine/locate.js";
import { parseSiteFiles, refusal, Site } from "../../../web/src/engine/site.js";
import { CSP, HEADERS } from "../../../web/src/policy.js";

const SHA = "0".repeat(64);
const entry = { sha256: SHA, bytes: 1, role: "bundle" };
const list = {
  version: 1,
  build: SHA,
  web: "abc",
  core_version: "0.1.0",
  files: { "index.html": entry, "bundles/loan/manifest.json": entry, "runtime/a+b.whl": entry },
  runtime: { python: ["runtime/a+b.whl"], wasm: [], webgpu: [], webgl: [] },
  bundles: [{ name: "loan", path: "bundles/loan/", page: "explain/loan/", title: { en: "Loan" } }],
};
const site = new Site("https://example.org/sub/", parseSiteFiles(JSON.stringify(list)));

describe("files.json", () => {
  test.each<[string, unknown]>([
    ["files.json.build", { ...list, build: "1" }],
    ["files.json.files", { ...list, files: 3 }],
    ["files.json.files.../x", { ...list, files: { "../x": entry } }],
    ["files.json.files.a.sha256", { ...list, files: { a: { ...entry, sha256: "" } } }],
    ["files.json.runtime.wasm[0]", { ...list, runtime: { ...list.runtime, wasm: ["nowhere"] } }],
    ["files.json.bundles[0].name", { ...list, bundles: [{ ...list.bundles[0], name: "" }] }],
  ])("is refused with the path %s", (where, document) => {
    expect(() => parseSiteFiles(JSON.stringify(document))).toThrow(
      expect.objectContaining({ code: "files-invalid", where }) as Error,
    );
  });

  test("is refused where it is no JSON", () => {
    expect(() => parseSiteFiles("<html>")).toThrow(expect.objectContaining({ code: "files-invalid" }) as Error);
  });
});

describe("what may be asked for", () => {
  const ask = (url: string, method = "GET", body = false) => refusal(site, new URL(url), method, body);

  test.each(["files.json", "", "index.html", "bundles/loan/manifest.json", "runtime/a+b.whl"])(
    "%j is listed",
    (path) => {
      expect(ask(`https://example.org/sub/${path}`)).toBeNull();
    },
  );

  test.each([
    ["https://example.org/sub/other.json"],
    ["https://example.org/index.html"],
    ["https://example.org/sub/bundles/loan/"],
    ["https://example.org/sub/%2e%2e/index.html"],
    ["https://elsewhere.org/sub/index.html"],
    ["http://example.org/sub/index.html"],
    ["https://example.org/sub/index.html?row=1"],
    ["https://example.org/sub/toString"],
    ["data:text/plain,x"],
  ])("%s is refused", (url) => {
    expect(ask(url)).not.toBeNull();
  });

  test("anything but GET, and any body, is refused", () => {
    expect(ask("https://example.org/sub/index.html", "POST")).toContain("POST");
    expect(ask("https://example.org/sub/index.html", "HEAD")).toContain("HEAD");
    expect(ask("https://example.org/sub/index.html", "GET", true)).toContain("body");
  });
});

describe("locateBundle", () => {
  const base = "https://example.org/sub/explain/loan/";

  test.each([
    "../../bundles/loan/",
    "../../bundles/loan",
    "/sub/bundles/loan/",
    "https://example.org/sub/bundles/loan/",
  ])("finds %s", (src) => expect(locateBundle(site, src, base)).toBe("bundles/loan/"));

  test.each([
    ["not-listed", "../../bundles/other/"],
    ["not-listed", "https://["],
    ["outside-site", "/bundles/loan/"],
    ["outside-site", "https://elsewhere.org/sub/bundles/loan/"],
  ])("refuses with %s: %s", (code, src) => {
    expect(() => locateBundle(site, src, base)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

test("the service worker states the policy that the pages state", () => {
  const python = readFileSync(new URL("../../../python/xaiweb/site/policy.py", import.meta.url), "utf8");
  const tokens = /CSP = "; "\.join\(\s*\(([^()]*)\)/.exec(python)?.[1] ?? "";
  expect([...tokens.matchAll(/"([^"]+)"/g)].map((match) => match[1])).toEqual(CSP.split("; "));
  for (const [name, value] of Object.entries(HEADERS))
    if (value !== CSP) expect(python).toContain(`"${name}": "${value}"`);
});
