/** Where everything of a waterfall lies: rows from the base value at the bottom up to the prediction on top. */
import { scaleLinear, type ScaleLinear } from "d3-scale";
import { Z95 } from "../chart/order.js";
import type { Measure } from "../chart/text-width.js";
import type { Contribution } from "./contributions.js";
import type { Unit } from "./unit.js";

/** Bars drawn one by one; the rest share a row. */
export const SHOWN = 10;

export interface BarRow {
  readonly kind: "bar" | "others";
  readonly key: string;
  readonly contribution: Contribution;
  /** How many players an "others" row stands for. */
  readonly count: number;
  /** Running total below and with this row, in the explanation's scale. */
  readonly start: number;
  readonly end: number;
}

export interface WaterfallLayout {
  readonly width: number;
  readonly height: number;
  /** Labels beside the bars; otherwise above them. */
  readonly wide: boolean;
  readonly labelWidth: number;
  /** Left of everything else: where arcs between the rows have their place; 0 without them. */
  readonly gutter: number;
  readonly rowHeight: number;
  /** Top of the prediction's row; bars follow it in steps of rowHeight, the base value's row comes last. */
  readonly top: number;
  /** Bar within its row. */
  readonly bar: { readonly y: number; readonly height: number };
  readonly rows: readonly BarRow[];
  readonly x: ScaleLinear<number, number>;
  readonly ticks: readonly number[];
  readonly axisY: number;
}

export interface LayoutInput {
  readonly contributions: readonly Contribution[];
  readonly order: readonly string[];
  readonly base: number;
  readonly prediction: number;
  readonly threshold: number | null;
  readonly unit: Unit;
  readonly width: number;
  /** Whether arcs need a place. */
  readonly arcs?: boolean;
  readonly measure: Measure;
}

const WIDE_FROM = 560;
const GAP = 10;

/** The picture's height, known before there is an explanation: nothing shifts when it arrives. */
export function waterfallHeight(nPlayers: number, width: number): number {
  const bars = nPlayers > SHOWN + 1 ? SHOWN + 1 : nPlayers;
  const wide = width >= WIDE_FROM;
  return 26 + (bars + 2) * (wide ? 38 : 46) + 50;
}

/** Rows, scale and ticks of a waterfall. */
export function layout(input: LayoutInput): WaterfallLayout {
  const { width, unit, measure, arcs = false } = input;
  const wide = width >= WIDE_FROM;
  const rowHeight = wide ? 38 : 46;
  const top = 26;
  const rows = stack(input);
  const gutter = arcs ? (wide ? 64 : 44) : 0;
  const labelWidth = gutter + (wide ? Math.min(280, Math.round((width - gutter) * 0.36)) : 0);
  const [from, to] = [labelWidth + GAP, width - GAP];
  const x = scaleLinear().domain(extent(input, rows)).range([from, to]);
  // A number stands behind each bar's tip: leave room for the widest one on both sides.
  const room = wide ? 8 + Math.max(...rows.map((row) => measure(amountText(row, unit), 13, true))) : 8;
  const [low, high] = x.domain() as [number, number];
  const perPixel = (high - low) / Math.max(40, to - from - 2 * room);
  x.domain([low - room * perPixel, high + room * perPixel]);
  const [min, max] = unit.bounds ?? [-Infinity, Infinity];
  const ticks = x.ticks(wide ? 6 : 4).filter((tick) => tick >= min - 1e-9 && tick <= max + 1e-9);
  const axisY = top + (rows.length + 2) * rowHeight + 6;
  return {
    width,
    height: axisY + 44,
    wide,
    labelWidth,
    gutter,
    rowHeight,
    top,
    bar: wide ? { y: 8, height: 22 } : { y: 24, height: 16 },
    rows,
    x,
    ticks,
    axisY,
  };
}

/** What stands at a bar: the amount, and where nobody knows how far off it is, that. */
export function amountText({ kind, contribution }: BarRow, unit: Unit): string {
  const amount = unit.amount(contribution.value);
  return kind === "bar" && contribution.error === null ? `${amount} ±\u00a0?` : amount;
}

/** The rows from the largest contribution (on top) down to the sum of the small ones. */
function stack({ contributions, order, base }: LayoutInput): BarRow[] {
  const by = new Map(contributions.map((entry) => [entry.player, entry]));
  const ordered = order.flatMap((player) => by.get(player) ?? []);
  // One leftover needs no row for "others": it can stand for itself.
  const shown = ordered.length > SHOWN + 1 ? ordered.slice(0, SHOWN) : ordered;
  const rest = ordered.slice(shown.length);
  const rows: BarRow[] = [];
  let total = base;
  const push = (kind: BarRow["kind"], contribution: Contribution, count: number) => {
    const start = total;
    total += contribution.value;
    rows.unshift({ kind, key: `${kind}:${contribution.player}`, contribution, count, start, end: total });
  };
  if (rest.length > 0) push("others", together(rest), rest.length);
  for (const entry of [...shown].reverse()) push("bar", entry, 1);
  return rows;
}

/** Many small contributions as one; their errors add up at worst, so no error is claimed unless all are exact. */
function together(rest: readonly Contribution[]): Contribution {
  return {
    player: "",
    label: "",
    valueText: "",
    value: rest.reduce((sum, { value }) => sum + value, 0),
    error: rest.every(({ error }) => error === 0) ? 0 : null,
  };
}

function extent({ base, prediction, threshold }: LayoutInput, rows: readonly BarRow[]): [number, number] {
  const points = [base, prediction, ...(threshold === null ? [] : [threshold])];
  for (const { start, end, contribution } of rows) {
    const reach = Z95 * (contribution.error ?? 0);
    points.push(start, end, end - reach, end + reach);
  }
  const low = Math.min(...points);
  const high = Math.max(...points);
  const pad = high > low ? 0 : Math.abs(high) * 0.1 || 1;
  return [low - pad, high + pad];
}
