/** What the explainers of rows, photos and texts have in common as elements: attributes, language, width, and keys. */
import { LitElement, type PropertyDeclarations } from "lit";
import { pickLanguage } from "../strings/language.js";
import { type Words, words } from "../strings/words.js";
import type { ProviderChoice } from "../types.js";

/** Narrower than this, input and explanation stand in one column. */
const TWO_COLUMNS = 860;

/** Sends `xai-update` whenever something changed that a page shows which has its own line of title and chips. */
export abstract class Frame extends LitElement {
  static override properties: PropertyDeclarations = {
    src: { type: String },
    provider: { type: String },
    lang: { type: String, reflect: true },
    theme: { type: String, reflect: true },
    bare: { type: Boolean },
    narrow: { type: Boolean, reflect: true },
    said: { state: true },
  };

  declare src: string;
  declare provider: ProviderChoice;
  declare lang: string;
  declare theme: "auto" | "light" | "dark";
  /** Without the line with title and chips, for a page that shows them itself. */
  declare bare: boolean;
  declare narrow: boolean;
  /** What is told to screen readers now. */
  declare said: string;

  #announced = "";
  #resized: ResizeObserver | null = null;

  constructor() {
    super();
    this.src = this.said = "";
    this.provider = "auto";
    this.theme = "auto";
    this.bare = false;
    this.narrow = typeof innerWidth === "number" && innerWidth < TWO_COLUMNS;
  }

  /** The words in use: the element's language, else the page's, else the reader's. */
  get words(): Words {
    const page = this.closest("[lang]")?.getAttribute("lang");
    return words(pickLanguage([this.lang, page, ...(navigator.languages ?? [])]));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // At the window: without a focus anywhere, keys go to the page and not to this element.
    addEventListener("keydown", this.#key);
    if (this.hasUpdated) this.reopen();
    if (typeof ResizeObserver === "undefined") return;
    this.#resized = new ResizeObserver(() => {
      if (this.clientWidth > 0) this.narrow = this.clientWidth < TWO_COLUMNS;
    });
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized?.disconnect();
    removeEventListener("keydown", this.#key);
  }

  override updated(): void {
    this.dispatchEvent(new CustomEvent("xai-update", { bubbles: true, composed: true }));
  }

  /** Tells a milestone once: a screen reader must not hear every chunk. */
  protected announce(milestone: string): void {
    if (milestone !== this.#announced) this.said = this.#announced = milestone;
  }

  /** Opens the bundle that `src` names, on the provider asked for. */
  protected abstract reopen(): void;
  /** Takes the last change back. */
  protected abstract undo(): void;
  /** Lets go of what is selected. */
  protected abstract release(): void;
  /** Whether the browser's own undo is what people expect there. */
  protected abstract typedInto(target: EventTarget | undefined): boolean;

  readonly #key = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    if (target !== document.body && !event.composedPath().includes(this)) return;
    if (event.key === "Escape") this.release();
    // Of two explainers in a page one takes its last change back.
    if (event.defaultPrevented) return;
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    if (this.typedInto(target)) return;
    event.preventDefault();
    this.undo();
  };
}
