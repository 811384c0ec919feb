"""Python in the Pyodide that a site ships, in a worker of Chromium, as the page's own core runs."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

RUN = """async ([root, program]) => {
  const source = `
    onmessage = async ({ data: [root, program] }) => {
      const folder = root + "runtime/pyodide/";
      const { loadPyodide } = await import(folder + "pyodide.mjs");
      const pyodide = await loadPyodide({ indexURL: folder, packageBaseUrl: folder });
      await pyodide.loadPackage("xaiweb-core", { messageCallback: () => {} });
      postMessage(pyodide.runPython("import json\\\\n" + program + "\\\\njson.dumps(OUTPUT)"));
    };
    onunhandledrejection = (event) => { throw event.reason; };`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage([root, program]);
    });
  } finally {
    worker.terminate();
  }
}"""


def run(page: Page, root: str, program: str) -> Any:
    """What a Python program left as ``OUTPUT``.

    Args:
        page: A page of the same origin.
        root: The address of a site's root.
        program: Sees what the core's wheel brings.
    """
    return json.loads(page.evaluate(RUN, [root, program]))
