/** Names the token that a page's Content-Security-Policy lacks. */
import { XaiwebError } from "../errors.js";

/** What each directive must allow, as the docs list it. */
const TOKENS: Record<string, string> = {
  "script-src": "'self' 'wasm-unsafe-eval' blob:",
  "worker-src": "'self' blob:",
  "connect-src": "'self' blob:",
};

interface Violation {
  directive: string;
  /** An address, or a word such as `blob` or `wasm-eval`. */
  blocked: string;
}

// The page may have violations of its own: only what matches a failure of ours is taken for its cause.
const seen: Violation[] = [];
const waiting = new Set<() => void>();

if (typeof globalThis.addEventListener === "function")
  globalThis.addEventListener("securitypolicyviolation", (event) => {
    const { disposition, effectiveDirective, blockedURI } = event as SecurityPolicyViolationEvent;
    if (disposition === "report") return;
    // script-src-elem and the like fall back on the directive that the docs name.
    seen.push({ directive: effectiveDirective.replace(/-(elem|attr)$/, ""), blocked: blockedURI });
    for (const wake of waiting) wake();
  });

/**
 * The violation that explains a failure, as an error; null where the policy had no part in it.
 *
 * @param blocked - What was refused: an address, or `blob`.
 */
export async function blockedBy(blocked: string): Promise<XaiwebError | null> {
  const find = () => seen.find((violation) => violation.blocked === blocked);
  if (!find()) {
    // The event is a task of its own and may come just after the failure it explains.
    let wake = () => {};
    const event = new Promise<void>((resolve) => waiting.add((wake = () => find() && resolve())));
    await Promise.race([event, new Promise((resolve) => setTimeout(resolve, 100))]);
    waiting.delete(wake);
  }
  const violation = find();
  return violation ? cspError(violation.directive) : null;
}

/** An error that names the missing token, and all that the directive needs. */
export function cspError(directive: string, token?: string): XaiwebError {
  const all = TOKENS[directive] ?? "'self'";
  const missing = token ?? (directive === "connect-src" ? "'self'" : "blob:");
  return new XaiwebError("csp-blocked", `the page's Content-Security-Policy lacks ${missing} in ${directive}.`, {
    where: `Content-Security-Policy, ${directive}`,
    next: `Allow ${all} in ${directive} of the page's policy.`,
  });
}

/** Tries in a worker what the runtime will need, so that a missing token is named before anything large is loaded. */
export async function checkPolicy(): Promise<void> {
  if (typeof WebAssembly === "undefined")
    throw new XaiwebError("no-webassembly", "this browser has no WebAssembly.", {
      where: "browser",
      next: "Use a current browser, or allow WebAssembly in its settings.",
    });
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  } catch {
    throw cspError("script-src", "'wasm-unsafe-eval'");
  }
  const url = URL.createObjectURL(new Blob(["export {}"], { type: "text/javascript" }));
  try {
    await import(/* @vite-ignore */ url);
  } catch {
    throw cspError("script-src", "blob:");
  } finally {
    URL.revokeObjectURL(url);
  }
}
