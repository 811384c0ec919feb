/** Where a decision's threshold lies in the scale an explanation is in. */
import type { Manifest, Scale } from "../types.js";

/** The threshold of an output in a scale, or null where it has none there. */
export function thresholdIn(manifest: Manifest, output: string, scale: Scale): number | null {
  const { decision } = manifest;
  if (!decision || decision.output !== output) return null;
  if (scale === "output") return decision.threshold;
  const { threshold } = decision;
  // A raw score has no threshold that would follow from the probability's alone.
  return scale === "logit" && threshold > 0 && threshold < 1 ? Math.log(threshold / (1 - threshold)) : null;
}
