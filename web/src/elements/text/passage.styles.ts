/** How coloured words look: the same steps in the text and in its legend. */
import { css, unsafeCSS } from "lit";
import { TINTS } from "../../views/text/shade.js";

const steps = TINTS.map((tint, at) => {
  const share = `${tint * 100}%`;
  return `.up${at + 1} { background: color-mix(in srgb, var(--xai-positive) ${share}, transparent); }
    .down${at + 1} { background: color-mix(in srgb, var(--xai-negative) ${share}, transparent); }`;
}).join("\n");

/** Sign by the line below too: whole where a word raises, dashed where it lowers. */
export const shades = css`
  ${unsafeCSS(steps)}
  [class^="up"],
  [class^="down"] {
    border-radius: 3px;
    text-decoration-line: underline;
    text-decoration-thickness: 2px;
    text-decoration-skip-ink: none;
    text-underline-offset: 0.22em;
  }
  [class^="up"] {
    text-decoration-color: var(--xai-positive-text);
  }
  [class^="down"] {
    text-decoration-style: dashed;
    text-decoration-color: var(--xai-negative-text);
  }
`;

export const passageStyles = css`
  :host {
    display: block;
    min-inline-size: 0;
  }
  .pane {
    border: 1px solid var(--xai-line);
    border-radius: 8px;
    max-block-size: 34rem;
    overflow-y: auto;
    overscroll-behavior: contain;
    scroll-behavior: smooth;
    transition: opacity 0.15s;
  }
  :host([narrow]) .pane {
    max-block-size: 30rem;
  }
  .pane.stale {
    opacity: 0.55;
  }
  .readout {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.75rem;
    block-size: 2.75rem;
    padding: 0.25rem 0.75rem;
    background: var(--xai-surface);
    border-block-end: 1px solid var(--xai-line);
    font-size: 0.875rem;
    line-height: 1.3;
  }
  :host([narrow]) .readout {
    block-size: 3.5rem;
  }
  .readout b {
    display: inline-block;
    max-inline-size: 16rem;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    vertical-align: bottom;
    font-weight: 650;
  }
  :host([narrow]) .readout b {
    max-inline-size: 10rem;
  }
  .readout button {
    flex: none;
    font-size: 0.8125rem;
  }
  .readout .plus {
    color: var(--xai-positive-text);
    font-weight: 600;
  }
  .readout .minus {
    color: var(--xai-negative-text);
    font-weight: 600;
  }
  @media (prefers-reduced-motion: reduce) {
    .pane {
      scroll-behavior: auto;
    }
  }
  .text {
    padding: 0.75rem;
    line-height: 1.85;
    overflow-wrap: anywhere;
  }
  .run {
    display: block;
    white-space: pre-wrap;
    unicode-bidi: plaintext;
    text-align: start;
  }
  [data-word] {
    scroll-margin-block: 4rem 1rem;
    cursor: pointer;
    padding-block: 0.12em;
  }
  [data-word]:focus-visible {
    outline-offset: 1px;
    border-radius: 3px;
  }
  .near {
    background: var(--xai-highlight);
    box-shadow: 0 0 0 0.2em var(--xai-highlight);
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
    border-radius: 3px;
  }
  [data-word].lit {
    outline: 2px solid var(--xai-ink);
    outline-offset: 1px;
    border-radius: 3px;
  }
  [data-word][aria-pressed="true"] {
    background: repeating-linear-gradient(-45deg, transparent 0 4px, var(--xai-line) 4px 5px);
    color: var(--xai-muted);
    text-decoration: line-through;
    text-decoration-color: currentColor;
  }
  .rest {
    color: var(--xai-muted);
    border-block-start: 1px dashed var(--xai-field);
    margin-block-start: 0.75rem;
    padding-block-start: 0.5rem;
  }
  .rest small {
    display: block;
    margin-block-end: 0.25rem;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
    align-items: center;
    margin-block-start: 0.5rem;
    font-size: 0.8125rem;
    color: var(--xai-muted);
  }
  .legend span {
    display: inline-flex;
    gap: 0.4rem;
    align-items: center;
  }
  .legend i {
    font-style: normal;
    color: var(--xai-ink);
    padding-inline: 0.3rem;
  }
`;
