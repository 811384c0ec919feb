/** What stands for hidden parts, in words. */
import type { Words } from "../../strings/words.js";

/** "blurred", "one colour (#00ff00)". */
export function hiddenWords(parameters: object, { s }: Words): string {
  const { hidden, colour } = parameters as Readonly<Record<string, unknown>>;
  const name = s.photo.hidden.names[String(hidden)] ?? String(hidden);
  return hidden === "colour" && colour ? `${name} (${String(colour)})` : name;
}
