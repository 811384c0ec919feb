/** How fast each provider ran a model on this device, as noticed while it explained; kept for `auto`. */
import type { Provider } from "../types.js";
import type { Speeds } from "./provider.js";
import { CACHE, type Site } from "./site.js";

const key = (root: string, model: string) => `${root}__speed__/${model}`;

/** A bundle's identity: its manifest's sha256. */
export function modelOf({ list }: Site, bundle: string): string {
  return list.files[`${bundle}manifest.json`]?.sha256 ?? "";
}

export async function readSpeeds(root: string, model: string): Promise<Speeds> {
  try {
    const kept = await (await caches.open(CACHE)).match(key(root, model));
    const speeds: unknown = kept ? await kept.json() : {};
    const entries = Object.entries(speeds as object).filter(([, speed]) => typeof speed === "number" && speed >= 0);
    return Object.fromEntries(entries) as Speeds;
  } catch {
    return {}; // no cache here: nothing was measured
  }
}

/** Remembers model rows per second; 0 where the provider was tried and can't run the model. */
export async function writeSpeed(root: string, model: string, provider: Provider, speed: number): Promise<void> {
  try {
    const speeds = { ...(await readSpeeds(root, model)), [provider]: speed };
    await (await caches.open(CACHE)).put(key(root, model), new Response(JSON.stringify(speeds)));
  } catch {
    // Only a hint; the next visit does without.
  }
}
