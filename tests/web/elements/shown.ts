/** An explainer on a page, and how a test looks through it. */
import { XaiExplainer } from "../../../web/src/elements/xai-explainer.js";
import type { Explanation } from "../../../web/src/types.js";
import { explanation as golden } from "../golden.js";
import { opening, Scripted, settle } from "./scripted.js";

export interface Both {
  readonly element: XaiExplainer;
  readonly explainer: Scripted;
}

export async function shown(attributes: Record<string, string> = {}, explainer = new Scripted()): Promise<Both> {
  XaiExplainer.open = opening(async () => explainer);
  const element = document.createElement("xai-explainer") as XaiExplainer;
  for (const [name, value] of Object.entries({ src: "bundles/loan/", lang: "en", ...attributes }))
    element.setAttribute(name, value);
  document.body.append(element);
  await settle();
  return { element, explainer };
}

/** The same with an explanation that is final. */
export async function explained(
  attributes: Record<string, string> = {},
  explanation: Explanation = golden,
  explainer = new Scripted(),
): Promise<Both> {
  const both = await shown(attributes, explainer);
  explainer.activity.tell({ core: "ready", phase: "ready" });
  explainer.job.say({ type: "result", explanation });
  explainer.job.say(null);
  await settle();
  return both;
}

/** Finds through the shadow roots, as a person looks through them. */
export function find<T extends Element>(root: ParentNode, selector: string): T[] {
  const found = [...root.querySelectorAll<T>(selector)];
  for (const node of root.querySelectorAll("*")) if (node.shadowRoot) found.push(...find<T>(node.shadowRoot, selector));
  return found;
}

export function one<T extends Element>(element: XaiExplainer, selector: string): T {
  return find<T>(element.shadowRoot!, selector)[0]!;
}

/** All that stands in the elements found, in one line. */
export function said(element: XaiExplainer, selector: string): string {
  return find(element.shadowRoot!, selector)
    .map((node) => node.textContent?.replace(/\s+/g, " ").trim())
    .join(" | ");
}

/** Clicks the button that says this. */
export async function click(element: XaiExplainer, label: string): Promise<void> {
  const button = find<HTMLButtonElement>(element.shadowRoot!, "button").find(
    ({ textContent }) => textContent?.trim() === label,
  );
  if (!button) throw new Error(`there is no button “${label}”`);
  button.click();
  await settle();
}
