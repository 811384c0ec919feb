/** An explanation of a text in sentences: what spoke for and against, and what the picture shows. */
import type { Words } from "../../strings/words.js";
import type { Explanation, TextManifest } from "../../types.js";
import { choosesAClass } from "../classes.js";
import { type Unit, unit, type UnitChoice } from "../unit.js";
import { additive, entries } from "./entries.js";
import { phrases, short } from "./phrases.js";
import type { Reading } from "./reading.js";

/** What words speak for or against: the decision's word, or the class; null for a number. */
export function stance(manifest: TextManifest, name: string, words: Words): string | null {
  if (manifest.decision?.output === name) return words.text(manifest.decision.above);
  const declared = manifest.outputs.find((one) => one.name === name);
  return choosesAClass(manifest) ? words.text(declared?.label ?? name) : null;
}

/** The unit of an explanation of a text. */
export function unitOf(
  explanation: Explanation,
  manifest: TextManifest,
  output: number,
  choice: UnitChoice,
  words: Words,
): Unit {
  return unit(manifest, explanation.outputs[output] ?? "", explanation.provenance.scale, choice, words);
}

/** "Most for spam: “click here” and “free”." A sentence for each direction, the weightier one first. */
export function glance(
  reading: Reading,
  explanation: Explanation,
  manifest: TextManifest,
  output: number,
  words: Words,
): string[] {
  const { s, n } = words;
  const all = entries(reading, explanation, output);
  const label = stance(manifest, explanation.outputs[output] ?? "", words);
  const say = (sign: 1 | -1) => {
    const list = n.list(phrases(reading, all, sign).map(s.passage.quote));
    if (!list) return [];
    if (label === null) return [sign > 0 ? s.glance.raises(list) : s.glance.lowers(list)];
    return [sign > 0 ? s.passage.for(label, list) : s.passage.against(label, list)];
  };
  const said = [...say(1), ...say(-1)];
  if (said.length === 0) return [s.passage.nothing];
  return all.reduce((sum, { value }) => sum + value, 0) < 0 ? said.reverse() : said;
}

/** The picture's title. */
export function finding(
  explanation: Explanation,
  manifest: TextManifest,
  output: number,
  choice: UnitChoice,
  words: Words,
): string {
  const { s } = words;
  const inUnit = unitOf(explanation, manifest, output, choice, words);
  const here = inUnit.level(explanation.prediction[output] ?? 0);
  const said = additive(explanation)
    ? s.passage.finding(inUnit.level(explanation.base_values[output] ?? 0), here)
    : s.passage.weights(here);
  const { scale } = explanation.provenance;
  return scale === "output" ? said : s.picture.in_scale(said, s.unit.in_scales[scale]);
}

/** The whole picture in one sentence, for those who don't see it. */
export function description(
  reading: Reading,
  explanation: Explanation,
  manifest: TextManifest,
  output: number,
  choice: UnitChoice,
  words: Words,
): string {
  const { s, n } = words;
  const inUnit = unitOf(explanation, manifest, output, choice, words);
  const top = entries(reading, explanation, output)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, 3)
    .map(({ text, value }) => s.picture.part(s.passage.quote(short(text)), inUnit.amount(value)));
  return s.passage.description(n.count(reading.words.length), inUnit.axis, n.list(top));
}
