/** An opened bundle of whatever kind, for what shows nothing of its kind of data. */
import type { Explainer, Kind } from "../types.js";

export type Opened = { [K in Kind]: Explainer<K> }[Kind];
