/** The outlines of a photo's segments, as paths of an SVG. */

/**
 * One path per segment, in pixels of the map, filled by the even-odd rule: holes and parts that lie apart included.
 *
 * @param segments (height * width) the segment of each pixel, row by row, 0 to count - 1
 */
export function outlines(segments: Int32Array, width: number, height: number, count: number): string[] {
  const corners = width + 1;
  // For each segment, from each corner of its outline the next one, the segment always on the right.
  const next: Map<number, number[]>[] = Array.from({ length: count }, () => new Map());
  const label = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height ? -1 : (segments[y * width + x] ?? -1);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const own = label(x, y);
      const edges = next[own];
      if (!edges) continue;
      const corner = y * corners + x;
      const add = (from: number, to: number) => {
        const known = edges.get(from);
        if (known) known.push(to);
        else edges.set(from, [to]);
      };
      if (label(x, y - 1) !== own) add(corner, corner + 1);
      if (label(x + 1, y) !== own) add(corner + 1, corner + 1 + corners);
      if (label(x, y + 1) !== own) add(corner + 1 + corners, corner + corners);
      if (label(x - 1, y) !== own) add(corner + corners, corner);
    }
  return next.map((edges) => path(edges, corners));
}

/** Joins edges into closed lines, straight runs as one stroke. */
function path(edges: Map<number, number[]>, corners: number): string {
  let drawn = "";
  for (const [start, ways] of edges)
    while (ways.length > 0) {
      drawn += `M${start % corners} ${Math.floor(start / corners)}`;
      let [at, run, step] = [start, 0, 0];
      do {
        const to = edges.get(at)?.pop();
        if (to === undefined) break;
        if (to - at !== step) {
          drawn += stroke(step, run, corners);
          [step, run] = [to - at, 0];
        }
        run++;
        at = to;
      } while (at !== start);
      drawn += `${stroke(step, run, corners)}z`;
    }
  return drawn;
}

function stroke(step: number, run: number, corners: number): string {
  if (run === 0) return "";
  return Math.abs(step) === corners ? `v${Math.sign(step) * run}` : `h${step * run}`;
}
