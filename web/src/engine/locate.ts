/** Finds the site, and a bundle in it, from where the page is. */
import { RELOAD, XaiwebError } from "../errors.js";
import { earlyList } from "./early.js";
import { download } from "./files.js";
import { WEB } from "./names.js";
import { CACHE, LIST, parseSiteFiles, Site } from "./site.js";
import { stage } from "./stage.js";

const sites = new Map<string, Promise<Site>>();

/** The site whose folder is `root`; its list is fetched once. */
export function loadSite(root: string, web = WEB): Promise<Site> {
  const known = sites.get(root);
  if (known) return known;
  const site = stage("list", () => fetchSite(root, web));
  sites.set(root, site);
  site.catch(() => sites.delete(root)); // a lost network may come back
  return site;
}

async function fetchSite(root: string, web: string): Promise<Site> {
  checkEnvironment();
  // The cache's own start takes a while: it happens while the list is on its way, not when the first file is looked up.
  globalThis.caches?.has(CACHE).catch(() => {});
  const url = root + LIST;
  // no-cache: a list older than the files would call every changed file damaged.
  const ask = () => download(url, LIST, "no-cache");
  const early = earlyList(root)?.catch(ask) ?? ask();
  const bytes = await early.catch((error: XaiwebError) => {
    if (error.code !== "network-lost") throw error;
    return ask();
  });
  const list = parseSiteFiles(new TextDecoder().decode(bytes));
  if (list.web === web) return new Site(root, list);
  throw new XaiwebError("stale-page", "this page and the site's files come from different builds.", {
    where: LIST,
    next: RELOAD,
  });
}

/** Refuses where the browser keeps back what verification needs. */
function checkEnvironment(): void {
  if (globalThis.crypto?.subtle === undefined)
    throw new XaiwebError("insecure-context", "hashes can't be checked here: the page came over plain http.", {
      where: globalThis.location?.origin ?? "",
      next: "Open it over https, or from this computer itself (localhost).",
    });
  if (typeof WebAssembly === "undefined")
    throw new XaiwebError("no-webassembly", "this browser has no WebAssembly.", {
      where: "browser",
      next: "Use a current browser, or allow WebAssembly in its settings.",
    });
}

/** The folder of a bundle in the site, as `bundles/loan/`, from what the page calls it. */
export function locateBundle(site: Site, src: string | URL, base: string): string {
  let url: URL;
  try {
    url = new URL(src, base);
  } catch (cause) {
    throw new XaiwebError("not-listed", "this is not an address.", { where: String(src), next: NEXT, cause });
  }
  const href = url.origin + (url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`);
  if (!href.startsWith(site.root))
    throw new XaiwebError("outside-site", "the bundle does not lie in the site of xaiweb.js.", {
      where: url.href,
      next: `Put it below ${site.root}: build it into the site with \`xaiweb build\`.`,
    });
  const folder = href.slice(site.root.length);
  if (Object.hasOwn(site.list.files, `${folder}manifest.json`)) return folder;
  throw new XaiwebError("not-listed", "the site has no bundle of this name.", {
    where: url.href,
    next: `${NEXT} This site has ${site.list.bundles.map(({ path }) => path).join(", ") || "none"}.`,
  });
}

const NEXT = "Give the address of a bundle's folder.";
