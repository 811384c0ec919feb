/** An explanation in sentences: the decision, and what spoke for and against it. */
import type { Words } from "../strings/words.js";
import type { Explanation, Manifest, TabularManifest } from "../types.js";
import { choosesAClass, classes } from "./classes.js";
import { type Contribution, contributions, nothingChanges } from "./contributions.js";
import { says, type UnitChoice, unit } from "./unit.js";

export interface Decision {
  /** Granted, Refused; for a model without a decision, what it predicts. */
  readonly word: string;
  /** The whole sentence, the word included. */
  readonly sentence: string;
  readonly granted: boolean | null;
}

/** The decision on a prediction of the model, as a word and as a sentence. */
export function decision(manifest: Manifest, prediction: readonly number[], output: number, words: Words): Decision {
  const declared = manifest.outputs[output];
  const value = prediction[output] ?? 0;
  const rule = manifest.decision;
  if (rule && rule.output === declared?.name) {
    const granted = value >= rule.threshold;
    const word = words.text(granted ? rule.above : rule.below);
    const meaning = words.text(rule.meaning);
    const probability = declared.kind === "probability";
    const say = (x: number, near: number) => (probability ? words.n.percent(x, near) : words.n.short(x));
    const sentence = words.s.decision.sentence(word, say(value, rule.threshold), meaning, say(rule.threshold, value));
    return { word, sentence, granted };
  }
  const [likely] = classes(manifest, prediction, words);
  if (likely) {
    const sentence = words.s.decision.likeliest(likely.label, words.n.percent(likely.share));
    return { word: likely.label, sentence, granted: null };
  }
  const label = words.text(declared?.label ?? declared?.name);
  const named = says(label, words.text(declared?.unit));
  const said = named
    ? words.n.short(value)
    : unit(manifest, declared?.name ?? "", "output", "points", words).level(value);
  const title = label.charAt(0).toLocaleUpperCase(words.lang) + label.slice(1);
  return { word: said, sentence: words.s.decision.predicted(title, said), granted: null };
}

/** The strongest one or two in each direction, a sentence each: "Most against: Duration (48 months)." */
export function glance(explanation: Explanation, manifest: TabularManifest, output: number, words: Words): string[] {
  const all = contributions(explanation, manifest, output, words);
  if (nothingChanges(all)) return [words.s.glance.nothing(words.text(manifest.background.label))];
  const name = explanation.outputs[output];
  const decides = manifest.decision !== null && manifest.decision.output === name;
  const { against, favour, lowers, raises, against_class, for_class } = words.s.glance;
  const declared = manifest.outputs.find((one) => one.name === name);
  const label = choosesAClass(manifest) ? words.text(declared?.label ?? name) : null;
  const say = (list: string[], plain: (list: string) => string, of: (label: string, list: string) => string) => {
    if (list.length === 0) return [];
    const said = words.n.list(list);
    return [label === null ? plain(said) : of(label, said)];
  };
  const parts = [
    ...say(strongest(all, -1, words), decides ? against : lowers, against_class),
    ...say(strongest(all, 1, words), decides ? favour : raises, for_class),
  ];
  // What weighs more for the outcome is said first.
  const outcome = (explanation.prediction[output] ?? 0) - (explanation.base_values[output] ?? 0);
  return outcome > 0 ? parts.reverse() : parts;
}

/** At most two entries of one direction; a second one only if it weighs at least a third of the first. */
function strongest(all: readonly Contribution[], sign: 1 | -1, words: Words): string[] {
  const sorted = all.filter(({ value }) => value * sign > 1e-9).sort((a, b) => (b.value - a.value) * sign);
  const [first, second] = sorted;
  const heaviest = Math.max(...all.map(({ value }) => Math.abs(value)));
  // A straw on the other side of a heavy load is not worth a sentence.
  if (!first || Math.abs(first.value) < heaviest / 20) return [];
  const said = second && Math.abs(second.value) >= Math.abs(first.value) / 3 ? [first, second] : [first];
  return said.map(({ label, valueText }) => words.s.glance.item(label, valueText));
}

/** The picture's title: from the reference's average to this prediction. */
export function finding(
  explanation: Explanation,
  manifest: TabularManifest,
  output: number,
  choice: UnitChoice,
  words: Words,
): string {
  const name = explanation.outputs[output] ?? "";
  const inUnit = unit(manifest, name, explanation.provenance.scale, choice, words);
  const base = inUnit.level(explanation.base_values[output] ?? 0);
  const here = inUnit.level(explanation.prediction[output] ?? 0);
  const said = words.s.picture.finding(base, here, words.text(manifest.background.label));
  const { scale } = explanation.provenance;
  return scale === "output" ? said : words.s.picture.in_scale(said, words.s.unit.in_scales[scale]);
}

/** The whole picture in one sentence, for those who don't see it. */
export function description(
  explanation: Explanation,
  manifest: TabularManifest,
  output: number,
  choice: UnitChoice,
  words: Words,
): string {
  const name = explanation.outputs[output] ?? "";
  const inUnit = unit(manifest, name, explanation.provenance.scale, choice, words);
  const all = contributions(explanation, manifest, output, words);
  const top = [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 3);
  const said = top.map(({ label, value }) => words.s.picture.part(label, inUnit.amount(value)));
  return words.s.picture.description(
    inUnit.axis,
    inUnit.level(explanation.base_values[output] ?? 0),
    inUnit.level(explanation.prediction[output] ?? 0),
    words.n.list(said),
  );
}
