/** How the matrix of pairs looks. */
import { css } from "lit";

export const togetherStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.75rem;
  }
  .what {
    max-inline-size: 44rem;
  }
  .plot {
    position: relative;
    direction: ltr;
  }
  figure {
    min-inline-size: 0;
  }
  svg {
    display: block;
    max-inline-size: 100%;
  }
  .marks {
    position: absolute;
    inset-block-start: var(--xai-cell);
    inset-inline-start: 0;
  }
  .marks > div {
    display: flex;
    block-size: var(--xai-cell);
  }
  .marks button {
    inline-size: var(--xai-cell);
    block-size: var(--xai-cell);
    min-inline-size: 0;
    min-block-size: 0;
    padding: 0;
    border: 0;
    border-radius: 6px;
    background: none;
  }
  .marks button {
    /* The sentence below must not hide what is focused. */
    scroll-margin-block-end: 9rem;
  }
  .marks button:focus-visible {
    outline-offset: -2px;
  }
  /* In sight wherever the cell is; room for the longest sentence, so that nothing moves while cells are pointed at. */
  .said {
    position: sticky;
    inset-block-end: 0;
    margin-block-start: 0.5rem;
    min-block-size: 4.4em;
    padding: 0.5rem 0.75rem;
    border-radius: 8px;
    background: var(--xai-accent-soft);
  }
  :host([narrow]) .said {
    min-block-size: 7.3em;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
    align-items: center;
  }
  details {
    max-inline-size: 44rem;
  }
  summary {
    cursor: pointer;
    min-block-size: 1.5rem;
  }
`;
