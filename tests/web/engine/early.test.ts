import { beforeEach, describe, expect, test, vi } from "vitest";
import { earlyList, earlyWorker, offer } from "../../../web/src/engine/early.js";

const ROOT = "https://here.example/site/";
const terminate = vi.fn();

function begun() {
  const worker = { worker: { terminate } as unknown as Worker, said: [] };
  offer({ root: ROOT, bundle: "bundles/loan/", list: Promise.resolve(new Uint8Array([1])), worker });
  return worker;
}

beforeEach(() => {
  delete (globalThis as { xaiwebEarly?: unknown }).xaiwebEarly; // as in a new page
  terminate.mockClear();
});

describe("what a page began early", () => {
  test("is taken by who opens the page's bundle, once", async () => {
    const worker = begun();
    expect(await earlyList(ROOT)).toEqual(new Uint8Array([1]));
    expect(earlyWorker(ROOT, "bundles/loan/", "auto")).toBe(worker);
    expect(earlyWorker(ROOT, "bundles/loan/", "auto")).toBeNull();
    expect(terminate).not.toHaveBeenCalled();
  });

  test.each([
    ["https://there.example/", "bundles/loan/", "auto"],
    [ROOT, "bundles/other/", "auto"],
    [ROOT, "bundles/loan/", "webgpu"],
  ])("ends where something else is opened: %s %s %s", (root, bundle, provider) => {
    begun();
    expect(earlyWorker(root, bundle, provider)).toBeNull();
    expect(terminate).toHaveBeenCalledOnce();
  });

  test("ends where someone came first and has a worker", () => {
    expect(earlyWorker(ROOT, "bundles/loan/", "auto")).toBeNull();
    begun();
    expect(terminate).toHaveBeenCalledOnce();
    expect(earlyWorker(ROOT, "bundles/loan/", "auto")).toBeNull();
  });

  test("is nothing in a page that embeds", () => {
    expect(earlyList(ROOT)).toBeNull();
    expect(earlyWorker(ROOT, "bundles/loan/", "auto")).toBeNull();
  });
});
