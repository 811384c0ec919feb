import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { photoHeader } from "../../../web/src/engine/photo-header.js";

const files = JSON.parse(readFileSync(new URL("fixtures/photos.json", import.meta.url), "utf8")) as Record<
  string,
  string
>;
const cases = Object.entries(files).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "base64"))] as const);

describe("photoHeader", () => {
  test.each(cases)("finds format and size: %s", (name, bytes) => {
    expect(photoHeader(bytes)).toEqual({ format: name.split(/[ ,]/)[0], width: 5, height: 3 });
  });

  test("knows a real photo, and a size above what is decoded", () => {
    const photo = readFileSync(new URL("../../golden/segments/chelsea.jpg", import.meta.url));
    expect(photoHeader(new Uint8Array(photo))).toEqual({ format: "JPEG", width: 224, height: 224 });
    const png = new Uint8Array(Buffer.from(files["PNG"]!, "base64"));
    png.set([0, 1, 0, 0, 0, 0, 255, 255], 16);
    expect(photoHeader(png)).toMatchObject({ width: 65536, height: 65535 });
  });

  test.each(["", "hello", "<svg/>", "\x00\x00\x00\x20ftypavif"])("knows no other format: %j", (text) => {
    expect(photoHeader(new TextEncoder().encode(text))).toBeNull();
  });

  test("a damaged file never breaks it", () => {
    const damaged = fc.tuple(fc.constantFrom(...cases), fc.nat(), fc.nat(255), fc.nat());
    fc.assert(
      fc.property(damaged, ([[, bytes], at, byte, cut]) => {
        const copy = bytes.slice(0, cut % (bytes.length + 1));
        if (copy.length > 0) copy[at % copy.length] = byte;
        const { width, height } = photoHeader(copy) ?? { width: 0, height: 0 };
        expect(width).toBeGreaterThanOrEqual(0);
        expect(height).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
