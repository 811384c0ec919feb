/** How long something takes, no more exactly than anybody needs. */
import type { Words } from "../../strings/words.js";

export function duration(ms: number, { s: { many }, n: { count } }: Words): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes >= 60) return many.hours(count(Math.floor(minutes / 60)), count(minutes % 60));
  return minutes >= 2 ? many.minutes(count(minutes)) : many.seconds(count(Math.max(1, Math.round(ms / 1000))));
}
