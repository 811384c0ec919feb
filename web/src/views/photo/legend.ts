/** What the colours over a photo mean: from the full blue over nothing to the full red. */
import { svg, type SVGTemplateResult } from "lit";
import { type Palette, THEMED } from "../../chart/palette.js";
import type { Words } from "../../strings/words.js";
import type { Unit } from "../unit.js";

export interface LegendOptions {
  readonly limit: number;
  readonly unit: Unit;
  readonly words: Words;
  readonly width: number;
  readonly palette?: Palette;
  /** A value to mark, of the part that is pointed at. */
  readonly mark?: number | null;
}

const STEPS = 24;
export const LEGEND_HEIGHT = 34;

/** A bar of steps, as the parts are coloured, with the two ends and the middle in numbers. */
export function legend({ limit, unit, words, width, palette = THEMED, mark = null }: LegendOptions): SVGTemplateResult {
  const { picture } = words.s.photo;
  const step = width / STEPS;
  const ends = [unit.amount(-limit), unit.amount(limit)] as const;
  const at = limit > 0 && mark !== null ? (width * (1 + Math.max(-1, Math.min(1, mark / limit)))) / 2 : null;
  return svg`<svg
    width=${width}
    height=${LEGEND_HEIGHT}
    viewBox=${`0 0 ${width} ${LEGEND_HEIGHT}`}
    role="img"
    aria-label=${picture.legend(...ends)}
    font-family="system-ui, sans-serif"
    font-size="12"
  >
    <g shape-rendering="crispEdges">
      ${Array.from({ length: STEPS }, (_, index) => {
        const value = (index + 0.5) / (STEPS / 2) - 1;
        return svg`<rect
          x=${(index * step).toFixed(2)}
          y="4"
          width=${(step + 0.5).toFixed(2)}
          height="10"
          fill=${value > 0 ? palette.positive : palette.negative}
          fill-opacity=${Math.abs(value).toFixed(3)}
        ></rect>`;
      })}
      <rect x="0.5" y="4.5" width=${width - 1} height="9" fill="none" stroke=${palette.line}></rect>
    </g>
    ${at === null ? "" : svg`<path d=${`M${at} 18l-5 -18h10z`} fill=${palette.ink} stroke=${palette.surface}></path>`}
    <text x="0" y="29" fill=${palette.negativeText}>${ends[0]}</text>
    <text x=${width / 2} y="29" text-anchor="middle" fill=${palette.muted}>0</text>
    <text x=${width} y="29" text-anchor="end" fill=${palette.positiveText}>${ends[1]}</text>
  </svg>`;
}
