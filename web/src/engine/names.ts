/** Names that the page's first script needs before anything else is loaded. */

export const LIST = "files.json";
export const WORKER = "worker.js";

declare const __XAIWEB_WEB__: string;

/** Build id of the web part, compiled in; files.json names the one that belongs to it. */
export const WEB = typeof __XAIWEB_WEB__ === "string" ? __XAIWEB_WEB__ : "unbuilt";

/** The hexadecimal sha256 of some bytes. */
export async function sha256(bytes: BufferSource): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
