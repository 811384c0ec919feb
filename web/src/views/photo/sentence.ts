/** An explanation of a photo in sentences: what matters, and where. */
import type { Words } from "../../strings/words.js";
import type { Explanation, Manifest } from "../../types.js";
import { METHODS } from "../../methods.gen.js";
import { type Unit, unit } from "../unit.js";
import { type Look, ofSegments, ordered, type Part, parts } from "./parts.js";
import type { Place, PlaceName } from "./places.js";

/** An explanation looked at in one way: everything a sentence needs. */
export interface Sight {
  readonly explanation: Explanation;
  readonly manifest: Manifest;
  readonly look: Look;
  /** By segment. */
  readonly places: readonly Place[];
  readonly words: Words;
}

/** Parts that weigh less than this, beside the heaviest, aren't worth a sentence. */
const STRAW = 1 / 4;
/** Squares of a map are small: those that are named are all that reach half of the heaviest. */
const HALF = 1 / 2;
/** At most so many parts are named, and fewer in a title. */
const NAMED = 4;
const TITLED = 2;
/** Below this nothing makes a difference: rounding of a float32. */
const NOTHING = 1e-6;

/** An output's name in the page's language. */
export function labelOf(manifest: Manifest, name: string, words: Words): string {
  const declared = manifest.outputs.find((one) => one.name === name);
  return words.text(declared?.label ?? name);
}

/** What is explained: “tabby”, or “tabby” rather than “tiger cat”. */
export function subject({ explanation, manifest, look, words }: Sight): string {
  const name = (at: number) => labelOf(manifest, explanation.outputs[at] ?? "", words);
  const { quoted, rather } = words.s.photo.classes;
  return look.against === null ? quoted(name(look.output)) : rather(name(look.output), name(look.against));
}

/** In which unit its values are written. */
export function unitOf({ explanation, manifest, look, words }: Sight): Unit {
  return unit(manifest, explanation.outputs[look.output] ?? "", explanation.provenance.scale, "points", words);
}

/** One or two sentences: what speaks most for it and where, what speaks against it. */
export function glance(sight: Sight): string[] {
  const { words, places } = sight;
  const { glance: said } = words.s.photo;
  const label = subject(sight);
  const [favour, against] = [strongest(sight, 1), strongest(sight, -1)];
  if (favour.length + against.length === 0) return [said.nothing(label)];
  const lines = [];
  if (favour.length > 0) {
    const share = favour.reduce((sum, { segment }) => sum + (places[segment]?.share ?? 0), 0);
    lines.push(`${said.favour(label, grouped(favour, sight))} ${said.share(words.n.percent(share))}`);
  }
  if (against.length > 0) lines.push(said.against(label, grouped(against, sight)));
  return lines;
}

/** The picture's title: where what speaks for it lies. */
export function finding(sight: Sight): string {
  const { s, n } = sight.words;
  const heaviest = strongest(sight, 1).slice(0, TITLED);
  const names = [...new Set(heaviest.map(({ segment }) => placeOf(sight, segment)))];
  if (names.length === 0) return s.photo.finding_none(subject(sight));
  return s.photo.finding(subject(sight), n.list(names.map((name) => s.photo.places[name])));
}

/** The whole picture in one sentence, for those who don't see it. */
export function description(sight: Sight): string {
  const { s, n } = sight.words;
  const inUnit = unitOf(sight);
  const all = parts(sight.explanation, sight.look).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const items = all
    .slice(0, 3)
    .map(({ segment, value }) =>
      s.photo.description_item(s.photo.places[placeOf(sight, segment)], inUnit.amount(value)),
    );
  return s.photo.description(subject(sight), n.list(items));
}

/** One part: its rank from what speaks most for it, where it is, and its value. */
export function partSentence(sight: Sight, part: Part, rank: number): string {
  const { s, n } = sight.words;
  const count = n.count(sight.explanation.players.length);
  const place = s.photo.places[placeOf(sight, part.segment)];
  return s.photo.picture.value(s.photo.picture.part(n.count(rank), count, place), unitOf(sight).amount(part.value));
}

/** Whether the values of a method add up, so that those of several parts may be said together. */
export function additive(method: string): boolean {
  return METHODS.find(({ name }) => name === method)?.additive ?? false;
}

function placeOf({ places }: Sight, segment: number): PlaceName {
  return places[segment]?.name ?? "middle";
}

/** The heaviest parts of one direction, none much lighter than the heaviest of all. */
function strongest({ explanation, look }: Sight, sign: 1 | -1): Part[] {
  const all = parts(explanation, look);
  const heaviest = Math.max(...all.map(({ value }) => Math.abs(value)));
  const sorted = sign === 1 ? ordered(all) : ordered(all).reverse();
  const squares = !ofSegments(explanation.provenance.method);
  const least = heaviest * (squares ? HALF : STRAW);
  const weighty = sorted.filter(({ value }) => value * sign > NOTHING && Math.abs(value) >= least);
  return squares ? weighty : weighty.slice(0, NAMED);
}

/** Parts that lie in the same place are said in one. */
function grouped(all: readonly Part[], sight: Sight): string {
  const { s, n } = sight.words;
  const inUnit = unitOf(sight);
  const sums = additive(sight.explanation.provenance.method);
  const by = new Map<PlaceName, Part[]>();
  for (const part of all) {
    const place = placeOf(sight, part.segment);
    by.set(place, [...(by.get(place) ?? []), part]);
  }
  const items = [...by].map(([place, members]) => {
    const where = s.photo.places[place];
    const [heaviest] = members;
    if (members.length === 1) return s.photo.glance.one(where, inUnit.amount(heaviest?.value ?? 0));
    const count = n.count(members.length);
    if (!sums) return s.photo.glance.most(count, where, inUnit.amount(heaviest?.value ?? 0));
    return s.photo.glance.sum(count, where, inUnit.amount(members.reduce((sum, { value }) => sum + value, 0)));
  });
  return n.list(items);
}
