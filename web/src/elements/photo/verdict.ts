/** The decision strip of a photo: what the model takes it for, as a word and a sentence, and what hiding changes. */
import { html, type TemplateResult } from "lit";
import { decision } from "../../views/sentence.js";
import { unit } from "../../views/unit.js";
import type { PhotoSession } from "./session.js";
import type { View } from "./view.js";

export function verdict(
  { words, output, answer, chosen }: View,
  { explainer, prediction }: PhotoSession,
): TemplateResult {
  if (!explainer || !prediction) return html`<div class="wait line" aria-hidden="true"></div>`;
  const { manifest } = explainer;
  const { word, sentence } = decision(manifest, prediction, output, words);
  const at = sentence.indexOf(word);
  const [before, after] = [sentence.slice(0, at), sentence.slice(at + word.length)];
  const said = words.s.photo.decision;
  const { amount, level } = unit(manifest, chosen, "output", "points", words);
  const gap = answer ? (answer[output] ?? 0) - (prediction[output] ?? 0) : 0;
  const change = answer
    ? `${said.without}: ${said.moved(amount(gap), level(prediction[output] ?? 0))}`
    : said.as_example;
  return html`<p class="verdict">${before}<strong>${word}</strong>${after}</p>
    <p class="muted">${change}</p>`;
}
