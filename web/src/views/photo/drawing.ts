/** The picture of a photo's explanation for a file: photo, colours and legend on one sheet. */
import { svg, type SVGTemplateResult } from "lit";
import { LIGHT } from "../../chart/palette.js";
import { legend, LEGEND_HEIGHT } from "./legend.js";
import { overlay, type OverlayOptions } from "./overlay.js";
import type { Part } from "./parts.js";
import { type Sight, unitOf } from "./sentence.js";

/** Pixels of the photo on the sheet, both ways at most. */
const SIDE = 640;
const MARGIN = 8;

/** `photo` is the address of its pixels, a `data:` URL: a file that stands alone. */
export function drawing(sight: Sight, all: readonly Part[], photo: string, options: OverlayOptions): SVGTemplateResult {
  const { width, height, limit } = options;
  const scale = SIDE / Math.max(width, height);
  const [across, down] = [width * scale, height * scale];
  const sheet = { width: across + 2 * MARGIN, height: down + LEGEND_HEIGHT + 3 * MARGIN };
  const pixelated = scale > 8;
  return svg`<svg
    xmlns="http://www.w3.org/2000/svg"
    width=${sheet.width}
    height=${sheet.height}
    viewBox=${`0 0 ${sheet.width} ${sheet.height}`}
  >
    <svg x=${MARGIN} y="0" width=${across} height=${down} viewBox=${`0 0 ${width} ${height}`}>
      <image
        href=${photo}
        width=${width}
        height=${height}
        image-rendering=${pixelated ? "pixelated" : "auto"}
      ></image>
      ${overlay(all, { ...options, active: null, palette: LIGHT })}
    </svg>
    <g transform=${`translate(${MARGIN} ${down + MARGIN})`}>
      ${legend({ limit, unit: unitOf(sight), words: sight.words, width: across, palette: LIGHT })}
    </g>
  </svg>`;
}
