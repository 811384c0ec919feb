/** Which provider runs a bundle, and why. */
import { XaiwebError } from "../errors.js";
import type { Manifest } from "../schema.gen.js";
import type { Provider, ProviderChoice } from "../types.js";

export interface Chosen {
  provider: Provider;
  reason: string;
}

/** Model rows per second, measured on this device by earlier visits. */
export type Speeds = Partial<Record<Provider, number>>;

/**
 * The provider to use. One that was asked for by name is taken or refused, never replaced.
 *
 * `auto` is WASM, unless an earlier visit measured another one to be faster here: WebGPU where an adapter exists, WebGL
 * only where none does. (Measuring costs that provider's download: see `rehearsal.ts`.)
 */
export async function chooseProvider(choice: ProviderChoice, manifest: Manifest, speeds: Speeds): Promise<Chosen> {
  if (choice !== "auto") {
    const problem = await unavailable(choice, manifest);
    if (problem === null) return { provider: choice, reason: `${NAMES[choice]} was asked for.` };
    throw new XaiwebError("provider-unavailable", `${NAMES[choice]} can't run this bundle here: ${problem}`, {
      where: "provider",
      next: 'Choose provider "auto" or "wasm".',
    });
  }
  // Asking for an adapter starts the GPU's process: not before there is something to compare.
  if (speeds.webgpu === undefined && speeds.webgl === undefined)
    return { provider: "wasm", reason: "WASM runs everywhere; the others have not been measured on this device." };
  const other: Provider = (await webgpuAdapter()) === null ? "webgpu" : "webgl";
  const [base, rival] = [speeds.wasm, speeds[other]];
  if (base === undefined || rival === undefined)
    return { provider: "wasm", reason: `WASM runs everywhere; ${NAMES[other]} has not been measured on this device.` };
  if (rival === 0)
    return {
      provider: "wasm",
      reason: `${NAMES[other]} was tried on this device, and can't run this model or takes long.`,
    };
  const times = (a: number, b: number) => (a / b).toFixed(1);
  if (rival <= base)
    return {
      provider: "wasm",
      reason: `WASM was measured ${times(base, rival)} times as fast as ${NAMES[other]} on this device.`,
    };
  const problem = await unavailable(other, manifest);
  if (problem !== null) return { provider: "wasm", reason: `WASM runs everywhere; ${NAMES[other]}: ${problem}` };
  return {
    provider: other,
    reason: `${NAMES[other]} was measured ${times(rival, base)} times as fast as WASM on this device.`,
  };
}

/** The provider that `chooseProvider` will most likely take, from what is known before the manifest. */
export function likelyProvider(choice: ProviderChoice, speeds: Speeds): Provider {
  if (choice !== "auto") return choice;
  const rivals = (["webgpu", "webgl"] as const).filter((name) => (speeds[name] ?? 0) > (speeds.wasm ?? Infinity));
  return rivals[0] ?? "wasm";
}

const NAMES: Record<Provider, string> = { wasm: "WASM", webgpu: "WebGPU", webgl: "WebGL" };

/** The provider that could take WASM's place here: WebGPU, or WebGL where there is no adapter; null where none could. */
export async function rivalOf(manifest: Manifest): Promise<Provider | null> {
  const rival = (await webgpuAdapter()) === null ? "webgpu" : "webgl";
  return (await unavailable(rival, manifest)) === null ? rival : null;
}

/** Why a provider can't run this bundle here, or null. */
async function unavailable(provider: Provider, manifest: Manifest): Promise<string | null> {
  const reason = manifest.providers[provider];
  if (reason !== null) return reason;
  if (provider === "webgpu") return webgpuAdapter();
  if (provider === "webgl") {
    const [scale] = manifest.scales;
    if (!("webgl" in scale) || !scale.webgl) return "the bundle has no WebGL graph.";
    if (typeof OffscreenCanvas === "undefined" || !new OffscreenCanvas(1, 1).getContext("webgl2"))
      return "this browser has no WebGL 2 in workers.";
  }
  return null;
}

/** Why there is no WebGPU adapter, or null where there is one. */
async function webgpuAdapter(): Promise<string | null> {
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<object | null> } }).gpu;
  if (!gpu) return "this browser has no WebGPU.";
  const adapter = await gpu.requestAdapter().catch(() => null);
  return adapter ? null : "this browser finds no WebGPU adapter.";
}
