// Repacks an archive of Python files inside Pyodide, so that its bytecode is for the Python that will read it.
// usage: node repack.mjs IN OUT FOLDER SOURCES(0|1) < names of the members that stay, one a line
import { readFileSync, writeFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const [from, to, folder, sources] = process.argv.slice(2);

async function repack() {
  // Bytecode depends on the order of sets: that must be the same every time.
  const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: "0" }, args: ["-B"] });
  pyodide.FS.writeFile("archive.py", readFileSync(new URL("archive.py", import.meta.url)));
  pyodide.FS.writeFile("in.zip", new Uint8Array(readFileSync(from)));
  pyodide.FS.writeFile("kept.txt", readFileSync(0, "utf-8"));
  pyodide.globals.set("folder", folder);
  pyodide.globals.set("sources", sources === "1");
  pyodide.runPython(`
from pathlib import Path
from archive import repack
kept = set(Path("kept.txt").read_text("utf-8").split("\\n"))
Path("out.zip").write_bytes(repack(Path("in.zip").read_bytes(), folder, kept.__contains__, sources=sources))
`);
  writeFileSync(to, pyodide.FS.readFile("out.zip"));
}

try {
  await repack();
} catch (error) {
  // Node's own report would print whole lines of minified code.
  console.error(String(error.message ?? error).slice(-2000));
  process.exitCode = 1;
}
