/** What the pieces of the part for files of rows see of it. */
import type { KeptRows } from "../../many.js";
import type { Words } from "../../strings/words.js";
import type { Explainer } from "../../types.js";
import type { UnitChoice } from "../../views/unit.js";
import type { Settings } from "../settings.js";
import type { ManySession } from "./session.js";

export interface ManyPart extends HTMLElement {
  readonly explainer: Explainer | null;
  readonly session: ManySession;
  readonly settings: Settings;
  /** Position in the manifest's outputs. */
  readonly output: number;
  readonly unit: UnitChoice;
  readonly words: Words;
  /** Whether a new run is kept in this browser. */
  keep: boolean;
  /** The run that is about to be deleted. */
  deleting: string | null;
  /** Stops the reading of the chosen file. */
  stop(): void;
  start(source: File | KeptRows): void;
}
