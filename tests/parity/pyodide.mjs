// Runs a Python program in the Pyodide that sites ship, outside the browser: node pyodide.mjs RUNTIME < job.json
// The job is {"program": str, "input": any}; the program finds INPUT (parsed JSON) and leaves OUTPUT, printed as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const runtime = process.argv[2].replace(/\/?$/, "/");
const { loadPyodide } = await import(pathToFileURL(`${runtime}pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: runtime, packageBaseUrl: runtime, stdout: () => {} });
await pyodide.loadPackage("xaiweb-core", { messageCallback: () => {}, errorCallback: (text) => console.error(text) });
if (!("xaiweb-core" in pyodide.loadedPackages)) throw new Error("the core did not load");

const job = JSON.parse(readFileSync(0, "utf8"));
pyodide.globals.set("INPUT_JSON", JSON.stringify(job.input));
try {
  pyodide.runPython(`import json\nINPUT = json.loads(INPUT_JSON)\n${job.program}`);
} catch (error) {
  // Node would print the minified line that threw; the Python traceback is what helps.
  console.error(error.message);
  process.exit(1);
}
process.stdout.write(pyodide.runPython("json.dumps(OUTPUT)"));
