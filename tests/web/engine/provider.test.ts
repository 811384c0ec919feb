import { afterEach, describe, expect, test, vi } from "vitest";
import { chooseProvider, likelyProvider, rivalOf } from "../../../web/src/engine/provider.js";
import type { TabularManifest } from "../../../web/src/types.js";

const manifest = (change: object = {}) =>
  ({
    scales: [
      {
        name: "output",
        graph: "a.onnx",
        webgl: { graph: "b.onnx", n_coalitions: 1, n_background: 1 },
        additive: false,
        trees: null,
      },
    ],
    providers: { wasm: null, webgpu: null, webgl: null },
    ...change,
  }) as unknown as TabularManifest;

/** A browser with these abilities. */
function browser({ webgpu = false, webgl = false }): void {
  vi.stubGlobal("navigator", webgpu ? { gpu: { requestAdapter: () => Promise.resolve({}) } } : {});
  vi.stubGlobal(
    "OffscreenCanvas",
    webgl
      ? class {
          getContext = () => ({});
        }
      : undefined,
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("asked for by name", () => {
  test("a provider that can run is taken", async () => {
    browser({ webgpu: true, webgl: true });
    for (const name of ["wasm", "webgpu", "webgl"] as const)
      expect(await chooseProvider(name, manifest(), {})).toMatchObject({ provider: name });
  });

  test.each([
    ["webgpu", {}, "no WebGPU"],
    ["webgl", {}, "no WebGL 2"],
    [
      "webgl",
      { scales: [{ name: "output", graph: "a.onnx", webgl: null, additive: false, trees: null }] },
      "no WebGL graph",
    ],
    ["webgpu", { providers: { wasm: null, webgpu: "TreeEnsemble doesn't run there.", webgl: null } }, "TreeEnsemble"],
  ] as const)("%s that can't is refused, never replaced", async (name, change, reason) => {
    browser({ webgl: "scales" in change });
    await expect(chooseProvider(name, manifest(change), {})).rejects.toMatchObject({
      code: "provider-unavailable",
      message: expect.stringContaining(reason) as string,
    });
  });
});

describe("auto", () => {
  test("is WASM where nothing was measured, and says so", async () => {
    browser({ webgpu: true });
    const chosen = await chooseProvider("auto", manifest(), { wasm: 1000 });
    expect(chosen).toMatchObject({ provider: "wasm", reason: expect.stringContaining("not been measured") as string });
  });

  test("doesn't wake the GPU where there is nothing to compare", async () => {
    const requestAdapter = vi.fn(() => Promise.resolve({}));
    vi.stubGlobal("navigator", { gpu: { requestAdapter } });
    await chooseProvider("auto", manifest(), { wasm: 1000 });
    expect(requestAdapter).not.toHaveBeenCalled();
    await chooseProvider("auto", manifest(), { wasm: 1000, webgl: 2000 });
    expect(requestAdapter).toHaveBeenCalled();
  });

  test("takes WebGPU where it was measured to be faster", async () => {
    browser({ webgpu: true });
    const chosen = await chooseProvider("auto", manifest(), { wasm: 1000, webgpu: 2500 });
    expect(chosen).toEqual({
      provider: "webgpu",
      reason: "WebGPU was measured 2.5 times as fast as WASM on this device.",
    });
    expect((await chooseProvider("auto", manifest(), { wasm: 1000, webgpu: 500 })).provider).toBe("wasm");
  });

  test("doesn't take one that was tried and can't run the model", async () => {
    browser({ webgpu: true });
    const chosen = await chooseProvider("auto", manifest(), { wasm: 1000, webgpu: 0 });
    expect(chosen).toEqual({
      provider: "wasm",
      reason: "WebGPU was tried on this device, and can't run this model or takes long.",
    });
  });

  test("doesn't take a faster one that can't run this bundle", async () => {
    browser({ webgpu: true });
    const providers = { wasm: null, webgpu: "an operator is missing.", webgl: null };
    expect((await chooseProvider("auto", manifest({ providers }), { wasm: 1, webgpu: 9 })).provider).toBe("wasm");
  });

  test("considers WebGL only where there is no WebGPU adapter", async () => {
    browser({ webgpu: true, webgl: true });
    expect((await chooseProvider("auto", manifest(), { wasm: 1, webgl: 9 })).provider).toBe("wasm");
    browser({ webgl: true });
    expect((await chooseProvider("auto", manifest(), { wasm: 1, webgl: 9 })).provider).toBe("webgl");
  });

  test("what may be tried is WebGPU, WebGL only where there is no adapter, and nothing that can't run the bundle", async () => {
    const providers = { wasm: null, webgpu: "an operator is missing.", webgl: null };
    browser({ webgpu: true, webgl: true });
    expect(await rivalOf(manifest())).toBe("webgpu");
    expect(await rivalOf(manifest({ providers }))).toBeNull();
    browser({ webgl: true });
    expect(await rivalOf(manifest())).toBe("webgl");
    browser({});
    expect(await rivalOf(manifest())).toBeNull();
  });

  test("what starts loading early is what will be chosen", () => {
    expect(likelyProvider("auto", {})).toBe("wasm");
    expect(likelyProvider("auto", { webgpu: 5 })).toBe("wasm");
    expect(likelyProvider("auto", { wasm: 1, webgpu: 5 })).toBe("webgpu");
    expect(likelyProvider("webgl", { wasm: 1 })).toBe("webgl");
  });
});
