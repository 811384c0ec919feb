/** The row of buttons under a picture: what can be taken along, made when it is asked for. */
import { html, type TemplateResult } from "lit";
import { type PictureFile, pngOf, save } from "../chart/picture-file.js";
import type { Words } from "../strings/words.js";
import { ask } from "./asks.js";

export interface Files {
  /** Of the files, without an ending. */
  readonly name: string;
  /** Copied as JSON. */
  readonly document: unknown;
  readonly picture: () => PictureFile;
  readonly csv: () => string;
}

/** Copy, SVG, PNG, CSV. */
export function files(from: EventTarget, taken: Files, label: string, words: Words): TemplateResult {
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
    <button type="button" @click=${async () => save(await pngOf(taken.picture()), `${name}.png`)}>PNG</button>
    <button
      type="button"
      @click=${() =>
        // The mark tells spreadsheets that this is UTF-8.
        save(new Blob(["\ufeff" + taken.csv()], { type: "text/csv" }), `${name}.csv`)}
    >
      CSV
    </button>
  </div>`;

  async function copy(): Promise<void> {
    const text = JSON.stringify(taken.document, null, 2);
    try {
      await navigator.clipboard.writeText(text);
      ask(from, "xai-said", { text: picture.copied });
    } catch {
      save(new Blob([text], { type: "application/json" }), `${name}.json`);
      ask(from, "xai-said", { text: picture.not_copied });
    }
  }
}
