/** Where in a photo its segments lie, as people say it. */

export type PlaceName =
  | "upper_left"
  | "top"
  | "upper_right"
  | "left"
  | "middle"
  | "right"
  | "lower_left"
  | "bottom"
  | "lower_right"
  | "around";

export interface Place {
  readonly name: PlaceName;
  /** Of the photo's area. */
  readonly share: number;
}

const NAMES: readonly PlaceName[] = [
  "upper_left",
  "top",
  "upper_right",
  "left",
  "middle",
  "right",
  "lower_left",
  "bottom",
  "lower_right",
];
/** A segment that reaches over this much of the photo both ways, around its own centre, has no place in it. */
const REACH = 0.7;

/** The place of each segment: the ninth of the photo that its centre lies in, or all around. */
export function places(segments: Int32Array, width: number, height: number, count: number): Place[] {
  const sums = Array.from({ length: count }, () => ({
    n: 0,
    x: 0,
    y: 0,
    left: width,
    right: 0,
    upper: height,
    lower: 0,
  }));
  segments.forEach((label, at) => {
    const sum = sums[label];
    if (!sum) return;
    const [x, y] = [at % width, Math.floor(at / width)];
    sum.n++;
    sum.x += x;
    sum.y += y;
    sum.left = Math.min(sum.left, x);
    sum.right = Math.max(sum.right, x + 1);
    sum.upper = Math.min(sum.upper, y);
    sum.lower = Math.max(sum.lower, y + 1);
  });
  return sums.map(({ n, x, y, left, right, upper, lower }, label) => {
    const share = n / segments.length;
    const [cx, cy] = [x / n, y / n];
    const wide = right - left > REACH * width && lower - upper > REACH * height;
    const hollow = segments[Math.round(cy) * width + Math.round(cx)] !== label;
    if (wide && (hollow || share > 0.5)) return { name: "around", share };
    const third = (position: number, size: number) => Math.min(2, Math.floor((3 * (position + 0.5)) / size));
    return { name: NAMES[3 * third(cy, height) + third(cx, width)] ?? "middle", share };
  });
}
