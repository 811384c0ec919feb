// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import type { XaiField } from "../../../web/src/elements/xai-field.js";
import "../../../web/src/elements/xai-field.js";
import type { Feature } from "../../../web/src/schema.gen.js";
import { words } from "../../../web/src/strings/words.js";
import { manifest } from "../golden.js";

let changes: { name: string; value: unknown }[] = [];
beforeEach(() => {
  changes = [];
  document.body.replaceChildren();
});

async function field(name: string, value: number | string | null, more: Partial<Feature> = {}): Promise<XaiField> {
  const element = document.createElement("xai-field");
  element.feature = { ...manifest.features.find((feature) => feature.name === name)!, ...more };
  element.value = element.original = value;
  element.words = words("en");
  element.addEventListener("xai-change", (event) => changes.push((event as CustomEvent).detail));
  document.body.append(element);
  await element.updateComplete;
  return element;
}

const at = <T extends Element>(element: XaiField, selector: string) => element.renderRoot.querySelector<T>(selector)!;

async function type(element: XaiField, text: string): Promise<void> {
  const input = at<HTMLInputElement>(element, "input[type=number]");
  input.value = text;
  input.dispatchEvent(new Event("input"));
  await element.updateComplete;
}

describe("a number's field", () => {
  it("has a label, its unit and its help", async () => {
    const element = await field("duration", 48);
    expect(at(element, "label").textContent).toBe("Duration");
    expect(at(element, ".unit").textContent).toBe("months");
    expect(at(element, "#help").textContent).toContain("How long the loan would run.");
    expect(at(element, "#help").textContent).toContain("From 4\u00a0months to 72\u00a0months.");
    expect(at(element, "input").getAttribute("aria-describedby")).toContain("help");
  });

  it("tells every number that can be computed", async () => {
    const element = await field("duration", 48);
    await type(element, "12");
    expect(changes).toEqual([{ name: "duration", value: 12 }]);
  });

  it("warns out of range, and still computes", async () => {
    const element = await field("duration", 48);
    await type(element, "99");
    expect(changes).toEqual([{ name: "duration", value: 99 }]);
    element.value = 99;
    await element.updateComplete;
    expect(at(element, "#note").textContent).toContain("Above 72\u00a0months");
    expect(at(element, "#note").hasAttribute("hidden")).toBe(false);
  });

  it("an empty one says what the result still shows, and tells nothing", async () => {
    const element = await field("duration", 48);
    await type(element, "");
    expect(changes).toEqual([]);
    expect(at(element, "#note").textContent).toBe("A value is needed here. The result still shows 48\u00a0months.");
    expect(at(element, "input").getAttribute("aria-invalid")).toBe("true");
  });

  it("may be empty where the feature allows a missing value", async () => {
    const element = await field("duration", 48, { missing: true });
    await type(element, "");
    expect(changes).toEqual([{ name: "duration", value: null }]);
  });

  it("takes a value from outside in place of what was half typed", async () => {
    const element = await field("duration", 48);
    await type(element, "");
    element.edition++;
    await element.updateComplete;
    expect(at<HTMLInputElement>(element, "input").value).toBe("48");
    expect(at(element, "#note").hasAttribute("hidden")).toBe(true);
  });

  it("its slider is for pointers: the keyboard has the number field", async () => {
    const slider = at(await field("duration", 48), "input[type=range]");
    expect(slider.getAttribute("tabindex")).toBe("-1");
    expect(slider.getAttribute("aria-hidden")).toBe("true");
  });
});

describe("a level's field", () => {
  it("offers the levels in words and tells the word of the data", async () => {
    const element = await field("savings", "... < 100 DM");
    const select = at<HTMLSelectElement>(element, "select");
    expect([...select.options].map(({ textContent }) => textContent?.trim())).toContain("none or unknown");
    select.value = "4";
    select.dispatchEvent(new Event("change"));
    expect(changes).toEqual([{ name: "savings", value: "unknown/ no savings account" }]);
  });

  it("shows a level that the model doesn't know, and says so", async () => {
    const element = await field("savings", "a fortune");
    expect(at(element, "select").textContent).toContain("a fortune");
    expect(at(element, "#note").textContent).toContain("doesn't know this choice");
  });
});

describe("every field", () => {
  it("says what stood in the example once it differs", async () => {
    const element = await field("duration", 48);
    element.value = 12;
    await element.updateComplete;
    expect(element.renderRoot.textContent).toContain("In the example: 48\u00a0months");
  });

  it("marks what a person can't change", async () => {
    expect(at(await field("age", 25), ".fixed").getAttribute("aria-label")).toBe("A person can't change this.");
    expect(at(await field("duration", 48), ".fixed")).toBeNull();
  });
});
