/** What is asked of an explanation, checked before the worker hears of it. */
import { XaiwebError } from "../errors.js";
import { KINDS, METHODS } from "../methods.gen.js";
import type { ExplainOptions, Kind, Manifest, MethodName } from "../types.js";
import { camelCase, readParameters, wrong } from "./parameters.js";
import type { Cut, ExplainJob, Sent } from "./protocol.js";

/** Options that are no parameters of a method or of a kind of data. */
const OTHER = ["method", "scale", "outputs", "signal", "regions"];

/**
 * The job for an input and options.
 *
 * @throws XaiwebError naming the option at fault. Whether a budget suffices is the core's to say.
 */
export function jobOf<K extends Kind>(
  manifest: Extract<Manifest, { kind: K }>,
  input: Sent[K],
  options: ExplainOptions,
): ExplainJob<K> {
  const { method: name = "shapley", scale = manifest.scales[0].name } = options;
  const method = methodOf(manifest.kind, name);
  const names = [...method.parameters, ...KINDS[manifest.kind]].map((parameter) => parameter.name);
  const parameters = readParameters(method.parameters, options);
  refuseOthers(options, names);
  const scales = manifest.scales.map((known) => known.name);
  if (!scales.includes(scale))
    throw new XaiwebError("unknown-scale", `this bundle has no scale "${String(scale)}".`, {
      where: "scale",
      next: `Choose one of ${scales.join(", ")}.`,
    });
  const selected = selectedOutputs(manifest, options.outputs);
  return { input, method: name, parameters, cut: cutOf(manifest, options), scale, selected };
}

/**
 * How a photo or a text is to be cut; of the options only those that say so are looked at.
 *
 * @throws XaiwebError naming the option at fault.
 */
export function cutOf(manifest: Manifest, options: ExplainOptions): Cut {
  const parameters = readParameters(KINDS[manifest.kind], options);
  const { regions = null } = options;
  if ((parameters["segments"] === "given") !== (regions !== null))
    throw wrong(
      "regions",
      regions === null ? "segments are to be given, and there are none." : "regions need segments: given.",
      "Give both or neither.",
    );
  if (regions !== null) checkLabels(manifest, regions, "regions");
  return { parameters, regions };
}

/**
 * Whether a map names players for masks.
 *
 * @throws XaiwebError (`parameter`)
 */
export function checkMap(manifest: Manifest, map: Int32Array, masks: readonly (readonly boolean[])[]): void {
  checkLabels(manifest, map, "map");
  const fewest = Math.min(...masks.map(({ length }) => length));
  if (map.some((label) => label < 0 || label >= fewest))
    throw wrong("map", "it has a label that a mask says nothing of.", "Give masks with a place for each label.");
}

function checkLabels(manifest: Manifest, labels: Int32Array, where: string): void {
  if (manifest.kind !== "image") throw wrong(where, "only photos have labels.", "Leave it out.");
  const { height, width } = manifest.image;
  if (!(labels instanceof Int32Array) || labels.length !== height * width)
    throw wrong(where, "this is no label for each pixel.", `Give an Int32Array of ${height} x ${width} labels.`);
}

function methodOf(kind: Kind, name: MethodName) {
  const fitting = METHODS.filter(({ modalities }) => (modalities as readonly string[]).includes(kind));
  const found = fitting.find((method) => method.name === name);
  if (found) return found;
  throw new XaiwebError(
    "unknown-method",
    METHODS.some((method) => method.name === name)
      ? `the method ${name} doesn't explain ${kind} data.`
      : `there is no method "${String(name)}".`,
    { where: "method", next: `Choose ${fitting.map((method) => method.name).join(" or ")}.` },
  );
}

function refuseOthers(options: ExplainOptions, names: readonly string[]): void {
  const known = [...OTHER, ...names.map(camelCase)];
  for (const [given, value] of Object.entries(options))
    if (value !== undefined && !known.includes(given))
      throw wrong(given, "this is no parameter here.", `Choose from ${known.join(", ")}.`);
}

function selectedOutputs(manifest: Manifest, outputs: ExplainOptions["outputs"]): number[] | null {
  const names = manifest.outputs.map(({ name }) => name);
  if (outputs === undefined) return manifest.kind === "image" ? null : names.map((_, i) => i);
  const selected = outputs.map((output) => {
    const index = typeof output === "number" ? output : names.indexOf(output);
    if (Number.isInteger(index) && index >= 0 && index < names.length) return index;
    throw new XaiwebError("unknown-output", `there is no output "${String(output)}".`, {
      where: "outputs",
      next: `Choose from ${some(names)}, or an index below ${names.length}.`,
    });
  });
  if (selected.length > 0 && new Set(selected).size === selected.length) return selected;
  throw wrong("outputs", "name at least one output, each once.", "Leave it out for the usual ones.");
}

function some(names: readonly string[]): string {
  return names.length <= 20 ? names.join(", ") : `${names.slice(0, 20).join(", ")} and ${names.length - 20} more`;
}
