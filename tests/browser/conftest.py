"""One site, one server, one browser, and one warm page for every test that needs the core.

The server sends no headers and serves from a sub-path: the hardest host a site must work on. Every request is logged at
the server, because the browser's own requests don't all show in a page's events.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import xaiweb
from tests.conftest import ROOT, recipe
from xaiweb.bundle.rows import decode
from xaiweb.doctor import find_chromium
from xaiweb.explaining.rows import TableExplainer
from xaiweb.site.serve import Request, serving

# Playwright tells of a service worker's own requests only when asked to; it reads this when it starts.
os.environ["PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS"] = "1"

OUTPUT = ROOT / "tests" / "output"
BASE = "/models/"
# A cold start of Pyodide takes 3 s on an idle machine and 20 s on a busy one.
TIMEOUT_MS = int(os.environ.get("XAIWEB_TEST_TIMEOUT_MS", 90_000))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": [
            "--no-sandbox",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-unsafe-webgpu",  # a software adapter where there is no GPU
            "--use-fake-device-for-media-stream",  # a camera; pages still have to be allowed it
        ],
    }


@pytest.fixture(scope="session")
def bundles(loan: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The gallery's, and the loan's model against other backgrounds.

    ``constant``: every background row owns a telephone and has the same property, so some applicants have players
    that equal the whole background. ``typical``: one row, the median, so that the plan is exact. ``forest`` and
    ``logistic``: other models of the same rows, with words and scaling inside, that have closed forms.
    """
    folder = tmp_path_factory.mktemp("bundles")
    manifest = json.loads((loan / "manifest.json").read_text())
    features = manifest["features"]
    background = np.load(loan / manifest["background"]["file"])
    constant = background.copy()
    for column in ("telephone", "property"):
        constant[:, [f["name"] for f in features].index(column)] = 1
    common: dict[str, Any] = {
        "features": features,
        "outputs": manifest["outputs"],
        "decision": manifest["decision"],
        "examples": manifest["examples"],
        "report": None,
    }
    model = loan / "model.onnx"
    xaiweb.export(model, background=constant, background_kind="given", out=folder / "constant", **common)
    xaiweb.export(model, background=background, background_kind="median", out=folder / "typical", **common)
    opened = xaiweb.open(loan)
    frame = pd.DataFrame([decode(row, opened.manifest.features) for row in background])
    likely = opened.predict(frame)[:, 0]
    words = [f["name"] for f in features if f["kind"] == "category"]
    common = {"features": features, "examples": manifest["examples"], "report": None}
    for name, model in (("forest", RandomForestClassifier(20, random_state=0)), ("logistic", LogisticRegression())):
        front = ColumnTransformer(
            [("words", OneHotEncoder(handle_unknown="ignore"), words)], remainder=StandardScaler()
        )
        fitted = make_pipeline(front, model).fit(frame, likely > np.median(likely))
        xaiweb.export(fitted, background=frame, out=folder / name, **common)
    gallery = {name: recipe(name) for name in ("loan", "income", "bikes", "digit", "photo", "spam")}
    return {**gallery, **{name: folder / name for name in ("constant", "typical", "forest", "logistic")}}


@pytest.fixture(scope="session")
def site(bundles: dict[str, Path]) -> Path:
    """The site as built."""
    return xaiweb.build(list(bundles.values()), OUTPUT / "site")


@pytest.fixture(scope="session")
def native(bundles: dict[str, Path]) -> dict[str, TableExplainer]:
    """The same bundles, opened natively: what `xaiweb explain` uses."""
    return {name: xaiweb.open(path) for name, path in bundles.items()}


@dataclass
class Server:
    """Where the site is, and every request that reached it."""

    url: str
    log: list[Request] = field(default_factory=list)

    def page(self, name: str) -> str:
        """The address of a bundle's page."""
        return f"{self.url}explain/{name}/"


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[Server]:
    log: list[Request] = []
    with serving(site, base=BASE, headers=False, log=log) as url:
        yield Server(url, log)


@dataclass
class Visit:
    """A page that collects what must not happen."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def explain(self, url: str, row: Any, provider: str = "auto", **options: Any) -> list[dict[str, Any]]:
        """Every event of an explanation by the public module, on the worker this page already has."""
        events: list[dict[str, Any]] = self.page.evaluate(
            """async ([url, row, provider, options]) => {
              const { open } = await import(new URL("../../xaiweb.js", url));
              const explainer = await open(url, { provider });
              const events = [];
              for await (const event of explainer.explain(row, options)) events.push(event);
              return events;
            }""",
            [url, row, provider, options],
        )
        return events


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Makes first visits: each in a context without history, caches or service workers.

    A violation of the policy fails the test, unless it is marked as provoking one.
    """
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def start(**options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options})
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        visits.append(Visit(context.new_page()))
        return visits[-1]

    yield start
    for context in contexts:
        context.close()
    if not request.node.get_closest_marker("violates_policy"):
        said = [complaint for one in visits for complaint in one.complaints]
        assert not [complaint for complaint in said if "Content Security Policy" in complaint]


@contextmanager
def warmed(browser: Browser, server: Server, name: str) -> Iterator[Visit]:
    """A bundle's page with the core loaded."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(TIMEOUT_MS)
    visit = Visit(context.new_page())
    visit.page.goto(server.page(name))
    wait_ready(visit.page, f"{server.url}bundles/{name}/")
    yield visit
    context.close()


@pytest.fixture(scope="session")
def warm_visit(browser: Browser, server: Server) -> Iterator[Visit]:
    """The loan's page with the core loaded, shared by every test that needs it."""
    with warmed(browser, server, "loan") as visit:
        yield visit


@pytest.fixture
def warm(warm_visit: Visit) -> Iterator[Visit]:
    """The warm page; a complaint during the test fails it."""
    warm_visit.complaints.clear()
    yield warm_visit
    assert not warm_visit.complaints


@pytest.fixture(scope="module")
def warm_file(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """The page of the file's ``BUNDLE`` with the core loaded, shared by every test of the file that needs it."""
    with warmed(browser, server, request.module.BUNDLE) as visit:
        yield visit


@pytest.fixture
def anew(warm_file: Visit, server: Server, request: pytest.FixtureRequest) -> Iterator[Page]:
    """That page loaded anew with everything cached, its first example explained; a complaint fails the test."""
    warm_file.complaints.clear()
    warm_file.page.goto(server.page(request.module.BUNDLE))
    settled(warm_file.page)
    yield warm_file.page
    assert not warm_file.complaints


FINAL = re.compile("Estimated from|Exact|Accurate enough|Geschätzt aus|Genau")


def settled(page: Page) -> None:
    """Wait until a photo's or a text's explanation is final."""
    expect(page.locator("xai-photo .status, xai-text .status")).to_contain_text(FINAL, timeout=TIMEOUT_MS)


def wait_ready(page: Page, url: str, provider: str = "auto", what: str = "ready") -> None:
    """Wait until the bundle's ``ready`` or ``offlineReady`` resolves."""
    page.evaluate(
        """async ([url, provider, what]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          await (await open(url, { provider }))[what];
        }""",
        [url, provider, what],
    )
