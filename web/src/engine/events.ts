/** A call's events, in the order in which they come. */
import type { CallEvent } from "./protocol.js";

/** What a call tells. */
export interface Listener<Event> {
  next: (event: Event) => void;
  done: () => void;
  failed: (error: Error) => void;
}

/**
 * The events of what `start` starts; it returns what cancels it.
 *
 * Whoever stops listening stops the work; an abort drops what wasn't heard yet.
 */
export async function* events<Event extends CallEvent>(
  start: (listener: Listener<CallEvent>) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, void> {
  const waiting: Event[] = [];
  let over = false;
  let failure: Error | null = null;
  let wake = () => {};
  const end = (error: Error | null) => {
    over = true;
    failure ??= error;
    wake();
  };
  const cancel = start({
    next: (event) => {
      waiting.push(event as Event);
      wake();
    },
    done: () => end(null),
    failed: end,
  });
  const abort = () => {
    cancel();
    waiting.length = 0;
    end(abortError());
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      const event = waiting.shift();
      if (event) yield event;
      else if (failure) throw failure as Error;
      else if (over) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    cancel();
  }
}

export function abortError(): DOMException {
  return new DOMException("The explanation was cancelled.", "AbortError");
}
