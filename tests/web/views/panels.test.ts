// @vitest-environment happy-dom
import { render, type TemplateResult } from "lit";
import { describe, expect, it } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { provenance } from "../../../web/src/views/provenance.js";
import { table } from "../../../web/src/views/table.js";
import { trust } from "../../../web/src/views/trust.js";
import { copy, explanation, firstEstimate, manifest } from "../golden.js";

const [en, de] = [words("en"), words("de")];

function drawn(template: TemplateResult): HTMLElement {
  const holder = document.createElement("div");
  render(template, holder);
  return holder;
}

const plain = (node: Element | null | undefined) => node?.textContent?.replace(/\s+/g, " ").trim() ?? "";

describe("the table", () => {
  const rows = [...drawn(table(explanation, manifest, { words: en })).querySelectorAll("tbody tr")];

  it("has every player, the largest first, with value, contribution and standard error", () => {
    expect(rows).toHaveLength(18);
    const cells = [...(rows[0]?.children ?? [])].map(plain);
    expect(cells.slice(0, 3)).toEqual(["Credit history", "all here paid back", "\u221211.55"]);
    expect(cells[3]).toMatch(/points/);
    expect(cells[4]).toMatch(/^\u221211\.\d\d to \u221211\.\d\d$/);
  });

  it("tells exact from unknown errors", () => {
    const mixed = copy(explanation);
    mixed.std_error[0] = [0];
    mixed.std_error[1] = [null];
    const said = plain(drawn(table(mixed, manifest, { words: en })));
    expect(said).toContain("exact");
    expect(said).toContain("unknown");
  });

  it("ends with the sum that leads from the average to the prediction", () => {
    const foot = [...drawn(table(explanation, manifest, { words: en })).querySelectorAll("tfoot tr")].map(plain);
    expect(foot[0]).toMatch(/Average of 100 other applicants 67\s%/);
    expect(foot[2]).toMatch(/38\s%/);
  });

  it("tells who is pointed at and chosen", () => {
    const told: unknown[] = [];
    const options = { words: en, onPoint: (p: string | null) => told.push(p), onSelect: (p: string) => told.push([p]) };
    const row = drawn(table(explanation, manifest, options)).querySelector("tbody tr")!;
    row.dispatchEvent(new Event("mouseenter"));
    row.querySelector("button")?.click();
    row.dispatchEvent(new Event("mouseleave"));
    expect(told).toEqual(["credit_history", ["credit_history"], null]);
  });
});

describe("the provenance", () => {
  it("shows every field, in words and exactly", () => {
    for (const speech of [en, de]) {
      const said = plain(drawn(provenance(explanation, speech)));
      for (const [field, value] of Object.entries(explanation.provenance)) {
        expect(said, field).toContain(typeof value === "string" ? value : JSON.stringify(value));
        expect(said, field).toContain(speech.s.provenance[field as "method"].label);
      }
    }
  });

  it("says where something wasn't recorded", () => {
    const bare = copy(explanation);
    bare.provenance.engine = null;
    expect(plain(drawn(provenance(bare, en)))).toContain("not recorded");
  });
});

describe("how far to trust it", () => {
  const said = (document = explanation, options = {}) =>
    plain(drawn(trust(document, manifest, { words: en, final: true, ...options })));

  it("says how many were evaluated and how far off a number may be", () => {
    expect(said()).toMatch(/estimated from 2,048 combinations.*at most [\d.]+\spoints as a rule/);
  });

  it("says exact only where every value is", () => {
    const exact = copy(explanation);
    exact.std_error = exact.std_error.map(() => [0]);
    expect(said(exact)).toContain("The numbers are exact");
    exact.std_error[3] = [null];
    expect(said(exact)).not.toContain("The numbers are exact");
  });

  it("compares the first estimate with the final numbers", () => {
    const gap = Math.max(...explanation.values.map(([value], at) => Math.abs(value! - firstEstimate.values[at]![0]!)));
    expect(said(explanation, { first: firstEstimate })).toContain(`at most ${en.n.spread(gap * 100)} points away`);
  });

  it("calls numbers that may still move by their name", () => {
    expect(said(explanation, { final: false })).toContain("not the final numbers yet");
  });

  it("says what it compares with, and what it can't say", () => {
    expect(said()).toContain("compared with 100 other applicants (real rows, drawn at random)");
    expect(said()).toContain("not whether the decision is fair");
  });
});
