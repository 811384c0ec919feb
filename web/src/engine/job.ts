/** What is asked of an explanation, checked against the manifest before the worker hears of it. */
import type { ExplainJob } from "./protocol.js";
import { XaiwebError } from "../errors.js";
import { checkRow } from "../rows.js";
import { METHODS } from "../methods.gen.js";
import type { ExplainOptions, Manifest, Row } from "../types.js";

const [{ parameters: PARAMETERS }] = METHODS;

/**
 * The job for a row and options.
 *
 * @throws XaiwebError naming the option or column at fault. Whether a budget suffices is the core's to say.
 */
export function jobOf(manifest: Manifest, row: Row, options: ExplainOptions): ExplainJob {
  const { method = "shapley", estimator = "auto", budget, seed = 0, scale = manifest.scales[0].name } = options;
  const { interactions = "auto", interactionOrder = 2 } = options;
  if (method !== "shapley")
    throw new XaiwebError("unknown-method", `there is no method "${String(method)}".`, {
      where: "method",
      next: "Choose shapley.",
    });
  choice("estimator", estimator);
  choice("interactions", interactions);
  if (interactionOrder !== 2 && interactionOrder !== 3)
    throw parameter("interactionOrder", `${String(interactionOrder)} is neither 2 nor 3.`, "Give 2 or 3.");
  if (budget !== undefined && !Number.isSafeInteger(budget))
    throw parameter("budget", `${String(budget)} is not a whole number.`, "Give a whole number of coalitions.");
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw parameter("seed", `${String(seed)} is not a whole number of 0 or more.`, "Give 0 or more.");
  const scales = manifest.scales.map(({ name }) => name);
  if (!scales.includes(scale))
    throw new XaiwebError("unknown-scale", `this bundle has no scale "${String(scale)}".`, {
      where: "scale",
      next: `Choose one of ${scales.join(", ")}.`,
    });
  const { values: x } = checkRow(manifest, row);
  const selected = selectedOutputs(manifest, options.outputs);
  return { method, x, estimator, budget, seed, interactions, interactionOrder, scale, selected };
}

function selectedOutputs(manifest: Manifest, outputs: ExplainOptions["outputs"]): number[] {
  const names = manifest.outputs.map(({ name }) => name);
  if (outputs === undefined) return names.map((_, i) => i);
  const selected = outputs.map((output) => {
    const index = typeof output === "number" ? output : names.indexOf(output);
    if (Number.isInteger(index) && index >= 0 && index < names.length) return index;
    throw new XaiwebError("unknown-output", `there is no output "${String(output)}".`, {
      where: "outputs",
      next: `Choose from ${names.join(", ")}, or an index below ${names.length}.`,
    });
  });
  if (selected.length > 0 && new Set(selected).size === selected.length) return selected;
  throw parameter("outputs", "name at least one output, each once.", "Leave it out for all of them.");
}

function choice(name: "estimator" | "interactions", value: string): void {
  const choices: readonly string[] = PARAMETERS.find((known) => known.name === name)!.choices;
  if (!choices.includes(value))
    throw parameter(name, `"${String(value)}" is not one of its choices.`, `Choose ${choices.join(", ")}.`);
}

function parameter(name: string, message: string, next: string): XaiwebError {
  return new XaiwebError("parameter", message, { where: name, next });
}
