/** The provider chip: where the model runs, why there, and the choice of another. */
import { css, html, LitElement, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { ProviderChoice } from "../types.js";
import { ask } from "./asks.js";
import type { Opened } from "./opened.js";
import { chip, shared } from "./styles.js";
import "./xai-sheet.js";

const CHOICES: readonly ProviderChoice[] = ["auto", "wasm", "webgpu", "webgl"];

/** Choosing another provider opens the bundle anew, and says what that loads. */
export class XaiProvider extends LitElement {
  static override properties = {
    explainer: { attribute: false },
    choice: { attribute: false },
    words: { attribute: false },
  };

  declare explainer: Opened;
  declare choice: ProviderChoice;
  declare words: Words;

  static override styles = [
    shared,
    chip,
    css`
      fieldset {
        margin: 1rem 0 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-weight: 650;
      }
      label {
        display: grid;
        grid-template-columns: 1.5rem 1fr;
        align-items: start;
        padding-block: 0.5rem;
      }
      input {
        inline-size: 1rem;
        block-size: 1rem;
        margin-block: 0.2rem;
      }
      small {
        display: block;
      }
    `,
  ];

  override render(): TemplateResult {
    const { explainer, words } = this;
    const { provider } = words.s;
    return html`<xai-sheet .heading=${provider.title} .words=${words}>
      <span slot="button">${provider.runs(provider.names[explainer.provider])}</span>
      <p>${provider.local}</p>
      <p class="muted" lang="en">${explainer.providerReason}</p>
      <fieldset>
        <legend>${provider.choose}</legend>
        ${CHOICES.map((choice) => this.#option(choice))}
      </fieldset>
    </xai-sheet>`;
  }

  #option(choice: ProviderChoice): TemplateResult {
    const { words, explainer } = this;
    const { provider } = words.s;
    // A provider that can't run this model is shown, disabled, with the reason.
    const reason = choice === "auto" ? null : explainer.manifest.providers[choice];
    return html`<label>
      <input
        type="radio"
        name="provider"
        value=${choice}
        .checked=${choice === this.choice}
        ?disabled=${reason !== null}
        @change=${() => this.#choose(choice)}
      />
      <span>
        ${provider.names[choice]}
        <small>${reason === null ? provider.about[choice] : provider.not_here(reason)}</small>
      </span>
    </label>`;
  }

  #choose(provider: ProviderChoice): void {
    ask(this, "xai-provider", { provider });
  }
}

customElements.define("xai-provider", XaiProvider);

declare global {
  interface HTMLElementTagNameMap {
    "xai-provider": XaiProvider;
  }
}
