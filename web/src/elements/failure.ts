/** Something that went wrong, in words: what happened, what it means, what to do; details folded. */
import { html, nothing, type TemplateResult } from "lit";
import type { Strings } from "../strings/en.js";
import type { Words } from "../strings/words.js";
import type { XaiwebErrorShape } from "../types.js";

export type FailureAction = "reload" | "retry" | "auto-provider";

/** What a person can do about a failure with one click. */
const ACTIONS: Readonly<Record<string, readonly FailureAction[]>> = {
  "file-missing": ["retry"],
  "hash-mismatch": ["reload"],
  "network-lost": ["retry"],
  "model-corrupt": ["reload"],
  "provider-unavailable": ["auto-provider"],
  "stale-page": ["reload"],
  "core-failed": ["retry"],
  "worker-failed": ["reload"],
  "not-listed": ["reload"],
  "runtime-failed": ["reload"],
  "files-invalid": ["reload"],
  "unknown-method": ["reload"],
  "method-unknown": ["reload"],
  spec: ["reload"],
  explanation: ["reload"],
  closed: ["reload"],
  unexpected: ["reload"],
};

/**
 * A failure, and the buttons that may mend it.
 *
 * Whatever stopped the core, it means the same for the reader: the decision stands, the estimate stays one (`core`).
 */
export function failure(
  error: XaiwebErrorShape,
  words: Words,
  act: (action: FailureAction) => void,
  core = false,
): TemplateResult {
  const { s } = words;
  const known = (s.failures as Readonly<Record<string, Strings["failures"]["file-missing"]>>)[error.code];
  const actions = ACTIONS[error.code] ?? [];
  return html`<section class="failure" role="alert">
    <h3>${known?.title ?? s.failure.title}</h3>
    <p>${core ? s.failures["core-failed"].meaning : (known?.meaning ?? error.message)}</p>
    <p>${known?.next ?? error.next}</p>
    ${
      actions.length > 0
        ? html`<p class="actions">
            ${actions.map(
              (action) =>
                html`<button type="button" class="primary" @click=${() => act(action)}>
                  ${s.failure.actions[action]}
                </button>`,
            )}
          </p>`
        : nothing
    }
    <details>
      <summary>${s.failure.details}</summary>
      <p lang="en">${error.message}</p>
      ${error.where ? html`<p>${s.failure.where}: <code>${error.where}</code></p>` : nothing}
      ${error.next && known ? html`<p lang="en">${error.next}</p>` : nothing}
      <p><code>${error.code}</code></p>
    </details>
  </section>`;
}

/** Any thrown value in the shape of the page's errors. */
export function toShape(thrown: unknown): XaiwebErrorShape {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string") {
    const { code, message, where, next } = thrown as Partial<XaiwebErrorShape> & { code: string };
    return { code, message: message ?? "", where: where ?? "", next: next ?? "" };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "unexpected", message, where: "", next: "" };
}
