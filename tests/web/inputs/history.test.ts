import { describe, expect, it } from "vitest";
import { History, type Snapshot } from "../../../web/src/inputs/history.js";

const state = (months: number): Snapshot => ({ start: { id: "a", values: {} }, values: { months } });

describe("undo", () => {
  it("goes back one change at a time, the latest first", () => {
    const history = new History();
    history.before(state(1), "months", 0);
    history.before(state(2), "amount", 10);
    expect(history.undo()).toEqual(state(2));
    expect(history.undo()).toEqual(state(1));
    expect(history.undo()).toBeUndefined();
  });

  it("takes keystrokes in one field in quick succession as one change", () => {
    const history = new History();
    history.before(state(1), "months", 0);
    history.before(state(4), "months", 300);
    history.before(state(48), "months", 600);
    expect(history.undo()).toEqual(state(1));
    expect(history.canUndo).toBe(false);
  });

  it("a pause, or an undo, begins a new change", () => {
    const history = new History();
    history.before(state(1), "months", 0);
    history.before(state(2), "months", 5000);
    expect(history.undo()).toEqual(state(2));
    history.before(state(3), "months", 5100);
    expect(history.undo()).toEqual(state(3));
    expect(history.undo()).toEqual(state(1));
  });

  it("examples and resets are never joined", () => {
    const history = new History();
    history.before(state(1), null, 0);
    history.before(state(2), null, 1);
    history.undo();
    expect(history.canUndo).toBe(true);
  });
});
