/** The privacy chip: "your data sent: nothing", and behind it every file that was fetched and why. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Activity, LoadedFile, Manifest, TabularManifest } from "../types.js";
import type { Opened } from "./opened.js";
import { chip, shared } from "./styles.js";
import "./xai-sheet.js";

/** In the order in which a visit needs them. */
const ROLES = ["page", "web", "list", "bundle", "onnxruntime", "python", "core"] as const;

export class XaiPrivacy extends LitElement {
  static override properties = {
    explainer: { attribute: false },
    offline: { attribute: false },
    words: { attribute: false },
  };

  /** null until a bundle is open, and on pages without one. */
  declare explainer: Opened | null;
  declare offline: string | null | undefined;
  declare words: Words;

  #watched: Activity | null = null;
  readonly #changed = () => this.requestUpdate();

  static override styles = [
    shared,
    chip,
    css`
      .dot {
        inline-size: 0.625rem;
        block-size: 0.625rem;
        border-radius: 50%;
        border: 2px solid var(--xai-accent);
      }
      .dot.sent {
        background: var(--xai-bad);
        border-color: var(--xai-bad);
      }
      section {
        padding-block: 0.75rem;
        border-block-end: 1px solid var(--xai-line);
      }
      section:last-child {
        border: 0;
      }
      h3 {
        margin-block-end: 0.25rem;
      }
      ul {
        padding-inline-start: 1.1rem;
      }
      li {
        margin-block: 0.25rem;
      }
      summary {
        display: flex;
        justify-content: space-between;
        gap: 1rem;
        min-block-size: 1.75rem;
        padding-block: 0.25rem;
        cursor: pointer;
      }
      summary > :first-child::before {
        content: "";
        display: inline-block;
        margin-inline-end: 0.5rem;
        border: 0.28rem solid transparent;
        border-inline-start-color: currentColor;
        border-inline-end: 0;
      }
      details[open] summary > :first-child::before {
        rotate: 90deg;
      }
      .files {
        list-style: none;
        padding-inline-start: 0.8rem;
      }
      .files li {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0 1rem;
        margin-block: 0.5rem;
        font-size: 0.875rem;
      }
      .files small {
        grid-column: 1 / -1;
      }
    `,
  ];

  override willUpdate(): void {
    const activity = this.explainer?.activity ?? null;
    if (activity === this.#watched) return;
    this.#watched?.removeEventListener("change", this.#changed);
    activity?.addEventListener("change", this.#changed);
    this.#watched = activity;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watched?.removeEventListener("change", this.#changed);
    this.#watched = null;
  }

  override render(): TemplateResult {
    const { words, explainer } = this;
    const { privacy } = words.s;
    const sent = explainer?.activity.sent ?? 0;
    const said = sent === 0 ? privacy.nothing : privacy.sent(words.n.bytes(sent));
    return html`<xai-sheet .heading=${privacy.title} .words=${words}>
      <span slot="button" class="dot ${sent === 0 ? "" : "sent"}"></span>
      <span slot="button">${said}</span>
      <section><p>${privacy.how}</p></section>
      ${explainer ? this.#loaded(explainer.activity) : nothing}
      ${explainer ? this.#published(explainer.manifest) : nothing} ${explainer ? this.#offline() : nothing}
    </xai-sheet>`;
  }

  #loaded(activity: Activity): TemplateResult {
    const { s, n } = this.words;
    const requests = n.count(activity.files.length);
    const once = distinct(activity.files);
    return html`<section>
      <h3>${s.privacy.files(n.count(once.length), n.bytes(bytesOf(once)), requests)}</h3>
      <p>${activity.refused === 0 ? s.privacy.none_refused : s.privacy.refused(n.count(activity.refused))}</p>
      ${activity.trial ? html`<p>${s.privacy.trial(s.provider.names[activity.trial])}</p>` : nothing}
      <p class="muted">
        ${s.privacy.legend}
        ${once.some(({ role, state }) => role !== "list" && state === "loaded") ? s.privacy.unchecked : nothing}
      </p>
      ${ROLES.map((role) =>
        this.#group(
          role,
          activity.files.filter((file) => file.role === role),
        ),
      )}
    </section>`;
  }

  /** Files of one purpose: it is said once, each file below with who asked for it. */
  #group(role: LoadedFile["role"], files: readonly LoadedFile[]): TemplateResult | typeof nothing {
    if (files.length === 0) return nothing;
    const { s, n } = this.words;
    const { states, sources, places } = s.privacy;
    return html`<details>
      <summary>
        <span>${s.roles[role].name}: ${s.roles[role].why}</span><span>${n.bytes(bytesOf(distinct(files)))}</span>
      </summary>
      <ul class="files">
        ${files.map(
          (file) =>
            html`<li>
              <code>${file.path}</code><span>${n.bytes(file.bytes)}</span>
              <small
                >${places[file.where]} · ${sources[file.source]} ·
                ${file.role === "list" ? s.privacy.list : states[file.state]}</small
              >
            </li>`,
        )}
      </ul>
    </details>`;
  }

  /** What anybody can read in this bundle, because it is part of the site. */
  #published(manifest: Manifest): TemplateResult {
    const { s, n } = this.words;
    return html`<section>
      <h3>${s.privacy.published}</h3>
      <ul>
        ${manifest.kind === "tabular" ? this.#rows(manifest) : nothing}
        <li>${s.privacy.examples(n.count(manifest.examples.length))}</li>
        <li>${s.privacy.model}</li>
      </ul>
    </section>`;
  }

  /** The rows that a table's are compared with, and what lies beside them. */
  #rows({ background, protected: beside }: TabularManifest): TemplateResult {
    const { s, n } = this.words;
    const hidden = beside?.features.map(({ name, label }) => this.words.text(label ?? name)) ?? [];
    return html`<li>
        ${s.privacy.background(n.count(background.n_rows), s.privacy.kinds[background.kind])}
        <span lang="en">${background.rule}</span> ${this.words.lang === "en" ? nothing : s.privacy.in_english}
      </li>
      ${hidden.length > 0 ? html`<li>${s.privacy.beside(n.list(hidden))}</li>` : nothing}`;
  }

  #offline(): TemplateResult {
    const { privacy } = this.words.s;
    const said =
      this.offline === undefined
        ? privacy.offline_wait
        : this.offline === null
          ? privacy.offline_ready
          : privacy.offline_no(this.offline);
    return html`<section>
      <h3>${privacy.offline}</h3>
      <p>${said}</p>
    </section>`;
  }
}

/** A file that the page and the service worker both asked for is one file. */
function distinct(files: readonly LoadedFile[]): LoadedFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function bytesOf(files: readonly LoadedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

customElements.define("xai-privacy", XaiPrivacy);

declare global {
  interface HTMLElementTagNameMap {
    "xai-privacy": XaiPrivacy;
  }
}
