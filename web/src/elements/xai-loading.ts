/** What is being loaded and why, in true bytes. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { LoadedFile } from "../types.js";
import { shared } from "./styles.js";

/** In the order in which a visit needs them. */
const ROLES = ["page", "web", "list", "bundle", "onnxruntime", "python", "core"] as const;

export class XaiLoading extends LitElement {
  static override properties = { files: { attribute: false }, words: { attribute: false }, count: { state: true } };

  declare files: readonly LoadedFile[];
  declare words: Words;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      ul {
        list-style: none;
        display: grid;
        gap: 0.75rem;
        margin-block-start: 0.75rem;
      }
      li {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0 1rem;
      }
      progress {
        grid-column: 1 / -1;
        inline-size: 100%;
        block-size: 0.5rem;
      }
    `,
  ];

  override render(): TemplateResult {
    const { s, n } = this.words;
    // The page itself is here already, or this wouldn't be.
    const groups = ROLES.slice(2).flatMap((role) => {
      // The service worker fetches everything once more to keep it; nobody waits for that.
      const files = this.files.filter(
        ({ role: its, where, state }) => its === role && where !== "service worker" && state !== "loaded",
      );
      return files.length > 0 ? [{ role, ...sum(files) }] : [];
    });
    return html`<h3>${s.loading.title}</h3>
      <ul>
        ${groups.map(
          ({ role, loaded, bytes }) =>
            html`<li>
              <span>${s.roles[role].name}: ${s.roles[role].why}</span>
              <span>${loaded < bytes ? s.loading.of(n.bytes(loaded), n.bytes(bytes)) : n.bytes(bytes)}</span>
              <progress value=${loaded} max=${bytes || 1} aria-label=${s.roles[role].name}></progress>
            </li>`,
        )}
      </ul>`;
  }
}

/** Bytes there and bytes in all. */
export function sum(files: readonly LoadedFile[]): { loaded: number; bytes: number } {
  return files.reduce(
    (total, file) => ({ loaded: total.loaded + Math.min(file.loaded, file.bytes), bytes: total.bytes + file.bytes }),
    { loaded: 0, bytes: 0 },
  );
}

customElements.define("xai-loading", XaiLoading);

declare global {
  interface HTMLElementTagNameMap {
    "xai-loading": XaiLoading;
  }
}
