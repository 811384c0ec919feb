/** Words that come with the data: one string, or one per language. */
import type { Text } from "../types.js";

/** The string of a text value in a language; its base language, then English, stand in. */
export function text(value: Text | undefined, lang: string): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const base = lang.split("-")[0] ?? lang;
  return value[lang] ?? value[base] ?? value["en"] ?? Object.values(value)[0] ?? "";
}
