/** How the picture looks. */
import { css } from "lit";

export const pictureStyles = css`
  :host {
    display: block;
  }
  .head {
    display: grid;
    gap: 0.5rem;
    margin-block-end: 0.5rem;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .arcs {
    font-size: 0.8125rem;
  }
  .output {
    display: inline-flex;
    gap: 0.5rem;
    align-items: center;
    font-size: 0.8125rem;
    min-inline-size: 0;
  }
  .output select {
    min-inline-size: 0;
    max-inline-size: 16rem;
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
  .row,
  .moves {
    transition: transform 0.18s ease-out;
  }
  .bar {
    transition:
      x 0.18s ease-out,
      width 0.18s ease-out;
  }
  .marks {
    position: absolute;
    inset-inline: 0;
    display: grid;
  }
  .marks button {
    min-block-size: 24px;
    padding: 0;
    border: 0;
    border-radius: 6px;
    background: none;
  }
  .marks button:focus-visible {
    outline-offset: -3px;
  }
  .wide {
    inset-block-start: 64px;
    grid-auto-rows: 38px;
  }
  .stacked {
    inset-block-start: 72px;
    grid-auto-rows: 46px;
  }
`;
