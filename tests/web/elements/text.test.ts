// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { XaiText } from "../../../web/src/elements/xai-text.js";
import { explanationOf, manifest, playersOf, ScriptedText, TEXTS } from "./scripted-text.js";
import { settle } from "./scripted.js";
import { find } from "./shown.js";

const OFFER = TEXTS["examples/offer.txt"]!;

beforeEach(() => {
  document.documentElement.lang = "en";
});
afterEach(() => document.body.replaceChildren());

interface Both {
  readonly element: XaiText;
  readonly explainer: ScriptedText;
}

async function shown(explainer = new ScriptedText(), lang = "en"): Promise<Both> {
  XaiText.open = (async () => explainer) as unknown as typeof XaiText.open;
  const element = document.createElement("xai-text") as XaiText;
  element.setAttribute("lang", lang);
  element.setAttribute("src", "bundles/spam/");
  document.body.append(element);
  await settle();
  return { element, explainer };
}

async function explained(explainer = new ScriptedText(), lang = "en"): Promise<Both> {
  const both = await shown(explainer, lang);
  explainer.answer(explanationOf(both.element.session.text));
  await settle();
  return both;
}

const all = <T extends Element>({ element }: Both, selector: string): T[] => find<T>(element.shadowRoot!, selector);
const said = (both: Both, selector: string): string =>
  all(both, selector)
    .map((node) => (node.shadowRoot ?? node).textContent?.replace(/\s+/g, " ").trim())
    .join(" | ");
const word = (both: Both, text: string): HTMLElement =>
  all<HTMLElement>(both, "[data-word]").find((node) => node.textContent === text)!;

async function click(both: Both, label: string): Promise<void> {
  const button = all<HTMLButtonElement>(both, "button").find(({ textContent }) => textContent?.trim() === label);
  if (!button) throw new Error(`there is no button “${label}”`);
  button.click();
  await settle();
}

async function type(both: Both, text: string): Promise<void> {
  const [field] = all<HTMLTextAreaElement>(both, "textarea");
  field!.value = text;
  field!.dispatchEvent(new Event("input"));
  await settle();
}

describe("<xai-text>", () => {
  it("opens with the first sample: decision, glance, coloured words", async () => {
    const both = await explained();
    expect(all<HTMLTextAreaElement>(both, "textarea")[0]!.value).toBe(OFFER);
    expect(said(both, "xai-decision strong")).toBe("Spam");
    expect(said(both, ".glance p")).toBe("Most for “Spam”: “free” and “click here”.");
    expect(all(both, "[data-word]").map(({ textContent }) => textContent)).toEqual(OFFER.split(" "));
    expect(said(both, ".run")).toBe(OFFER);
    expect(word(both, "free").className).toContain("up5");
    expect(word(both, "Dear").className).toBe("");
    expect(word(both, "free").getAttribute("aria-label")).toBe("free: +30\u00a0points");
  });

  it("in German", async () => {
    const both = await explained(new ScriptedText(), "de");
    expect(said(both, ".glance p")).toContain("Am meisten für „Spam“: „free“");
    expect(said(both, "xai-decision p")).toContain("Spam: 70 % Wahrscheinlichkeit für Spam, nötig");
    expect(said(both, "xai-ranking h3")).toBe("Was am meisten wiegt");
  });

  it("a click hides a word, the prediction moves at once, a second one restores it", async () => {
    const both = await explained();
    word(both, "free").click();
    await settle();
    const { masks, options } = both.explainer.asked.at(-1)!;
    expect(masks[0]!.map((kept, index) => (kept ? "" : OFFER.split(" ")[index])).filter(Boolean)).toEqual(["free"]);
    expect(options).toMatchObject({ units: "hierarchy", hidden: "mask" });
    expect(said(both, "xai-decision")).toContain("Not spam: 40");
    expect(said(both, "xai-decision .change")).toMatch(/^−30.points without the hidden words \(whole text: 70.%\)/);
    expect(said(both, "xai-decision .change")).toContain("turned from Spam to Not spam");
    expect(word(both, "free").getAttribute("aria-pressed")).toBe("true");
    word(both, "free").click();
    await settle();
    expect(said(both, "xai-decision")).toContain("Spam: 70");
    expect(word(both, "free").getAttribute("aria-pressed")).toBe("false");
  });

  it("walks its words by arrow keys in reading order, one of them in the tab order; Enter hides", async () => {
    const both = await explained();
    const tabs = () => all<HTMLElement>(both, "[data-word]").filter(({ tabIndex }) => tabIndex === 0);
    expect(tabs().map(({ textContent }) => textContent)).toEqual(["Dear"]);
    const key = async (from: HTMLElement, name: string) => {
      from.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true }));
      await settle();
    };
    word(both, "Dear").focus();
    await key(word(both, "Dear"), "ArrowRight");
    await key(word(both, "friend,"), "ArrowRight");
    expect(tabs().map(({ textContent }) => textContent)).toEqual(["click"]);
    await key(word(both, "click"), "Enter");
    expect(both.element.session.removal.hidden).toEqual(new Set([2]));
    await key(word(both, "click"), "End");
    expect(tabs().map(({ textContent }) => textContent)).toEqual(["you."]);
  });

  it("list and text share what is pointed at; the readout says value, error and the sentence's sum", async () => {
    const both = await explained();
    const line = all<HTMLButtonElement>(both, ".line").find(({ textContent }) => textContent?.includes("click"))!;
    line.dispatchEvent(new Event("pointerenter"));
    await settle();
    expect(word(both, "click").classList.contains("lit")).toBe(true);
    expect(all(both, ".near").map(({ textContent }) => textContent)).toEqual(["Dear friend, click here."]);
    expect(said(both, ".readout")).toMatch(/click \+20.points ±.2\.0.points · its sentence \+30.points/);
  });

  it("lists sentences by their sums, and hides a whole one", async () => {
    const both = await explained();
    await click(both, "Sentences");
    expect(said(both, ".line")).toMatch(/Dear friend, click here\. \+30.points \| It is free for you\. \+30.points/);
    all<HTMLButtonElement>(both, ".line")[0]!.click();
    await settle();
    expect(both.element.session.removal.hidden).toEqual(new Set([0, 1, 2, 3]));
    expect(said(both, "xai-decision")).toContain("40");
  });

  it("the slider hides the strongest words of a side and says what becomes of the prediction", async () => {
    const both = await explained();
    const [slider] = all<HTMLInputElement>(both, "xai-removal input");
    slider!.value = "2";
    slider!.dispatchEvent(new Event("input"));
    await settle();
    expect([...both.element.session.removal.hidden].map((index) => OFFER.split(" ")[index])).toEqual(["free", "click"]);
    expect(said(both, "output")).toMatch(/2 hidden: 70.% becomes 20.%/);
    await click(both, "Restore all");
    expect(said(both, "output")).toBe("Nothing is hidden.");
  });

  it("typing asks the model once after a pause; the picture of the old text is greyed until the new one is read", async () => {
    const both = await explained();
    const before = both.explainer.predicted.length;
    const [field] = all<HTMLTextAreaElement>(both, "textarea");
    for (const text of ["Click here, it costs", "Click here, it costs nothing"]) {
      field!.value = text;
      field!.dispatchEvent(new Event("input"));
    }
    await settle();
    expect(both.element.session.stale).toBe(true);
    expect(all(both, ".pane.stale")).toHaveLength(1);
    expect(said(both, ".glance p")).toBe("");
    await vi.waitUntil(() => both.explainer.jobs.length > 1, 2000);
    await settle();
    expect(both.explainer.predicted.slice(before)).toEqual(["Click here, it costs nothing"]);
    expect(both.explainer.jobs).toHaveLength(2);
    expect(said(both, "xai-decision .change")).toMatch(/^−30.points against the sample/);
    expect(said(both, ".run")).toBe("Click here, it costs nothing");
    expect(all(both, ".up1, .up5")).toHaveLength(0); // no values yet, so no colours
    await click(both, "Undo");
    expect(both.element.session.text).toBe(OFFER);
  });

  it.each([
    ["", "There is no word here yet"],
    [" \n\t ", "There is no word here yet"],
    ["a".repeat(1_000_001), "This text is too long for this page"],
  ])("a text that can't be read is refused in words, and undo brings the old one back", async (text, title) => {
    const both = await explained();
    await type(both, text);
    expect(said(both, ".refusal h3")).toBe(title);
    expect(both.element.session.prediction).toBeNull();
    await click(both, "Undo");
    await settle();
    expect(all(both, ".refusal")).toHaveLength(0);
    expect(said(both, "xai-decision strong")).toBe("Spam");
  });

  it("a text is never markup", async () => {
    const both = await explained();
    both.element.session.change({ text: '<img src=x onerror="alert(1)"> free' });
    await settle();
    expect(all(both, ".run img")).toHaveLength(0);
    expect(said(both, ".run")).toBe('<img src=x onerror="alert(1)"> free');
  });

  it("shows what the model doesn't read greyed, with a note", async () => {
    const both = await explained(new ScriptedText(manifest, 4));
    expect(all(both, "[data-word]")).toHaveLength(4);
    expect(said(both, ".rest")).toBe(
      "Grey: the model stops reading there; 19 characters play no part. It is free for you.",
    );
  });

  it("keeps the parts' settings when the method changes, and asks for them in the engine's words", async () => {
    const both = await explained();
    await click(both, "Method and settings");
    const choose = async (id: string, value: string) => {
      const [select] = all<HTMLSelectElement>(both, id);
      select!.value = value;
      select!.dispatchEvent(new Event("change"));
      await settle();
    };
    await choose("#hidden", "delete");
    await choose("#method", "occlusion");
    expect(both.explainer.job.options).toMatchObject({ method: "occlusion", hidden: "delete", units: "hierarchy" });
    expect(all(both, "#window")).toHaveLength(0);
    expect(all<HTMLOptionElement>(both, "#method option").map(({ value }) => value)).toEqual([
      "shapley",
      "lime",
      "occlusion",
    ]);
  });

  it("sorts anew while nobody knows how far off the values are, and holds the order while chance may explain a change", async () => {
    const both = await shown();
    both.explainer.activity.tell({ core: "ready", phase: "ready" });
    const partial = async (evaluations: number, strongest: number, error: number | null) => {
      const explanation = explanationOf(OFFER, { n_coalitions: evaluations });
      explanation.values = explanation.values.map((_, index) => [index === strongest ? 0.3 : 0.2]);
      explanation.std_error = explanation.values.map(() => [error]);
      both.explainer.job.say({ type: "partial", explanation });
      await settle();
      return all(both, ".line bdi")[0]!.textContent;
    };
    expect(await partial(10, 6, null)).toBe("free");
    expect(await partial(20, 2, null)).toBe("click");
    expect(await partial(30, 6, 0.5)).toBe("click");
    expect(await partial(40, 6, 0.001)).toBe("free");
  });

  it("a text typed while a sample is on its way stays", async () => {
    const both = await explained();
    let arrive: (bytes: Uint8Array) => void = () => undefined;
    both.explainer.file = () => new Promise((resolve) => (arrive = resolve));
    const [select] = all<HTMLSelectElement>(both, "xai-editor select");
    select!.value = "note";
    select!.dispatchEvent(new Event("change"));
    await type(both, "my own words");
    arrive(new TextEncoder().encode("late"));
    await settle();
    expect(both.element.session.text).toBe("my own words");
  });

  it("another sample starts anew, and what was hidden comes back by undo", async () => {
    const both = await explained();
    word(both, "free").click();
    await settle();
    const [select] = all<HTMLSelectElement>(both, "xai-editor select");
    select!.value = "note";
    select!.dispatchEvent(new Event("change"));
    await settle();
    both.explainer.answer(explanationOf(TEXTS["examples/note.txt"]!));
    await settle();
    expect(said(both, "xai-decision strong")).toBe("Not spam");
    expect(said(both, ".glance p")).toBe("Most against “Spam”: “thanks”.");
    expect(both.element.session.removal.hidden.size).toBe(0);
    await click(both, "Undo");
    await settle();
    expect(both.element.session.text).toBe(OFFER);
    expect(both.element.session.removal.hidden).toEqual(new Set([6]));
    expect(both.element.session.prediction?.[0]).toBeCloseTo(0.4, 9);
  });

  it("everything behind the picture opens: numbers, provenance, trust", async () => {
    const both = await explained();
    for (const panel of ["Numbers", "Provenance", "How far to trust this"]) await click(both, panel);
    expect(all(both, "#numbers tbody tr")).toHaveLength(playersOf(OFFER).length);
    expect(said(both, "#numbers tfoot")).toContain("Every word hidden");
    expect(said(both, "#provenance")).toContain("Coarse to fine.");
    expect(said(both, "#trust")).toContain("one mark that says “something stood here”");
    expect(said(both, "#trust")).toContain("the gap is 0");
  });

  it("tells a failed sample in words and keeps the text", async () => {
    const both = await explained();
    both.explainer.file = () => Promise.reject(Object.assign(new Error("gone"), { code: "network-lost" }));
    const [select] = all<HTMLSelectElement>(both, "xai-editor select");
    select!.value = "note";
    select!.dispatchEvent(new Event("change"));
    await settle();
    expect(said(both, ".failure h3")).toBe("The network is gone");
    expect(both.element.session.text).toBe(OFFER);
  });
});
