// @vitest-environment happy-dom
import { render, type TemplateResult } from "lit";
import { describe, expect, it } from "vitest";
import { words } from "../../../web/src/strings/words.js";
import { METHODS } from "../../../web/src/methods.gen.js";
import { outputsTable } from "../../../web/src/views/outputs-table.js";
import { provenance } from "../../../web/src/views/provenance.js";
import { table } from "../../../web/src/views/table.js";
import { trust } from "../../../web/src/views/trust.js";
import { asClasses, asNumber, copy, explanation, firstEstimate, manifest, withPairs } from "../golden.js";

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
    const row = (player: string) =>
      [...drawn(table(mixed, manifest, { words: en })).querySelectorAll(`[data-player=${player}] td`)].map(plain);
    expect(row("checking_account").slice(2)).toEqual(["exact", ""]);
    expect(row("duration").slice(2)).toEqual(["unknown", "unknown"]);
  });

  it("has the interval of 1.96 standard errors on both sides", () => {
    const one = copy(explanation);
    one.values[0] = [0.1];
    one.std_error[0] = [0.01];
    const cells = drawn(table(one, manifest, { words: en })).querySelectorAll("[data-player=checking_account] td");
    expect(plain(cells[3])).toBe("+8.04 to +11.96");
  });

  it("of a number is in its unit, without a percent sign anywhere", () => {
    const rentals = asNumber(explanation);
    const said = plain(drawn(table(rentals.explanation, rentals.manifest, { words: en })));
    expect(said).toMatch(/384\sbikes/);
    expect(said.replace("95 % interval", "")).not.toMatch(/%|point/);
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

describe("the table of several outputs", () => {
  const wine = asClasses(explanation);
  const chosen: string[] = [];
  const drawnTable = drawn(
    outputsTable(wine.explanation, wine.manifest, { words: en, output: 1, onChoose: (name) => chosen.push(name) }),
  );

  it("has a column for each, every one from its average to its prediction", () => {
    expect([...drawnTable.querySelectorAll("thead button")].map(plain)).toEqual(["Barolo", "Grignolino", "Barbera"]);
    const row = [...drawnTable.querySelectorAll("[data-player=credit_history] td")].map(plain);
    expect(row).toEqual(["\u221211.55", "+8.09", "+3.47"]);
    const ends = [...drawnTable.querySelectorAll("tfoot tr")].map((line) =>
      [...line.querySelectorAll("td")].map(plain),
    );
    expect(ends[1]).toEqual(wine.explanation.prediction.map((share) => plain(text(en.n.percent(share)))));
  });

  it("marks the output of the picture, and another one's name asks for it", () => {
    const buttons = [...drawnTable.querySelectorAll<HTMLButtonElement>("thead button")];
    expect(buttons.map((button) => button.getAttribute("aria-pressed"))).toEqual(["false", "true", "false"]);
    buttons[2]?.click();
    expect(chosen).toEqual(["Barbera"]);
  });
});

function text(content: string): Element {
  const node = document.createElement("p");
  node.textContent = content;
  return node;
}

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

  it("says who did the core's loops, and that nobody did in a first estimate", () => {
    const by = (way: "compiled" | "numpy", speech = en) => {
      const document = copy(explanation);
      document.provenance.core_kernels = way;
      return plain(drawn(provenance(document, speech)).querySelector("div:last-of-type dd"));
    };
    expect(by("numpy")).toBe("with numpy numpy");
    expect(by("compiled", de)).toBe("kompiliert compiled");
    expect(firstEstimate.provenance.core_kernels).toBeNull();
    expect(plain(drawn(provenance(firstEstimate, en)))).toContain("made before the core has loaded");
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

  it("says in words how each of the estimators works, in both languages", () => {
    const { choices } = METHODS[0].parameters.find(({ name }) => name === "estimator")!;
    for (const { s } of [en, de])
      for (const estimator of choices.filter((choice) => choice !== "auto")) {
        expect(s.trust.ways[estimator], estimator).toBeTruthy();
        expect(s.provenance_words.estimators[estimator], estimator).toBeTruthy();
        expect(s.settings.choices[estimator], estimator).toBeTruthy();
      }
  });

  it("says which way was taken and why, and in which unit everything adds up", () => {
    expect(said(withPairs)).toContain("asked about every combination");
    expect(said(withPairs)).toContain(withPairs.provenance.plan);
    expect(said(withPairs)).toContain("As the model gives its result");
    const logit = copy(withPairs);
    logit.provenance.scale = "logit";
    expect(said(logit)).toContain("In log-odds");
  });

  it("says that it stopped early only where it did", () => {
    const early = copy(explanation);
    Object.assign(early.provenance, { n_coalitions: 576, parameters: { budget: 2048 }, estimator: "gaussian_process" });
    expect(said(early)).toContain("stopped after 576 of 2,048 evaluations");
    expect(said(early, { final: false })).not.toContain("stopped after");
    early.provenance.n_coalitions = 2048;
    expect(said(early)).not.toContain("stopped after");
    Object.assign(early.provenance, { n_coalitions: 2046, parameters: { budget: 2047 } });
    expect(said(early)).not.toContain("stopped after");
  });

  it("says of how many entries it isn't known how far off they are", () => {
    const mixed = copy(explanation);
    mixed.std_error[0] = mixed.std_error[1] = [null];
    expect(said(mixed)).toContain("For 2 entries it is unknown");
    expect(said()).not.toContain("it is unknown");
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
