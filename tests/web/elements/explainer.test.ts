// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { XaiExplainer } from "../../../web/src/elements/xai-explainer.js";
import { METHODS } from "../../../web/src/methods.gen.js";
import { asClasses, asNumber, explanation, firstEstimate } from "../golden.js";
import { opening, Scripted, settle } from "./scripted.js";
import { click, explained, find, one, said, shown } from "./shown.js";

afterEach(() => document.body.replaceChildren());

async function set(element: XaiExplainer, name: string, value: number): Promise<void> {
  const detail = { name, value };
  one(element, "xai-field").dispatchEvent(new CustomEvent("xai-change", { detail, bubbles: true, composed: true }));
  await settle();
}

describe("<xai-explainer>", () => {
  it("says the decision, the glance and the picture in one language", async () => {
    const { element } = await explained();

    expect(one(element, "strong").textContent).toBe("Refused");
    expect(said(element, ".glance p")).toContain("Most against: Credit history (all here paid back)");
    expect(one(element, "figure").getAttribute("role")).toBe("img");
    expect(one(element, "figure").getAttribute("aria-label")).toMatch(/^Waterfall of chance of repaying: from 67/);
  });

  it("names a row of a file as one, not as the first example", async () => {
    const { element, explainer } = await explained();
    const detail = { row: 6, values: explainer.manifest.examples[0]!.values };
    element.dispatchEvent(new CustomEvent("xai-row", { detail }));
    await settle();
    const list = one<HTMLSelectElement>(element, "select#start");
    expect([...list.options].at(-1)?.textContent?.trim()).toBe("Row 7 of the file");
  });

  it("says beside the buttons what became of a click", async () => {
    const { element } = await explained();
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await click(element, "Copy as JSON");
    expect(said(element, "xai-picture .became")).toBe("Copied.");
    expect(JSON.parse(write.mock.calls[0]![0])).toEqual(explanation);
    vi.spyOn(Image.prototype, "decode").mockRejectedValue(new Error("no"));
    await click(element, "PNG");
    expect(said(element, "xai-picture .became")).toBe("This browser couldn't draw the pixels. Take the SVG instead.");
  });

  it("keeps the focus where a click makes another button of it, and gives it back to the bar of what is closed", async () => {
    const { element } = await explained();
    const button = find<HTMLButtonElement>(element.shadowRoot!, ".status button")[0]!;
    expect(button.textContent?.trim()).toBe("Refine (8,192)");
    button.focus();
    button.click();
    await settle();
    expect(button.textContent?.trim()).toBe("Cancel");
    expect(element.shadowRoot!.activeElement).toBe(button);

    const bar = one<HTMLButtonElement>(element, ".marks button");
    bar.click();
    await settle();
    const close = find<HTMLButtonElement>(element.shadowRoot!, ".detail button").at(-1)!;
    close.focus();
    close.click();
    await settle();
    expect(find(element.shadowRoot!, ".detail")).toHaveLength(0);
    expect(one(element, "xai-picture").shadowRoot!.activeElement).toBe(one(element, ".marks button"));
  });

  it("leaves the choice of a provider open while another one is being opened", async () => {
    const { element } = await explained();
    XaiExplainer.open = opening(() => new Promise(() => {}));
    const choice = one(element, "xai-provider");
    element.provider = "webgpu";
    await settle();
    expect(element.explainer).toBeNull();
    expect(one(element, "xai-provider")).toBe(choice);
    element.src = "bundles/other/";
    await settle();
    expect(find(element.shadowRoot!, "xai-provider")).toHaveLength(0);
  });

  it("says them in German", async () => {
    const { element } = await explained({ lang: "de" });
    expect(one(element, "strong").textContent).toBe("Abgelehnt");
    expect(said(element, ".glance p")).toContain("Am meisten dagegen");
    expect(one(element, "div[lang]").getAttribute("lang")).toBe("de");
  });

  it("shows what is loaded and why, in bytes, until there is a picture", async () => {
    const { element, explainer } = await shown();
    const file = { path: "a.wasm", role: "onnxruntime", where: "worker", source: "network", state: "loading" } as const;
    explainer.activity.tell({ files: [{ ...file, bytes: 2_400_000, loaded: 600_000 }] });
    await settle();
    expect(said(element, "li")).toContain("onnxruntime: runs the model here 600 kB of 2.4 MB");
    expect(one(element, "progress").getAttribute("value")).toBe("600000");
    explainer.job.say({ type: "partial", explanation: firstEstimate });
    await settle();
    expect(find(element.shadowRoot!, "xai-loading")).toHaveLength(0);
    expect(said(element, ".status")).toContain("First estimate; refining once Python has loaded");
  });

  it("tells a screen reader the milestones, not every chunk", async () => {
    const { element, explainer } = await shown();
    const heard: string[] = [];
    const listen = async () => {
      await settle();
      const now = one(element, "[role=status].hidden").textContent ?? "";
      if (now !== heard.at(-1)) heard.push(now);
    };
    explainer.activity.tell({ core: "ready" });
    for (const done of [72, 144, 512, 1024]) {
      explainer.job.say({ type: "partial", explanation: firstEstimate });
      explainer.job.say({ type: "progress", done, total: 2048, unit: "coalitions" });
      await listen();
    }
    explainer.job.say({ type: "result", explanation });
    explainer.job.say(null);
    await listen();
    expect(heard).toEqual(["A first estimate is here; it is being refined.", "Estimated from 2,048 evaluations"]);
  });

  it("shows the change against the example, and undo takes it back", async () => {
    const { element, explainer } = await explained();
    await set(element, "duration", 4);
    expect(said(element, ".change")).toContain("+11 points against the example (38 %).");
    const undo = find<HTMLButtonElement>(element.shadowRoot!, "button").find(
      ({ textContent }) => textContent === "Undo",
    )!;
    undo.click();
    await settle();
    expect(said(element, ".change")).toContain("As in the example");
    expect(explainer.job.row["duration"]).toBe(15);
  });

  it("ctrl+z undoes outside of fields, and is the browser's own inside", async () => {
    const { element, explainer } = await explained();
    await set(element, "duration", 4);
    const key = () => new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true, composed: true });
    one(element, "input[type=number]").dispatchEvent(key());
    await settle();
    expect(explainer.job.row["duration"]).toBe(4);
    document.body.dispatchEvent(key());
    await settle();
    expect(explainer.job.row["duration"]).toBe(15);
  });

  it("field, bar and row light up together", async () => {
    const { element } = await explained();
    const numbers = find<HTMLButtonElement>(element.shadowRoot!, ".toggles button")[0]!;
    numbers.click();
    await settle();
    one<HTMLElement>(element, ".marks button[data-player=duration]").dispatchEvent(new Event("mouseenter"));
    await settle();
    expect(
      find(element.shadowRoot!, "xai-field[lit]").map(
        (field) => (field as never as { feature: { name: string } }).feature.name,
      ),
    ).toEqual(["duration"]);
    expect(find(element.shadowRoot!, "tr.lit").map((row) => row.getAttribute("data-player"))).toEqual(["duration"]);
    one<HTMLElement>(element, "tr[data-player=age] button").click();
    await settle();
    expect(one(element, ".marks button[data-player=age]").getAttribute("aria-pressed")).toBe("true");
    expect(said(element, ".detail p")).toContain("Age (25 years)");
  });

  it("arrow keys walk the bars, one of them is in the tab order", async () => {
    const { element } = await explained();
    const bars = () => find<HTMLButtonElement>(element.shadowRoot!, ".marks button");
    expect(bars().map((bar) => bar.tabIndex)).toEqual([0, ...Array<number>(9).fill(-1)]);
    const press = async (key: string) => {
      one(element, ".plot").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      await settle();
    };
    await press("ArrowDown");
    await press("ArrowDown");
    expect(bars().findIndex((bar) => bar.tabIndex === 0)).toBe(2);
    await press("End");
    expect(bars().findIndex((bar) => bar.tabIndex === 0)).toBe(9);
    await press("Home");
    expect(bars()[0]?.getAttribute("aria-label")).toBe(
      "Credit history, all here paid back: \u221212\u00a0points (±\u00a00.096\u00a0points)",
    );
  });

  it("refine asks for four times the evaluations of the same row", async () => {
    const { element, explainer } = await explained();
    const refine = find<HTMLButtonElement>(element.shadowRoot!, ".status button")[0]!;
    expect(refine.textContent?.trim()).toBe("Refine (8,192)");
    refine.click();
    await settle();
    expect(explainer.job.options.budget).toBe(8192);
    expect(explainer.jobs.at(-1)?.row).toEqual(explainer.jobs[0]?.row);
  });

  it("settings are drawn from the method, and wrong ones aren't sent", async () => {
    const { element, explainer } = await explained();
    find<HTMLButtonElement>(element.shadowRoot!, ".toggles button")[2]?.click();
    await settle();
    expect(find(element.shadowRoot!, ".setting label").map(({ textContent }) => textContent)).toEqual([
      "Output",
      "Method",
      "Scale",
      ...METHODS[0].parameters.map(({ title }) => title),
    ]);
    const seed = one<HTMLInputElement>(element, "#seed");
    const jobs = explainer.jobs.length;
    seed.value = "-1";
    seed.dispatchEvent(new Event("change"));
    await settle();
    expect(said(element, "#seed-bad")).toContain("A whole number from 0");
    expect(explainer.jobs).toHaveLength(jobs);
    seed.value = "7";
    seed.dispatchEvent(new Event("change"));
    await settle();
    expect(explainer.job.options.seed).toBe(7);
  });

  it("says so where nothing changes this decision", async () => {
    const { element, explainer } = await shown();
    const none = structuredClone(explanation);
    none.values = none.values.map(() => [0]);
    none.std_error = none.std_error.map(() => [0]);
    explainer.job.say({ type: "result", explanation: none });
    explainer.job.say(null);
    await settle();
    expect(said(element, ".glance")).toContain("Nothing here moves this result");
    expect(said(element, ".status")).toContain("Exact: nothing was estimated");
  });

  it("offers a newer version and takes it only when asked", async () => {
    const { element, explainer } = await explained();
    explainer.activity.tell({ newer: true });
    await settle();
    expect(explainer.updated).toBe(false);
    one<HTMLButtonElement>(element, ".newer button").click();
    expect(explainer.updated).toBe(true);
  });

  it("leaves title and chips to a page that has a header", async () => {
    const { element } = await explained();
    expect(one(element, ".banner h2").textContent).toBe("Loan decision");
    element.bare = true;
    await settle();
    expect(find(element.shadowRoot!, ".banner")).toHaveLength(0);
  });
});

describe("a model that gives a number", () => {
  const rentals = asNumber(explanation);

  it("is said in its unit, among what the others get, and nowhere in percent", async () => {
    const scripted = new Scripted(rentals.manifest);
    scripted.predict = async (rows) => rows.map((row) => [Array.isArray(row) ? 500 : 384]);
    const { element } = await explained({}, rentals.explanation, scripted);
    expect(one(element, "strong").textContent).toBe("384");
    expect(one(element, "xai-decision svg").getAttribute("aria-label")).toBe(
      "384\u00a0bikes; the average of those compared with is 500\u00a0bikes",
    );
    expect(said(element, ".switch")).toBe("");
    for (const part of ["xai-decision", ".glance", "xai-picture figure", "xai-picture h3", ".status"])
      expect(said(element, part) + one(element, part).outerHTML, part).not.toMatch(/points|\d\s?%</);
  });
});

describe("a model that chooses a class", () => {
  const wine = asClasses(explanation);
  const scripted = () => {
    const explainer = new Scripted(wine.manifest);
    explainer.predict = async (rows) => rows.map(() => [0.17, 0.54, 0.29]);
    return explainer;
  };

  it("explains the likeliest one, with a bar for each", async () => {
    const { element } = await explained({}, wine.explanation, scripted());
    expect(one(element, "strong").textContent).toBe("Grignolino");
    expect(one(element, ".classes").getAttribute("aria-label")).toBe(
      "Probabilities: Grignolino 54\u00a0%, Barbera 29\u00a0%, and Barolo 17\u00a0%",
    );
    expect(one(element, "xai-picture figure").getAttribute("aria-label")).toContain("probability of Grignolino");
  });

  it("another output is chosen at the picture, and stays chosen for other rows", async () => {
    const { element, explainer } = await explained({}, wine.explanation, scripted());
    const chooser = one<HTMLSelectElement>(element, ".output select");
    expect([...chooser.options].map(({ textContent }) => textContent?.trim())[0]).toBe("Barolo: 38\u00a0%");
    chooser.value = "2";
    chooser.dispatchEvent(new Event("change"));
    await settle();
    expect(one(element, "xai-picture figure").getAttribute("aria-label")).toContain("probability of Barbera");
    expect(explainer.jobs).toHaveLength(1); // nothing is computed anew
    await click(element, "Shuffle");
    explainer.job.say({ type: "result", explanation: wine.explanation });
    explainer.job.say(null);
    await settle();
    expect(one(element, "xai-picture figure").getAttribute("aria-label")).toContain("probability of Barbera");
  });

  it("shows what each entry does to every class", async () => {
    const { element } = await explained({}, wine.explanation, scripted());
    await click(element, "Numbers");
    expect(find(element.shadowRoot!, "xai-dig table")).toHaveLength(2);
    await click(element, "Barolo");
    expect(one(element, "xai-picture figure").getAttribute("aria-label")).toContain("probability of Barolo");
  });
});

describe("failures", () => {
  async function failed(error: object): Promise<XaiExplainer> {
    XaiExplainer.open = () => Promise.reject(error);
    const element = document.createElement("xai-explainer") as XaiExplainer;
    element.setAttribute("src", "bundles/loan/");
    element.lang = "en";
    document.body.append(element);
    await settle();
    return element;
  }

  it("are told in words, with what to do, the details folded", async () => {
    const element = await failed({
      code: "hash-mismatch",
      message: "sha256 differs",
      where: "weights.bin",
      next: "Reload.",
    });
    expect(said(element, ".failure h3")).toBe("A file isn't what it should be");
    expect(said(element, ".failure .primary")).toBe("Reload the page");
    expect(one<HTMLDetailsElement>(element, "details").open).toBe(false);
    expect(said(element, "details")).toContain("weights.bin");
  });

  it("of an unknown kind show what was said and what to do", async () => {
    const element = await failed({ code: "something-new", message: "It broke.", where: "", next: "Mend it." });
    expect(said(element, ".failure")).toContain("It broke.");
    expect(said(element, ".failure")).toContain("Mend it.");
  });

  it("that may pass can be tried again", async () => {
    const element = await failed({ code: "network-lost", message: "offline", where: "", next: "" });
    XaiExplainer.open = opening(async () => new Scripted());
    one<HTMLButtonElement>(element, ".failure .primary").click();
    await settle();
    expect(find(element.shadowRoot!, ".failure")).toHaveLength(0);
    expect(one(element, "strong").textContent).toBe("Refused");
  });

  it("of a provider offer another way", async () => {
    const element = await failed({ code: "provider-unavailable", message: "no adapter", where: "", next: "" });
    element.provider = "webgpu";
    await settle();
    XaiExplainer.open = opening(async () => new Scripted());
    one<HTMLButtonElement>(element, ".failure .primary").click();
    await settle();
    expect(element.provider).toBe("auto");
    expect(find(element.shadowRoot!, ".failure")).toHaveLength(0);
  });
});
