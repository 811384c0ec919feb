// One channel for all: making one costs more than a chunk of a small model.
const { port1: near, port2: far } = new MessageChannel();
const breathing: (() => void)[] = [];
near.onmessage = () => breathing.shift()?.();

/** Lets waiting messages (a cancel, a newer row) be handled before the next chunk; a timer would sleep 4 ms. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    breathing.push(resolve);
    far.postMessage(null);
  });
}
