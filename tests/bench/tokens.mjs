// Reads {document, maxTokens, texts} as JSON from stdin, writes {pieces, ms} to stdout: the page's tokenizer, in Node.
import { json } from "node:stream/consumers";
import { runnerImport } from "vite";

const { document, maxTokens, texts } = await json(process.stdin);
const { module } = await runnerImport("./web/src/engine/tokenizer.ts", { configFile: false, logLevel: "error" });
const tokenizer = new module.Tokenizer(document, maxTokens);
const started = performance.now();
const pieces = texts.map((text) => tokenizer.encode(text));
process.stdout.write(JSON.stringify({ ms: performance.now() - started, pieces }));
