// Boots the Pyodide of a collected runtime, from its folder alone, and prints what loading the core brought.
// usage: node boot.mjs FOLDER CODE
import { pathToFileURL } from "node:url";

const [folder, code] = process.argv.slice(2);

async function boot() {
  const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
  globalThis.fetch = (url) => {
    throw new Error(`asked the network for ${url}`);
  };
  const pyodide = await loadPyodide({ indexURL: `${folder}/` });
  const errors = [];
  // loadPackage doesn't throw when a package fails.
  await pyodide.loadPackage("xaiweb-core", { messageCallback: () => {}, errorCallback: (text) => errors.push(text) });
  const packages = Object.keys(pyodide.loadedPackages).sort();
  return { packages, errors, answer: JSON.parse(pyodide.runPython(code)) };
}

try {
  console.log(JSON.stringify(await boot()));
} catch (error) {
  // Node's own report would print whole lines of minified code.
  console.error(String(error.message ?? error));
  process.exitCode = 1;
}
