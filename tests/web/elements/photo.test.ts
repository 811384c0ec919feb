// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { XaiPhoto } from "../../../web/src/elements/xai-photo.js";
import type { XaiRegions } from "../../../web/src/elements/photo/xai-regions.js";
import { XaiwebError } from "../../../web/src/errors.js";
import { by, explanation, SEGMENTS } from "../views/photo/toy.js";
import { settle } from "./scripted.js";
import { explained, result, ScriptedPhotos, shown } from "./scripted-photo.js";
import { find } from "./shown.js";

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

const all = <T extends Element>(element: XaiPhoto, selector: string) => find<T>(element.shadowRoot!, selector);
const one = <T extends Element>(element: XaiPhoto, selector: string) => all<T>(element, selector)[0]!;
const said = (element: XaiPhoto, selector: string) =>
  all(element, selector)
    .map((node) => node.textContent?.replace(/\s+/g, " ").trim())
    .join(" | ");

async function click(element: XaiPhoto, label: string): Promise<void> {
  const button = all<HTMLButtonElement>(element, "button").find((node) => node.textContent?.trim() === label);
  if (!button) throw new Error(`there is no button “${label}”`);
  button.click();
  await settle();
}

async function press(element: XaiPhoto, key: string): Promise<void> {
  one(element, ".walk").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
  await settle();
}

/** Chooses one of a group of radio buttons, or of a list. */
async function choose(element: XaiPhoto, selector: string, value?: string): Promise<void> {
  const field = one<HTMLInputElement>(element, selector);
  if (value === undefined) field.checked = true;
  else field.value = value;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type));
  await settle();
}

describe("the photos' page", () => {
  it("opens with the first example: predicted, prepared, then explained", async () => {
    const { element, explainer } = await shown();
    expect(explainer.files).toContain("examples/one.png");
    expect(explainer.predicted).toHaveLength(1);
    expect(explainer.prepared).toHaveLength(1);
    expect(explainer.jobs).toHaveLength(1);
    expect(said(element, ".verdict")).toBe("cat, most likely, with 55 %");
    expect(explainer.job.options).toMatchObject({ method: "shapley", segments: "slic", nSegments: 50, hidden: "blur" });
    // Nothing that would keep the method from its default: from coarse to fine.
    expect(explainer.job.options.budget).toBeUndefined();
    expect(explainer.job.options.estimator).toBe("auto");
  });

  it("goes on with another provider that is chosen while the first one still loads", async () => {
    const first = new ScriptedPhotos();
    let refuse = (_: Error) => {};
    first.predict = () => new Promise((_, reject) => (refuse = reject));
    first.close = () => refuse(new XaiwebError("closed", "the explainer was closed."));
    const { element } = await shown({}, first);
    const second = new ScriptedPhotos();
    XaiPhoto.open = (async () => second) as unknown as typeof XaiPhoto.open;
    element.provider = "webgpu";
    await settle();
    expect(all(element, ".failure")).toHaveLength(0);
    await result(second);
    expect(said(element, ".glance")).toContain("Speaks most for “cat”");
  });

  it("says nothing of an example that was asked of the provider before", async () => {
    const { element, explainer } = await explained();
    let refuse = (_: Error) => {};
    explainer.file = () => new Promise((_, reject) => (refuse = reject));
    explainer.close = () => refuse(new XaiwebError("closed", "the explainer was closed."));
    element.dispatchEvent(new CustomEvent("xai-example", { detail: { id: explainer.manifest.examples[1]!.id } }));
    await settle();
    XaiPhoto.open = (async () => new ScriptedPhotos()) as unknown as typeof XaiPhoto.open;
    element.provider = "webgpu";
    await settle();
    expect(all(element, ".failure")).toHaveLength(0);
  });

  it("an example that arrives late doesn't take the place of what was chosen since", async () => {
    const { element, explainer } = await explained();
    let arrive = (_: Uint8Array) => {};
    explainer.file = () => new Promise((resolve) => (arrive = resolve));
    all<HTMLButtonElement>(element, "xai-gallery li button")[1]!.click();
    await settle();
    const blob = new Blob(["mine"], { type: "image/png" });
    const detail = { blob, title: "my own" };
    element.dispatchEvent(new CustomEvent("xai-photo", { detail }));
    await settle();
    arrive(Uint8Array.of(9));
    await settle();
    expect(element.session.wish?.photo.blob).toBe(blob);
  });

  it("draws what comes, holds the order while it refines, and says when it is done", async () => {
    const { element, explainer } = await shown();
    const early = by("shapley", [
      [0.1, 0],
      [0.2, 0],
      [0, 0],
      [0, 0],
    ] as typeof explanation.values);
    explainer.job.say({ type: "progress", done: 20, total: 50, unit: "coalitions" });
    explainer.job.say({
      type: "partial",
      explanation: { ...early, provenance: { ...early.provenance, n_coalitions: 20 } },
      segments: SEGMENTS,
    });
    await settle();
    expect(said(element, ".status")).toContain("Refining");
    expect(said(element, ".glance")).toContain("Speaks most for “cat”");
    await press(element, "Home");
    expect(one(element, ".walk").getAttribute("aria-valuetext")).toContain("in the upper right");
    await result(explainer);
    expect(said(element, ".status")).toContain("Estimated from 50 evaluations");
    await press(element, "Home");
    expect(one(element, ".walk").getAttribute("aria-valuetext")).toContain("in the upper left: +30\u00a0points");
  });

  it("says nothing of single parts while there are fewer evaluations than parts", async () => {
    const { element, explainer } = await shown();
    const early = { ...explanation, provenance: { ...explanation.provenance, n_coalitions: 3 } };
    explainer.job.say({ type: "partial", explanation: early, segments: SEGMENTS });
    await settle();
    expect(said(element, ".glance")).toMatch(/^A first, coarse picture/);
    await result(explainer);
    expect(said(element, ".glance")).toContain("Speaks most for “cat”");
  });

  it("walks through the parts by keyboard and asks the model about the photo without each", async () => {
    const { element, explainer } = await explained();
    const walk = one<HTMLElement>(element, ".walk");
    walk.dispatchEvent(new Event("focus"));
    await press(element, "ArrowRight");
    expect(walk.getAttribute("aria-valuenow")).toBe("2");
    await new Promise((resolve) => setTimeout(resolve, 150));
    await settle();
    expect(explainer.asked.at(-1)?.mask).toEqual([true, false, true, true]);
    expect(said(element, ".part")).toContain("cat: 44 % (\u221211 points)");
    await press(element, "End");
    expect(walk.getAttribute("aria-valuetext")).toContain("at the bottom: \u22125.0\u00a0points");
    await press(element, "Enter");
    walk.dispatchEvent(new Event("blur"));
    await settle();
    expect(said(element, ".part")).toContain("Part 4 of 4, at the bottom");
    dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    await settle();
  });

  it("asks once for what it knows already", async () => {
    const { element, explainer } = await explained();
    const before = explainer.asked.length;
    for (const key of ["Home", "Enter", "Enter", "Enter"]) await press(element, key);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(explainer.asked.length - before).toBe(1);
  });

  it("shows another class from the same evaluations, and one rather than another", async () => {
    const { element, explainer } = await explained();
    one<HTMLButtonElement>(element, "xai-classes .bars button + button").click();
    await settle();
    expect(said(element, ".glance")).toContain("Speaks most against “dog”");
    await choose(element, "xai-classes select", "cat");
    expect(said(element, ".finding")).toContain("“dog” rather than “cat”");
    expect(said(element, "xai-classes small")).toContain("less the one for the second");
    expect(explainer.jobs).toHaveLength(1);
  });

  it("hides and keeps the parts that count most", async () => {
    const { element, explainer } = await explained();
    expect(explainer.asked.at(-1)?.mask).toEqual([false, false, true, false]); // the first three: 0, 1, 3
    await choose(element, "#k", "1");
    expect(said(element, "xai-keep .answer")).toContain("cat: 44 % (\u221211 points)");
    await click(element, "Keep only them");
    expect(explainer.asked.at(-1)?.mask).toEqual([true, false, false, false]);
    expect(said(element, "xai-keep .answer")).toContain("Now most likely: dog, 68 %");
  });

  it("another way of hiding explains anew and keeps the picture until there is a new one; undo brings it back", async () => {
    const { element, explainer } = await explained();
    await choose(element, "input[value=grey]");
    expect(explainer.job.options.hidden).toBe("grey");
    expect(said(element, ".glance")).toContain("Speaks most for “cat”");
    await click(element, "Undo");
    expect(explainer.jobs[1]?.aborted).toBe(true);
    expect(explainer.job.options.hidden).toBe("blur");
  });

  it("shows what each way of hiding looks like", async () => {
    const { element, explainer } = await explained();
    expect(new Set(explainer.prepared.map(({ hidden }) => hidden))).toEqual(
      new Set(["blur", "mean", "grey", "colour", "inpaint"]),
    );
    expect(all(element, ".look xai-pixels")).toHaveLength(5);
  });

  it("hides by a colour of one's choice, says which, and tells it only where it hides", async () => {
    const { element, explainer } = await explained();
    expect(all(element, "#colour")).toHaveLength(0);
    await choose(element, "input[value=colour]");
    const seen = () => explainer.prepared.filter(({ hidden }) => hidden === "colour").length;
    const before = seen();
    await choose(element, "#colour", "#00ff00");
    expect(explainer.job.options).toMatchObject({ hidden: "colour", colour: "#00ff00" });
    const parameters = { ...explanation.provenance.parameters, hidden: "colour", colour: "#00ff00" };
    await result(explainer, { ...explanation, provenance: { ...explanation.provenance, parameters } });
    expect(said(element, ".status")).toContain("one colour (#00ff00)");
    expect(seen()).toBe(before + 2); // the photo's parts, and the small picture of the new colour
    await choose(element, "input[value=grey]");
    expect(explainer.job.options.hidden).toBe("grey");
    expect(explainer.job.options).not.toHaveProperty("colour");
  });

  it("cuts along regions that are drawn corner by corner, and waits for the first", async () => {
    const { element, explainer } = await explained();
    const before = explainer.jobs.length;
    await choose(element, "input[value=given]");
    expect(explainer.jobs).toHaveLength(before);
    expect(said(element, ".status")).toContain("No region yet");
    const board = one<XaiRegions>(element, "xai-regions");
    const key = async (name: string, times = 1) => {
      for (let time = 0; time < times; time++)
        board.renderRoot.querySelector(".board")?.dispatchEvent(new KeyboardEvent("keydown", { key: name }));
      await settle();
    };
    // From the middle (3, 2): a square over the upper right 3 x 2 pixels.
    await key("Enter");
    await key("ArrowRight", 3);
    await key("Enter");
    await key("ArrowUp", 2);
    await key("Enter");
    await key("ArrowLeft", 3);
    await key("Enter");
    await key("c");
    expect(explainer.job.options.segments).toBe("given");
    expect([...(explainer.job.options.regions ?? [])]).toEqual([...SEGMENTS].map((label) => (label === 1 ? 0 : -1)));
    dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true }));
  });

  it("puts other methods beside it, one after the other, each with a cancel of its own", async () => {
    const { element, explainer } = await explained();
    await click(element, "Add LIME");
    await click(element, "Add RISE");
    expect(explainer.job.options.method).toBe("lime");
    expect(said(element, ".column")).toContain("waits for its turn");
    explainer.job.say({ type: "progress", done: 3, total: 9, unit: "coalitions" });
    await settle();
    all<HTMLButtonElement>(element, ".column button")
      .find(({ textContent }) => textContent?.trim() === "Cancel")
      ?.click();
    await settle();
    expect(explainer.jobs[1]?.aborted).toBe(true);
    expect(explainer.job.options.method).toBe("rise");
    await result(explainer, by("rise"));
    expect(said(element, ".column")).toContain("Estimated from 50 evaluations");
    // Its own settings come with it, what is large is asked for nothing twice.
    const before = explainer.jobs.length;
    const [, large] = all<HTMLButtonElement>(element, ".column button").filter(
      ({ textContent }) => textContent?.trim() === "Show large",
    );
    large?.click();
    await settle();
    expect(said(element, ".glance")).toContain("Speaks most for “cat”");
    expect(explainer.jobs.slice(before).map(({ options }) => options.method)).not.toContain("rise");
    // Its squares are hidden one by one over the photo as it is cut.
    await press(element, "ArrowRight");
    await new Promise((resolve) => setTimeout(resolve, 150));
    await settle();
    expect(explainer.asked.at(-1)).toMatchObject({ map: SEGMENTS, options: { segments: "slic", hidden: "blur" } });
  });

  it("takes a photo that is pasted, and nothing of the last one stays", async () => {
    const { element, explainer } = await explained();
    const file = new File(["x"], "dog.png", { type: "image/png" });
    const paste = Object.assign(new Event("paste"), { clipboardData: { files: [file] } });
    dispatchEvent(paste);
    await settle();
    expect(explainer.predicted.at(-1)).toBe(file);
    expect(said(element, "xai-gallery .name")).toBe("The pasted photo");
    expect(said(element, ".glance")).toBe("");
    expect(explainer.jobs).toHaveLength(2);
  });

  it("says what is wrong with a photo, and leads back to the one before", async () => {
    const { element, explainer } = await explained();
    const works = explainer.predict;
    explainer.predict = () =>
      Promise.reject(new XaiwebError("photo", "It is no photo.", { where: "photo", next: "Choose another." }));
    dispatchEvent(
      Object.assign(new Event("paste"), {
        clipboardData: { files: [new File(["x"], "a.png", { type: "image/png" })] },
      }),
    );
    await settle();
    expect(said(element, ".failure")).toContain("It is no photo.");
    explainer.predict = works;
    await click(element, "Back to the photo before");
    expect(all(element, ".failure")).toHaveLength(0);
    expect(said(element, "xai-gallery .name")).toBe("The first");
    await result(explainer);
    expect(said(element, ".glance")).toContain("Speaks most for “cat”");
  });

  it("refuses what is dropped or pasted without a photo in it, in words", async () => {
    const { element, explainer } = await explained();
    const file = new File(["x"], "a.txt", { type: "text/plain" });
    dispatchEvent(Object.assign(new Event("paste"), { clipboardData: { files: [file] } }));
    await settle();
    expect(element.said).toContain("There is no photo");
    expect(explainer.predicted).toHaveLength(1);
  });

  it("offers no camera where there is none", async () => {
    const { element } = await explained();
    expect(said(element, "xai-camera")).toBe("");
    expect(all(element, "xai-camera button")).toHaveLength(0);
  });

  it("refines with four times the evaluations, from the settings' own parameters", async () => {
    const { element, explainer } = await explained();
    await click(element, "Refine (200)");
    expect(explainer.job.options.budget).toBe(200);
  });

  it("explains a class that isn't among the likeliest when the settings ask for it", async () => {
    const { element, explainer } = await explained();
    await click(element, "Method and settings");
    await choose(element, "#output", "2");
    expect(explainer.job.options.outputs).toEqual([0, 1, 2, "fox"]);
  });

  it("speaks German", async () => {
    const { element } = await explained({ lang: "de" });
    expect(said(element, ".glance")).toContain("Am meisten spricht für „Katze“: ein Teil links oben");
  });
});
