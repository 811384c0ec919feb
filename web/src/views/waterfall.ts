/** The waterfall: how the entries lead from the reference's average to this prediction. */
import { nothing, svg, type SVGTemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { rank, Z95 } from "../chart/order.js";
import { type Palette, THEMED } from "../chart/palette.js";
import { fitText, type Measure, textWidth, wrapText } from "../chart/text-width.js";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { contributions } from "./contributions.js";
import { type Pair, together } from "./interactions.js";
import { thresholdIn } from "./threshold.js";
import { type Unit, unit, type UnitChoice } from "./unit.js";
import { waterfallArcs } from "./waterfall-arcs.js";
import { amountText, type BarRow, layout, type WaterfallLayout } from "./waterfall-layout.js";

export interface WaterfallOptions {
  readonly words: Words;
  /** Position in explanation.outputs. */
  readonly output?: number;
  readonly unit?: UnitChoice;
  readonly width?: number;
  /** Players from the top; absent: by |value|. */
  readonly order?: readonly string[];
  /** The player under the pointer or focus, and the selected one. */
  readonly active?: string | null;
  readonly selected?: string | null;
  /** Names the ends E[f(X)] and f(x), for readers who know the terms. */
  readonly terms?: boolean;
  /** Draws the strongest pairs of entries as arcs; a pair may be pointed at. */
  readonly arcs?: boolean;
  readonly pair?: Pair | null;
  readonly palette?: Palette;
  /** How wide a text is; absent: an estimate. */
  readonly measure?: Measure;
}

interface Drawing {
  readonly at: WaterfallLayout;
  readonly unit: Unit;
  readonly words: Words;
  readonly colour: Palette;
  readonly measure: Measure;
  readonly lit: (player: string) => boolean;
}

/** The picture of one output as an SVG template; the same explanation and options give the same picture. */
export function waterfall(
  explanation: Explanation,
  manifest: TabularManifest,
  options: WaterfallOptions,
): SVGTemplateResult {
  const { words, output = 0, width = 720, palette: colour = THEMED, measure = textWidth } = options;
  const { terms = false, arcs = false, active = null, selected = null, pair = null } = options;
  const name = explanation.outputs[output] ?? "";
  const { scale } = explanation.provenance;
  const inUnit = unit(manifest, name, scale, options.unit ?? "points", words);
  const all = contributions(explanation, manifest, output, words);
  const base = explanation.base_values[output] ?? 0;
  const prediction = explanation.prediction[output] ?? 0;
  const threshold = thresholdIn(manifest, name, scale);
  const order = options.order ?? rank(all);
  const at = layout({ contributions: all, order, base, prediction, threshold, unit: inUnit, width, arcs, measure });
  const lit = (player: string) => player === active || player === selected || (pair?.includes(player) ?? false);
  const drawing: Drawing = { at, unit: inUnit, words, colour, measure, lit };
  const reference = words.s.picture.average(words.text(manifest.background.label));
  // Document order is by name, not by size: a bar that changes its rank moves there instead of being redrawn.
  const placed = at.rows.map((row, index) => ({ row, index })).sort((a, b) => (a.row.key < b.row.key ? -1 : 1));
  return svg`<svg xmlns="http://www.w3.org/2000/svg" width=${width} height=${at.height}
    viewBox="0 0 ${width} ${at.height}" font-family="system-ui, sans-serif" font-size="13"
    font-variant-numeric="tabular-nums" aria-hidden="true">
    ${at.rows.map((row, index) => (row.kind === "bar" && lit(row.contribution.player) ? highlight(drawing, index + 1) : nothing))}
    ${axis(drawing)}
    ${threshold === null ? nothing : thresholdLine(drawing, threshold)}
    ${end(drawing, 0, words.text(manifest.subject) || words.s.picture.here, terms ? "f(x)" : "", prediction)}
    ${repeat(
      placed,
      ({ row }) => row.key,
      ({ row, index }) => bar(drawing, row, index + 1),
    )}
    ${end(drawing, at.rows.length + 1, reference, terms ? "E[f(X)]" : "", base)}
    ${arcs ? waterfallArcs(together(explanation, manifest, output, words), { at, unit: inUnit, colour, active, selected, pair }) : nothing}
  </svg>`;
}

function highlight({ at, colour }: Drawing, index: number): SVGTemplateResult {
  return svg`<rect y=${at.top + index * at.rowHeight} width=${at.width} height=${at.rowHeight} rx="6" fill=${colour.highlight}></rect>`;
}

function axis({ at, unit, colour, measure }: Drawing): SVGTemplateResult {
  const [from, to] = at.x.range() as [number, number];
  const [low, high] = at.x.domain() as [number, number];
  const zero = px(at.x(0));
  return svg`<g class="axis" fill=${colour.muted} font-size="12">
    <line x1=${from} x2=${to} y1=${at.axisY} y2=${at.axisY} stroke=${colour.line}></line>
    ${low < 0 && high > 0 ? svg`<line class="zero" x1=${zero} x2=${zero} y1=${at.top} y2=${at.axisY} stroke=${colour.muted}></line>` : nothing}
    ${at.ticks.map((tick) => {
      const x = px(at.x(tick));
      return svg`<line x1=${x} x2=${x} y1=${at.axisY} y2=${at.axisY + 5} stroke=${colour.muted}></line>
      <text x=${x} y=${at.axisY + 18} text-anchor="middle">${unit.tick(tick)}</text>`;
    })}
    <text x=${(from + to) / 2} y=${at.axisY + 37} text-anchor="middle">${fitText(unit.axis, to - from, 12, false, measure)}</text>
  </g>`;
}

function thresholdLine({ at, unit, words, colour, measure }: Drawing, threshold: number): SVGTemplateResult {
  const label = words.s.decision.needed(unit.level(threshold));
  const half = measure(label, 12) / 2;
  const [from, to] = at.x.range() as [number, number];
  const x = px(at.x(threshold));
  const inside = px(Math.min(to - half, Math.max(from + half, x)));
  return svg`<g class="threshold">
    <text x=${inside} y="14" text-anchor="middle" font-size="12" fill=${colour.muted}>${label}</text>
    <line x1=${x} x2=${x} y1="20" y2=${at.axisY} stroke=${colour.muted} stroke-dasharray="4 4"></line>
  </g>`;
}

/** The first and the last row: a dot at a level, and what it is. */
function end(drawing: Drawing, index: number, label: string, term: string, value: number): SVGTemplateResult {
  const { at, unit, colour, measure } = drawing;
  const x = px(at.x(value));
  const middle = at.bar.y + at.bar.height / 2;
  const said = unit.level(value);
  const right = x + 12 + measure(said, 13, true) + (term ? 10 + measure(term, 12) : 0) < at.width;
  const room = (at.wide ? at.labelWidth : at.width) - at.gutter - 16;
  const lines = at.wide ? wrapText(label, room, 13, measure) : [fitText(label, room, 13, false, measure)];
  const first = at.wide ? middle + 4.5 - (lines.length - 1) * 7.5 : 17;
  return svg`<g class="end" transform="translate(0,${at.top + index * at.rowHeight})">
    ${lines.map((line, row) => svg`<text x=${at.gutter + 8} y=${first + row * 15} fill=${colour.muted}>${line}</text>`)}
    <g class="moves" transform="translate(${x},${middle})">
      <circle r="5" fill=${colour.ink}></circle>
      <text x=${right ? 12 : -12} y="4.5" text-anchor=${right ? "start" : "end"} font-weight="700" fill=${colour.ink}>${said}${
        term
          ? svg`<tspan dx="8" font-size="12" font-weight="400" font-style="italic" fill=${colour.muted}>${term}</tspan>`
          : nothing
      }</text>
    </g>
  </g>`;
}

function bar(drawing: Drawing, row: BarRow, index: number): SVGTemplateResult {
  const { at, words, colour } = drawing;
  const { contribution, start, end } = row;
  const up = contribution.value >= 0;
  const fill = up ? colour.positive : colour.negative;
  const [from, to] = [at.x(start), at.x(end)];
  const length = Math.abs(to - from);
  // The tip says the direction a second time, without colour; half a pixel under the bar hides the seam.
  const tip = Math.min(7, length);
  const body = length - tip + (length > tip ? 0.5 : 0);
  const middle = at.bar.y + at.bar.height / 2;
  const reach = contribution.error ? Math.abs(at.x(end + Z95 * contribution.error) - to) : 0;
  const label = row.kind === "others" ? words.s.picture.others(words.n.count(row.count)) : contribution.label;
  const amount = amountText(row, drawing.unit);
  const textFill = up ? colour.positiveText : colour.negativeText;
  // What keeps lines away from the words has the colour of the row.
  const ground = row.kind === "bar" && drawing.lit(contribution.player) ? colour.highlight : colour.surface;
  return svg`<g class="row" transform="translate(0,${at.top + index * at.rowHeight})">
    <line class="joint moves" y1=${at.bar.y + at.bar.height - at.rowHeight} y2=${at.bar.y} transform="translate(${px(to)},0)" stroke=${at.wide ? colour.muted : colour.line}></line>
    ${at.wide ? labelBeside(drawing, label, contribution.valueText) : labelAbove(drawing, label, contribution.valueText, amount, textFill, ground)}
    <rect class="bar" x=${px(up ? from : from - body)} y=${at.bar.y} width=${px(body)} height=${at.bar.height} fill=${fill}></rect>
    <path class="tip moves" d="M0,0 L1,0.5 L0,1 Z" transform="translate(${px(up ? to - tip : to + tip)},${at.bar.y}) scale(${px(up ? tip : -tip)},${at.bar.height})" fill=${fill}></path>
    ${
      reach > 1
        ? svg`<path class="interval moves" d="M-1,0 H1 M-1,-4 V4 M1,-4 V4" transform="translate(${px(to)},${middle}) scale(${px(reach)},1)" fill="none" stroke=${colour.ink} stroke-width="1.5" vector-effect="non-scaling-stroke"></path>`
        : nothing
    }
    ${at.wide ? amountBeside(drawing, amount, textFill, ground, up, to, reach) : nothing}
  </g>`;
}

/** Two lines left of the bars: the name, and what stands there. */
function labelBeside({ at, colour, measure }: Drawing, label: string, value: string): SVGTemplateResult {
  const room = at.labelWidth - at.gutter - 8;
  const x = at.gutter + 8;
  return svg`<text x=${x} y=${value ? 17 : 24} font-weight="600" fill=${colour.ink}>${fitText(label, room, 13, true, measure)}</text>
    ${value ? svg`<text x=${x} y="32" font-size="12" fill=${colour.muted}>${fitText(value, room, 12, false, measure)}</text>` : nothing}`;
}

/** One line above the bar: name and value from the left, the amount at the right. */
function labelAbove(
  drawing: Drawing,
  label: string,
  value: string,
  amount: string,
  fill: string,
  ground: string,
): SVGTemplateResult {
  const { at, colour, measure } = drawing;
  const room = at.width - at.gutter - 28 - measure(amount, 13, true);
  const name = fitText(label, room, 13, true, measure);
  const left = room - measure(name, 13, true) - 8;
  return svg`<text x=${at.gutter + 8} y="17" font-weight="600" fill=${colour.ink} stroke=${ground} stroke-width="4" paint-order="stroke">${name}${
    value && left > 40
      ? svg`<tspan dx="8" font-size="12" font-weight="400" fill=${colour.muted}>${fitText(value, left, 12, false, measure)}</tspan>`
      : nothing
  }</text>
    <text x=${at.width - 8} y="17" text-anchor="end" font-weight="700" fill=${fill} stroke=${ground} stroke-width="4" paint-order="stroke">${amount}</text>`;
}

function amountBeside(
  { at }: Drawing,
  amount: string,
  fill: string,
  ground: string,
  up: boolean,
  tip: number,
  reach: number,
) {
  const x = up ? tip + reach + 6 : tip - reach - 6;
  const y = at.bar.y + at.bar.height / 2 + 4.5;
  return svg`<text class="amount moves" transform="translate(${px(x)},${y})" text-anchor=${up ? "start" : "end"} font-weight="700" fill=${fill} stroke=${ground} stroke-width="4" paint-order="stroke">${amount}</text>`;
}

/** Half-pixel precision keeps goldens stable and lines crisp enough. */
function px(value: number): number {
  return Math.round(value * 2) / 2;
}
