// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { LiveActivity, onFirstActivity } from "../../../web/src/engine/activity.js";
import { browserFile, type Timing } from "../../../web/src/engine/browser-files.js";
import { Site } from "../../../web/src/engine/site.js";
import type { LoadedFile, SiteFiles } from "../../../web/src/types.js";

const ROOT = "https://example.org/sub/";
const site = new Site(ROOT, {
  files: {
    "explain/loan/index.html": { sha256: "", bytes: 2832, role: "page" },
    "page.js": { sha256: "", bytes: 1213, role: "web" },
  },
} as unknown as SiteFiles);

function timing(path: string, more: Partial<Timing> = {}): Timing {
  return {
    name: new URL(path, ROOT).href,
    transferSize: 900,
    decodedBodySize: 700,
    responseStatus: 200,
    ...more,
  };
}

describe("a file that the browser loaded by itself", () => {
  it("is a listed file, with its bytes and its role, and no hash was checked", () => {
    expect(browserFile(site, timing("page.js"))).toEqual({
      path: "page.js",
      role: "web",
      bytes: 1213,
      loaded: 1213,
      where: "page",
      source: "network",
      state: "loaded",
    });
  });

  it("may be the page, by its folder's address, and the list of files", () => {
    expect(browserFile(site, timing("explain/loan/"))).toMatchObject({ path: "explain/loan/index.html", role: "page" });
    expect(browserFile(site, timing("files.json"))).toMatchObject({ path: "files.json", role: "list", bytes: 700 });
  });

  it("came from a cache if nothing was transferred", () => {
    expect(browserFile(site, timing("page.js", { transferSize: 0 }))?.source).toBe("cache");
  });

  it.each([
    ["of an embedding page", timing("/blog/post.css")],
    ["of another origin", timing("https://elsewhere.example/sub/page.js")],
    ["not listed", timing("other.js")],
    ["from memory", timing("blob:https://example.org/7c1e")],
    ["not there", timing("page.js", { responseStatus: 404 })],
    ["never answered", timing("page.js", { responseStatus: 0 })],
  ])("is none that is %s", (_, entry) => {
    expect(browserFile(site, entry)).toBeNull();
  });

  it("counts in browsers that don't tell the status", () => {
    const { responseStatus: _, ...older } = timing("page.js");
    expect(browserFile(site, older)?.path).toBe("page.js");
  });
});

describe("the activity", () => {
  it("lists such a file for every bundle, until the service worker tells of the same one", () => {
    let asked = 0;
    let tell: (file: LoadedFile) => void = () => {};
    onFirstActivity((report) => {
      asked++;
      tell = report;
    });
    const [first, second] = [new LiveActivity(), new LiveActivity()];
    let changes = 0;
    first.addEventListener("change", () => changes++);
    const page = browserFile(site, timing("explain/loan/"))!;
    const script = browserFile(site, timing("page.js"))!;
    tell(page);
    tell(script);
    tell(script); // loaded twice: one file
    expect(asked).toBe(1);
    expect(changes).toBe(3);
    expect(first.files).toEqual([page, script]);
    expect(second.files).toEqual([page, script]);

    const kept: LoadedFile = { ...script, where: "service worker", state: "verified" };
    first.tell(kept);
    expect(first.files).toEqual([page, kept]);
    tell(script); // and not a second time, whoever comes first
    expect(first.files).toEqual([page, kept]);
    expect(second.files).toEqual([page, script]);
  });
});
