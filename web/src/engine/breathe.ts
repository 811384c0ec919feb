// One channel for all: making one costs more than a chunk of a small model.
const { port1: near, port2: far } = new MessageChannel();
const breathing: (() => void)[] = [];
near.onmessage = () => breathing.shift()?.();

/** Longer than this nobody waits for a cancel to be heard, but for the end of a chunk that takes longer. */
const BREATH_MS = 16;
let last = 0;

/** Lets waiting messages (a cancel, a newer row) be handled now; a timer would sleep 4 ms. */
export async function breathe(): Promise<void> {
  await new Promise<void>((resolve) => {
    breathing.push(resolve);
    far.postMessage(null);
  });
  last = performance.now();
}

/** The same between chunks, unless it was done a moment ago: for a small model it costs as much as the chunk. */
export async function breatheNowAndThen(): Promise<void> {
  if (performance.now() - last >= BREATH_MS) await breathe();
}
