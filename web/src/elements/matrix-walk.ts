/** The way through the cells of a matrix of pairs by arrow keys. */
import type { MatrixLayout } from "../views/interaction-matrix.js";

/** The place of the cell that a key leads to from the one at `at`; null where the key means nothing. */
export function step({ cells }: MatrixLayout, at: number, key: string): number | null {
  const here = cells[Math.min(at, cells.length - 1)];
  if (!here) return null;
  const last = cells[cells.length - 1]?.row ?? 1;
  const steps: Record<string, [row: number, column: number]> = {
    ArrowDown: [Math.min(last, here.row + 1), here.column],
    ArrowUp: [Math.max(1, here.row - 1), Math.min(here.column, Math.max(0, here.row - 2))],
    ArrowLeft: [here.row, Math.max(0, here.column - 1)],
    ArrowRight: [here.row, Math.min(here.row - 1, here.column + 1)],
    Home: [here.row, 0],
    End: [here.row, here.row - 1],
  };
  const to = steps[key];
  if (!to) return null;
  const [row, column] = to;
  return cells.findIndex((cell) => cell.row === row && cell.column === column);
}
