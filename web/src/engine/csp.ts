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
  blocked: string;
}

let last: Violation | null = null;
let waiting: (() => void)[] = [];

if (typeof globalThis.addEventListener === "function")
  globalThis.addEventListener("securitypolicyviolation", (event) => {
    const violation = event as SecurityPolicyViolationEvent;
    if (violation.disposition === "report") return;
    // script-src-elem and the like fall back on the directive that the docs name.
    last = { directive: violation.effectiveDirective.replace(/-(elem|attr)$/, ""), blocked: violation.blockedURI };
    for (const wake of waiting.splice(0)) wake();
  });

/** The violation that explains a failure, as an error; null where the policy had no part in it. */
export async function blockedBy(): Promise<XaiwebError | null> {
  // The event is a task of its own and may come just after the failure it explains.
  if (!last)
    await Promise.race([
      new Promise<void>((resolve) => waiting.push(resolve)),
      new Promise((resolve) => setTimeout(resolve, 100)),
    ]);
  waiting = [];
  return last && cspError(last.directive, last.blocked === "wasm-eval" ? "'wasm-unsafe-eval'" : undefined);
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
