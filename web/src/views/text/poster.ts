/** A coloured text as a picture of its own, for a file: lines broken to a width, drawn word by word. */
import { svg, type SVGTemplateResult } from "lit";
import type { Palette } from "../../chart/palette.js";
import { fitText, type Measure, textWidth } from "../../chart/text-width.js";
import type { Words } from "../../strings/words.js";
import type { Entry } from "./entries.js";
import { type Piece, pieces, type Reading } from "./reading.js";
import { largest, shade, TINTS } from "./shade.js";

const MARGIN = 16;
const SIZE = 16;
const LINE = 30;
const GAP = 4;
/** Words drawn: a picture of more is no picture, and higher than a browser can draw. */
export const MOST = 800;

export interface PosterOptions {
  readonly words: Words;
  readonly width: number;
  readonly palette: Palette;
  /** What raises, and what lowers, in the legend. */
  readonly legend: readonly [up: string, down: string];
  readonly measure?: Measure;
}

interface Placed {
  readonly word: Entry;
  readonly text: string;
  readonly x: number;
  readonly width: number;
  readonly line: number;
  readonly rtl: boolean;
}

/** The text with its colours and lines as on the page, and the legend below. */
export function poster(reading: Reading, all: readonly Entry[], options: PosterOptions): SVGTemplateResult {
  const { words, width, palette, legend } = options;
  const { placed, lines } = place(reading, all, width - 2 * MARGIN, options.measure ?? textWidth);
  const most = largest(all);
  const left = all.length - placed.length;
  const height = lines * LINE + 2 * MARGIN + (left > 0 ? LINE : 0) + LINE;
  const foot = height - MARGIN;
  return svg`<svg xmlns="http://www.w3.org/2000/svg" width=${width} height=${height} viewBox="0 0 ${width} ${height}"
    font-family="system-ui, sans-serif" font-size=${SIZE} fill=${palette.ink}>
    ${placed.map(({ word, text, x, width: wide, line, rtl }) => {
      const step = shade(word.value, most);
      const from = MARGIN + (rtl ? width - 2 * MARGIN - x - wide : x);
      const base = MARGIN + line * LINE + 20;
      return svg`${mark(step, from, base, wide, palette)}<text x=${rtl ? from + wide : from} y=${base} direction=${rtl ? "rtl" : "ltr"}>${text}</text>`;
    })}
    ${left > 0 ? svg`<text x=${MARGIN} y=${foot - LINE} fill=${palette.muted}>${words.s.passage.more_words(words.n.count(left))}</text>` : ""}
    ${mark(3, MARGIN, foot, 22, palette)}<text x=${MARGIN + 30} y=${foot} font-size="13" fill=${palette.muted}>${legend[0]}</text>
    ${mark(-3, width / 2, foot, 22, palette)}<text x=${width / 2 + 30} y=${foot} font-size="13" fill=${palette.muted}>${legend[1]}</text>
  </svg>`;
}

/** The colour behind a word and the line below it: whole where it raises, dashed where it lowers. */
function mark(step: number, x: number, base: number, width: number, palette: Palette): SVGTemplateResult {
  if (step === 0) return svg``;
  const [fill, ink] = step > 0 ? [palette.positive, palette.positiveText] : [palette.negative, palette.negativeText];
  return svg`<rect x=${x - 1} y=${base - 15} width=${width + 2} height="20" rx="3" fill=${fill} fill-opacity=${TINTS[Math.abs(step) - 1] ?? 0}></rect>
    <line x1=${x} x2=${x + width} y1=${base + 5} y2=${base + 5} stroke=${ink} stroke-width="2" stroke-dasharray=${step > 0 ? "none" : "4 3"}></line>`;
}

/** Words on lines. Each paragraph runs in the direction of its first letter that has one. */
function place(reading: Reading, all: readonly Entry[], width: number, measure: Measure) {
  const placed: Placed[] = [];
  let [line, x, rtl, fresh] = [0, 0, false, true];
  for (const piece of pieces(reading, MOST)) {
    if (isGap(piece)) {
      const breaks = Math.min(2, piece.split(/\r\n|[\n\r]/).length - 1);
      if (breaks > 0) [line, x, fresh] = [line + breaks, 0, true];
      else x += GAP;
      continue;
    }
    if (fresh) rtl = rightToLeft(reading.text.slice(piece.start, piece.start + 200));
    fresh = false;
    const text = fitText(piece.text.replace(/\s+/g, " "), width, SIZE, false, measure);
    const wide = measure(text, SIZE);
    if (x > 0 && x + wide > width) [line, x] = [line + 1, 0];
    placed.push({ word: all[piece.index]!, text, x, width: wide, line, rtl });
    x += wide;
  }
  return { placed, lines: line + 1 };
}

function isGap(piece: Piece): piece is string {
  return typeof piece === "string";
}

/** Whether the first letter that has a direction runs from right to left. */
export function rightToLeft(text: string): boolean {
  const first = /\p{L}/u.exec(text)?.[0] ?? "";
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first);
}
