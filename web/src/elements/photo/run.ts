/** One method's way through a photo: what it has found so far, and where it stands. */
import type { Explanation, ExplainEvent, XaiwebErrorShape } from "../../types.js";
import { outlines } from "../../views/photo/outline.js";
import { type Place, places } from "../../views/photo/places.js";

/** An explanation with the map of its players, ready to be drawn. */
export interface Shown {
  readonly explanation: Explanation;
  readonly segments: Int32Array;
  readonly width: number;
  readonly height: number;
  /** By segment. */
  readonly outlines: readonly string[];
  readonly places: readonly Place[];
  /** What it is of: two with the same words have the same parts, hidden alike. */
  readonly key: string;
}

export class Run {
  shown: Shown | null = null;
  final = false;
  running = false;
  stopped = false;
  progress: { done: number; total: number } | null = null;
  problem: XaiwebErrorShape | null = null;
  /** Begins anew; what it found before stands until something better comes. */
  begin(): void {
    this.final = this.stopped = false;
    this.running = true;
    this.progress = null;
    this.problem = null;
  }

  /** Refining begins with few evaluations again: what is better already stays until it is overtaken. */
  improvedBy({ provenance, segments }: Explanation): boolean {
    const { explanation: before } = this.shown ?? {};
    if (before?.segments?.sha256 !== segments?.sha256) return true;
    const then = before?.provenance;
    const alike = then?.scale === provenance.scale && hiddenOf(then) === hiddenOf(provenance);
    return !alike || provenance.n_coalitions > then.n_coalitions;
  }

  take(event: Extract<ExplainEvent, { explanation: Explanation }>, cut: string): void {
    const { explanation, segments } = event;
    const { width = 0, height = 0, sha256 = "" } = explanation.segments ?? {};
    if (!segments) return;
    const before = this.shown;
    const count = explanation.players.length;
    // The outlines of the same map are drawn once, however often its values change.
    const same = before && before.explanation.segments?.sha256 === sha256 && before.outlines.length === count;
    this.shown = {
      explanation,
      segments,
      width,
      height,
      outlines: same ? before.outlines : outlines(segments, width, height, count),
      places: same ? before.places : places(segments, width, height, count),
      key: `${cut} ${sha256}`,
    };
  }
}

/** What stood for hidden parts, and in which colour. */
function hiddenOf({ parameters }: Explanation["provenance"]): string {
  const { hidden, colour } = parameters as Readonly<Record<string, unknown>>;
  return `${String(hidden)} ${String(colour)}`;
}
