/** What a wish needs, in order: the prediction, the cut photo, the large picture, the looks of hiding, other methods. */
import type { ReactiveControllerHost } from "lit";
import { KINDS } from "../../methods.gen.js";
import type { Explainer } from "../../types.js";
import { toShape } from "../failure.js";
import { optionsOf, type Settings, withParameters } from "../settings.js";
import type { Task } from "./queue.js";
import type { PhotoSession } from "./session.js";
import { cutKey, cutOf, explainable, runKey, type Wish } from "./wish.js";

/** Classes that get a bar and a picture where nobody asks for another. */
const CLASSES = 5;

/** What can stand for hidden parts. */
export const HIDDEN: readonly string[] = KINDS.image.flatMap(({ name, choices }) =>
  name === "hidden" ? [...choices] : [],
);

/** Everything that a session's wish needs; each task writes into the session what it found. */
export function tasksOf(session: PhotoSession, host: ReactiveControllerHost): Task[] {
  const { explainer, wish } = session;
  if (!explainer || !wish) return [];
  const cut = (of: Wish) => cutOf(of, explainer.manifest.image);
  const predict = { place: "predict", key: wish.photo.id, run: () => predicted(session, explainer, wish) };
  if (!session.prediction) return [predict];
  const prepare = {
    place: "prepare",
    key: cutKey(wish),
    run: async (signal: AbortSignal) => {
      const prepared = await explainer.prepare(wish.photo.blob, cut(wish));
      if (!signal.aborted) session.prepared = prepared;
    },
  };
  if (!explainable(wish) || session.problem) return [predict, prepare];
  const look = (hidden: string) => ({
    place: `hidden ${hidden}`,
    key: `${wish.photo.id} ${hidden === "colour" ? String(wish.settings.parameters["colour"]) : ""}`,
    run: async (signal: AbortSignal) => {
      const settings = withParameters(wish.settings, { hidden });
      const prepared = await explainer.prepare(wish.photo.blob, cut({ ...wish, settings }));
      if (!signal.aborted) session.looks.set(hidden, prepared.hidden);
    },
  });
  const { method } = wish.settings;
  const [large, ...others] = [method, ...[...session.beside].filter((name) => name !== method)].map((name) => {
    const settings = session.settingsOf(name);
    return {
      place: name,
      key: runKey(wish, settings),
      run: (signal: AbortSignal) => explained(session, host, explainer, wish, settings, signal),
    };
  });
  return [predict, prepare, ...(large ? [large] : []), ...HIDDEN.map(look), ...others];
}

async function predicted(session: PhotoSession, explainer: Explainer<"image">, wish: Wish): Promise<void> {
  // A bundle that was closed meanwhile says so, which concerns nobody any more.
  const current = () => session.explainer === explainer && session.wish?.photo.id === wish.photo.id;
  try {
    const [prediction] = await explainer.predict([wish.photo.blob]);
    if (current()) session.prediction = prediction ?? null;
  } catch (thrown) {
    // Told even where it is still loading: a broken photo is none the less.
    if (current()) session.problem = toShape(thrown);
  }
}

async function explained(
  session: PhotoSession,
  host: ReactiveControllerHost,
  explainer: Explainer<"image">,
  wish: Wish,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const run = session.runOf(settings.method);
  run.begin();
  host.requestUpdate();
  try {
    const { manifest } = explainer;
    const outputs = wish.also === null ? undefined : [...likeliest(session.prediction ?? []), wish.also];
    const options = { ...optionsOf(settings), ...cutOf(wish, manifest.image), outputs, signal };
    for await (const event of explainer.explain(wish.photo.blob, options)) {
      if (signal.aborted) return;
      if (event.type === "progress") run.progress = { done: event.done, total: event.total };
      else if (event.type === "result" || run.improvedBy(event.explanation)) {
        if (!run.shown) performance.mark("xaiweb:first-picture"); // for whoever measures
        run.take(event, cutKey(wish));
        run.final = event.type === "result";
        if (run.final) performance.mark("xaiweb:result");
      }
      host.requestUpdate();
    }
  } catch (thrown) {
    if (!signal.aborted) run.problem = toShape(thrown);
  } finally {
    run.running = false;
  }
}

/** Positions of the five likeliest outputs, the likeliest first. */
export function likeliest(prediction: readonly number[]): number[] {
  return prediction
    .map((share, at) => ({ share, at }))
    .sort((a, b) => b.share - a.share || a.at - b.at)
    .slice(0, CLASSES)
    .map(({ at }) => at);
}
