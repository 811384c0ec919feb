/** The row of buttons under a picture: what can be taken along, made when it is asked for. */
import { css, html, type TemplateResult } from "lit";
import { type PictureFile, pngOf, save } from "../chart/picture-file.js";
import type { Words } from "../strings/words.js";

export interface Files {
  /** Of the files, without an ending. */
  readonly name: string;
  /** Copied as JSON. */
  readonly document: unknown;
  readonly picture: () => PictureFile;
  readonly csv: () => string;
}

/** What became of a click stands beside the buttons for so long. */
const SAID_MS = 5000;

export const filesStyles = css`
  .files {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem;
    margin-block-start: 0.75rem;
    color: var(--xai-muted);
    font-size: 0.8125rem;
  }
  .files button {
    padding-inline: 0.5rem;
  }
  .actions .files {
    margin: 0;
  }
`;

/** Copy, SVG, PNG, CSV. */
export function files(taken: Files, label: string, words: Words): TemplateResult {
  const { picture } = words.s;
  const name = taken.name.replace(/[^\w.-]+/g, "-");
  return html`<div class="files" role="group" aria-label=${label}>
    <button type="button" @click=${copy}>${picture.copy}</button>
    <button
      type="button"
      @click=${() => save(new Blob([taken.picture().svg], { type: "image/svg+xml" }), `${name}.svg`)}
    >
      SVG
    </button>
    <button type="button" @click=${png}>PNG</button>
    <button
      type="button"
      @click=${() =>
        // The mark tells spreadsheets that this is UTF-8.
        save(new Blob(["\ufeff" + taken.csv()], { type: "text/csv" }), `${name}.csv`)}
    >
      CSV
    </button>
    <span class="became" role="status"></span>
  </div>`;

  async function copy(event: Event): Promise<void> {
    const said = beside(event);
    const text = JSON.stringify(taken.document, null, 2);
    try {
      await navigator.clipboard.writeText(text);
      said(picture.copied);
    } catch {
      save(new Blob([text], { type: "application/json" }), `${name}.json`);
      said(picture.not_copied);
    }
  }

  async function png(event: Event): Promise<void> {
    const said = beside(event);
    try {
      save(await pngOf(taken.picture()), `${name}.png`);
    } catch {
      said(picture.no_png);
    }
  }
}

/** Says something beside the button that was clicked, to eyes and ears, for a while. */
function beside({ currentTarget }: Event): (text: string) => void {
  const place = (currentTarget as HTMLElement).parentElement?.querySelector(".became");
  return (text) => {
    if (!place) return;
    place.textContent = text;
    setTimeout(() => place.textContent === text && (place.textContent = ""), SAID_MS);
  };
}
