// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { DEFAULTS, lacking, optionsOf, withParameters } from "../../../web/src/elements/settings.js";
import { METHODS } from "../../../web/src/methods.gen.js";
import { copy, explanation, manifest } from "../golden.js";
import { Scripted, settle } from "./scripted.js";
import { click, explained, find, one, said } from "./shown.js";

afterEach(() => document.body.replaceChildren());

/** The loan as a model that is a sum of trees in its margin. */
function treesInMargin() {
  const document = copy(manifest);
  const [output] = document.scales;
  document.scales = [
    { ...output, additive: false, trees: null },
    { ...output, name: "margin", additive: false, trees: { nodes: "trees.npy", features: null, columns: [0] } },
  ];
  return document;
}

async function opened(of = manifest) {
  const both = await explained({}, explanation, new Scripted(of));
  await click(both.element, "Method and settings");
  return both;
}

describe("settings", () => {
  it("begin with every parameter's own default", () => {
    for (const parameter of METHODS[0].parameters) expect(DEFAULTS.parameters[parameter.name]).toBe(parameter.default);
  });

  it("go to the engine in its own words, leaving to the method what nobody chose", () => {
    const options = optionsOf(withParameters(DEFAULTS, { interaction_order: 3, interactions: "STII" }));
    expect(options).toMatchObject({ interactionOrder: 3, interactions: "STII", estimator: "auto", scale: "output" });
    expect(options).not.toHaveProperty("budget");
    expect(options).not.toHaveProperty("interaction_order");
  });

  it("know which structure an estimator needs, scale by scale", () => {
    const trees = treesInMargin();
    expect(lacking(trees, "output", "tree")).toBe("tree");
    expect(lacking(trees, "margin", "tree")).toBeNull();
    expect(lacking(trees, "margin", "linear")).toBe("linear");
    for (const estimator of ["auto", "exact", "least_squares", "permutation", "gaussian_process", "owen"])
      expect(lacking(trees, "output", estimator)).toBeNull();
  });
});

describe("the settings panel", () => {
  const option = (element: Parameters<typeof one>[0], value: string) =>
    one<HTMLOptionElement>(element, `#estimator option[value=${value}]`);

  it("has a field for every parameter, with words for each choice", async () => {
    const { element } = await opened();
    for (const { name, kind, choices } of METHODS[0].parameters) {
      const field = one<HTMLElement>(element, `#${name}`);
      expect(field.localName, name).toBe(kind === "choice" ? "select" : "input");
      expect(field.querySelectorAll("option")).toHaveLength(choices.length);
    }
    expect(said(element, "#estimator")).not.toMatch(/_/);
  });

  it("shows what this model can't do as disabled, with the reason, and enables it in the scale that has it", async () => {
    const { element } = await opened(treesInMargin());
    expect(option(element, "tree").disabled).toBe(true);
    expect(option(element, "tree").textContent).toContain("no sum of trees in this scale");
    const scale = one<HTMLSelectElement>(element, "#scale");
    scale.value = "margin";
    scale.dispatchEvent(new Event("change"));
    await settle();
    expect(option(element, "tree").disabled).toBe(false);
    expect(option(element, "linear").disabled).toBe(true);
  });

  it("doesn't ask in another scale for an estimator that isn't there", async () => {
    const { element, explainer } = await opened(treesInMargin());
    const choose = async (id: string, value: string) => {
      const select = one<HTMLSelectElement>(element, id);
      select.value = value;
      select.dispatchEvent(new Event("change"));
      await settle();
    };
    await choose("#scale", "margin");
    await choose("#estimator", "tree");
    expect(explainer.job.options).toMatchObject({ scale: "margin", estimator: "tree" });
    await choose("#scale", "output");
    expect(explainer.job.options).toMatchObject({ scale: "output", estimator: "auto" });
  });

  it("says at the setting itself what the core refused", async () => {
    const { element, explainer } = await opened();
    const order = one<HTMLInputElement>(element, "#interaction_order");
    order.value = "3";
    order.dispatchEvent(new Event("change"));
    await settle();
    explainer.job.say(
      Object.assign(new Error("3 players can't be had."), {
        code: "interactions-unavailable",
        where: 'parameter "interactions"',
        next: "Raise the budget.",
      }),
    );
    await settle();
    expect(said(element, "#interactions-bad")).toContain("3 players can't be had. Raise the budget.");
    expect(said(element, "#interaction_order-bad")).toBe("");
    expect(find(element.shadowRoot!, "[aria-invalid=true]")).toHaveLength(1);
  });
});
