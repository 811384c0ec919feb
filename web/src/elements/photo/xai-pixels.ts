/** Pixels on a canvas, as large as there is room. */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";

/** Fewer pixels than this across are shown as squares: smoothed they would be a smear. */
const COARSE = 100;

export class XaiPixels extends LitElement {
  static override properties = { pixels: { attribute: false }, label: { type: String } };

  declare pixels: ImageData | null;
  /** What it shows, in words; empty where the words stand beside it. */
  declare label: string;

  static override styles = css`
    :host {
      display: block;
    }
    canvas {
      display: block;
      inline-size: 100%;
      block-size: auto;
    }
    .coarse {
      image-rendering: pixelated;
    }
  `;

  constructor() {
    super();
    this.pixels = null;
    this.label = "";
  }

  override render(): TemplateResult {
    const { pixels, label } = this;
    const kind = (pixels?.width ?? COARSE) < COARSE ? "coarse" : "";
    return label
      ? html`<canvas class=${kind} role="img" aria-label=${label}></canvas>`
      : html`<canvas class=${kind} aria-hidden="true"></canvas>`;
  }

  override updated(changed: PropertyValues): void {
    const { pixels } = this;
    const canvas = this.renderRoot.querySelector("canvas");
    if (!pixels || !canvas || !(changed.has("pixels") || changed.has("label"))) return;
    [canvas.width, canvas.height] = [pixels.width, pixels.height];
    canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  }
}

customElements.define("xai-pixels", XaiPixels);

declare global {
  interface HTMLElementTagNameMap {
    "xai-pixels": XaiPixels;
  }
}
