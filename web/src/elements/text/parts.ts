/** What of the settings says how a text is cut, and what stands for its hidden parts. */
import type { ExplainOptions } from "../../types.js";
import type { Settings } from "../settings.js";

type Parts = Required<Pick<ExplainOptions, "units" | "hidden">>;

/** As the public module takes them. */
export function partsOf({ parameters }: Settings): Parts {
  return { units: parameters["units"], hidden: parameters["hidden"] } as Parts;
}

/** What gets a value: changes whenever the players do. */
export function unitsOf(settings: Settings): string {
  return partsOf(settings).units;
}
