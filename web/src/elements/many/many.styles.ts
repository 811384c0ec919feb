/** How the part for files of rows looks. */
import { css } from "lit";

export const manyStyles = css`
  :host {
    display: block;
  }
  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    margin-block-start: 1rem;
    padding-block-start: 1rem;
    border-block-start: 1px solid var(--xai-line);
  }
  .toggle::before {
    content: "";
    display: inline-block;
    margin-inline-end: 0.5rem;
    border: 0.28rem solid transparent;
    border-inline-start-color: currentColor;
    border-inline-end: 0;
    vertical-align: 0.05em;
  }
  .toggle[aria-expanded="true"]::before {
    rotate: 90deg;
  }
  .drop {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
    padding: 1rem;
    border: 1px dashed var(--xai-field);
    border-radius: 8px;
  }
  .drop.over {
    border-style: solid;
    border-color: var(--xai-accent);
    background: var(--xai-accent-soft);
  }
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.5rem;
    justify-items: start;
  }
  section > * {
    max-inline-size: 100%;
  }
  .scroll {
    inline-size: 100%;
  }
  ul {
    list-style: none;
    inline-size: 100%;
    display: grid;
    gap: 0.5rem;
  }
  .kept > li {
    display: grid;
    gap: 0.375rem;
    padding-block: 0.5rem;
    border-block-start: 1px solid var(--xai-line);
  }
  .kept .muted {
    display: block;
  }
  .really {
    flex: 1 0 100%;
  }
  .reading {
    inline-size: 100%;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.75rem;
  }
  progress {
    inline-size: min(100%, 24rem);
    block-size: 0.625rem;
  }
  label {
    display: flex;
    gap: 0.5rem;
    align-items: baseline;
  }
  input[type="checkbox"] {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    flex: none;
    translate: 0 0.125rem;
    accent-color: var(--xai-accent);
  }
  input[type="number"] {
    inline-size: 7rem;
  }
  details {
    inline-size: 100%;
  }
  summary {
    cursor: pointer;
    min-block-size: 1.5rem;
  }
  details ul {
    max-block-size: 16rem;
    overflow-y: auto;
    padding: 0.5rem;
    border: 1px solid var(--xai-line);
    border-radius: 8px;
    overflow-wrap: anywhere;
  }
  .importance .bar {
    inline-size: 45%;
    min-inline-size: 4rem;
  }
  .rows th:first-child {
    padding-inline-start: 0.5rem;
  }
  .rows .plain {
    padding-inline: 0;
    min-inline-size: 1.5rem;
    text-align: start;
    text-decoration: underline dotted;
    text-underline-offset: 0.2em;
  }
  .bar svg {
    display: block;
  }
  .refused td {
    color: var(--xai-warn);
    overflow-wrap: anywhere;
  }
  .failure {
    padding: 0.25rem 0.75rem;
    border-inline-start: 4px solid var(--xai-bad);
  }
`;
