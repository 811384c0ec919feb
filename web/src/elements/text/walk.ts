/** The way through words by arrow keys: in reading order, and from line to line. */

export type Direction = "right" | "left" | "down" | "up" | "first" | "last";

type Boxed = Pick<Element, "getBoundingClientRect">;

/** The word that a key leads to; the one it came from where there is none. */
export function step(nodes: readonly Boxed[], at: number, direction: Direction, rtl: boolean): number {
  const last = nodes.length - 1;
  if (direction === "first") return 0;
  if (direction === "last") return last;
  if (direction === "right" || direction === "left") {
    const next = (direction === "right") === rtl ? at - 1 : at + 1;
    return Math.min(last, Math.max(0, next));
  }
  return line(nodes, at, direction === "down" ? 1 : -1);
}

/** The word of the next line that stands nearest below or above. */
function line(nodes: readonly Boxed[], at: number, by: 1 | -1): number {
  const from = nodes[at]?.getBoundingClientRect();
  if (!from) return at;
  const centre = (box: DOMRect) => (box.left + box.right) / 2;
  let [best, distance, top] = [at, Infinity, Number.NaN];
  for (let next = at + by; next >= 0 && next < nodes.length; next += by) {
    const box = nodes[next]!.getBoundingClientRect();
    if (Math.abs(box.top - from.top) < box.height / 2) continue;
    if (Number.isNaN(top)) top = box.top;
    if (Math.abs(box.top - top) >= box.height / 2) break;
    const away = Math.abs(centre(box) - centre(from));
    if (away < distance) [best, distance] = [next, away];
  }
  return best;
}
