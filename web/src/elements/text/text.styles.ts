/** How the page of a text differs from a table's. */
import { css } from "lit";

export const textStyles = css`
  .glance {
    max-inline-size: 52rem;
  }
  :host([narrow]) .glance {
    min-block-size: 6em;
  }
  .finding {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 1rem;
    align-items: center;
    margin-block-end: 0.75rem;
  }
  .finding h2 {
    flex: 1 1 20rem;
  }
  .finding label {
    display: inline-flex;
    gap: 0.5rem;
    align-items: center;
    font-size: 0.8125rem;
  }
  .reading {
    display: grid;
    grid-template-columns: minmax(0, 8fr) minmax(0, 5fr);
    gap: 0.75rem 1.25rem;
    align-items: start;
  }
  .reading > :only-child {
    grid-column: 1 / -1;
  }
  :host([narrow]) .reading {
    grid-template-columns: minmax(0, 1fr);
  }
  xai-removal {
    margin-block-start: 0.75rem;
    border-block-start: 1px solid var(--xai-line);
  }
  .refusal {
    border-inline-start: 4px solid var(--xai-warn);
  }
`;
