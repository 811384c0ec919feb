/** Colours of a picture: as the page's custom properties, or as plain values for a file. */

export interface Palette {
  /** Bars that raise, and the text that says so (4.5:1 on the surface). */
  readonly positive: string;
  readonly positiveText: string;
  readonly negative: string;
  readonly negativeText: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly highlight: string;
}

export const LIGHT: Palette = {
  positive: "#ff0051",
  positiveText: "#d6004a",
  negative: "#008bfb",
  negativeText: "#0069c2",
  ink: "#16181d",
  muted: "#59606b",
  line: "#dfe2e7",
  surface: "#ffffff",
  highlight: "#f3f1fb",
};

export const DARK: Palette = {
  positive: "#ff4d82",
  positiveText: "#ff8aac",
  negative: "#3ea6ff",
  negativeText: "#7cc2ff",
  ink: "#eceef2",
  muted: "#a5adba",
  line: "#343a44",
  surface: "#191c21",
  highlight: "#26243a",
};

/** How much of a bar's colour the darkest cell of a matrix has: what is written on it stays readable. */
export const TINT = 0.6;

/** The colours as references to `--xai-*`, which the element's styles set for light and dark. */
export const THEMED: Palette = Object.fromEntries(
  Object.keys(LIGHT).map((name) => [name, `var(--xai-${property(name)})`]),
) as unknown as Palette;

/** positiveText -> positive-text */
function property(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
