/** The matrix of pairs: a staircase whose steps are the entries, each cell what two of them do together. */
import { nothing, svg, type SVGTemplateResult } from "lit";
import { rank } from "../chart/order.js";
import { type Palette, THEMED, TINT } from "../chart/palette.js";
import { fitText, type Measure, textWidth } from "../chart/text-width.js";
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import { type Contribution, contributions } from "./contributions.js";
import { independent, type Pair, pairOf, pairs, samePair, together, type Together, uncertain } from "./interactions.js";
import { type Unit, unit, type UnitChoice } from "./unit.js";

export interface MatrixOptions {
  readonly words: Words;
  readonly output?: number;
  readonly unit?: UnitChoice;
  readonly width?: number;
  /** Players as the waterfall shows them; absent: by |value|. */
  readonly order?: readonly string[];
  /** The pair under the pointer or focus. */
  readonly active?: Pair | null;
  readonly palette?: Palette;
  readonly measure?: Measure;
}

export interface MatrixCell {
  readonly row: number;
  readonly column: number;
  readonly set: Together;
}

export interface MatrixLayout {
  readonly width: number;
  readonly height: number;
  /** Side of a cell. */
  readonly cell: number;
  readonly players: readonly Contribution[];
  /** Row by row, from the left; the row's player comes later in the order than the column's. */
  readonly cells: readonly MatrixCell[];
  /** Players that have no row here: the table has them. */
  readonly left: number;
}

/** A thumb's width, and what still looks like one picture. */
const [SMALLEST, LARGEST] = [24, 44];
/** What the last name needs at least, where there is little room and where there is enough. */
const [NAME, LONG_NAME] = [104, 160];
const MOST = 20;
const NARROW = 480;
/** A line of the legend. */
const LINE = 20;

/** Which players have a row, and where every cell lies; the same for the picture and for the buttons over it. */
export function matrixLayout(
  explanation: Explanation,
  manifest: TabularManifest,
  options: MatrixOptions,
): MatrixLayout {
  const { words, output = 0, width = 720 } = options;
  const all = contributions(explanation, manifest, output, words);
  const found = pairs(together(explanation, manifest, output, words));
  const order = options.order ?? rank(all);
  const room = Math.min(MOST, Math.floor((width - NAME) / SMALLEST) + 1);
  const chosen = choose(order, found, room);
  const by = new Map(all.map((entry) => [entry.player, entry]));
  const players = order.filter((player) => chosen.has(player)).flatMap((player) => by.get(player) ?? []);
  const side = (name: number) => Math.floor((width - name) / Math.max(1, players.length - 1));
  const cell = Math.min(LARGEST, side(LONG_NAME) < SMALLEST ? side(NAME) : side(LONG_NAME));
  const known = new Map(found.map((set) => [pairOf(set).join("\n"), set]));
  const cells = players.flatMap((below, row) =>
    players.slice(0, row).map((beside, column): MatrixCell => {
      const names = [below, beside].map(({ player }) => player);
      const set = known.get(names.join("\n")) ?? known.get([...names].reverse().join("\n"));
      // A pair that isn't listed has a player that nothing depends on.
      return { row, column, set: set ?? { members: [beside, below], value: 0, error: 0 } };
    }),
  );
  return {
    width,
    height: players.length * cell + 10 + LINE * (width < NARROW ? 3 : 2),
    cell,
    players,
    cells,
    left: order.filter((player) => found.some((set) => pairOf(set).includes(player))).length - players.length,
  };
}

/** The players of the strongest pairs first, then the picture's first ones: a strong pair is never left out. */
function choose(order: readonly string[], found: readonly Together[], room: number): ReadonlySet<string> {
  const chosen = new Set<string>();
  for (const set of found) {
    const more = pairOf(set).filter((player) => !chosen.has(player));
    if (chosen.size + more.length <= room) for (const player of more) chosen.add(player);
  }
  const taking = new Set(found.flatMap((set) => pairOf(set)));
  for (const player of order) if (chosen.size < room && taking.has(player)) chosen.add(player);
  return chosen;
}

/** The picture of one output's pairs as an SVG template. */
export function interactionMatrix(
  explanation: Explanation,
  manifest: TabularManifest,
  options: MatrixOptions,
): SVGTemplateResult {
  const { words, output = 0, palette: colour = THEMED, measure = textWidth, active = null } = options;
  const at = matrixLayout(explanation, manifest, options);
  const name = explanation.outputs[output] ?? "";
  const inUnit = unit(manifest, name, explanation.provenance.scale, options.unit ?? "points", words);
  const largest = Math.max(0, ...at.cells.map(({ set }) => Math.abs(set.value)));
  const lit = at.cells.find(({ set }) => samePair(pairOf(set), active)) ?? null;
  const numbers = at.cells
    .filter(({ set }) => Math.abs(set.value) >= SAID * largest)
    .every(({ set }) => measure(inUnit.brief(set.value), 11, true) <= at.cell - 5);
  const said = [inUnit.axis, inUnit.kind === "points" ? inUnit.name : "", explanation.interactions?.index];
  const draw: Drawing = { at, unit: inUnit, words, colour, measure, largest, numbers };
  return svg`<svg xmlns="http://www.w3.org/2000/svg" width=${at.width} height=${at.height}
    viewBox="0 0 ${at.width} ${at.height}" font-family="system-ui, sans-serif" font-size="13"
    font-variant-numeric="tabular-nums" aria-hidden="true">
    ${at.cells.map((cell) => square(draw, cell))}
    ${at.players.map((player, row) => label(draw, player, row, lit))}
    ${
      lit
        ? svg`<rect class="lit" x=${lit.column * at.cell + 1} y=${lit.row * at.cell + 1} width=${at.cell - 2} height=${at.cell - 2} rx="4" fill="none" stroke=${colour.ink} stroke-width="2"></rect>`
        : nothing
    }
    ${legend(draw, said.filter(Boolean).join(" · "))}
  </svg>`;
}

interface Drawing {
  readonly at: MatrixLayout;
  readonly unit: Unit;
  readonly words: Words;
  readonly colour: Palette;
  readonly measure: Measure;
  readonly largest: number;
  /** Whether the cells are large enough for numbers; else a triangle says the direction. */
  readonly numbers: boolean;
}

/** Smaller shares of the largest pair get no number, still smaller ones no mark: the eye finds what matters. */
const [SAID, MARKED] = [0.15, 0.03];

function square({ at, unit, colour, largest, numbers }: Drawing, { row, column, set }: MatrixCell): SVGTemplateResult {
  const [x, y, side] = [column * at.cell + 1, row * at.cell + 1, at.cell - 2];
  const share = independent(set) || largest === 0 ? 0 : Math.abs(set.value) / largest;
  const up = set.value > 0;
  const [fill, text] = up ? [colour.positive, colour.positiveText] : [colour.negative, colour.negativeText];
  const doubtful = share >= MARKED && uncertain(set);
  const middle = at.cell / 2;
  return svg`<g class="cell" transform="translate(${x - 1},${y - 1})">
    <rect x="1" y="1" width=${side} height=${side} rx="4" fill=${colour.line} fill-opacity="0.35"></rect>
    ${share >= MARKED ? svg`<rect x="1" y="1" width=${side} height=${side} rx="4" fill=${fill} fill-opacity=${(share * TINT).toFixed(3)}></rect>` : nothing}
    ${doubtful ? svg`<rect class="doubtful" x="2.5" y="2.5" width=${side - 3} height=${side - 3} rx="3" fill="none" stroke=${text} stroke-dasharray="3 3"></rect>` : nothing}
    ${
      share < MARKED
        ? nothing
        : numbers && share >= SAID
          ? svg`<text x=${middle} y=${middle + 4} text-anchor="middle" font-size="11" font-weight="600" fill=${colour.ink}>${unit.brief(set.value)}</text>`
          : triangle(middle, middle, share >= SAID ? 5 : 3, up, share >= SAID ? colour.ink : text)
    }
  </g>`;
}

/** Up raises, down lowers. */
function triangle(x: number, y: number, half: number, up: boolean, fill: string): SVGTemplateResult {
  const tip = up ? -half : half;
  return svg`<path class=${up ? "raises" : "lowers"} d="M${x - half},${y - tip * 0.75} h${2 * half} L${x},${y + tip} Z" fill=${fill}></path>`;
}

/** At the end of its row, above its column: where the staircase turns. */
function label(
  { at, colour, measure }: Drawing,
  { label, valueText }: Contribution,
  row: number,
  lit: MatrixCell | null,
): SVGTemplateResult {
  const x = row * at.cell + 6;
  const strong = lit !== null && (lit.row === row || lit.column === row);
  const room = at.width - x - 4;
  const name = fitText(label, room, 13, true, measure);
  const left = room - measure(name, 13, true) - 8;
  return svg`<text x=${x} y=${row * at.cell + at.cell / 2 + 4.5} font-weight=${strong ? 700 : 500} fill=${colour.ink}>${name}${
    valueText && left > 40
      ? svg`<tspan dx="8" font-size="12" font-weight="400" fill=${colour.muted}>${fitText(valueText, left, 12, false, measure)}</tspan>`
      : nothing
  }</text>`;
}

/** What the marks mean, and in which unit and index everything is. */
function legend({ at, words, colour, measure }: Drawing, unit: string): SVGTemplateResult {
  const { raises, lowers } = words.s.together;
  const stacked = at.width < NARROW;
  const y = at.height - (stacked ? 2 : 1) * LINE - 6;
  const [x, below] = stacked ? [0, y + LINE] : [measure(raises, 12) + 40, y];
  return svg`<g class="legend" font-size="12" fill=${colour.muted}>
    ${triangle(12, y - 4, 5, true, colour.positiveText)}<text x="22" y=${y}>${raises}</text>
    ${triangle(x + 12, below - 4, 5, false, colour.negativeText)}<text x=${x + 22} y=${below}>${lowers}</text>
    <text x="6" y=${at.height - 6}>${fitText(unit, at.width - 12, 12, false, measure)}</text>
  </g>`;
}
