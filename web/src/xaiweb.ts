/** The public module: `open()`, its types and its errors; and, by being imported, the elements `<xai-explainer>`, `<xai-photo>` and `<xai-text>`. */
import { countRefusal, countSentBytes, onFirstActivity } from "./engine/activity.js";
import { watchBrowser } from "./engine/browser-files.js";
import { loadSite } from "./engine/locate.js";
import { countSent, guardPage as guard } from "./guard.js";
import { ROOT } from "./engine/open.js";
import "./elements/xai-explainer.js";
import "./elements/xai-photo.js";
import "./elements/xai-text.js";

export { readManifest } from "./bundle.js";
export { XaiwebError } from "./errors.js";
export { open } from "./engine/open.js";
export { checkRow } from "./rows.js";
export type * from "./many.js";
export type * from "./types.js";

// Not before a bundle is opened: importing this module fetches nothing.
onFirstActivity((tell) => {
  loadSite(ROOT).then(
    (site) => watchBrowser(site, tell),
    () => {}, // told by whoever opens a bundle
  );
});

/** Closes every way out of one of the site's own pages but GETs of listed files. Pages that embed don't call it. */
export function guardPage(): void {
  const site = loadSite(ROOT);
  guard(site, countRefusal);
  countSent(site, countSentBytes);
}
