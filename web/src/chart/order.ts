/** In which order contributions are shown, so that a picture that refines itself doesn't jump. */

export interface Ranked {
  readonly player: string;
  readonly value: number;
  readonly error: number | null;
}

/** Half the width of a 95 % interval, in standard errors. */
export const Z95 = 1.96;

/** Players by |value|, largest first; equal ones keep the order they came in. */
export function rank(all: readonly Ranked[]): string[] {
  return [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).map(({ player }) => player);
}

/**
 * The previous order, changed only where the new numbers force it.
 *
 * Two neighbours change places once the 95 % intervals of their absolute values no longer overlap: until then the
 * data doesn't say which is larger, and a jump would only show chance. Exact values (error 0) always separate.
 */
export function hold(previous: readonly string[], all: readonly Ranked[]): string[] {
  const by = new Map(all.map((entry) => [entry.player, entry]));
  const kept = previous.filter((player) => by.has(player));
  if (kept.length !== all.length) return rank(all);
  const order = [...kept];
  // Insertion: each player climbs past the neighbours it is certainly larger than.
  for (let end = 1; end < order.length; end++) {
    for (let at = end; at > 0; at--) {
      const above = by.get(order[at - 1] ?? "");
      const below = by.get(order[at] ?? "");
      if (!above || !below || !certainlyLarger(below, above)) break;
      [order[at - 1], order[at]] = [below.player, above.player];
    }
  }
  return order;
}

function certainlyLarger(a: Ranked, b: Ranked): boolean {
  const reach = ({ error }: Ranked) => (error === null ? Infinity : Z95 * error);
  return Math.abs(a.value) - reach(a) > Math.abs(b.value) + reach(b);
}
