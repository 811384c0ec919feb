import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveActivity } from "../../../web/src/engine/activity.js";
import { Offline } from "../../../web/src/engine/offline.js";
import { Site } from "../../../web/src/engine/site.js";

const site = new Site("https://here/xai/", { files: {} } as never);
const FILE = { path: "worker.js", role: "web", bytes: 1, loaded: 1, where: "service worker", state: "verified" };

describe("what a service worker says", () => {
  let workers: EventTarget & { getRegistration?: () => Promise<undefined> };
  let activity: LiveActivity;

  const say = (data: unknown, scriptURL: string) =>
    workers.dispatchEvent(Object.assign(new Event("message"), { data, source: { scriptURL } }));

  beforeEach(() => {
    workers = Object.assign(new EventTarget(), { getRegistration: async () => undefined });
    vi.stubGlobal("navigator", { serviceWorker: workers });
    activity = new LiveActivity();
  });
  afterEach(() => vi.unstubAllGlobals());

  it("is heard where it is the site's own", () => {
    new Offline(site, activity);
    say({ type: "file", file: FILE }, "https://here/xai/sw.js");
    say({ type: "refused", what: "a request with a query" }, "https://here/xai/sw.js");
    expect(activity.files).toEqual([FILE]);
    expect(activity.refused).toBe(1);
  });

  it("is none of our business where it is that of the page that embeds", () => {
    new Offline(site, activity);
    for (const data of [null, "ping", { type: "file" }, { type: "refused" }]) say(data, "https://here/sw.js");
    expect([activity.files.length, activity.refused]).toEqual([0, 0]);
  });

  it("isn't heard any longer by a bundle that was closed", () => {
    const told = vi.spyOn(activity, "tell");
    new Offline(site, activity).close();
    say({ type: "file", file: FILE }, "https://here/xai/sw.js");
    expect(told).not.toHaveBeenCalled();
  });
});
