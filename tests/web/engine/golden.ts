/** The golden documents that every suite reads. */
import { readFileSync } from "node:fs";
import type { TabularManifest } from "../../../web/src/types.js";

export function golden<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../../golden/${path}`, import.meta.url), "utf8")) as T;
}

export const loanManifest = (): TabularManifest => golden<TabularManifest>("web/manifest.json");
