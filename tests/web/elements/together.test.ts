// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import type { XaiExplainer } from "../../../web/src/elements/xai-explainer.js";
import { words } from "../../../web/src/strings/words.js";
import { independent, pairOf, pairs, together } from "../../../web/src/views/interactions.js";
import { copy, explanation, manifest, withPairs } from "../golden.js";
import { settle } from "./scripted.js";
import { click, explained, find, one, said } from "./shown.js";

const [strongest] = together(withPairs, manifest, 0, words("en"));

afterEach(() => document.body.replaceChildren());

async function opened(document = withPairs, attributes: Record<string, string> = {}) {
  const both = await explained(attributes, document);
  await click(both.element, attributes["lang"] === "de" ? "Was zusammenwirkt" : "What works together");
  return both;
}

const cells = (element: XaiExplainer) => find<HTMLButtonElement>(element.shadowRoot!, "xai-together .marks button");
const arcs = (element: XaiExplainer) => find(element.shadowRoot!, "xai-picture .arcs path");

async function press(element: XaiExplainer, key: string): Promise<void> {
  one(element, "xai-together .plot").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await settle();
}

describe("the panel of what works together", () => {
  it("states the finding, and shows every pair as a cell with its sentence", async () => {
    const { element } = await opened();
    const [one_, other] = strongest!.members.map(({ label }) => label);
    expect(said(element, "xai-together h4")).toContain(`Strongest together: ${one_} and ${other}`);
    const found = cells(element);
    const sentences = found.map((cell) => cell.getAttribute("aria-label"));
    expect(sentences.every((sentence) => sentence!.endsWith("."))).toBe(true);
    expect(sentences.filter((sentence) => sentence!.includes("don't touch each other")).length).toBeLessThan(
      found.length,
    );
    expect(said(element, "xai-together .said")).toContain(one_);
  });

  it("arrow keys walk its cells row by row, one of them is in the tab order", async () => {
    const { element } = await opened();
    const here = () => cells(element).findIndex(({ tabIndex }) => tabIndex === 0);
    expect(cells(element).filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
    expect(here()).toBe(0);
    await press(element, "ArrowDown"); // second row: cells 1 and 2
    expect(here()).toBe(1);
    await press(element, "ArrowRight");
    expect(here()).toBe(2);
    await press(element, "ArrowRight");
    expect(here()).toBe(2);
    await press(element, "ArrowDown"); // third row: cells 3, 4, 5
    expect(here()).toBe(4);
    await press(element, "End");
    expect(here()).toBe(5);
    await press(element, "ArrowUp"); // back at the second row's last cell
    expect(here()).toBe(2);
    await press(element, "Home");
    expect(here()).toBe(1);
  });

  it("a cell that is pointed at is said, and lights its two players in the picture", async () => {
    const { element } = await opened();
    const cell = cells(element)[0]!;
    cell.dispatchEvent(new Event("mouseenter"));
    await settle();
    expect(said(element, "xai-together .said")).toBe(cell.getAttribute("aria-label")!.replace(/\s+/g, " "));
    expect(find(element.shadowRoot!, "xai-picture figure > svg > rect")).toHaveLength(2);
    cell.dispatchEvent(new Event("mouseleave"));
    await settle();
    expect(find(element.shadowRoot!, "xai-picture figure > svg > rect")).toHaveLength(0);
  });

  it("has its table behind a button, the first rows first", async () => {
    const { element } = await opened();
    expect(find(element.shadowRoot!, "xai-together table")).toHaveLength(0);
    await click(element, "Table");
    expect(find(element.shadowRoot!, "xai-together tbody tr")).toHaveLength(15);
    await click(element, "Show all 153");
    expect(find(element.shadowRoot!, "xai-together tbody tr")).toHaveLength(153);
    expect(said(element, "xai-together caption")).toContain("SII, Shapley interaction index; sets of up to 2");
  });

  it("speaks German", async () => {
    const { element } = await opened(withPairs, { lang: "de" });
    expect(said(element, "xai-together h4")).toContain("Am stärksten zusammen:");
    expect(said(element, "xai-together .what")).toContain("Jedes Feld sagt");
  });

  it("says so where every entry works by itself, without an empty matrix", async () => {
    const none = copy(withPairs);
    none.interactions!.values = none.interactions!.values.map(() => [0]);
    const { element } = await opened(none);
    expect(said(element, "xai-together h4")).toBe("Every entry works by itself here");
    expect(find(element.shadowRoot!, "xai-together figure")).toHaveLength(0);
  });
});

describe("nothing to show of it", () => {
  const without = (estimator: string, parameters: object) => {
    const document = copy(explanation);
    Object.assign(document.provenance, { estimator, parameters: { budget: 2048, ...parameters } });
    return document;
  };

  it("for lack of evaluations offers more of them", async () => {
    const { element, explainer } = await opened(without("gaussian_process", { interactions: "auto" }));
    expect(said(element, "xai-together")).toBe("");
    expect(said(element, "xai-together p")).toContain("can't be told accurately enough");
    find<HTMLButtonElement>(element.shadowRoot!, "xai-together button")[0]?.click();
    await settle();
    expect(explainer.job.options.budget).toBe(4 * explanation.provenance.n_coalitions);
  });

  it("because nobody asked asks for it", async () => {
    const { element, explainer } = await opened(without("exact", { interactions: "none" }));
    await click(element, "Work it out");
    expect(explainer.job.options.interactions).toBe("auto");
  });

  it("for the way of computing offers another way", async () => {
    const { element, explainer } = await opened(without("permutation", { interactions: "auto" }));
    await click(element, "Work it out another way");
    expect(explainer.job.options.estimator).toBe("auto");
    expect(explainer.job.options.budget).toBeUndefined();
  });

  it("with more players than anything can pair offers nothing that wouldn't help", async () => {
    const { element } = await opened(without("owen", { interactions: "auto" }));
    expect(said(element, "xai-together p")).toContain("doesn't tell");
    expect(find(element.shadowRoot!, "xai-together button")).toHaveLength(0);
  });
});

describe("arcs", () => {
  it("are offered only where there is something to join", async () => {
    const { element } = await explained();
    expect(find(element.shadowRoot!, "button.arcs")).toHaveLength(0);
    document.body.replaceChildren();
    const { element: joined } = await explained({}, withPairs);
    expect(find(joined.shadowRoot!, "button.arcs")).toHaveLength(1);
  });

  it("come and go with their button", async () => {
    const { element } = await explained({}, withPairs);
    expect(arcs(element)).toHaveLength(0);
    await click(element, "Show what works together");
    expect(arcs(element).length).toBeGreaterThan(0);
    expect(one(element, "button.arcs").getAttribute("aria-pressed")).toBe("true");
    await click(element, "Show what works together");
    expect(arcs(element)).toHaveLength(0);
  });

  it("of a player stand out while its bar is pointed at", async () => {
    const { element } = await explained({}, withPairs);
    await click(element, "Show what works together");
    const shown = new Set(
      find(element.shadowRoot!, "xai-picture .marks button").map((bar) => bar.getAttribute("data-player")),
    );
    const drawn = pairs(together(withPairs, manifest, 0, words("en")))
      .filter((set) => !independent(set) && pairOf(set).every((player) => shown.has(player)))
      .slice(0, 5);
    const [player] = pairOf(drawn[0]!);
    one(element, `xai-picture .marks button[data-player=${player}]`).dispatchEvent(new Event("mouseenter"));
    await settle();
    const bright = find(element.shadowRoot!, "xai-picture .arcs > g").filter(
      (arc) => arc.getAttribute("opacity") === "1",
    );
    expect(bright).toHaveLength(drawn.filter((set) => pairOf(set).includes(player)).length);
  });

  it("the strongest partner is named with the entry that is selected", async () => {
    const { element } = await explained({}, withPairs);
    const [player, partner] = pairOf(strongest!);
    one<HTMLElement>(element, `xai-picture .marks button[data-player=${player}]`).click();
    await settle();
    const label = strongest!.members.find((member) => member.player === partner)!.label;
    expect(said(element, ".detail p")).toContain(label);
    expect(said(element, ".detail p")).toMatch(/together|Together/);
  });
});
