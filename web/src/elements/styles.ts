/** What all elements share: the colours for light and dark, and how buttons, fields and focus look. */
import { css, unsafeCSS } from "lit";
import { DARK, LIGHT, type Palette } from "../chart/palette.js";

const pictureColours = (Object.keys(LIGHT) as (keyof Palette)[])
  .map((name) => {
    const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `--xai-${property}: light-dark(${LIGHT[name]}, ${DARK[name]});`;
  })
  .join("\n");

/** Set on the outermost element only; everything inside inherits them. */
export const tokens = css`
  :host {
    color-scheme: light dark;
    ${unsafeCSS(pictureColours)}
    --xai-page: light-dark(#f7f7f8, #101215);
    --xai-accent: light-dark(#5a3fc0, #b7a6ff);
    --xai-accent-ink: light-dark(#ffffff, #17122b);
    --xai-accent-soft: light-dark(#efecfa, #292542);
    --xai-field: light-dark(#858c98, #747d8b);
    --xai-warn: light-dark(#8a5300, #f2b95c);
    --xai-warn-soft: light-dark(#fff6e5, #2e2618);
    --xai-bad: light-dark(#b3132b, #ff8d97);
    --xai-radius: 12px;
    color: var(--xai-ink);
    font-family: system-ui, sans-serif;
    font-size: 0.9375rem;
    line-height: 1.45;
    font-variant-numeric: tabular-nums;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
`;

export const shared = css`
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h2,
  h3,
  h4,
  p,
  ul,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  h2,
  h3,
  h4 {
    font-size: 1rem;
    font-weight: 650;
    line-height: 1.3;
    text-wrap: balance;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    min-block-size: 2rem;
    min-inline-size: 2rem;
    padding: 0.25rem 0.75rem;
    border: 1px solid var(--xai-line);
    border-radius: 8px;
    background: var(--xai-surface);
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    border-color: var(--xai-field);
  }
  button:disabled {
    color: var(--xai-muted);
    cursor: default;
    opacity: 0.65;
  }
  button[aria-expanded="true"],
  button[aria-pressed="true"] {
    background: var(--xai-accent-soft);
    border-color: var(--xai-accent);
  }
  button.primary {
    background: var(--xai-accent);
    border-color: var(--xai-accent);
    color: var(--xai-accent-ink);
  }
  button.plain {
    border: 0;
    background: none;
    padding: 0.125rem 0.25rem;
    min-block-size: 1.5rem;
    text-align: start;
    text-decoration: underline transparent;
    text-underline-offset: 3px;
  }
  button.plain:hover {
    text-decoration-color: currentColor;
  }
  select,
  input:not([type="range"], [type="radio"], [type="checkbox"]) {
    min-block-size: 2rem;
    padding: 0.2rem 0.5rem;
    border: 1px solid var(--xai-field);
    border-radius: 8px;
    background: var(--xai-surface);
  }
  button,
  input,
  select,
  summary {
    /* The decision strip sticks to the top: what is focused must not hide behind it. */
    scroll-margin-block: 8rem 2rem;
  }
  input[type="range"],
  input[type="radio"],
  progress {
    accent-color: var(--xai-accent);
  }
  :focus-visible {
    outline: 3px solid var(--xai-accent);
    outline-offset: 2px;
  }
  .muted,
  small {
    color: var(--xai-muted);
    font-size: 0.8125rem;
  }
  code {
    font-family: ui-monospace, monospace;
    font-size: 0.8125rem;
    overflow-wrap: anywhere;
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      transition: none !important;
      animation: none !important;
    }
  }
`;

/** Two buttons, one of which is pressed. */
export const switchStyles = css`
  .switch {
    display: inline-flex;
  }
  .switch button {
    font-size: 0.8125rem;
  }
  .switch button:first-child {
    border-start-end-radius: 0;
    border-end-end-radius: 0;
  }
  .switch button:last-child {
    border-start-start-radius: 0;
    border-end-start-radius: 0;
    margin-inline-start: -1px;
  }
`;

/** A rounded button in the header that opens a sheet. */
export const chip = css`
  :host {
    display: inline-block;
  }
  xai-sheet::part(button) {
    border-radius: 999px;
  }
`;
