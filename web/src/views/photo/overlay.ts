/** The picture over a photo: each part in the colour of what it does. */
import { nothing, svg, type SVGTemplateResult } from "lit";
import { type Palette, THEMED } from "../../chart/palette.js";
import type { Part } from "./parts.js";

export interface OverlayOptions {
  readonly width: number;
  readonly height: number;
  /** One path per segment. */
  readonly outlines: readonly string[];
  /** The value that has the full colour. */
  readonly limit: number;
  /** Of the colours, 0 to 1. */
  readonly opacity: number;
  readonly borders: boolean;
  /** The part that is pointed at. */
  readonly active?: number | null;
  readonly palette?: Palette;
}

/** Share of the full colour that a value has: linear, so that twice the colour is twice the value. */
export function strength(value: number, limit: number): number {
  return limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
}

/** The parts' colours, their borders, and a frame around the one that is pointed at. */
export function overlay(all: readonly Part[], options: OverlayOptions): SVGTemplateResult {
  const { outlines, limit, opacity, borders, active = null, palette = THEMED } = options;
  return svg`<g fill-rule="evenodd">
    <g opacity=${opacity} shape-rendering="crispEdges">
      ${all.map(({ segment, value }) => {
        const full = strength(value, limit);
        if (full < 0.004) return nothing;
        return svg`<path
          d=${outlines[segment] ?? ""}
          fill=${value > 0 ? palette.positive : palette.negative}
          fill-opacity=${full.toFixed(3)}
        ></path>`;
      })}
    </g>
    ${
      borders
        ? svg`<path d=${outlines.join("")} fill="none" stroke="#ffffff" stroke-opacity="0.75" stroke-width="1" vector-effect="non-scaling-stroke"></path>`
        : nothing
    }
    ${
      active === null
        ? nothing
        : svg`<path class="ring" d=${outlines[active] ?? ""} fill="none" stroke="#000000" stroke-width="5" vector-effect="non-scaling-stroke"></path>
        <path d=${outlines[active] ?? ""} fill="none" stroke="#ffffff" stroke-width="2.5" vector-effect="non-scaling-stroke"></path>`
    }
  </g>`;
}
