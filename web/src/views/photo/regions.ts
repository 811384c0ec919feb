/** Regions drawn by hand, as a label for each pixel. */

/** A closed line around a region: corners in pixels of the photo as the model sees it. */
export type Region = readonly (readonly [x: number, y: number])[];

/** For each pixel, row by row, the last region drawn over its centre, else -1. */
export function labelled(regions: readonly Region[], width: number, height: number): Int32Array {
  const labels = new Int32Array(width * height).fill(-1);
  regions.forEach((region, label) => {
    for (let y = 0; y < height; y++) {
      const crossings = region.flatMap(([x1, y1], at) => {
        const [x2, y2] = region[(at + 1) % region.length] ?? [x1, y1];
        const middle = y + 0.5;
        if (y1 <= middle === y2 <= middle) return [];
        return [x1 + ((middle - y1) / (y2 - y1)) * (x2 - x1)];
      });
      crossings.sort((a, b) => a - b);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        const from = Math.max(0, Math.ceil((crossings[pair] ?? 0) - 0.5));
        const to = Math.min(width, Math.ceil((crossings[pair + 1] ?? 0) - 0.5));
        if (to > from) labels.fill(label, y * width + from, y * width + to);
      }
    }
  });
  return labels;
}

/** Whether a region has a pixel of its own to explain. */
export function drawn(region: Region, width: number, height: number): boolean {
  return region.length >= 3 && labelled([region], width, height).includes(0);
}

/** A line with fewer corners that stays within half a pixel of it (Ramer, Douglas and Peucker). */
export function simplified(line: Region): Region {
  const [start, end] = [line[0], line.at(-1)];
  if (!start || !end || line.length < 3) return line;
  const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
  const distance = ([x, y]: readonly [number, number]) =>
    length === 0
      ? Math.hypot(x - start[0], y - start[1])
      : Math.abs((end[0] - start[0]) * (start[1] - y) - (start[0] - x) * (end[1] - start[1])) / length;
  const distances = line.map(distance);
  const far = distances.indexOf(Math.max(...distances));
  if ((distances[far] ?? 0) <= 0.5) return [start, end];
  return [...simplified(line.slice(0, far + 1)).slice(0, -1), ...simplified(line.slice(far))];
}
