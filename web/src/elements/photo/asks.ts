/** What the parts of the photos' page ask it for, beside what all pages know. */
import type { MethodName, Text } from "../../types.js";
import type { Region } from "../../views/photo/regions.js";

declare module "../asks.js" {
  interface Asks {
    /** An example's photo, or one of the reader's own. */
    "xai-example": { id: string };
    "xai-photo": { blob: Blob; title: Text };
    /** A part is pointed at or focused (null: none any longer); one is kept in view, or let go. */
    "xai-segment": { segment: number | null };
    "xai-pin": { segment: number | null };
    /** Which class is looked at, and against which, by name. */
    "xai-class": { name: string };
    "xai-against": { name: string | null };
    /** How the colours lie over the photo. */
    "xai-drawn": { opacity?: number; borders?: boolean };
    "xai-regions": { regions: readonly Region[] };
    /** Which parts are kept, to see what the model says then. */
    "xai-mask": { mask: readonly boolean[] };
    /** A method beside the large picture, or no longer; the large one; stopped, or gone on with. */
    "xai-beside": { method: MethodName; on: boolean };
    "xai-large": { method: MethodName };
    "xai-stop": { method: MethodName };
    "xai-resume": { method: MethodName };
  }
}
export { ask, on } from "../asks.js";
