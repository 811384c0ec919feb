/** A picture as a file of its own: SVG text, or PNG pixels. */
import { html, render, type SVGTemplateResult } from "lit";

/** The SVG of a template as a document that stands alone: background, title, none of the template's markers. */
export function svgText(template: SVGTemplateResult, title: string, background: string): string {
  const holder = document.createElement("div");
  render(html`${template}`, holder);
  const picture = holder.querySelector("svg");
  if (!picture) throw new Error("the template draws no svg element");
  const { ownerDocument: owner, namespaceURI } = picture;
  const heading = owner.createElementNS(namespaceURI, "title");
  heading.textContent = title;
  const paper = owner.createElementNS(namespaceURI, "rect");
  for (const [name, value] of [
    ["width", "100%"],
    ["height", "100%"],
    ["fill", background],
  ] as const)
    paper.setAttribute(name, value);
  picture.prepend(heading, paper);
  picture.removeAttribute("aria-hidden");
  // HTML's names for characters (&nbsp;) are none in XML, where the whole file would be refused for them.
  const markup = new XMLSerializer().serializeToString(picture).replaceAll("&nbsp;", "\u00a0");
  return markup.replace(/<!--.*?-->/gs, "").replace(/>\s+</g, "><");
}

/** The pixels of an SVG document, `scale` times as many as its own size. */
export async function pngOf(svg: string, width: number, height: number, scale = 2): Promise<Blob> {
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
