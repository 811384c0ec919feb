/** What is remarkable about a value that stands in a field. */
import type { Feature } from "../schema.gen.js";
import type { Value } from "../views/value-text.js";

export type Finding =
  | { readonly kind: "fine" }
  /** The model can still compute, but has hardly seen such a value. */
  | { readonly kind: "below"; readonly bound: number }
  | { readonly kind: "above"; readonly bound: number }
  | { readonly kind: "step"; readonly step: number }
  /** The model can't compute with it. */
  | { readonly kind: "level" }
  | { readonly kind: "empty" }
  | { readonly kind: "number" };

/** Looks at one value of one feature. */
export function check(feature: Feature, value: Value): Finding {
  if (value === null || value === "") return feature.missing ? { kind: "fine" } : { kind: "empty" };
  if (feature.kind === "category") {
    const known = feature.levels?.some((level, index) => level.name === value || index === value);
    return known ? { kind: "fine" } : { kind: "level" };
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return { kind: "number" };
  if (feature.min !== undefined && value < feature.min) return { kind: "below", bound: feature.min };
  if (feature.max !== undefined && value > feature.max) return { kind: "above", bound: feature.max };
  const { step } = feature;
  if (step !== undefined) {
    const steps = (value - (feature.min ?? 0)) / step;
    if (Math.abs(steps - Math.round(steps)) > 1e-6) return { kind: "step", step };
  }
  return { kind: "fine" };
}

/** Whether the model can compute with what was found. */
export function computes({ kind }: Finding): boolean {
  return kind === "fine" || kind === "below" || kind === "above" || kind === "step";
}
