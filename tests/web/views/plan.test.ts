// @vitest-environment happy-dom
import { render } from "lit";
import { expect, test } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { plan } from "../../../web/src/views/plan.js";
import { explanation } from "./photo/toy.js";

function said(lang: string, n_coalitions: number): HTMLElement {
  const place = document.createElement("p");
  const provenance = { ...explanation.provenance, plan: "It went so.", n_coalitions, n_model_rows: 51_200 };
  render(plan(provenance, words(lang)), place);
  return place;
}

test("what was computed is told in the reader's language, the record quoted in its own", () => {
  const german = said("de", 512);
  expect(german.textContent).toContain(
    "512 Kombinationen wurden ausgewertet, dafür lief das Modell auf 51.200 Eingaben.",
  );
  expect(german.querySelector("q")?.lang).toBe("en");
  expect(german.querySelector("q")?.textContent).toBe("It went so.");
  expect(said("en", 512).textContent).toContain("512 combinations were evaluated");
});

test("of a closed form there are no combinations to count", () => {
  expect(said("en", 0).textContent).toMatch(/^The model was run on 51,200 inputs\./);
});
