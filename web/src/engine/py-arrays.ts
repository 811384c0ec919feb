/** Python's arrays, seen from this side. */
import type { PyBuffer, PyBufferView } from "pyodide/ffi";
import { XaiwebError } from "../errors.js";

/** What Python does; an exception of its own is a mistake of ours. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (reason) {
    throw XaiwebError.wrap(reason, "core-failed", {
      where: "core",
      next: "Please report this; it is a mistake of ours.",
    });
  }
}

export interface Arrays {
  u8: Uint8Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
}

// A view of Python's memory is detached when that memory grows: each is taken for one use and released.
function withView<T>(array: PyBuffer, type: keyof Arrays, use: (view: PyBufferView) => T): T {
  const view = array.getBuffer(type);
  try {
    return use(view);
  } finally {
    view.release();
  }
}

/** The array, flat. */
export function copy<Type extends keyof Arrays>(array: PyBuffer, type: Type): Arrays[Type] {
  return copyRows(array, type).data;
}

/** The array, flat, and the length of its first axis. */
export function copyRows<Type extends keyof Arrays>(array: PyBuffer, type: Type): { data: Arrays[Type]; n: number } {
  try {
    return withView(array, type, ({ data, offset, nbytes, shape }) => {
      const all = data as Uint8Array;
      const part = all.slice(offset, offset + nbytes / all.BYTES_PER_ELEMENT) as Arrays[keyof Arrays];
      return { data: part as Arrays[Type], n: shape[0]! };
    });
  } finally {
    array.destroy();
  }
}

/** Writes numbers into an array of Python's, once; null leaves it as it is. */
export type Reply = (values: Float64Array | null) => void;

export function fill(array: PyBuffer): Reply {
  return (values) => {
    try {
      if (values) withView(array, "f64", ({ data, offset }) => (data as Float64Array).set(values, offset));
    } finally {
      array.destroy();
    }
  };
}
