/** A photo from the camera: shown while it is aimed, switched off as soon as it is taken. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../../strings/words.js";
import { shared } from "../styles.js";
import { ask } from "./asks.js";

/** Nothing where there is no camera, or where browsers don't give one out. */
export class XaiCamera extends LitElement {
  static override properties = { words: { attribute: false }, there: { state: true }, refused: { state: true } };

  declare words: Words;
  declare there: boolean;
  declare refused: boolean;

  #stream: MediaStream | null = null;

  static override styles = [
    shared,
    css`
      dialog {
        inline-size: min(40rem, 100vw);
        padding: 1.25rem;
        border: 1px solid var(--xai-line);
        border-radius: var(--xai-radius);
        background: var(--xai-surface);
        color: var(--xai-ink);
      }
      dialog::backdrop {
        background: rgb(10 12 16 / 40%);
      }
      video {
        display: block;
        inline-size: 100%;
        margin-block: 0.75rem;
        border-radius: 8px;
        background: var(--xai-line);
      }
      .actions {
        display: flex;
        gap: 0.5rem;
      }
    `,
  ];

  constructor() {
    super();
    this.there = this.refused = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void cameras().then((there) => (this.there = there));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.there) return nothing;
    const { s } = this.words;
    const { camera } = s.photo;
    return html`<button type="button" aria-haspopup="dialog" @click=${() => this.#open()}>${camera.open}</button>
      <dialog aria-label=${camera.title} @close=${() => this.#stop()}>
        <h2>${camera.title}</h2>
        ${
          this.refused
            ? html`<p role="alert">${camera.refused}</p>`
            : html`<video playsinline muted></video>
                <p class="muted">${camera.note}</p>`
        }
        <p class="actions">
          <button type="button" class="primary" ?hidden=${this.refused} @click=${() => this.#take()}>
            ${camera.take}
          </button>
          <button type="button" @click=${() => this.#dialog?.close()}>${s.close}</button>
        </p>
      </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  async #open(): Promise<void> {
    this.refused = false;
    this.#dialog?.showModal();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      // One stream at a time: whoever asked twice before the browser agreed gets two.
      this.#stop();
      this.#stream = stream;
      // Closed or gone while the browser still asked for permission.
      if (!this.isConnected || !this.#dialog?.open) return this.#stop();
      const video = this.renderRoot.querySelector("video");
      if (!video) return;
      video.srcObject = stream;
      await video.play();
    } catch {
      this.#stop();
      this.refused = true;
    }
  }

  #take(): void {
    const video = this.renderRoot.querySelector("video");
    if (!video || video.videoWidth === 0) return;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    this.#dialog?.close();
    canvas.toBlob((blob) => {
      if (blob) ask(this, "xai-photo", { blob, title: this.words.s.photo.taken });
    }, "image/png");
  }

  #stop(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }
}

/** Whether there is a camera that this page may ask for. */
async function cameras(): Promise<boolean> {
  // Browsers have this on secure pages only.
  const { mediaDevices } = navigator;
  if (!mediaDevices?.getUserMedia) return false;
  const devices = await mediaDevices.enumerateDevices().catch(() => []);
  return devices.some(({ kind }) => kind === "videoinput");
}

customElements.define("xai-camera", XaiCamera);

declare global {
  interface HTMLElementTagNameMap {
    "xai-camera": XaiCamera;
  }
}
