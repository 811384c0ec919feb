/** Numbers as a language writes them: short in pictures, with a true minus sign and fixed spaces. */

export interface Numbers {
  /** At most three significant digits (0.384, 12.3); whole numbers are never rounded (4,870). */
  short(value: number): string;
  /** As entered: up to six decimals, grouped. */
  plain(value: number): string;
  /** A whole number, grouped: 2,048. */
  count(value: number): string;
  /** With its sign always (+0.6, −12), `significant` digits, none further right than `decimals`. */
  signed(value: number, significant?: number, decimals?: number): string;
  /** A standard error or another distance: two significant digits. */
  spread(value: number): string;
  /** A share of one as percent: 38 %. `near` is a share it must stay distinguishable from. */
  percent(share: number, near?: number): string;
  /** 2.4 MB, in units of a thousand as downloads are counted. */
  bytes(value: number): string;
  /** 412 ms, 1.3 s. */
  duration(ms: number): string;
  /** a, b and c. */
  list(items: readonly string[]): string;
}

const SPACE = "\u00a0";

/** The number formats of a language. */
export function numbers(lang: string): Numbers {
  const made = new Map<string, Intl.NumberFormat>();
  const format = (value: number, options: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(options);
    let formatter = made.get(key);
    if (!formatter) made.set(key, (formatter = new Intl.NumberFormat(lang, options)));
    // Minus zero is zero, and a hyphen is no minus.
    return formatter.format(value === 0 ? 0 : value).replace("-", "\u2212");
  };
  const conjunction = new Intl.ListFormat(lang, { style: "long", type: "conjunction" });
  const whole = (value: number) => format(value, { maximumFractionDigits: 0 });
  const fixed = (value: number, digits: number) =>
    format(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

  const short = (value: number) =>
    Math.abs(value) >= 100 ? whole(value) : format(value, { maximumSignificantDigits: 3 });
  const bytes = (value: number) => {
    if (value < 1000) return `${whole(value)}${SPACE}B`;
    if (value < 1e6) return `${whole(Math.max(1, value / 1e3))}${SPACE}kB`;
    return `${fixed(value / 1e6, 1)}${SPACE}MB`;
  };
  return {
    short,
    plain: (value) => format(value, { maximumFractionDigits: 6 }),
    count: whole,
    signed: (value, significant = 2, decimals = 2) =>
      format(value, { ...digits(value, significant, decimals), signDisplay: "exceptZero" }),
    spread: (value) => format(value, digits(value, 2, 4)),
    percent: (share, near) => {
      const value = share * 100;
      // Just over nothing and just under all must not be written as nothing and all.
      if (value > 0 && value < 0.1) return `<${SPACE}${fixed(0.1, 1)}${SPACE}%`;
      if (value < 100 && value > 99.9) return `>${SPACE}${fixed(99.9, 1)}${SPACE}%`;
      let digits = (value > 0 && value < 1) || (value > 99 && value < 100) ? 1 : 0;
      if (near !== undefined && near !== share)
        while (digits < 3 && fixed(value, digits) === fixed(near * 100, digits)) digits++;
      return `${fixed(value, digits)}${SPACE}%`;
    },
    bytes,
    duration: (ms) =>
      ms < 1000 ? `${whole(ms)}${SPACE}ms` : `${format(ms / 1000, { maximumSignificantDigits: 3 })}${SPACE}s`,
    list: (items) => conjunction.format(items),
  };
}

/** As many digits right of the point as show `significant` digits of a number, at most `decimals`. */
function digits(value: number, significant: number, decimals: number): Intl.NumberFormatOptions {
  // Rounding noise of a sum of contributions is no number to read.
  if (Math.abs(value) < 1e-9) return { maximumFractionDigits: 0 };
  const leading = Math.floor(Math.log10(Math.abs(value)));
  const count = Math.min(decimals, Math.max(0, significant - 1 - leading));
  return { minimumFractionDigits: count, maximumFractionDigits: count };
}
