"""The README's page, in another folder of the same origin, under the policy that the docs name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TIMEOUT_MS, Visit
from tests.conftest import ROOT
from xaiweb.explaining.rows import TableExplainer
from xaiweb.site.serve import serving

README = (ROOT / "README.md").read_text("utf-8")
PAGE = re.findall(r"^```html\n(.*?)^```", README, re.M | re.S)[0]
SCRIPT = re.findall(r"^```js\n(.*?)^```", README, re.M | re.S)[0]
POLICY = re.findall(r'content="(default-src[^"]*)"', PAGE)[0]

OPEN = """async ([module, url]) => {
  const { open } = await import(module);
  try {
    const explainer = await open(url, { provider: "wasm" });
    await explainer.ready;
    const offline = await explainer.offlineReady.then(() => "", (error) => error.code);
    return { code: null, offline };
  } catch ({ code, message, where, next }) { return { code, message, where, next }; }
}"""


def host(path: str, page: str) -> dict[str, bytes]:
    """A page beside the site, on a host that has an icon of its own."""
    return {path: page.encode(), "/favicon.ico": b""}


def test_ten_lines_explain_in_a_page_of_another_folder(visit: Callable[..., Visit], site: Path) -> None:
    assert len(PAGE.splitlines()) <= 10
    with serving(site, base="/xai/", headers=False, extra=host("/shop/loan/", PAGE)) as root:
        embed = visit()
        embed.page.goto(root.replace("/xai/", "/shop/loan/"))
        expect(embed.page.get_by_text("Refused").first).to_be_visible(timeout=TIMEOUT_MS)
        expect(embed.page.get_by_role("img", name="Waterfall")).to_be_visible(timeout=TIMEOUT_MS)
        answer = embed.page.evaluate(OPEN, ["/xai/xaiweb.js", "/xai/bundles/loan/"])
        assert answer == {"code": None, "offline": "outside-scope"}
        assert embed.complaints == []


def test_the_numbers_alone(visit: Callable[..., Visit], site: Path, native: dict[str, TableExplainer]) -> None:
    page = PAGE.replace("<xai-explainer", "<!-- ").replace("</xai-explainer>", " -->")
    with serving(site, base="/xai/", headers=False, extra=host("/shop/", page)) as root:
        embed = visit()
        embed.page.goto(root.replace("/xai/", "/shop/"))
        body = SCRIPT.replace(
            'import { open } from "/xai/xaiweb.js";', 'const { open } = await import("/xai/xaiweb.js");'
        )
        told = embed.page.evaluate(
            f"async () => {{ const told = []; {body.replace('console.log(', 'told.push(')} return told; }}"
        )
    row = dict(native["loan"].manifest.examples[0].values)
    prediction, values = told
    np.testing.assert_allclose(prediction, native["loan"].predict(row), atol=1e-5)
    np.testing.assert_allclose(values, native["loan"](row, budget=512)[0].values, atol=1e-5)


@pytest.mark.violates_policy
@pytest.mark.parametrize(
    ("directive", "token"),
    [("script-src", "'wasm-unsafe-eval'"), ("script-src", "blob:"), ("worker-src", "blob:"), ("connect-src", "'self'")],
)
def test_a_missing_token_is_named(visit: Callable[..., Visit], site: Path, directive: str, token: str) -> None:
    parts = [part.strip() for part in POLICY.split(";")]
    weaker = "; ".join(part.replace(f" {token}", "") if part.startswith(directive) else part for part in parts)
    assert weaker != POLICY
    # The element is left out: the module alone must say what is missing.
    page = PAGE.replace(POLICY, weaker).replace("<xai-explainer", "<!-- ").replace("</xai-explainer>", " -->")
    with serving(site, base="/xai/", headers=False, extra=host("/shop/", page)) as root:
        embed = visit()
        embed.page.goto(root.replace("/xai/", "/shop/"))
        answer = embed.page.evaluate(OPEN, ["/xai/xaiweb.js", "/xai/bundles/loan/"])
    assert answer["code"] == "csp-blocked", answer
    assert token in answer["message"] + answer["where"] + answer["next"]
    assert directive in answer["message"] + answer["where"] + answer["next"]


@pytest.mark.parametrize("source", ["/xai/bundles/none/", "/elsewhere/", "http://127.0.0.1:9/bundles/loan/"])
def test_a_bundle_the_site_does_not_list_is_refused(visit: Callable[..., Visit], site: Path, source: str) -> None:
    page = PAGE.replace("<xai-explainer", "<!-- ").replace("</xai-explainer>", " -->")
    with serving(site, base="/xai/", headers=False, extra=host("/shop/", page)) as root:
        embed = visit()
        embed.page.goto(root.replace("/xai/", "/shop/"))
        answer = embed.page.evaluate(OPEN, ["/xai/xaiweb.js", source])
    assert answer["code"]
    assert answer["next"]
