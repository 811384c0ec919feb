/** A picture as a file of its own: SVG text, or PNG pixels. */
import { html, render, type SVGTemplateResult } from "lit";
import type { Palette } from "./palette.js";
import { fitText } from "./text-width.js";

export interface PictureFile {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** What stands above the picture: without the page around it, it must say itself what it shows. */
const HEAD = 34;

/** The SVG of a template as a document that stands alone: heading, description, background, no template's markers. */
export function pictureFile(
  template: SVGTemplateResult,
  heading: string,
  description: string,
  colour: Palette,
): PictureFile {
  const holder = document.createElement("div");
  render(html`${template}`, holder);
  const picture = holder.querySelector("svg");
  if (!picture) throw new Error("the template draws no svg element");
  const make = (name: string, attributes: Record<string, string | number>, text = "") => {
    const node = picture.ownerDocument.createElementNS(picture.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
    node.textContent = text;
    return node;
  };
  const width = Number(picture.getAttribute("width"));
  const height = Number(picture.getAttribute("height")) + HEAD;
  picture.prepend(
    make("title", {}, description),
    make("rect", { y: -HEAD, width, height, fill: colour.surface }),
    make(
      "text",
      { x: 8, y: -12, "font-size": 15, "font-weight": 700, fill: colour.ink },
      fitText(heading, width - 16, 15, true),
    ),
  );
  picture.setAttribute("height", String(height));
  picture.setAttribute("viewBox", `0 ${-HEAD} ${width} ${height}`);
  picture.removeAttribute("aria-hidden");
  // HTML's names for characters (&nbsp;) are none in XML, where the whole file would be refused for them.
  const markup = new XMLSerializer().serializeToString(picture).replaceAll("&nbsp;", "\u00a0");
  return { svg: markup.replace(/<!--.*?-->/gs, "").replace(/>\s+</g, "><"), width, height };
}

/** The pixels of a picture, `scale` times as many as its own size. */
export async function pngOf({ svg, width, height }: PictureFile, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * scale, height * scale];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture has no pixels"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Hands a file to the browser's downloads; nothing is requested from anywhere. */
export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download reads the blob after this turn of the event loop.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
