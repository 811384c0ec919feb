/** Regions drawn on the photo: around something in one stroke, or corner by corner, by pointer or by keyboard. */
import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import { drawn, type Region, simplified } from "../../views/photo/regions.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";
import "./xai-pixels.js";

type Corner = readonly [x: number, y: number];
/** A stroke shorter than this, in shares of the photo, is a click. */
const CLICK = 0.02;

export class XaiRegions extends LitElement {
  static override properties = {
    pixels: { attribute: false },
    regions: { attribute: false },
    words: { attribute: false },
    line: { state: true },
    cross: { state: true },
    tiny: { state: true },
  };

  declare pixels: ImageData | null;
  declare regions: readonly Region[];
  declare words: Words;
  /** Corners of the region that is being drawn. */
  declare line: readonly Corner[];
  /** Where the keyboard is, in pixels; null until it is used. */
  declare cross: Corner | null;
  /** The last line went around nothing. */
  declare tiny: boolean;

  #stroke: Corner[] | null = null;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
      }
      .board {
        position: relative;
        border-radius: 8px;
        overflow: hidden;
        touch-action: none;
        cursor: crosshair;
      }
      .board:focus-visible {
        outline-offset: -3px;
      }
      svg {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
    `,
  ];

  constructor() {
    super();
    this.line = [];
    this.cross = null;
    this.tiny = false;
  }

  override render(): TemplateResult | typeof nothing {
    const { pixels, words, regions, line } = this;
    if (!pixels) return nothing;
    const { s, n } = words;
    const { regions: said } = s.photo;
    return html`<h3>${said.title}</h3>
      <small>${said.help}</small>
      <div
        class="board"
        role="application"
        tabindex="0"
        aria-label=${said.canvas}
        @pointerdown=${(event: PointerEvent) => this.#start(event)}
        @pointermove=${(event: PointerEvent) => this.#move(event)}
        @pointerup=${(event: PointerEvent) => this.#end(event)}
        @pointercancel=${() => (this.#stroke = null)}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      >
        <xai-pixels .pixels=${pixels}></xai-pixels>
        <svg viewBox="0 0 ${pixels.width} ${pixels.height}" preserveAspectRatio="none" aria-hidden="true">
          ${regions.map((region) => this.#outline(region, true))}
          ${line.length > 0 ? this.#outline(line, false) : nothing}
          ${line.map(([x, y]) => svg`<circle cx=${x} cy=${y} r=${pixels.width / 90} fill="#ffffff" stroke="#000000" stroke-width=${pixels.width / 300}></circle>`)}
          ${this.cross ? this.#cross(this.cross, pixels.width / 30) : nothing}
        </svg>
      </div>
      <div class="actions">
        <button type="button" ?disabled=${line.length < 3} @click=${() => this.#close(line)}>${said.close}</button>
        <button type="button" ?disabled=${line.length + regions.length === 0} @click=${() => this.#back()}>
          ${said.back}
        </button>
        <button type="button" ?disabled=${line.length + regions.length === 0} @click=${() => this.#become([])}>
          ${said.clear}
        </button>
      </div>
      <small role="status"
        >${this.tiny ? said.tiny : regions.length > 0 ? said.count(n.count(regions.length)) : said.none}</small
      >`;
  }

  #outline(region: Region, closed: boolean) {
    const path = region.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
    const d = closed ? `${path}z` : path;
    return svg`<path d=${d} fill="#ffffff" fill-opacity=${closed ? 0.25 : 0} stroke="#000000" stroke-width="3" vector-effect="non-scaling-stroke"></path>
      <path d=${d} fill="none" stroke="#ffffff" stroke-width="1.5" vector-effect="non-scaling-stroke"></path>`;
  }

  #cross([x, y]: Corner, size: number) {
    const d = `M${x - size} ${y}h${2 * size}M${x} ${y - size}v${2 * size}`;
    return svg`<path d=${d} stroke="#000000" stroke-width="4" vector-effect="non-scaling-stroke"></path>
      <path d=${d} stroke="#ffffff" stroke-width="2" vector-effect="non-scaling-stroke"></path>`;
  }

  #start(event: PointerEvent): void {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture?.(event.pointerId);
    this.#stroke = [this.#at(event)];
  }

  #move(event: PointerEvent): void {
    if (!this.#stroke) return;
    this.#stroke.push(this.#at(event));
    if (this.#long(this.#stroke)) this.line = [...this.#stroke];
  }

  /** A stroke is a region; a click is a corner of one. */
  #end(event: PointerEvent): void {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (!stroke) return;
    if (this.#long(stroke)) this.#close(simplified([...stroke, this.#at(event)]));
    else this.#corner(this.#at(event));
  }

  #corner(corner: Corner): void {
    this.tiny = false;
    this.line = [...this.line, corner];
  }

  #close(region: Region): void {
    const { width = 0, height = 0 } = this.pixels ?? {};
    this.tiny = !drawn(region, width, height);
    if (this.tiny) this.line = [];
    else this.#become([...this.regions, region]);
  }

  /** The last corner, else the last region. */
  #back(): void {
    if (this.line.length > 0) this.line = this.line.slice(0, -1);
    else this.#become(this.regions.slice(0, -1));
  }

  #become(regions: readonly Region[]): void {
    this.line = [];
    this.tiny = false;
    if (regions.length + this.regions.length > 0) ask(this, "xai-regions", { regions });
  }

  #key(event: KeyboardEvent): void {
    const { width = 1, height = 1 } = this.pixels ?? {};
    const [x, y] = this.cross ?? [width / 2, height / 2];
    const step = event.shiftKey ? 1 : Math.max(1, Math.round(width / 28));
    const moves: Record<string, Corner> = {
      ArrowLeft: [x - step, y],
      ArrowRight: [x + step, y],
      ArrowUp: [x, y - step],
      ArrowDown: [x, y + step],
    };
    const move = moves[event.key];
    if (move) this.cross = [Math.min(width, Math.max(0, move[0])), Math.min(height, Math.max(0, move[1]))];
    else if (event.key === "Enter" || event.key === " ") this.#corner([x, y]);
    else if (event.key === "c" && !event.ctrlKey && !event.metaKey) this.#close(this.line);
    else if (event.key === "Backspace") this.#back();
    else return;
    event.preventDefault();
  }

  #long(stroke: readonly Corner[]): boolean {
    const { width = 1 } = this.pixels ?? {};
    const [first] = stroke;
    return stroke.some(([x, y]) => Math.hypot(x - (first?.[0] ?? x), y - (first?.[1] ?? y)) > CLICK * width);
  }

  /** In pixels of the photo as the model sees it. */
  #at(event: PointerEvent): Corner {
    const { width = 1, height = 1 } = this.pixels ?? {};
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const within = (share: number, size: number) => Math.min(size, Math.max(0, share * size));
    return [
      within((event.clientX - box.left) / (box.width || 1), width),
      within((event.clientY - box.top) / (box.height || 1), height),
    ];
  }
}

customElements.define("xai-regions", XaiRegions);

declare global {
  interface HTMLElementTagNameMap {
    "xai-regions": XaiRegions;
  }
}
