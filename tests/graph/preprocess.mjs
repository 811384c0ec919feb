// Run a preprocessing graph in onnxruntime-web's WASM: node preprocess.mjs GRAPH HEIGHT WIDTH < rgb > pixels
import { readFileSync, writeSync } from "node:fs";
import * as ort from "onnxruntime-web/wasm";

const [graph, height, width] = process.argv.slice(2);
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(readFileSync(graph));
const rgb = new ort.Tensor("uint8", new Uint8Array(readFileSync(0)), [Number(height), Number(width), 3]);
const { pixels } = await session.run({ rgb });
const bytes = Buffer.from(pixels.data.buffer, pixels.data.byteOffset, pixels.data.byteLength);
for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
