/** How the explainer is laid out: two columns where there is room, one with the decision on top where not. */
import { css } from "lit";

export const layout = css`
  :host {
    display: block;
    background: var(--xai-page);
    container-type: inline-size;
  }
  .grid {
    display: grid;
    grid-template: "form decision" auto "form result" 1fr / clamp(18rem, 32cqi, 25rem) minmax(0, 1fr);
    gap: 1rem 1.25rem;
    padding: 1rem 1.25rem 2rem;
    max-inline-size: 86rem;
    margin-inline: auto;
  }
  :host([narrow]) .banner {
    padding: 0.75rem;
  }
  :host([narrow]) .grid {
    grid-template: "decision" "form" "result" / minmax(0, 1fr);
    gap: 0.75rem;
    padding: 0 0.75rem 1.5rem;
  }
  .card {
    background: var(--xai-surface);
    border: 1px solid var(--xai-line);
    border-radius: var(--xai-radius);
    padding: 1rem 1.25rem;
  }
  :host([narrow]) .card {
    padding: 0.75rem;
  }
  .form {
    grid-area: form;
    align-self: start;
  }
  .decision {
    grid-area: decision;
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    padding-block: 0.625rem;
  }
  :host([narrow]) .decision {
    margin-inline: -0.75rem;
    border-inline: 0;
    border-block-start: 0;
    border-radius: 0;
    padding-block: 0.5rem;
  }
  @media (max-height: 22rem) {
    .decision {
      position: static;
    }
  }
  .result {
    grid-area: result;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    align-content: start;
    min-inline-size: 0;
  }
  :host([narrow]) .result {
    gap: 0.75rem;
  }
  .glance {
    font-size: 1.0625rem;
    line-height: 1.4;
    max-inline-size: 46rem;
    min-block-size: 3em;
    text-wrap: pretty;
    margin-block-end: 1rem;
  }
  :host([narrow]) .glance {
    min-block-size: 8.4em;
  }
  /* Of what stood there before: most new pictures come sooner than this begins to show. */
  @media (prefers-reduced-motion: no-preference) {
    .stale > :not(.status) {
      opacity: 0.5;
      transition: opacity 0.2s 0.4s;
    }
  }
  .stage {
    position: relative;
  }
  .stage xai-loading {
    position: absolute;
    inset: 2rem 0 auto;
    padding: 1rem;
    background: var(--xai-surface);
    border: 1px solid var(--xai-line);
    border-radius: var(--xai-radius);
    max-inline-size: 34rem;
    margin-inline: auto;
  }
  .skeleton {
    display: block;
    inline-size: 100%;
    color: var(--xai-line);
    opacity: 0.55;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 1rem;
    margin-block-start: 0.75rem;
    padding-block-start: 0.75rem;
    border-block-start: 1px solid var(--xai-line);
    min-block-size: 3.25rem;
    font-size: 0.875rem;
  }
  .status > :first-child {
    flex: 1 1 14rem;
  }
  .status small {
    display: block;
  }
  .status progress {
    inline-size: 8rem;
    block-size: 0.5rem;
  }
  .first {
    color: var(--xai-warn);
    font-weight: 600;
  }
  .detail {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 1rem;
    align-items: center;
    padding: 0.5rem 0.75rem;
    border-radius: 8px;
    background: var(--xai-accent-soft);
    margin-block-start: 0.5rem;
  }
  .detail p {
    flex: 1 1 16rem;
  }
  .failure,
  .newer {
    display: grid;
    gap: 0.5rem;
    justify-items: start;
    padding: 1rem 1.25rem;
    border: 1px solid var(--xai-line);
    border-inline-start: 4px solid var(--xai-bad);
    border-radius: var(--xai-radius);
    background: var(--xai-surface);
    max-inline-size: 46rem;
  }
  .newer {
    grid-template-columns: 1fr auto;
    align-items: center;
    border-inline-start-color: var(--xai-accent);
    margin: 1rem auto 0;
  }
  .failure details {
    color: var(--xai-muted);
    font-size: 0.875rem;
  }
  .failure summary {
    cursor: pointer;
    min-block-size: 1.5rem;
  }
  .whole {
    padding: 2rem 1.25rem;
    max-inline-size: 50rem;
    margin-inline: auto;
  }
  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    min-block-size: 2.75rem;
    padding: 0.75rem 1.25rem 0;
    max-inline-size: 86rem;
    margin-inline: auto;
  }
  /* Three lines: it keeps the place of its parts until they are there. */
  @container (max-width: 27rem) {
    .banner {
      min-block-size: 8.5rem;
    }
  }
  .banner h2 {
    flex: 1 1 auto;
    font-size: 1.125rem;
  }
`;
