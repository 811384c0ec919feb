/** Arcs beside a waterfall's rows: the strongest pairs of entries, thick where they do much, dashed where they lower. */
import { nothing, svg, type SVGTemplateResult } from "lit";
import type { Palette } from "../chart/palette.js";
import { independent, type Pair, pairOf, pairs, samePair, type Together, uncertain } from "./interactions.js";
import type { Unit } from "./unit.js";
import type { WaterfallLayout } from "./waterfall-layout.js";

/** Pairs drawn; the matrix has all of them. */
export const ARCS = 5;
/** Shares of the strongest pair below which an arc would be thin air. */
const THIN = 0.1;

export interface ArcOptions {
  readonly at: WaterfallLayout;
  readonly unit: Unit;
  readonly colour: Palette;
  /** The player, or the pair, whose arcs stand out. */
  readonly active: string | null;
  readonly selected: string | null;
  readonly pair: Pair | null;
}

/**
 * The strongest pairs that are more than chance and whose two entries have rows of their own.
 *
 * A pair that is pointed at is among them even where it is weak or may be chance.
 */
export function arcsOf(all: readonly Together[], at: WaterfallLayout, pair: Pair | null): Together[] {
  const rows = new Set(at.rows.flatMap(({ kind, contribution }) => (kind === "bar" ? [contribution.player] : [])));
  const drawable = pairs(all).filter((set) => !independent(set) && pairOf(set).every((player) => rows.has(player)));
  const sure = drawable.filter((set) => !uncertain(set));
  const largest = Math.abs(sure[0]?.value ?? 0);
  const strongest = sure.slice(0, ARCS).filter(({ value }) => Math.abs(value) >= THIN * largest);
  const asked = drawable.find((set) => samePair(pairOf(set), pair));
  return asked && !strongest.includes(asked) ? [...strongest, asked] : strongest;
}

export function waterfallArcs(all: readonly Together[], options: ArcOptions): SVGTemplateResult | typeof nothing {
  const { at, active, selected, pair } = options;
  const drawn = arcsOf(all, at, pair);
  if (drawn.length === 0) return nothing;
  const wanted = pair ? null : (active ?? selected);
  const lit = (set: Together) => (pair ? samePair(pairOf(set), pair) : wanted !== null && pairOf(set).includes(wanted));
  const some = drawn.some(lit);
  const largest = Math.max(...drawn.map(({ value }) => Math.abs(value)));
  return svg`<g class="arcs" fill="none">
    ${drawn.map((set) => arc(set, largest, some && !lit(set), options))}
    ${drawn.filter((set) => (some ? lit(set) : drawn.length === 1)).map((set) => amount(set, some ? wanted : null, options))}
  </g>`;
}

/** Half an ellipse to the left of two rows, wider the further they lie apart. */
function arc(set: Together, largest: number, faint: boolean, options: ArcOptions): SVGTemplateResult {
  const { colour } = options;
  const { x, reach, from, to } = place(set, options.at);
  const up = set.value > 0;
  const thickness = 1.5 + (4.5 * Math.abs(set.value)) / largest;
  const stroke = up ? colour.positive : colour.negative;
  return svg`<g class=${up ? "raises" : "lowers"} stroke=${stroke} opacity=${faint ? 0.25 : 1}>
    <path d="M${x},${from} C${x - reach * 1.33},${from} ${x - reach * 1.33},${to} ${x},${to}" stroke-width=${thickness.toFixed(1)} stroke-dasharray=${up ? nothing : "7 4"}></path>
    <circle cx=${x} cy=${from} r="3.5" fill=${stroke} stroke="none"></circle>
    <circle cx=${x} cy=${to} r="3.5" fill=${stroke} stroke="none"></circle>
  </g>`;
}

/** Half way along the arc; of a player's arcs at the partner's end, where no two of them meet. */
function amount(set: Together, player: string | null, { at, unit, colour }: ArcOptions): SVGTemplateResult {
  const { from, to } = place(set, at);
  const fill = set.value > 0 ? colour.positiveText : colour.negativeText;
  const partner = player === null ? null : pairOf(set).find((name) => name !== player);
  const y = partner ? middle(partner, at) - 7 : (from + to) / 2 + 4.5;
  const x = partner ? at.gutter - 12 : 2;
  return svg`<text x=${x} y=${y} text-anchor=${partner ? "end" : "start"} font-weight="700" font-size="12" fill=${fill} stroke=${colour.surface} stroke-width="4" paint-order="stroke">${unit.bare(set.value)}</text>`;
}

function place(set: Together, at: WaterfallLayout) {
  const [from, to] = pairOf(set)
    .map((player) => middle(player, at))
    .sort((a, b) => a - b) as [number, number];
  const share = (to - from) / Math.max(at.rowHeight, (at.rows.length - 1) * at.rowHeight);
  return { x: at.gutter - 4, reach: (at.gutter - 12) * (0.35 + 0.65 * share), from, to };
}

/** The height of a player's row. */
function middle(player: string, at: WaterfallLayout): number {
  const row = at.rows.findIndex(({ kind, contribution }) => kind === "bar" && contribution.player === player);
  return at.top + (row + 1.5) * at.rowHeight;
}
