/** WebAssembly from verified bytes, compiled while they arrive. */
import type { Answer } from "./asked.js";
import type { VerifiedFiles } from "./files.js";

/** What Emscripten's glue exports: it makes a runtime from settings, and calls `instantiateWasm` for its instance. */
export type Glue<Runtime = unknown> = (settings: {
  instantiateWasm?: (imports: WebAssembly.Imports, receive: Receive) => object;
}) => Promise<Runtime>;
type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/**
 * The module of a listed file.
 *
 * Compiling begins with the first byte, and runs nothing; the module is handed out only when all the bytes are there
 * and their hash is right.
 */
export async function compiled(files: VerifiedFiles, path: string): Promise<WebAssembly.Module> {
  let streamed: Promise<WebAssembly.Module> | undefined;
  const stream = (answer: Answer) => {
    // Of the last answer: where an earlier one had the wrong bytes, another was asked for.
    streamed = answer.module ?? WebAssembly.compileStreaming(answer.clone());
    streamed.catch(() => {});
  };
  const bytes = await files.get(path, files.site.uses("streaming") ? stream : undefined);
  try {
    if (streamed) return await streamed;
  } catch {
    // A host that calls it by another media type, or bytes that are no module: the next line says which.
  }
  return WebAssembly.compile(bytes);
}

/** The glue with a module that is compiled already; `more` are imports that a loader of its own would add. */
export function assembled<Runtime>(
  glue: Glue<Runtime>,
  module: WebAssembly.Module,
  more: WebAssembly.ModuleImports = {},
): Glue<Runtime> {
  return (settings) =>
    new Promise((resolve, reject) => {
      settings.instantiateWasm = (imports, receive) => {
        Object.assign((imports["env"] ??= {}), more);
        // The glue itself would wait for ever.
        WebAssembly.instantiate(module, imports).then((instance) => receive(instance, module), reject);
        return {};
      };
      glue(settings).then(resolve, reject);
    });
}
