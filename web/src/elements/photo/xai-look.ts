/** The picture of a photo's explanation: what the model takes it for, the parts in colour, and one part looked at. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { LIGHT } from "../../chart/palette.js";
import { type PictureFile, pictureFile } from "../../chart/picture-file.js";
import type { Words } from "../../strings/words.js";
import type { ImageManifest } from "../../types.js";
import { csv } from "../../views/photo/csv.js";
import { drawing } from "../../views/photo/drawing.js";
import { legend } from "../../views/photo/legend.js";
import { composed, without } from "../../views/photo/masks.js";
import { limit, parts } from "../../views/photo/parts.js";
import {
  description,
  finding,
  labelOf,
  partSentence,
  type Sight,
  subject,
  unitOf,
} from "../../views/photo/sentence.js";
import { plusMinus } from "../../views/uncertainty.js";
import { unit } from "../../views/unit.js";
import { files, filesStyles } from "../files.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";
import { lookStyles } from "./look.styles.js";
import type { Shown } from "./run.js";
import "./xai-classes.js";
import "./xai-overlay.js";

export class XaiLook extends LitElement {
  static override properties = {
    manifest: { attribute: false },
    sight: { attribute: false },
    shown: { attribute: false },
    coarse: { attribute: false },
    order: { attribute: false },
    pixels: { attribute: false },
    hiddenPixels: { attribute: false },
    names: { attribute: false },
    chosen: { attribute: false },
    against: { attribute: false },
    prediction: { attribute: false },
    answer: { attribute: false },
    unanswered: { attribute: false },
    active: { attribute: false },
    pinned: { attribute: false },
    opacity: { attribute: false },
    borders: { attribute: false },
    narrow: { type: Boolean },
    words: { attribute: false },
  };

  declare manifest: ImageManifest;
  declare sight: Sight | null;
  declare shown: Shown | null;
  /** It is too early for a title about single parts. */
  declare coarse: boolean;
  /** Segments from what speaks most for the class. */
  declare order: readonly number[];
  declare pixels: ImageData | null;
  declare hiddenPixels: ImageData | null;
  declare names: readonly string[];
  declare chosen: string;
  declare against: string | null;
  declare prediction: readonly number[];
  /** What the model says without the part that is looked at; null until it is known. */
  declare answer: readonly number[] | null;
  declare unanswered: boolean;
  declare active: number | null;
  declare pinned: number | null;
  declare opacity: number;
  declare borders: boolean;
  declare narrow: boolean;
  declare words: Words;

  static override styles = [shared, filesStyles, lookStyles];

  override render(): TemplateResult {
    const { sight, shown, words } = this;
    const part = this.active ?? this.pinned;
    return html`${sight ? html`<h3 class="finding">${this.coarse ? subject(sight) : finding(sight)}</h3>` : nothing}
      <div class="sides">
        <div class="stage">
          <xai-overlay
            walk
            .pixels=${this.pixels}
            .shown=${shown}
            .sight=${sight}
            .order=${this.order}
            .opacity=${this.opacity}
            .borders=${this.borders}
            .active=${this.active}
            .pinned=${this.pinned}
          ></xai-overlay>
          ${this.#legend(part)} ${this.#drawn()}
        </div>
        <div class="side">
          <xai-classes
            .manifest=${this.manifest}
            .names=${this.names}
            .prediction=${this.prediction}
            .now=${part === null ? null : this.answer}
            .chosen=${this.chosen}
            .against=${this.against}
            .words=${words}
          ></xai-classes>
          <div class="part">${sight && shown ? this.#part(sight, shown, part) : nothing}</div>
        </div>
      </div>
      ${sight && shown ? files(this.#files(sight, shown), words.s.picture.files, words) : nothing}`;
  }

  #legend(part: number | null): TemplateResult {
    const { sight, words } = this;
    if (!sight) return html`<div class="legend"></div>`;
    const mark = part === null ? null : (parts(sight.explanation, sight.look)[part]?.value ?? null);
    const most = limit(sight.explanation, sight.look);
    return html`<div class="legend">
      ${legend({ limit: most, unit: unitOf(sight), words, width: this.narrow ? 290 : 420, mark })}
      <small>${words.s.photo.picture.shared}</small>
    </div>`;
  }

  #drawn(): TemplateResult {
    const { picture } = this.words.s.photo;
    return html`<div class="drawn">
      <label class="opacity"
        ><span>${picture.opacity}</span>
        <input
          type="range"
          min="0"
          max="100"
          .value=${String(Math.round(this.opacity * 100))}
          @input=${(event: Event) =>
            ask(this, "xai-drawn", { opacity: Number((event.target as HTMLInputElement).value) / 100 })}
      /></label>
      <label class="borders"
        ><input
          type="checkbox"
          .checked=${this.borders}
          @change=${(event: Event) => ask(this, "xai-drawn", { borders: (event.target as HTMLInputElement).checked })}
        />
        ${picture.borders}</label
      >
    </div>`;
  }

  /** The part that is pointed at: its value, where it is, and the photo without it. */
  #part(sight: Sight, shown: Shown, segment: number | null): TemplateResult {
    const { words, pixels, hiddenPixels } = this;
    const { picture } = words.s.photo;
    const part = segment === null ? undefined : parts(sight.explanation, sight.look)[segment];
    if (!part || segment === null) return html`<p class="muted">${picture.hint}</p>`;
    const rank = this.order.indexOf(segment) + 1;
    const reach = sight.look.against === null ? plusMinus(part.error, unitOf(sight), words) : "";
    const said = partSentence(sight, part, rank);
    return html`<p class="value">${reach ? words.s.picture.sure(said, reach) : said}</p>
      ${
        pixels && hiddenPixels
          ? html`<xai-pixels
              label=${picture.without}
              .pixels=${new ImageData(
                composed(
                  pixels.data,
                  hiddenPixels.data,
                  shown.segments,
                  without(shown.explanation.players.length, segment),
                ),
                pixels.width,
                pixels.height,
              )}
            ></xai-pixels>`
          : nothing
      }
      <div>
        <small>${picture.without}</small>
        <p>${this.answer ? this.#answer(this.answer) : this.unanswered ? picture.unanswered : picture.asking}</p>
        ${this.pinned === null ? nothing : html`<small>${picture.pinned}</small>`}
      </div>`;
  }

  #answer(answer: readonly number[]): string {
    const { manifest, chosen, prediction, words } = this;
    const at = manifest.outputs.findIndex(({ name }) => name === chosen);
    const { level, amount } = unit(manifest, chosen, "output", "points", words);
    const now = answer[at] ?? 0;
    return words.s.photo.keep.said(labelOf(manifest, chosen, words), level(now), amount(now - (prediction[at] ?? 0)));
  }

  #files(sight: Sight, shown: Shown) {
    const { explanation, look } = sight;
    const against = look.against === null ? "" : `-${explanation.outputs[look.against]}`;
    return {
      name: `${sight.manifest.name}-${explanation.outputs[look.output]}${against}-${explanation.provenance.method}`,
      document: explanation,
      picture: () => this.#file(sight, shown),
      csv: () => csv(sight),
    };
  }

  /** A file's picture stands alone: its photo's pixels lie in it. */
  #file(sight: Sight, shown: Shown): PictureFile {
    const { pixels } = this;
    const canvas = document.createElement("canvas");
    if (pixels) {
      [canvas.width, canvas.height] = [pixels.width, pixels.height];
      canvas.getContext("2d")?.putImageData(pixels, 0, 0);
    }
    const { width, height, outlines } = shown;
    const template = drawing(sight, parts(sight.explanation, sight.look), canvas.toDataURL("image/png"), {
      width,
      height,
      outlines,
      limit: limit(sight.explanation, sight.look),
      opacity: this.opacity,
      borders: this.borders,
    });
    return pictureFile(template, finding(sight), description(sight), LIGHT);
  }
}

customElements.define("xai-look", XaiLook);

declare global {
  interface HTMLElementTagNameMap {
    "xai-look": XaiLook;
  }
}
