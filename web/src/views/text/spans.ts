/** Spans of an explanation count Unicode code points; JavaScript's strings count UTF-16 units. Converted here only. */

export type Offsets = readonly [start: number, stop: number];

/** The same spans as UTF-16 offsets into the text; spans are in order and don't overlap. */
export function offsets(text: string, spans: readonly (readonly number[])[]): Offsets[] {
  let unit = 0;
  let point = 0;
  const at = (target: number) => {
    for (; point < target && unit < text.length; point++) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    return unit;
  };
  return spans.map(([start = 0, stop = 0]) => [at(start), at(stop)]);
}
