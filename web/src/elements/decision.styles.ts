/** How the decision strip looks: words and scale side by side, below each other where it is narrow. */
import { css } from "lit";

export const decisionStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 5fr) minmax(0, 4fr);
    gap: 0.25rem 1.5rem;
    align-items: center;
    min-block-size: 4.5rem;
  }
  :host([narrow]) {
    grid-template-columns: minmax(0, 1fr);
    gap: 0;
    min-block-size: 7.25rem;
  }
  p {
    font-size: 1.0625rem;
    line-height: 1.3;
    text-wrap: balance;
  }
  strong {
    font-weight: 700;
  }
  .change {
    font-size: 0.8125rem;
    color: var(--xai-muted);
  }
  svg {
    display: block;
    inline-size: 100%;
    block-size: 3rem;
    overflow: visible;
    font-family: inherit;
    font-size: 0.75rem;
  }
  :host([narrow]) svg {
    block-size: 2.25rem;
  }
  .classes {
    display: grid;
    grid-template-columns: minmax(0, max-content) minmax(3rem, 1fr) max-content;
    gap: 0 0.625rem;
    align-items: center;
    font-size: 0.8125rem;
    line-height: 1.35;
  }
  .classes span:first-child {
    overflow-wrap: anywhere;
  }
  .classes svg,
  :host([narrow]) .classes svg {
    block-size: 1rem;
  }
  .classes .shown {
    font-weight: 650;
  }
  .classes .share {
    text-align: end;
  }
  .classes small {
    grid-column: 1 / -1;
  }
  .here,
  .reach {
    transition:
      cx 0.18s ease-out,
      x 0.18s ease-out,
      width 0.18s ease-out;
  }
  .wait {
    block-size: 1.25rem;
    inline-size: 70%;
    border-radius: 6px;
    background: var(--xai-line);
  }
`;
