/** Reads `.npy` arrays (versions 1 to 3, C order): the bundle's background, masks and operators. */
import { XaiwebError } from "../errors.js";

export interface NpyArray {
  shape: readonly number[];
  dtype: "bool" | "int32" | "int64" | "float32" | "float64";
  /** In C order; int64 as numbers, refused beyond 2^53. */
  data: Uint8Array | Int32Array | Float32Array | Float64Array;
}

const DTYPES = {
  "|b1": ["bool", 1],
  "<i4": ["int32", 4],
  "<i8": ["int64", 8],
  "<f4": ["float32", 4],
  "<f8": ["float64", 8],
} as const;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * The array in the bytes of a `.npy` file.
 *
 * @param where - The file's name, for messages.
 * @throws XaiwebError (`bundle-invalid`) for anything else, never a wrong array.
 */
export function readNpy(bytes: Uint8Array, where: string): NpyArray {
  const fail = (message: string): never => {
    throw new XaiwebError("bundle-invalid", message, { where, next: "Export the bundle again." });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) fail("this is not a .npy file.");
  const version = view.getUint8(6);
  if (version < 1 || version > 3) fail(`version ${version} of .npy is not known.`);
  const wide = version > 1;
  if (wide && bytes.length < 12) fail("the header is cut off.");
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (end > bytes.length) fail("the header is cut off.");
  const header = new TextDecoder("utf-8").decode(bytes.subarray(start, end));

  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1] ?? "";
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (order === undefined || sizes === undefined) return fail("the header can't be read.");
  if (order === "True") fail("the array is in Fortran order, not in C order.");
  if (!Object.hasOwn(DTYPES, descr)) fail(`numbers of type "${descr}" are not used in bundles.`);
  const [dtype, width] = DTYPES[descr as keyof typeof DTYPES];
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  const length = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(length * width) || bytes.length - end !== length * width)
    fail(`expected ${length * width} bytes of numbers, found ${bytes.length - end}.`);

  // A copy: the data may lie at an odd offset, where a typed array can't look at it.
  const buffer = bytes.slice(end).buffer;
  switch (dtype) {
    case "bool": {
      const data = new Uint8Array(buffer);
      if (data.some((value) => value > 1)) fail("a bool is neither 0 nor 1.");
      return { shape, dtype, data };
    }
    case "int32":
      return { shape, dtype, data: new Int32Array(buffer) };
    case "int64": {
      const data = Float64Array.from(new BigInt64Array(buffer), Number);
      if (!data.every(Number.isSafeInteger)) fail("an integer is too large.");
      return { shape, dtype, data };
    }
    case "float32":
      return { shape, dtype, data: new Float32Array(buffer) };
    case "float64":
      return { shape, dtype, data: new Float64Array(buffer) };
  }
}

/** The array, if it has the type and shape that the manifest promises. */
export function readTable(bytes: Uint8Array, where: string, dtype: NpyArray["dtype"], shape: readonly number[]) {
  const array = readNpy(bytes, where);
  if (array.dtype === dtype && array.shape.length === shape.length && shape.every((n, i) => n === array.shape[i]))
    return array.data;
  throw new XaiwebError(
    "bundle-invalid",
    `expected ${dtype} (${shape.join(", ")}), found ${array.dtype} (${array.shape.join(", ")}).`,
    { where, next: "Export the bundle again." },
  );
}
