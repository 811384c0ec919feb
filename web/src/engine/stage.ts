/** Stages of a start, told to the browser's own record: whoever measures finds them there beside the requests. */

const PREFIX = "xaiweb:";

/** Does the work, and records from when to when it took. */
export async function stage<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    performance.measure(PREFIX + name, { start });
  }
}
