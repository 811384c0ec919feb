import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readNpy, readTable } from "../../../web/src/engine/npy.js";
import { XaiwebError } from "../../../web/src/errors.js";

/** The bytes numpy would write. */
function npy(descr: string, shape: readonly number[], data: ArrayBuffer, version = 1, order = "False"): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  let header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${dims}), }`;
  const lead = version === 1 ? 10 : 12;
  header += `${" ".repeat(63 - ((lead + header.length) % 64))}\n`;
  const out = new Uint8Array(lead + header.length + data.byteLength);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(out.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  out.set(new TextEncoder().encode(header), lead);
  out.set(new Uint8Array(data), lead + header.length);
  return out;
}

const buffer = (array: ArrayBufferView) => array.buffer as ArrayBuffer;

describe("readNpy", () => {
  test("gives back what was written, in every type, version and alignment", () => {
    const types = {
      "<f4": fc.float32Array({ maxLength: 24 }),
      "<f8": fc.float64Array({ maxLength: 24 }),
      "<i4": fc.int32Array({ maxLength: 24 }),
      "|b1": fc.uint8Array({ max: 1, maxLength: 24 }),
    };
    for (const [descr, arrays] of Object.entries(types))
      fc.assert(
        fc.property(
          arrays as fc.Arbitrary<Float32Array>,
          fc.integer({ min: 1, max: 3 }),
          fc.nat(7),
          (data, v, skew) => {
            const bytes = npy(descr, [data.length], buffer(data), v);
            const shifted = new Uint8Array(bytes.length + skew);
            shifted.set(bytes, skew);
            const array = readNpy(shifted.subarray(skew), "a.npy");
            expect(array.shape).toEqual([data.length]);
            expect(array.data).toEqual(data);
          },
        ),
        { numRuns: 50 },
      );
  });

  test("reads shapes of no, one and two dimensions", () => {
    const six = buffer(new Float32Array(6));
    expect(readNpy(npy("<f4", [2, 3], six), "a").shape).toEqual([2, 3]);
    expect(readNpy(npy("<f4", [], buffer(new Float32Array(1))), "a").shape).toEqual([]);
    expect(readNpy(npy("<f4", [0, 3], new ArrayBuffer(0)), "a").data).toHaveLength(0);
  });

  test("gives integers of 64 bits as numbers, and refuses those that aren't exact", () => {
    const data = readNpy(npy("<i8", [2], buffer(new BigInt64Array([-3n, 2n ** 40n]))), "a").data;
    expect([...data]).toEqual([-3, 2 ** 40]);
    expect(() => readNpy(npy("<i8", [1], buffer(new BigInt64Array([2n ** 60n]))), "a")).toThrow("too large");
  });

  test.each([
    ["a cut-off file", npy("<f4", [3], buffer(new Float32Array(2)))],
    ["a file with a tail", npy("<f4", [3], buffer(new Float32Array(4)))],
    ["Fortran order", npy("<f4", [3], buffer(new Float32Array(3)), 1, "True")],
    ["big-endian numbers", npy(">f4", [3], buffer(new Float32Array(3)))],
    ["objects", npy("|O", [1], buffer(new Float32Array(2)))],
    ["an unknown version", npy("<f4", [1], buffer(new Float32Array(1)), 4)],
    ["a bool of 2", npy("|b1", [1], buffer(new Uint8Array([2])))],
    ["a shape of millions of millions", npy("<f4", [1e9, 1e9], new ArrayBuffer(0))],
    ["something else", new TextEncoder().encode("PK\u0003\u0004 an archive")],
    ["nothing", new Uint8Array()],
  ])("refuses %s", (_, bytes) => {
    expect(() => readNpy(bytes, "designs/masks.npy")).toThrow(
      expect.objectContaining({ code: "bundle-invalid", where: "designs/masks.npy" }) as Error,
    );
  });

  test("accepts or refuses any bytes, and never breaks", () => {
    const good = npy("<f8", [2, 2], buffer(new Float64Array([1, 2, 3, 4])));
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(good.length), (changes, length) => {
        const bytes = good.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        try {
          const { shape, data } = readNpy(bytes, "fuzz");
          expect(data).toHaveLength(shape.reduce((product, n) => product * n, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(XaiwebError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("readTable refuses another type or shape than the manifest promises", () => {
  const bytes = npy("<f4", [2, 3], buffer(new Float32Array(6)));
  expect(readTable(bytes, "b.npy", "float32", [2, 3])).toHaveLength(6);
  expect(() => readTable(bytes, "b.npy", "float32", [3, 2])).toThrow("expected float32 (3, 2), found float32 (2, 3)");
  expect(() => readTable(bytes, "b.npy", "float64", [2, 3])).toThrow("expected float64");
});
