/** How an entry of the form looks. */
import { css } from "lit";

export const fieldStyles = css`
  :host {
    display: block;
    padding: 0.375rem 0.5rem;
    border-radius: 8px;
  }
  :host([lit]) {
    background: var(--xai-highlight);
  }
  .line {
    display: grid;
    grid-template-columns: minmax(0, 9fr) minmax(0, 11fr) 1.5rem;
    column-gap: 0.5rem;
    align-items: center;
  }
  label {
    overflow-wrap: anywhere;
    hyphens: auto;
  }
  .about {
    min-block-size: 1.5rem;
    min-inline-size: 1.5rem;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--xai-muted);
    font-size: 0.8125rem;
  }
  .about:hover {
    color: var(--xai-ink);
  }
  .control {
    display: grid;
    grid-template-columns: minmax(3.5rem, 6rem) minmax(0, 1fr);
    align-items: center;
    column-gap: 0.5rem;
  }
  select {
    grid-column: 1 / -1;
    inline-size: 100%;
    min-inline-size: 0;
    text-overflow: ellipsis;
  }
  input[type="number"] {
    inline-size: 100%;
    min-inline-size: 0;
  }
  .slide {
    grid-column: 1 / -1;
    inline-size: 100%;
    block-size: 1.5rem;
    margin: 0;
  }
  .unit {
    color: var(--xai-muted);
    font-size: 0.8125rem;
  }
  .note {
    padding-block-start: 0.25rem;
    font-size: 0.8125rem;
    color: var(--xai-muted);
  }
  .warn {
    color: var(--xai-warn);
  }
  .bad {
    color: var(--xai-bad);
  }
  /* Without a width of its own, the lock stays on the line of the last word. */
  .name:has(.fixed) {
    padding-inline-end: 0.75rem;
  }
  .fixed {
    margin-inline-end: -0.75rem;
    inline-size: 0.75rem;
    block-size: 0.875rem;
    vertical-align: -0.1em;
    color: var(--xai-muted);
  }
`;
