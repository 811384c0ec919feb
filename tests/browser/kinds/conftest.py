"""One site of photos and texts, opened by its module on one page that keeps its workers."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

import xaiweb
from tests.browser.conftest import TIMEOUT_MS
from tests.conftest import recipe
from xaiweb.site.serve import serving

KINDS = ("digit", "photo", "spam")

# One function for all questions: the page keeps its workers, and with them Python.
ASK = """async ([root, name, provider, ask, input, options, more]) => {
  const { open } = await import(root + "xaiweb.js");
  const close = (globalThis.open_ ??= new Map());
  const key = name + provider;
  try {
    if (!close.has(key)) close.set(key, await open(`${root}bundles/${name}/`, { provider }));
    const explainer = close.get(key);
    if (ask === "predict") return { answer: await explainer.predict([input]), core: explainer.activity.core };
    if (ask === "coalitions") return { answer: await explainer.coalitions(input, options, more) };
    if (ask === "squares")
      return { answer: await explainer.coalitions(input, options, more.masks, Int32Array.from(more.map)) };
    if (ask === "close") return { answer: [explainer.close(), close.delete(key)].length };
    if (ask === "prepare") {
      const { players, segments, pixels } = await explainer.prepare(input, options);
      return { answer: { players, segments: segments && [...segments], pixels: pixels && [...pixels.data] } };
    }
    const events = [];
    for await (const event of explainer.explain(input, options))
      events.push({ ...event, segments: event.segments && [...event.segments] });
    return { answer: events };
  } catch ({ code, message, where, next }) { return { code, message, where, next }; }
}"""


class Opened:
    """The bundles of one page."""

    def __init__(self, page: Page, root: str) -> None:
        self.page, self.root = page, root

    def __call__(
        self, name: str, ask: str, given: Any = None, options: Any = None, more: Any = None, provider: str = "wasm"
    ) -> Any:
        found = self.page.evaluate(ASK, [self.root, name, provider, ask, given, options or {}, more])
        return found.get("answer", found)


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return xaiweb.build([recipe(name) for name in KINDS], tmp_path_factory.mktemp("kinds") / "site")


@pytest.fixture(scope="package")
def root(folder: Path) -> Iterator[str]:
    with serving(folder, base="/kinds/", headers=False) as url:
        yield url


@pytest.fixture(scope="package")
def asked(browser: Browser, root: str) -> Iterator[Opened]:
    context = browser.new_context()
    context.set_default_timeout(3 * TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{root}files.json")
    yield Opened(page, root)
    context.close()


@pytest.fixture(scope="package")
def native() -> dict[str, Any]:
    return {name: xaiweb.open(recipe(name)) for name in KINDS}


@pytest.fixture(scope="package")
def inputs(native: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    """The first example of each, for the page and natively; photos as PNG, which every decoder reads alike."""
    folder = tmp_path_factory.mktemp("inputs")
    found = {}
    for name in ("digit", "photo"):
        path = folder / f"{name}.png"
        Image.open(example(native, name)).save(path)
        found[name] = (data(path.read_bytes()), path)
    text = example(native, "spam").read_text("utf-8")
    return {**found, "spam": (text, text)}


def example(native: dict[str, Any], name: str) -> Path:
    return recipe(name) / native[name].manifest.examples[0].file


def data(file: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(file).decode()}"


def saved(picture: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, **options)
    return file.getvalue()
