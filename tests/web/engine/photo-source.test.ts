import { describe, expect, it } from "vitest";
import { photoOf } from "../../../web/src/engine/photo-source.js";
import { Site } from "../../../web/src/engine/site.js";

globalThis.ImageData ??= class {} as unknown as typeof ImageData;

const site = new Site("https://here/", { files: {} } as never);
const of = (source: string) => photoOf(source, site, "https://here/page/");

describe("a photo by its address", () => {
  it("is read out of a data: address", async () => {
    const { source } = await of("data:image/png;base64,AQID");
    expect(new Uint8Array(await (source as Blob).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  });

  it.each(["data:image/png;base64,%E0%A4", "data:image/png;base64,!!", "data:,%"])(
    "is refused in words where %s is no photo",
    async (address) => {
      await expect(of(address)).rejects.toMatchObject({ code: "photo", next: "Give the photo as base64." });
    },
  );

  it("is refused where the site doesn't list it", async () => {
    await expect(of("other.png")).rejects.toMatchObject({ code: "not-listed", where: "https://here/page/other.png" });
  });
});
