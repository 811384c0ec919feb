/** Parameters as a page gives them, by the rules of `core/spec.py`. */
import { XaiwebError } from "../errors.js";
import type { Parameters } from "./protocol.js";

/** One of a method's or a kind's parameters, as `methods.gen.ts` lists them. */
export interface Parameter {
  name: string;
  kind: "int" | "number" | "choice" | "colour";
  default: number | string | null;
  minimum: number | null;
  maximum: number | null;
  choices: readonly string[];
}

/**
 * Every parameter by the core's name: the given ones checked, defaults for the rest.
 *
 * @param options - By names in camelCase; undefined is not given.
 * @throws XaiwebError (`parameter`)
 */
export function readParameters(known: readonly Parameter[], options: Readonly<Record<string, unknown>>): Parameters {
  return Object.fromEntries(known.map((parameter) => [parameter.name, read(parameter, options)]));
}

/** The name of a parameter in TypeScript: interactionOrder for interaction_order. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function wrong(where: string, message: string, next: string): XaiwebError {
  return new XaiwebError("parameter", message, { where, next });
}

function read({ name, kind, ...rest }: Parameter, options: Readonly<Record<string, unknown>>): number | string | null {
  const where = camelCase(name);
  const value = options[where];
  if (value === undefined) return rest.default;
  const { minimum, maximum, choices } = rest;
  if (kind === "choice") {
    if (typeof value === "string" && choices.includes(value)) return value;
    throw wrong(where, `"${String(value)}" is not one of its choices.`, `Choose ${choices.join(", ")}.`);
  }
  if (kind === "colour") {
    if (typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value)) return value.toLowerCase();
    throw wrong(where, `"${String(value)}" is not a colour.`, "Write it as #rrggbb: #00ff00 is green.");
  }
  const what = kind === "int" ? "whole number" : "number";
  if (typeof value !== "number" || !(kind === "int" ? Number.isSafeInteger(value) : Number.isFinite(value)))
    throw wrong(where, `${String(value)} is not a ${what}.`, `Give a ${what}, without quotes.`);
  if (minimum !== null && value < minimum) throw wrong(where, `${value} is too small.`, `Give ${minimum} or more.`);
  if (maximum !== null && value > maximum) throw wrong(where, `${value} is too large.`, `Give ${maximum} or less.`);
  return value;
}
