/**
 * The script of our own pages: their header, and on the gallery the words in the reader's language.
 *
 * Everything that is drawn comes from the public module, which the page loads anyway; this file only joins its parts.
 */
import type { ExplainerElement } from "./elements/xai-header.js";
import type { Text } from "./types.js";
import "./page.css";
import { guardPage } from "./xaiweb.js";

/** What the page's builder wrote into it. */
interface Page {
  /** Relative address of the site's root. */
  readonly root: string;
  readonly kind: "bundle" | "gallery";
  readonly title: Text | null;
  readonly runtime_bytes: number;
  readonly bundles: readonly Card[];
}

interface Card {
  readonly name: string;
  readonly title: Text;
  readonly description?: Text | null;
  readonly size_bytes: number;
  readonly kind: string;
}

guardPage();

const page = JSON.parse(document.getElementById("xaiweb-page")?.textContent ?? "{}") as Page;
const header = document.createElement("xai-header");
const explainer = document.querySelector<ExplainerElement>("xai-explainer, xai-photo, xai-text");
header.heading = page.title ?? "xaiweb";
header.home = page.kind === "bundle" ? page.root : "";
header.explainer = explainer;
header.addEventListener("xai-language", apply);
header.addEventListener("xai-theme", apply);
document.getElementById("header")?.replaceChildren(header);
if (explainer) explainer.bare = true;
apply();

/** Language and colours for the whole document, the explainer included. */
function apply(): void {
  const root = document.documentElement;
  root.lang = header.words.lang;
  // page.css reads it; without a choice the system's setting holds.
  if (header.theme === "auto") root.removeAttribute("data-theme");
  else root.dataset["theme"] = header.theme;
  if (explainer) {
    explainer.lang = header.words.lang;
    explainer.theme = header.theme;
  }
  if (page.title) document.title = header.words.text(page.title);
  if (page.kind === "gallery") gallery();
}

/** The gallery is readable as it was built, in English; here it gets the reader's words and numbers. */
function gallery(): void {
  const { s, n, text } = header.words;
  const { gallery } = s;
  document.title = gallery.title;
  say("[data-text=gallery-title]", gallery.title);
  say("[data-text=gallery-lead]", gallery.lead);
  say("[data-text=gallery-note]", gallery.note(n.bytes(page.runtime_bytes)));
  say("[data-text=licences]", gallery.licences);
  for (const card of page.bundles) {
    const place = `[data-bundle="${CSS.escape(card.name)}"]`;
    say(`${place} .card-title a`, text(card.title));
    if (card.description) say(`${place} .card-text`, text(card.description));
    say(`${place} .card-kind`, gallery.kinds[card.kind] ?? card.kind);
    say(`${place} .card-size`, gallery.size(n.bytes(card.size_bytes)));
  }
}

function say(place: string, words: string): void {
  const node = document.querySelector(place);
  if (node) node.textContent = words;
}
