/** How tables of numbers look. */
import { css } from "lit";

export const numbersStyles = css`
  .scroll {
    overflow-x: auto;
  }
  .tall {
    max-block-size: 32rem;
    overflow-y: auto;
  }
  .tall thead th {
    position: sticky;
    inset-block-start: 0;
    background: var(--xai-surface);
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: 0.875rem;
  }
  table + table {
    margin-block-start: 1.5rem;
  }
  caption {
    text-align: start;
    color: var(--xai-muted);
    padding-block-end: 0.5rem;
  }
  th,
  td {
    text-align: start;
    padding: 0.25rem 0.5rem;
    border-block-end: 1px solid var(--xai-line);
    vertical-align: baseline;
  }
  thead th {
    font-weight: 600;
    color: var(--xai-muted);
    font-size: 0.8125rem;
  }
  tbody th,
  tfoot th {
    font-weight: 500;
  }
  .number {
    text-align: end;
    white-space: nowrap;
  }
  thead .number {
    white-space: normal;
  }
  .up {
    color: var(--xai-positive-text);
    font-weight: 600;
  }
  .down {
    color: var(--xai-negative-text);
    font-weight: 600;
  }
  tr.lit > * {
    background: var(--xai-highlight);
  }
`;
