/** How strongly a word is coloured: a few steps on one scale, the same for both signs. */

/** How much of the full colour each step has: what is written on it stays readable. */
export const TINTS = [0.1, 0.2, 0.31, 0.43, 0.56] as const;
export const STEPS = TINTS.length;
/** Less than this share of the largest value has no colour. */
const FAINT = 0.02;

/** −STEPS to STEPS; 0 has no colour. */
export function shade(value: number, largest: number): number {
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  return share < FAINT ? 0 : Math.sign(value) * Math.ceil(share * STEPS);
}

/** The class of a step: "up3", "down1", or nothing. */
export function shadeClass(step: number): string {
  return step === 0 ? "" : `${step > 0 ? "up" : "down"}${Math.abs(step)}`;
}

/** The end of the scale: the largest absolute value. */
export function largest(values: readonly { readonly value: number }[]): number {
  return values.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
}
