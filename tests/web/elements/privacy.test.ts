// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import "../../../web/src/elements/xai-privacy.js";
import { words } from "../../../web/src/strings/words.js";
import type { LoadedFile, Provider } from "../../../web/src/types.js";
import { Scripted } from "./scripted.js";

afterEach(() => document.body.replaceChildren());

const file = (path: string, more: Partial<LoadedFile> = {}): LoadedFile => ({
  path,
  role: "web",
  bytes: 1000,
  loaded: 1000,
  where: "page",
  source: "network",
  state: "loaded",
  ...more,
});

/** What the sheet says of the files, and each file's own line. */
async function sheet(
  lang: string,
  files: LoadedFile[],
  trial: Provider | null = null,
): Promise<{ said: string; lines: Record<string, string> }> {
  const explainer = new Scripted();
  explainer.activity.tell({ files, trial });
  const element = document.createElement("xai-privacy");
  element.explainer = explainer;
  element.words = words(lang);
  document.body.append(element);
  await element.updateComplete;
  const text = (node: Element | ParentNode) => (node as Element).textContent?.replace(/\s+/g, " ").trim() ?? "";
  const lines = [...element.renderRoot.querySelectorAll(".files li")].map((line) => [
    text(line.querySelector("code")!),
    text(line.querySelector("small")!),
  ]);
  return {
    said: [...element.renderRoot.querySelectorAll("section")].map(text).join(" "),
    lines: Object.fromEntries(lines),
  };
}

describe("the privacy sheet", () => {
  const files = [
    file("page.js"),
    file("files.json", { role: "list" }),
    file("worker.js", { state: "verified" }),
    file("xaiweb.js", { where: "service worker", state: "verified" }),
  ];

  it("says which files were not checked, and why", async () => {
    const { said, lines } = await sheet("en", files);
    expect(lines).toEqual({
      "page.js": "page · network · loaded by the browser itself, hash not checked",
      "files.json": "page · network · what the others are checked against",
      "worker.js": "page · network · hash checked",
      "xaiweb.js": "service worker · network · hash checked",
    });
    expect(said).toContain("4 files, 4 kB, in 4 requests");
    expect(said).toContain("before anything here could check it");
  });

  it("says nothing of unchecked files where every one was checked", async () => {
    const { said } = await sheet("en", [files[1]!, files[2]!, files[3]!]);
    expect(said).not.toContain("before anything here could check it");
  });

  it("says what is tried in the background, and why", async () => {
    expect((await sheet("en", files)).said).not.toContain("tried");
    expect((await sheet("en", files, "webgpu")).said).toContain("WebGPU is being tried in the background");
    expect((await sheet("de", files, "webgl")).said).toContain("WebGL wird im Hintergrund ausprobiert");
  });

  it("in German, and marks what its makers wrote in English", async () => {
    const { said, lines } = await sheet("de", files);
    expect(lines["page.js"]).toBe("Seite · Netz · vom Browser selbst geladen, Prüfsumme nicht geprüft");
    expect(said).toMatch(/Zeilen zum Vergleichen .* \(auf Englisch\)/);
  });
});
