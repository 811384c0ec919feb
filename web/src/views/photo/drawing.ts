/** The picture of a photo's explanation for a file: photo, colours and legend on one sheet. */
import { nothing, svg, type SVGTemplateResult } from "lit";
import { LIGHT } from "../../chart/palette.js";
import { legend, LEGEND_HEIGHT } from "./legend.js";
import { overlay, type OverlayOptions } from "./overlay.js";
import type { Part } from "./parts.js";
import { type Sight, unitOf } from "./sentence.js";

/** Pixels of the photo on the sheet, both ways at most. */
const SIDE = 640;
const MARGIN = 8;

/** The photo in grey and of less contrast, as on the page: luminance times 0.65, around the middle. */
const TONED = [0.2126, 0.7152, 0.0722].map((share) => (0.65 * share).toFixed(4)).join(" ") + " 0 0.175";

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
    <filter id="toned" color-interpolation-filters="sRGB">
      <feColorMatrix type="matrix" values=${`${TONED} ${TONED} ${TONED} 0 0 0 1 0`}></feColorMatrix>
    </filter>
    <svg x=${MARGIN} y="0" width=${across} height=${down} viewBox=${`0 0 ${width} ${height}`}>
      <image
        href=${photo}
        width=${width}
        height=${height}
        filter=${options.opacity > 0 ? "url(#toned)" : nothing}
        image-rendering=${pixelated ? "pixelated" : "auto"}
      ></image>
      ${overlay(all, { ...options, active: null, palette: LIGHT })}
    </svg>
    <g transform=${`translate(${MARGIN} ${down + MARGIN})`}>
      ${legend({ limit, unit: unitOf(sight), words: sight.words, width: across, palette: LIGHT })}
    </g>
  </svg>`;
}
