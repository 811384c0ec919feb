/** How wide a text will be, without asking the browser: a picture is a pure function of its data. */

/** Width in pixels of a line of a size. */
export type Measure = (line: string, size: number, bold?: boolean) => number;

const NARROW = new Set("iljtfrI.,:;'|!()[]/ \u00a0-");
const WIDE = new Set("mwMWÄÖÜQOGDNHU@%—");

/** An estimate for a sans-serif face, on the wide side: good enough where no browser can be asked. */
export const textWidth: Measure = (line, size, bold = false) => {
  let em = 0;
  for (const letter of line) em += NARROW.has(letter) ? 0.36 : WIDE.has(letter) ? 0.88 : 0.62;
  return em * size * (bold ? 1.1 : 1);
};

/** The line itself where it fits, else its beginning and an ellipsis. */
export function fitText(line: string, width: number, size: number, bold = false, measure = textWidth): string {
  if (measure(line, size, bold) <= width) return line;
  const letters = [...line];
  while (letters.length > 1 && measure(letters.join("") + "…", size, bold) > width) letters.pop();
  return letters.join("").trimEnd() + "…";
}

/** One line where it fits, else two, broken at a space; what doesn't fit on the second is cut. */
export function wrapText(line: string, width: number, size: number, measure = textWidth): string[] {
  if (measure(line, size) <= width) return [line];
  const words = line.split(" ");
  let first = words.shift() ?? "";
  while (words.length > 0 && measure(`${first} ${words[0]}`, size) <= width) first += ` ${words.shift()}`;
  return words.length > 0 ? [first, fitText(words.join(" "), width, size, false, measure)] : [first];
}

/** What the browser itself measures for a font family; the estimate where it has no canvas. */
export function browserMeasure(family: string): Measure {
  const pen = document.createElement("canvas").getContext?.("2d");
  if (!pen) return textWidth;
  return (line, size, bold = false) => {
    pen.font = `${bold ? 700 : 400} ${size}px ${family}`;
    return pen.measureText(line).width;
  };
}
