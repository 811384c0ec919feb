// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { XaiCamera } from "../../../web/src/elements/photo/xai-camera.js";
import { words } from "../../../web/src/strings/words.js";
import { settle } from "./scripted.js";

/** A camera that the browser gives out when the test lets it. */
class Camera {
  readonly streams: { on: boolean; getTracks: () => { stop: () => void }[] }[] = [];
  readonly #asked: ((stream: object) => void)[] = [];
  readonly enumerateDevices = async () => [{ kind: "videoinput" }];
  readonly getUserMedia = () => new Promise((resolve) => this.#asked.push(resolve));

  async allow(): Promise<void> {
    for (const give of this.#asked.splice(0)) {
      const stream = { on: true, getTracks: () => [{ stop: () => (stream.on = false) }] };
      this.streams.push(stream);
      give(stream);
    }
    await settle();
  }
}

async function opened(): Promise<{ element: XaiCamera; camera: Camera; open: () => void; close: () => void }> {
  const camera = new Camera();
  vi.stubGlobal("navigator", { mediaDevices: camera, languages: ["en"] });
  // Where there is no browser a video takes no stream.
  vi.spyOn(HTMLMediaElement.prototype, "srcObject", "set").mockImplementation(() => {});
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  const element = new XaiCamera();
  element.words = words("en");
  document.body.append(element);
  await settle();
  const dialog = element.renderRoot.querySelector("dialog")!;
  return {
    element,
    camera,
    open: () => element.renderRoot.querySelector("button")!.click(),
    close: () => dialog.close(),
  };
}

describe("the camera", () => {
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("is off once its sheet is closed, however often the browser was asked before it agreed", async () => {
    const { camera, open, close } = await opened();
    open();
    close();
    open();
    await camera.allow();
    close();
    await settle();
    expect(camera.streams.map(({ on }) => on)).toEqual([false, false]);
  });

  it("is off where the page let go of it before the browser agreed", async () => {
    const { element, camera, open } = await opened();
    open();
    element.remove();
    await camera.allow();
    expect(camera.streams.map(({ on }) => on)).toEqual([false]);
  });
});
