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
    grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
    column-gap: 0.75rem;
    align-items: center;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    min-inline-size: 0;
  }
  label {
    overflow-wrap: anywhere;
    hyphens: auto;
  }
  .about {
    flex: none;
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
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-inline-size: 0;
  }
  select {
    inline-size: 100%;
    min-inline-size: 0;
    text-overflow: ellipsis;
  }
  input[type="number"] {
    inline-size: 5.5rem;
    flex: none;
  }
  .slide {
    flex: 1;
    min-inline-size: 3rem;
    inline-size: 3rem;
    min-block-size: 1.5rem;
    margin: 0;
  }
  .unit {
    flex: none;
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
  .fixed {
    flex: none;
    inline-size: 0.75rem;
    block-size: 0.875rem;
    color: var(--xai-muted);
  }
`;
