/** How an explanation is asked for: the method's own parameters, and the scale. */
import { KINDS, METHODS } from "../methods.gen.js";
import type { Explanation, ExplainOptions, Kind, Manifest, MethodName, Scale } from "../types.js";
import type { Absence } from "../views/interactions.js";

/** A parameter as the core's methods declare it. */
export interface Parameter {
  readonly name: string;
  readonly kind: "int" | "number" | "choice" | "colour";
  readonly title: string;
  readonly help: string;
  readonly default: string | number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly choices: readonly string[];
}

export interface Settings {
  readonly method: MethodName;
  readonly scale: Scale;
  /** By the method's names; null where the method decides. */
  readonly parameters: Readonly<Record<string, string | number | null>>;
}

/** Parameters of methods that say nothing about a kind of data: its page shows no interactions, a text has no squares. */
const IDLE: Readonly<Record<Kind, readonly string[]>> = {
  tabular: [],
  image: ["interactions", "interaction_order"],
  text: ["interactions", "interaction_order", "window", "stride"],
};

/** The methods for a kind of data, in reading order. */
export function methodsFor(kind: Kind): readonly (typeof METHODS)[number][] {
  return METHODS.filter(({ modalities }) => (modalities as readonly string[]).includes(kind));
}

/** What a method can be told, in its order: of the kind of data first, then its own. */
export function parametersOf(method: MethodName, kind: Kind = "tabular"): readonly Parameter[] {
  const own: readonly Parameter[] = METHODS.find(({ name }) => name === method)?.parameters ?? [];
  return [...KINDS[kind], ...own.filter(({ name }) => !IDLE[kind].includes(name))];
}

/** A method's settings as they are when nobody has chosen any. */
export function defaultsFor(kind: Kind, method: MethodName = "shapley"): Settings {
  const parameters = parametersOf(method, kind).map((parameter) => [parameter.name, parameter.default]);
  return { method, scale: "output", parameters: Object.fromEntries(parameters) as Settings["parameters"] };
}

export const DEFAULTS = defaultsFor("tabular");

/** The settings with another method: what says something of the data stays as it is. */
export function withMethod(settings: Settings, kind: Kind, method: MethodName): Settings {
  const kept = KINDS[kind].map(({ name }) => [name, settings.parameters[name] ?? null]);
  return { ...withParameters(defaultsFor(kind, method), Object.fromEntries(kept)), scale: settings.scale };
}

/** The settings with other parameters. */
export function withParameters(settings: Settings, parameters: Settings["parameters"]): Settings {
  return { ...settings, parameters: { ...settings.parameters, ...parameters } };
}

/** Whether a parameter plays a part beside the others: a colour only where it hides something. */
export function counts(name: string, parameters: Settings["parameters"]): boolean {
  return name !== "colour" || parameters["hidden"] === "colour";
}

/** As the public module takes them: names in camel case, nothing for what the method decides. */
export function optionsOf({ method, scale, parameters }: Settings): ExplainOptions {
  const given = Object.entries(parameters).filter(([name, value]) => value !== null && counts(name, parameters));
  const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return { method, scale, ...Object.fromEntries(given.map(([name, value]) => [camel(name), value])) };
}

/** The number in a parameter's field, its default where that is empty; undefined where it can't be used. */
export function typedNumber(
  { kind, default: usual, minimum, maximum }: Parameter,
  { value, validity }: HTMLInputElement,
): number | string | null | undefined {
  if (validity?.badInput) return undefined;
  if (value.trim() === "") return usual;
  const number = Number(value);
  const whole = kind !== "int" || Number.isInteger(number);
  const within = number >= (minimum ?? Number.MIN_SAFE_INTEGER) && number <= (maximum ?? Number.MAX_SAFE_INTEGER);
  return whole && within ? number : undefined;
}

/** The structure that an estimator needs and this model lacks in this scale; null where it can be had. */
export function lacking(manifest: Manifest, scale: Scale, estimator: string): "linear" | "tree" | null {
  const has = manifest.kind === "tabular" ? manifest.scales.find(({ name }) => name === scale) : undefined;
  if (estimator === "linear" && !has?.additive) return "linear";
  if (estimator === "tree" && !has?.trees) return "tree";
  return null;
}

/** Refining asks for this many times the evaluations. */
const REFINE = 4;

/** How many evaluations come next for who wants it more exact. */
export function nextBudget({ provenance }: Explanation): number {
  return provenance.n_coalitions * REFINE;
}

/** Settings that would give an explanation the interactions it lacks; null where none are known to. */
export function towardsInteractions(settings: Settings, explanation: Explanation, absent: Absence): Settings | null {
  const { estimator } = explanation.provenance;
  if (absent === "waiting") return null;
  if (absent === "not_asked") return withParameters(settings, { interactions: "auto" });
  if (absent === "not_accurate") return withParameters(settings, { budget: nextBudget(explanation) });
  if (estimator === "exact" || estimator === "tree") return withParameters(settings, { interactions: "SII" });
  // So many players that groups of them were formed: nothing else tells all their pairs.
  if (estimator === "owen" && settings.parameters["estimator"] === "auto") return null;
  return withParameters(settings, { estimator: "auto", budget: null });
}
