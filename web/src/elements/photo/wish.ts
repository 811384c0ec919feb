/** What a reader of the photos' page asks for: a photo, how it is cut, and how it is explained. */
import { KINDS } from "../../methods.gen.js";
import type { ExplainOptions, Text } from "../../types.js";
import { labelled, type Region } from "../../views/photo/regions.js";
import { counts, optionsOf, type Settings } from "../settings.js";

export interface Photo {
  /** An example's id; of a reader's own photo another one each time. */
  readonly id: string;
  readonly title: Text;
  readonly blob: Blob;
}

export interface Wish {
  readonly photo: Photo;
  readonly settings: Settings;
  /** Drawn by hand; used where the photo is cut that way. */
  readonly regions: readonly Region[];
  /** A class that is explained beside the likeliest ones. */
  readonly also: string | null;
}

/** Whether there is something to explain yet: drawn regions only where one has been drawn. */
export function explainable({ settings, regions }: Wish): boolean {
  return settings.parameters["segments"] !== "given" || regions.length > 0;
}

/** How the photo is cut and hidden, as the public module takes it. Until a region is drawn it is cut as by default. */
export function cutOf(wish: Wish, image: { width: number; height: number }): ExplainOptions {
  const { method, scale, parameters } = wish.settings;
  const own = Object.fromEntries(KINDS.image.map(({ name }) => [name, parameters[name] ?? null]));
  const { method: _, scale: __, ...cut } = optionsOf({ method, scale, parameters: own });
  if (cut.segments !== "given") return cut;
  if (!explainable(wish)) return { ...cut, segments: "slic" };
  return { ...cut, regions: labelled(wish.regions, image.width, image.height) };
}

/** Two wishes with the same words are about the same photo, cut and hidden alike. */
export function cutKey({ photo, settings: { parameters }, regions }: Wish): string {
  const cut = KINDS.image.map(({ name }) => (counts(name, parameters) ? parameters[name] : null));
  return JSON.stringify([photo.id, cut, parameters["segments"] === "given" ? regions : null]);
}

/** The same for an explanation. */
export function runKey(wish: Wish, settings: Settings): string {
  return `${cutKey({ ...wish, settings })} ${JSON.stringify([settings, wish.also])}`;
}
