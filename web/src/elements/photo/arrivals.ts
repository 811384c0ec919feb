/** Photos that arrive by being dropped onto the page, or pasted into it. */
import type { ReactiveController, ReactiveControllerHost } from "lit";

type Host = ReactiveControllerHost & HTMLElement;

export class Arrivals implements ReactiveController {
  /** Something is being dragged over the page. */
  over = false;
  #host: Host;
  #took: (blob: Blob | null, how: "dropped" | "pasted") => void;

  /** @param took Gets the photo, or null where what arrived holds none */
  constructor(host: Host, took: (blob: Blob | null, how: "dropped" | "pasted") => void) {
    this.#host = host;
    this.#took = took;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("paste", this.#paste);
    for (const type of ["dragover", "dragleave", "drop"] as const) this.#host.addEventListener(type, this.#drag);
  }

  hostDisconnected(): void {
    removeEventListener("paste", this.#paste);
    for (const type of ["dragover", "dragleave", "drop"] as const) this.#host.removeEventListener(type, this.#drag);
  }

  readonly #paste = (event: ClipboardEvent): void => {
    const [target] = event.composedPath();
    // What goes into a field, or into another explainer of this page, is none of our business; nor are words.
    const field = target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea"));
    const data = event.clipboardData;
    if (field || event.defaultPrevented || !data || data.files.length === 0) return;
    event.preventDefault();
    this.#took(image(data.files), "pasted");
  };

  readonly #drag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Else the browser would leave the page for the file.
    event.preventDefault();
    this.over = event.type === "dragover";
    this.#host.requestUpdate();
    if (event.type === "drop") this.#took(image(event.dataTransfer.files), "dropped");
  };
}

function image(files: FileList): File | null {
  return [...files].find(({ type }) => type.startsWith("image/")) ?? null;
}
