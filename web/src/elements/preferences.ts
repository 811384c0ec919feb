/** What a reader chose for this site, kept in their browser only. */

/** The remembered choice, or null where there is none or the browser keeps nothing. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`xaiweb-${key}`);
  } catch {
    return null;
  }
}

/** Keeps a choice where the browser allows it; elsewhere it holds until the page is left. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`xaiweb-${key}`, value);
  } catch {
    // Storage is switched off: the choice holds for this visit.
  }
}
