import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LiveActivity } from "../../../web/src/engine/activity.js";
import { worthTrying } from "../../../web/src/engine/rehearsal.js";
import type { Site } from "../../../web/src/engine/site.js";
import { Trial } from "../../../web/src/engine/trial.js";
import type { TabularManifest } from "../../../web/src/types.js";

const started: FakeWorker[] = [];
class FakeWorker {
  onmessage: (event: { data: object }) => void = () => {};
  said: object[] = [];
  terminated = false;
  postMessage = (message: object) => this.said.push(message);
  terminate = () => (this.terminated = true);
}
vi.mock("../../../web/src/engine/start-worker.js", () => ({
  startWorker: async () => {
    const worker = new FakeWorker();
    started.push(worker);
    return worker;
  },
}));

describe("a trial", () => {
  let busy = false;
  let activity: LiveActivity;
  let trial: Trial;
  beforeEach(() => {
    vi.useFakeTimers();
    started.length = 0;
    busy = false;
    activity = new LiveActivity();
    trial = new Trial(
      { root: "https://here/", list: { files: {} } } as unknown as Site,
      "bundles/photo/",
      activity,
      () => busy,
    );
  });
  afterEach(() => vi.useRealTimers());

  test("starts when it has been quiet for a while, says so, and ends with its worker", async () => {
    trial.propose("webgpu");
    await vi.advanceTimersByTimeAsync(2000);
    trial.wait(); // somebody asks
    await vi.advanceTimersByTimeAsync(2000);
    expect(started).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2000);
    const [worker] = started;
    expect(worker!.said).toMatchObject([{ type: "try", bundle: "bundles/photo/", provider: "webgpu" }]);
    expect(activity.trial).toBe("webgpu");
    const file = { path: "ort.wasm", where: "worker", state: "loading" };
    worker!.onmessage({ data: { type: "file", file } });
    expect(activity.files).toEqual([file]);
    worker!.onmessage({ data: { type: "tried" } });
    expect([worker!.terminated, activity.trial]).toEqual([true, null]);
    trial.propose("webgpu");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started).toHaveLength(1);
  });

  test("ends where it takes long once everything is loaded, and is not tried again", async () => {
    const kept: string[] = [];
    const put = async (_: string, answer: Response) => void kept.push(await answer.text());
    vi.stubGlobal("caches", { open: async () => ({ match: async () => undefined, put }) });
    trial.propose("webgpu");
    await vi.advanceTimersByTimeAsync(60_000); // however long the download takes
    const [worker] = started;
    expect(worker!.terminated).toBe(false);
    worker!.onmessage({ data: { type: "model" } });
    await vi.advanceTimersByTimeAsync(31_000);
    expect(worker!.terminated).toBe(true);
    expect(kept).toEqual(['{"webgpu":0}']);
    vi.unstubAllGlobals();
  });

  test("ends where it takes long even if somebody asks for something meanwhile", async () => {
    trial.propose("webgpu");
    await vi.advanceTimersByTimeAsync(4000);
    const [worker] = started;
    worker!.onmessage({ data: { type: "model" } });
    await vi.advanceTimersByTimeAsync(10_000);
    trial.wait();
    await vi.advanceTimersByTimeAsync(21_000);
    expect([worker!.terminated, activity.trial]).toEqual([true, null]);
  });

  test("waits while somebody waits, and never starts once the bundle is closed", async () => {
    busy = true;
    trial.propose("webgpu");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started).toHaveLength(0);
    trial.end();
    busy = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started).toHaveLength(0);
  });

  test("nothing starts that wasn't proposed", async () => {
    trial.wait();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(started).toHaveLength(0);
  });
});

describe("what is worth trying", () => {
  const manifest = { providers: { wasm: null, webgpu: null, webgl: null }, scales: [{}] } as unknown as TabularManifest;
  const browser = (more: object = {}) =>
    vi.stubGlobal("navigator", { gpu: { requestAdapter: () => Promise.resolve({}) }, ...more });
  afterEach(() => vi.unstubAllGlobals());

  test("a provider that was never tried, where the model is slow and nobody counts bytes", async () => {
    browser();
    expect(await worthTrying(manifest, 10, { wasm: 10 })).toBe("webgpu");
    expect(await worthTrying(manifest, 10, { wasm: 10, webgpu: 0 })).toBeNull();
    expect(await worthTrying(manifest, 51, { wasm: 51 })).toBeNull();
    browser({ connection: { saveData: true } });
    expect(await worthTrying(manifest, 10, { wasm: 10 })).toBeNull();
  });
});
