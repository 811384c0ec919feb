/** Where an explanation stands: a line to see, and the few moments worth announcing. */
import type { Words } from "../strings/words.js";
import type { Explanation } from "../types.js";
import { exact, stoppedEarly } from "../views/convergence.js";
import type { Opened } from "./opened.js";

export interface Status {
  /** The line beside the picture. */
  readonly line: string;
  /** What a screen reader is told; changes only at milestones. */
  readonly announced: string;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly can: "cancel" | "continue" | "refine" | null;
}

/** What it needs to know of a session. */
export interface Watched {
  readonly explainer: Pick<Opened, "activity"> | null;
  readonly explanation: Explanation | null;
  readonly final: boolean;
  readonly running: boolean;
  readonly stopped: boolean;
  /** Whether what is shown is of an input that stands there no longer. */
  readonly stale?: boolean;
  readonly progress: { readonly done: number; readonly total: number } | null;
}

/** The status of a session. */
export function statusOf(session: Watched, words: Words): Status {
  const { status } = words.s;
  const { n } = words;
  const { explanation, running, progress, final } = session;
  const core = session.explainer?.activity.core;
  const counted = explanation ? n.count(explanation.provenance.n_coalitions) : "";
  if (!explanation) {
    if (session.stopped && !running)
      return { line: status.stopped_early, announced: status.stopped_early, progress: null, can: "continue" };
    const line = running ? (core === "ready" ? status.computing : status.waiting) : "";
    return { line, announced: "", progress: running ? progress : null, can: running && progress ? "cancel" : null };
  }
  if (running && session.stale) return { line: status.stale, announced: "", progress, can: "cancel" };
  if (final && !running) {
    const budget = stoppedEarly(explanation);
    const line = exact(explanation)
      ? status.exact
      : budget === null
        ? status.done(counted)
        : status.enough(counted, n.count(budget));
    return { line, announced: line, progress: null, can: exact(explanation) ? null : "refine" };
  }
  // Without the core the estimate stays what it is, and says so.
  if (core === "failed") return { line: status.only_first, announced: status.only_first, progress: null, can: null };
  if (session.stopped && !running) {
    const line = status.stopped(counted);
    return { line, announced: line, progress: null, can: "continue" };
  }
  if (!running) return { line: status.not_final, announced: status.not_final, progress: null, can: "continue" };
  const line = core === "ready" ? status.refining : status.first;
  return { line, announced: final ? "" : status.first_here, progress, can: "cancel" };
}
