/** Requests of a worker that were sent before its script was there. */

const NAME = "xaiwebAsked";

/** An answer, and the WebAssembly in it, compiled while it arrives. */
export interface Answer extends Response {
  module?: Promise<WebAssembly.Module>;
}
type Asked = Map<string, Promise<Answer>>;

/**
 * The script of a worker that waits for its own: it asks for these addresses at once, then imports what it is told to.
 *
 * Nothing of the answers is used here: the worker's script checks them as it does all others.
 *
 * @param compile - Whether to compile WebAssembly while it arrives.
 */
export function bootstrap(urls: readonly string[], compile: boolean): string {
  return `const ask = async (url) => {
  const answer = await fetch(url, { redirect: "error", credentials: "same-origin" });
  if (${compile} && url.endsWith(".wasm") && answer.ok) {
    answer.module = WebAssembly.compileStreaming(answer.clone());
    answer.module.catch(() => {});
  }
  return answer;
};
globalThis.${NAME} = new Map(${JSON.stringify(urls)}.map((url) => [url, ask(url)]));
for (const answer of ${NAME}.values()) answer.catch(() => {});
onmessage = async ({ data: { url, open } }) => {
  onmessage = null;
  await import(url).catch(reportError);
  onmessage?.({ data: open });
};`;
}

function asked(): Asked | undefined {
  return (globalThis as { [NAME]?: Asked })[NAME];
}

/** The answer to a request that was sent early, for whoever comes first. */
export function takeAsked(url: string): Promise<Answer> | undefined {
  const answer = asked()?.get(url);
  asked()?.delete(url);
  return answer;
}

/** Ends what nobody came for. */
export function dropAsked(): void {
  for (const answer of asked()?.values() ?? []) answer.then(({ body }) => body?.cancel()).catch(() => {});
  asked()?.clear();
}
