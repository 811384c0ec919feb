/** Everything a view needs to speak one language: its sentences and its numbers. */
import { type Numbers, numbers } from "../chart/numbers.js";
import { de } from "./de.js";
import { en, type Strings } from "./en.js";
import { type Language, pickLanguage } from "./language.js";
import { text } from "./text.js";
import type { Text } from "../types.js";

export interface Words {
  readonly lang: Language;
  readonly s: Strings;
  readonly n: Numbers;
  /** Words that come with the data, in this language. */
  text(value: Text | null | undefined): string;
}

const catalogues: Record<Language, Strings> = { en, de };
const cache = new Map<Language, Words>();

/** The words of a language tag; made once per language. */
export function words(tag: string): Words {
  const lang = pickLanguage([tag]);
  let found = cache.get(lang);
  if (!found) {
    found = { lang, s: catalogues[lang], n: numbers(lang), text: (value) => text(value ?? undefined, lang) };
    cache.set(lang, found);
  }
  return found;
}
