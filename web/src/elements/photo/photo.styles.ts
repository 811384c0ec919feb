/** What the photos' page has beside the layout that all pages share. */
import { css } from "lit";

export const photoLayout = css`
  .form {
    display: grid;
    gap: 1rem;
    min-inline-size: 0;
  }
  :host([narrow]) .form {
    gap: 0.75rem;
  }
  .verdict {
    font-size: 1.0625rem;
    line-height: 1.3;
    text-wrap: balance;
  }
  .verdict strong {
    font-weight: 700;
  }
  .decision {
    min-block-size: 4.25rem;
  }
  .wait {
    border-radius: 8px;
    background: var(--xai-line);
    opacity: 0.55;
  }
  .wait.line {
    block-size: 1.25rem;
    inline-size: 60%;
  }
  .wait.gallery {
    block-size: 18rem;
  }
  .empty .wait {
    block-size: 34rem;
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .status xai-loading {
    flex: 1 1 100%;
    max-inline-size: 34rem;
  }
  .drop {
    position: fixed;
    inset: 0;
    z-index: 5;
    display: grid;
    place-items: center;
    border: 6px dashed var(--xai-accent);
    background: color-mix(in srgb, var(--xai-page) 85%, transparent);
    font-size: 1.5rem;
    font-weight: 650;
    pointer-events: none;
  }
`;
