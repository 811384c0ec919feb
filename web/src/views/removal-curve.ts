/** The prediction over the number of hidden parts: in the order that matters, and in the other one. */
import { scaleLinear } from "d3-scale";
import { nothing, svg, type SVGTemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Unit } from "./unit.js";

/** A point of both lines: how many are hidden, and the output then. */
export interface Fall {
  readonly hidden: number;
  readonly most: number;
  readonly least: number;
}

export interface Drawn {
  readonly falls: readonly Fall[];
  /** Parts in all. */
  readonly count: number;
  readonly unit: Unit;
  readonly width: number;
  readonly words: Words;
}

const HEIGHT = 150;
const MARGIN = { top: 8, right: 12, bottom: 34, left: 44 };

/** The picture; the lines grow while the model is asked. */
export function removalCurve({ falls, count, unit, width, words }: Drawn): SVGTemplateResult {
  const all = falls.flatMap(({ most, least }) => [most, least]);
  const bounds = unit.bounds ?? [Math.min(0, ...all), Math.max(0, ...all)];
  const x = scaleLinear([0, count], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear(bounds, [HEIGHT - MARGIN.bottom, MARGIN.top]);
  const ticks = unit.bounds ? [0, 0.5, 1] : y.ticks(3);
  const base = HEIGHT - MARGIN.bottom;
  const line = (side: "most" | "least") =>
    svg`<polyline class=${side} points=${falls.map((fall) => `${x(fall.hidden)},${y(fall[side])}`).join(" ")}></polyline>
      ${falls.map((fall) => svg`<circle class=${side} cx=${x(fall.hidden)} cy=${y(fall[side])} r="2.5"></circle>`)}`;
  return svg`<svg viewBox="0 0 ${width} ${HEIGHT}" width=${width} height=${HEIGHT} aria-hidden="true">
    ${ticks.map(
      (tick) => svg`<line class="grid" x1=${MARGIN.left} x2=${width - MARGIN.right} y1=${y(tick)} y2=${y(tick)}></line>
        <text x=${MARGIN.left - 6} y=${y(tick)} dy="0.32em" text-anchor="end">${unit.tick(tick)}</text>`,
    )}
    ${[0, count].map(
      (end) =>
        svg`<text x=${x(end)} y=${base + 14} text-anchor=${end === 0 ? "start" : "end"}>${words.n.count(end)}</text>`,
    )}
    <text x=${(MARGIN.left + width - MARGIN.right) / 2} y=${base + 28} text-anchor="middle">${words.s.curve.axis}</text>
    ${falls.length > 0 ? [line("least"), line("most")] : nothing}
  </svg>`;
}

/** How many of each order must go until the output is half of what it was; null where it never falls so far. */
export function halved(falls: readonly Fall[], side: "most" | "least"): number | null {
  const whole = falls[0]?.[side] ?? 0;
  return falls.find((fall) => fall[side] <= whole / 2)?.hidden ?? null;
}

/** What the lines show, in a sentence; only where they begin and end, where that is no share or not the lower one. */
export function finding({ falls, count, unit, words }: Drawn): string {
  const { curve } = words.s;
  const [from = 0, to = 0] = [falls[0]?.most, falls.at(-1)?.most];
  if (!unit.bounds || to >= from) return curve.ends(unit.level(from), unit.level(to));
  const [most, least] = [halved(falls, "most"), halved(falls, "least")];
  // In the opposite order it may fall in between, and rise again.
  if (most === null) return least === null ? curve.never : curve.ends(unit.level(from), unit.level(to));
  return curve.halved(words.n.count(most), words.n.count(count), least === null ? null : words.n.count(least));
}
