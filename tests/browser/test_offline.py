"""Offline after the first visit, and never two builds at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import xaiweb
from tests.browser.conftest import Visit, wait_ready
from xaiweb.explaining.rows import TableExplainer
from xaiweb.site.serve import serving


def test_with_the_network_cut_a_reload_still_explains(
    visit: Callable[..., Visit], site: Path, native: dict[str, TableExplainer]
) -> None:
    first = visit()
    with serving(site, headers=False) as root:
        url = f"{root}bundles/loan/"
        first.page.goto(f"{root}explain/loan/")
        wait_ready(first.page, url, what="offlineReady")
    # The server is gone, for the browser's own requests too.
    first.page.reload()
    wait_ready(first.page, url)
    row = dict(native["loan"].manifest.examples[2].values)
    events = first.explain(url, row, seed=3)
    np.testing.assert_allclose(events[-1]["explanation"]["values"], native["loan"](row, seed=3)[0].values, atol=1e-5)
    first.page.goto(root)  # the gallery is there too
    assert first.page.get_by_role("link", name="Loan decision").first.is_visible()


@pytest.fixture
def moving_site(site: Path, tmp_path: Path) -> Path:
    """A copy of the site that a test may rebuild."""
    shutil.copytree(site, tmp_path / "site")
    return tmp_path / "site"


def rebuild(site: Path, bundles: dict[str, Path], tmp_path: Path, title: str) -> None:
    """The same site with another model title, as an owner publishes a new version."""
    newer = tmp_path / "newer" / "loan"
    shutil.copytree(bundles["loan"], newer)
    manifest = json.loads((newer / "manifest.json").read_text())
    manifest["title"] = title
    (newer / "manifest.json").write_text(json.dumps(manifest))
    xaiweb.build([newer], site)


def test_a_newer_build_waits_until_it_is_taken(
    visit: Callable[..., Visit], moving_site: Path, bundles: dict[str, Path], tmp_path: Path
) -> None:
    with serving(moving_site, headers=False) as root:
        url = f"{root}bundles/loan/"
        first = visit()
        first.page.goto(f"{root}explain/loan/")
        wait_ready(first.page, url, what="offlineReady")
        rebuild(moving_site, bundles, tmp_path, "A newer loan model")
        first.page.reload()
        wait_ready(first.page, url)
        title = """async ([url]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const explainer = await open(url, { provider: "auto" });
          if (!explainer.activity.newer)
            await new Promise((resolve) => explainer.activity.addEventListener("change", () => {
              if (explainer.activity.newer) resolve();
            }));
          const { title } = explainer.manifest;
          return typeof title === "string" ? title : title.en;
        }"""
        assert first.page.evaluate(title, [url]) == "Loan decision"  # the old build, whole
        with first.page.expect_navigation():
            first.page.evaluate(
                """async ([url]) => {
                  const { open } = await import(new URL("../../xaiweb.js", url));
                  (await open(url, { provider: "auto" })).update();
                }""",
                [url],
            )
        wait_ready(first.page, url)
        assert first.page.get_by_text("A newer loan model").first.is_visible()


def test_files_of_another_build_are_refused(
    visit: Callable[..., Visit], moving_site: Path, bundles: dict[str, Path], tmp_path: Path
) -> None:
    # No service worker yet: the page has the old list, the server already the new files.
    with serving(moving_site, headers=False) as root:
        first = visit(service_workers="block")
        old_list = (moving_site / "files.json").read_text()
        first.page.context.route("**/files.json", lambda route: route.fulfill(body=old_list))
        rebuild(moving_site, bundles, tmp_path, "A newer loan model")
        first.page.goto(f"{root}explain/loan/")
        error = first.page.evaluate(
            """async (url) => {
              const { open } = await import(new URL("../../xaiweb.js", url));
              try { const e = await open(url, { provider: "auto" }); await e.ready; return null; }
              catch (error) { return { code: error.code, where: error.where, next: error.next }; }
            }""",
            f"{root}bundles/loan/",
        )
        assert error["code"] == "hash-mismatch"
        assert "manifest.json" in error["where"]
        assert error["next"]
