/** What can be undone: snapshots of a row or a text, changes of one field in quick succession taken as one. */
import type { Start, Values } from "./row.js";

export interface Snapshot {
  readonly start: Start;
  readonly values: Values;
}

/** Keystrokes in one field closer together than this are one step. */
const ONE_STEP_MS = 1000;
const DEPTH = 200;

export class History<State = Snapshot> {
  #past: State[] = [];
  #field: string | null = null;
  #at = 0;

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  /** Remembers the state before a change; `field` is null for anything larger than one field. */
  before(state: State, field: string | null, now: number): void {
    const continued = field !== null && field === this.#field && now - this.#at < ONE_STEP_MS;
    this.#field = field;
    this.#at = now;
    if (continued) return;
    this.#past.push(state);
    if (this.#past.length > DEPTH) this.#past.shift();
  }

  /** The state before the latest change, which is forgotten. */
  undo(): State | undefined {
    this.#field = null;
    return this.#past.pop();
  }

  clear(): void {
    this.#past = [];
    this.#field = null;
  }
}
