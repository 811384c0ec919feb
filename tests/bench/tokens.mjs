// Reads {document, maxTokens, texts} as JSON from stdin, writes {pieces, ms} to stdout: the page's tokenizer, in Node.
import { readFileSync } from "node:fs";
import { runnerImport } from "vite";

const { document, maxTokens, texts } = JSON.parse(readFileSync(0, "utf-8"));
const { module } = await runnerImport("./web/src/engine/tokenizer.ts", { configFile: false, logLevel: "error" });
const tokenizer = new module.Tokenizer(document, maxTokens);
const started = performance.now();
const pieces = texts.map((text) => tokenizer.encode(text));
process.stdout.write(JSON.stringify({ ms: performance.now() - started, pieces }));
