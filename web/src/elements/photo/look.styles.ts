/** How the picture of a photo stands on the page. */
import { css } from "lit";

export const lookStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .finding {
    margin-block-end: 0.75rem;
  }
  .sides {
    display: grid;
    grid-template-columns: minmax(0, 30rem) minmax(13rem, 1fr);
    gap: 1rem 1.5rem;
  }
  @container (max-width: 36rem) {
    .sides {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  .stage,
  .side {
    display: grid;
    gap: 0.625rem;
    align-content: start;
    min-inline-size: 0;
  }
  xai-overlay {
    aspect-ratio: 1;
  }
  .legend {
    min-block-size: 3.5rem;
  }
  .legend svg {
    display: block;
    inline-size: 100%;
    block-size: auto;
    max-inline-size: 30rem;
  }
  .drawn {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1.25rem;
    font-size: 0.875rem;
  }
  .drawn label {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 1.75rem;
  }
  .opacity {
    flex: 1 1 14rem;
  }
  .opacity input {
    flex: 1 1 4rem;
    min-inline-size: 4rem;
    min-block-size: 1.5rem;
  }
  .borders input {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    margin: 0;
  }
  .part {
    display: grid;
    grid-template-columns: 7rem minmax(0, 1fr);
    gap: 0.5rem 0.75rem;
    align-content: start;
    min-block-size: 11.5rem;
    padding: 0.75rem;
    border-radius: 8px;
    background: var(--xai-highlight);
    font-size: 0.875rem;
  }
  .part > p {
    grid-column: 1 / -1;
  }
  .part xai-pixels {
    border-radius: 6px;
    overflow: hidden;
  }
  .value {
    font-weight: 600;
  }
`;
