import { describe, expect, it } from "vitest";
import { Session } from "../../../web/src/elements/session.js";
import { withParameters } from "../../../web/src/elements/settings.js";
import { statusOf } from "../../../web/src/elements/status.js";
import { words } from "../../../web/src/strings/words.js";
import { asNumber, explanation, firstEstimate, withPairs } from "../golden.js";
import { opening, Scripted, settle } from "./scripted.js";

const host = {
  addController: () => {},
  removeController: () => {},
  requestUpdate: () => {},
  updateComplete: Promise.resolve(true),
};
const en = words("en");

async function opened(): Promise<{ session: Session; explainer: Scripted }> {
  const explainer = new Scripted();
  const session = new Session(host);
  await session.open(
    opening(async () => explainer),
    "bundles/loan/",
    "auto",
  );
  await settle();
  return { session, explainer };
}

describe("a session", () => {
  it("opens with the first example, predicted and being explained", async () => {
    const { session, explainer } = await opened();
    expect(session.start.id).toBe(explainer.manifest.examples[0]?.id);
    expect(session.prediction?.[0]).toBeCloseTo(0.38365, 4);
    expect(explainer.jobs).toHaveLength(1);
    expect(session.running).toBe(true);
  });

  it("labels what comes before the core is ready as a first estimate, and keeps it beside the result", async () => {
    const { session, explainer } = await opened();
    explainer.job.say({ type: "partial", explanation: firstEstimate });
    await settle();
    expect(statusOf(session, en).line).toBe("First estimate; refining once Python has loaded");
    explainer.activity.tell({ core: "ready" });
    explainer.job.say({ type: "progress", done: 512, total: 2048, unit: "coalitions" });
    await settle();
    expect(statusOf(session, en)).toMatchObject({
      line: "Refining",
      progress: { done: 512, total: 2048 },
      can: "cancel",
    });
    explainer.job.say({ type: "result", explanation });
    explainer.job.say(null);
    await settle();
    expect(statusOf(session, en)).toMatchObject({ line: "Estimated from 2,048 evaluations", can: "refine" });
    expect(session.firstEstimate).toBe(firstEstimate);
  });

  it("a change drops what ran for the old row and explains the newest one only", async () => {
    const { session, explainer } = await opened();
    const [old] = explainer.jobs;
    for (const duration of [2, 24, 48]) session.change({ values: { ...session.values, duration } });
    await settle();
    expect(old?.aborted).toBe(true);
    expect(explainer.job.row["duration"]).toBe(48);
    expect(explainer.jobs.map(({ row }) => row["duration"])).toEqual([15, 48]);
    expect(session.prediction?.[0]).toBeCloseTo(0.0536511, 6);
    expect(session.original?.[0]).toBeCloseTo(0.3836511, 6);
  });

  it("cancel keeps what has been computed and says that it is an estimate", async () => {
    const { session, explainer } = await opened();
    explainer.job.say({ type: "partial", explanation: firstEstimate });
    await settle();
    session.cancel();
    await settle();
    expect(session.explanation).toBe(firstEstimate);
    expect(session.problem).toBeNull();
    expect(statusOf(session, en)).toMatchObject({ line: "Stopped after 72 evaluations; an estimate", can: "continue" });
  });

  it("cancelled before its first estimate shows no other row's picture, and can be continued", async () => {
    const { session, explainer } = await opened();
    explainer.activity.tell({ core: "ready" });
    explainer.job.say({ type: "result", explanation });
    explainer.job.say(null);
    await settle();
    session.change({ values: { ...session.values, duration: 48 } });
    await settle();
    expect(statusOf(session, en)).toMatchObject({
      line: "Still of what stood here before; the new picture follows",
      announced: "",
      can: "cancel",
    });
    session.cancel();
    await settle();
    expect(session.explanation).toBeNull();
    expect(session.prediction?.[0]).toBeCloseTo(0.0536511, 6);
    expect(statusOf(session, en)).toMatchObject({ line: "Stopped before there was an estimate", can: "continue" });
    session.change({});
    await settle();
    expect(explainer.job.row["duration"]).toBe(48);
    expect(session.running).toBe(true);
  });

  it("doesn't take what a bundle that was closed says of its reference", async () => {
    const { session, explainer } = await opened();
    Object.assign(explainer, { manifest: asNumber(explanation).manifest });
    const waiting: ((rows: number[][]) => void)[] = [];
    explainer.predict = () => new Promise((resolve) => waiting.push(resolve));
    explainer.job.say({ type: "result", explanation });
    explainer.job.say(null);
    await settle();
    expect(waiting).toHaveLength(1);
    await session.open(
      opening(async () => new Scripted()),
      "bundles/other/",
      "auto",
    );
    waiting[0]!([[126], [436]]);
    await settle();
    expect(session.reference).toBeNull();
  });

  it("a core that fails leaves the first estimate, so labelled", async () => {
    const { session, explainer } = await opened();
    explainer.job.say({ type: "partial", explanation: firstEstimate });
    await settle();
    const error = { code: "core-failed", message: "no", where: "", next: "" };
    explainer.activity.tell({ core: "failed", error });
    explainer.job.say(Object.assign(new Error("no"), error));
    await settle();
    expect(session.explanation).toBe(firstEstimate);
    expect(session.problem?.code).toBe("core-failed");
    expect(statusOf(session, en).line).toMatch(/^First estimate only/);
    // The next row's prediction doesn't take the message away and bring it back.
    session.change({ values: { ...session.values, duration: 16 } });
    await settle();
    expect(session.problem?.code).toBe("core-failed");
  });

  it("a row that can't be computed leaves no picture of another row beside it", async () => {
    const { session, explainer } = await opened();
    explainer.job.say({ type: "result", explanation });
    explainer.job.say(null);
    await settle();
    explainer.predict = () => Promise.reject(Object.assign(new Error("?"), { code: "unknown-level" }));
    session.change({ values: { ...session.values, savings: "a fortune" } });
    await settle();
    expect(session.problem?.code).toBe("unknown-level");
    expect(session.prediction).toBeNull();
    expect(session.explanation).toBeNull();
  });

  it("refused settings keep the picture: it is of the same row, with its own provenance", async () => {
    const { session, explainer } = await opened();
    explainer.job.say({ type: "result", explanation });
    explainer.job.say(null);
    await settle();
    session.change({ settings: withParameters(session.settings, { budget: 10 }) });
    await settle();
    explainer.job.say(Object.assign(new Error("?"), { code: "budget-too-small" }));
    await settle();
    expect(session.explanation).toBe(explanation);
    expect(session.problem?.code).toBe("budget-too-small");
  });

  it("that was accurate enough says where it stopped, and can be refined until it is exact", async () => {
    const { session, explainer } = await opened();
    explainer.activity.tell({ core: "ready" });
    const early = structuredClone(explanation);
    Object.assign(early.provenance, { estimator: "gaussian_process", n_coalitions: 288, parameters: { budget: 2048 } });
    explainer.job.say({ type: "result", explanation: early });
    explainer.job.say(null);
    await settle();
    expect(statusOf(session, en)).toMatchObject({
      line: "Accurate enough: stopped at 288 of 2,048 evaluations",
      can: "refine",
    });
    session.change({ settings: withParameters(session.settings, { budget: 1152 }) });
    await settle();
    explainer.job.say({ type: "result", explanation: withPairs });
    explainer.job.say(null);
    await settle();
    expect(statusOf(session, en)).toMatchObject({ line: "Exact: nothing was estimated", can: null });
  });

  it("holds the order while the same explanation refines", async () => {
    const { session, explainer } = await opened();
    explainer.job.say({ type: "partial", explanation: firstEstimate });
    await settle();
    const before = session.order;
    const wavering = structuredClone(firstEstimate);
    wavering.provenance.n_coalitions = 144;
    wavering.std_error = wavering.std_error.map(() => [1]);
    wavering.values.reverse();
    explainer.job.say({ type: "partial", explanation: wavering });
    await settle();
    expect(session.order).toEqual(before);
  });

  it("a better picture of the same row stays until refining overtakes it", async () => {
    const { session, explainer } = await opened();
    explainer.job.say({ type: "partial", explanation: firstEstimate });
    explainer.job.say({ type: "result", explanation });
    explainer.job.say(null);
    await settle();
    session.change({ settings: withParameters(session.settings, { budget: 8192 }) });
    await settle();
    explainer.job.say({ type: "partial", explanation: firstEstimate });
    await settle();
    expect(session.explanation).toBe(explanation);
    const better = structuredClone(explanation);
    better.provenance.n_coalitions = 4096;
    explainer.job.say({ type: "partial", explanation: better });
    await settle();
    expect(session.explanation).toBe(better);
    expect(session.firstEstimate).toBe(firstEstimate);
    // Another scale is another picture: there the first estimate is better than nothing.
    const logit = structuredClone(firstEstimate);
    logit.provenance.scale = "logit";
    session.change({ settings: { ...session.settings, scale: "logit" } });
    await settle();
    explainer.job.say({ type: "partial", explanation: logit });
    await settle();
    expect(session.explanation).toBe(logit);
  });

  it("a bundle that can't be opened is a failure, and trying again opens it", async () => {
    const session = new Session(host);
    const error = Object.assign(new Error("gone"), { code: "network-lost", where: "files.json", next: "" });
    await session.open(() => Promise.reject(error), "bundles/loan/", "auto");
    expect(session.failure).toMatchObject({ code: "network-lost", message: "gone", where: "files.json" });
    await session.open(
      opening(async () => new Scripted()),
      "bundles/loan/",
      "auto",
    );
    await settle();
    expect(session.failure).toBeNull();
    expect(session.prediction).not.toBeNull();
  });

  it("another provider keeps what was entered", async () => {
    const { session, explainer } = await opened();
    session.change({ values: { ...session.values, duration: 48 } });
    await settle();
    await session.open(
      opening(async () => new Scripted()),
      "bundles/loan/",
      "webgpu",
    );
    await settle();
    expect(explainer.closed).toBe(true);
    expect(session.values["duration"]).toBe(48);
  });

  it("an opening that was overtaken closes what it brought", async () => {
    const session = new Session(host);
    const [slow, fast] = [new Scripted(), new Scripted()];
    let arrive: (explainer: Scripted) => void = () => undefined;
    const arriving = session.open(
      opening(() => new Promise((resolve) => (arrive = resolve))),
      "a/",
      "auto",
    );
    await session.open(
      opening(async () => fast),
      "b/",
      "auto",
    );
    arrive(slow);
    await arriving;
    expect(session.explainer).toBe(fast);
    expect(slow.closed).toBe(true);
  });
});
