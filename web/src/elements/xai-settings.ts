/** Method and settings, drawn from what the method says of its parameters. */
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Words } from "../strings/words.js";
import type { Manifest, MethodName, Scale, XaiwebErrorShape } from "../types.js";
import { ask } from "./asks.js";
import {
  counts,
  defaultsFor,
  lacking,
  methodsFor,
  type Parameter,
  parametersOf,
  type Settings,
  typedNumber,
  withMethod,
  withParameters,
} from "./settings.js";
import { shared } from "./styles.js";

/** A choice: its value, its words, and whether it can be taken. */
type Choice = readonly [value: string, label: string, disabled?: boolean];

/** What is typed goes on only where the method can use it. */
export class XaiSettings extends LitElement {
  static override properties = {
    manifest: { attribute: false },
    settings: { attribute: false },
    output: { attribute: false },
    problem: { attribute: false },
    words: { attribute: false },
    invalid: { state: true },
  };

  declare manifest: Manifest;
  declare settings: Settings;
  declare output: number;
  /** What the core said of these settings, if it refused them. */
  declare problem: XaiwebErrorShape | null;
  declare words: Words;
  /** Messages for what is typed but can't be used, by parameter. */
  declare invalid: Readonly<Record<string, string>>;

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr));
        gap: 1rem 1.5rem;
      }
      .setting {
        display: grid;
        gap: 0.25rem;
        align-content: start;
      }
      label {
        font-weight: 600;
      }
      select,
      input {
        inline-size: 100%;
        min-inline-size: 0;
      }
      .bad {
        color: var(--xai-bad);
        font-size: 0.8125rem;
      }
      .all {
        grid-column: 1 / -1;
      }
    `,
  ];

  constructor() {
    super();
    this.invalid = {};
    this.problem = null;
  }

  override render(): TemplateResult {
    const { manifest, words, settings } = this;
    const { s } = words;
    const { kind } = manifest;
    const all = methodsFor(kind);
    const method = all.find(({ name }) => name === settings.method) ?? all[0]!;
    const outputs = manifest.outputs.map(
      ({ name, label }, index) => [String(index), words.text(label ?? name)] as const,
    );
    const scales = manifest.scales.map(({ name }) => [name, s.settings.scales[name]] as const);
    const methods = all.map(({ name, title }) => [name, translated(s.methods, name, "title") ?? title] as const);
    return html`${this.#select(
        "output",
        s.settings.output,
        s.settings.output_help,
        outputs,
        String(this.output),
        (value) => ask(this, "xai-output", { output: Number(value) }),
      )}
      ${this.#select("method", s.settings.method, summary(method), methods, settings.method, (value) =>
        this.#change(withMethod(settings, kind, value as MethodName)),
      )}
      ${this.#select("scale", s.settings.scale, s.settings.scale_help, scales, settings.scale, (value) =>
        this.#rescale(value as Scale),
      )}
      ${parametersOf(method.name, kind).map((parameter) => this.#parameter(method.name, parameter))}
      <div class="all">
        <button
          type="button"
          ?disabled=${equal(settings, defaultsFor(kind))}
          @click=${() => this.#change(defaultsFor(kind))}
        >
          ${s.settings.defaults}
        </button>
      </div>`;

    function summary({ name, summary, reference }: (typeof all)[number]): string {
      return `${translated(s.methods, name, "summary") ?? summary} ${s.settings.reference(reference.replace(/\.$/, ""))}`;
    }
  }

  #parameter(method: string, parameter: Parameter): TemplateResult | typeof nothing {
    const { s } = this.words;
    const own = `${method}.${parameter.name}`;
    const key = own in s.methods ? own : `${this.manifest.kind}.${parameter.name}`;
    const title = translated(s.methods, key, "title") ?? parameter.title;
    const help = translated(s.methods, key, "help") ?? parameter.help;
    const present = this.settings.parameters[parameter.name] ?? null;
    const message = this.invalid[parameter.name] ?? this.#refusal(parameter);
    if (parameter.kind === "choice") {
      const choices = parameter.choices.map((name) => this.#choice(parameter, name));
      const choose = (value: string) => this.#set({ [parameter.name]: value });
      return this.#select(parameter.name, title, help, choices, String(present), choose, message);
    }
    if (parameter.kind === "colour") {
      if (!counts(parameter.name, this.settings.parameters)) return nothing;
      const colour = html`<input
        id=${parameter.name}
        type="color"
        .value=${String(present ?? "#000000")}
        aria-describedby="${parameter.name}-help ${parameter.name}-bad"
        @change=${(event: Event) => this.#set({ [parameter.name]: (event.target as HTMLInputElement).value })}
      />`;
      return this.#setting(parameter.name, title, help, colour, message);
    }
    const input = html`<input
      id=${parameter.name}
      type="number"
      step=${parameter.kind === "int" ? "1" : "any"}
      min=${parameter.minimum ?? nothing}
      max=${parameter.maximum ?? nothing}
      placeholder=${parameter.default === null ? s.settings.automatic : nothing}
      .value=${present === null ? "" : String(present)}
      aria-invalid=${message !== ""}
      aria-describedby="${parameter.name}-help ${parameter.name}-bad"
      @change=${(event: Event) => this.#typed(parameter, event.target as HTMLInputElement)}
    />`;
    return this.#setting(parameter.name, title, help, input, message);
  }

  #setting(name: string, title: string, help: string, control: TemplateResult, message: string): TemplateResult {
    return html`<div class="setting">
      <label for=${name}>${title}</label>
      ${control}
      <small id="${name}-help">${help}</small>
      <span class="bad" id="${name}-bad" role="status">${message}</span>
    </div>`;
  }

  /** What this model can't do in this scale is shown, disabled, with the reason. */
  #choice({ name }: Parameter, choice: string): Choice {
    const { settings } = this.words.s;
    const label = settings.choices[choice] ?? choice;
    const lacks = name === "estimator" ? lacking(this.manifest, this.settings.scale, choice) : null;
    return lacks ? [choice, settings.unavailable(label, settings.lacking[lacks]), true] : [choice, label];
  }

  #select(
    name: string,
    title: string,
    help: string,
    choices: readonly Choice[],
    present: string,
    choose: (value: string) => void,
    message = "",
  ): TemplateResult {
    const select = html`<select
      id=${name}
      aria-invalid=${message !== ""}
      aria-describedby="${name}-help ${name}-bad"
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
    >
      ${choices.map(
        ([value, label, disabled = false]) =>
          html`<option value=${value} .selected=${value === present} ?disabled=${disabled}>${label}</option>`,
      )}
    </select>`;
    return this.#setting(name, title, help, select, message);
  }

  #typed(parameter: Parameter, input: HTMLInputElement): void {
    const { name, kind, minimum, maximum } = parameter;
    const { s, n } = this.words;
    const value = typedNumber(parameter, input);
    const { [name]: _, ...invalid } = this.invalid;
    const bound = (limit: number | null) => (limit === null ? "" : n.plain(limit));
    const message = s.settings[kind === "int" ? "whole" : "number"](bound(minimum), bound(maximum));
    this.invalid = value === undefined ? { ...invalid, [name]: message } : invalid;
    if (value !== undefined) this.#set({ [name]: value });
  }

  /** What the core says of a parameter that it refused; its message names what would do. */
  #refusal({ name }: Parameter): string {
    const { where, message, next } = this.problem ?? {};
    return where === `parameter "${name}"` ? `${this.words.s.settings.refused} ${message} ${next}`.trim() : "";
  }

  #change(settings: Settings): void {
    this.invalid = {};
    ask(this, "xai-settings", { settings });
  }

  #set(part: Settings["parameters"]): void {
    ask(this, "xai-settings", { settings: withParameters(this.settings, part) });
  }

  /** In another scale the model may lack what the estimator needs. */
  #rescale(scale: Scale): void {
    const settings = { ...this.settings, scale };
    const lacks = lacking(this.manifest, scale, String(settings.parameters["estimator"]));
    ask(this, "xai-settings", { settings: lacks ? withParameters(settings, { estimator: "auto" }) : settings });
  }
}

type Catalogue = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A method's words in the page's language, where there are any; English ones come with the method. */
function translated(catalogue: Catalogue, key: string, part: string): string | undefined {
  return catalogue[key]?.[part];
}

function equal(a: Settings, b: Settings): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

customElements.define("xai-settings", XaiSettings);

declare global {
  interface HTMLElementTagNameMap {
    "xai-settings": XaiSettings;
  }
}
