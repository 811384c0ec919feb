"""The loan's graph on WASM, WebGPU (a software adapter) and WebGL: chosen, recorded, equal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import xaiweb
from tests.browser.conftest import Server, Visit
from xaiweb.explaining.rows import TableExplainer
from xaiweb.site.serve import serving

ASK = """async ([url, provider, rows, options]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  try {
    const explainer = await open(url, { provider });
    const predictions = await explainer.predict(rows);
    let result;
    for await (const event of explainer.explain(rows[0], options)) result = event.explanation;
    const answer = { provider: explainer.provider, reason: explainer.providerReason, predictions, result };
    explainer.close();
    return answer;
  } catch ({ code, message, where, next }) { return { code, message, where, next }; }
}"""


@pytest.mark.parametrize("provider", ["wasm", "webgpu", "webgl"])
@pytest.mark.parametrize("scale", ["output", "logit"])
def test_every_provider_gives_the_same(
    warm: Visit, server: Server, native: dict[str, TableExplainer], provider: str, scale: str
) -> None:
    rows = [dict(example.values) for example in native["loan"].manifest.examples]
    options = {"budget": 101, "scale": scale}  # an odd number of chunks, the last one not full
    answer = warm.page.evaluate(ASK, [f"{server.url}bundles/loan/", provider, rows, options])
    assert "code" not in answer, answer
    assert answer["provider"] == answer["result"]["provenance"]["provider"] == provider
    np.testing.assert_allclose(answer["predictions"], native["loan"].predict(rows), atol=1e-4)
    expected = native["loan"](rows[0], **options)[0]
    tolerance = 1e-4 * (np.ptp(native["loan"].predict(rows, scale=scale)) if scale == "logit" else 1)
    np.testing.assert_allclose(answer["result"]["values"], expected.values, atol=tolerance)
    warm.complaints.clear()  # a software adapter makes Chromium warn


def test_auto_says_why(warm: Visit, server: Server, native: dict[str, TableExplainer]) -> None:
    rows = [dict(native["loan"].manifest.examples[0].values)]
    answer = warm.page.evaluate(ASK, [f"{server.url}bundles/loan/", "auto", rows, {"budget": 72}])
    assert answer["provider"] == "wasm"
    assert answer["reason"]


def test_a_provider_that_cannot_run_the_graph_is_refused_with_the_reason(
    visit: Callable[..., Visit], bundles: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "loan"
    shutil.copytree(bundles["loan"], folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["providers"]["webgpu"] = "WebGPU has no Oracle"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    xaiweb.build([folder], tmp_path / "site")
    rows = [manifest["examples"][0]["values"]]
    with serving(tmp_path / "site", headers=False) as root:
        first = visit()
        first.page.goto(f"{root}files.json")
        answer = first.page.evaluate(ASK, [f"{root}bundles/loan/", "webgpu", rows, {}])
    assert answer["code"] == "provider-unavailable"
    assert "WebGPU has no Oracle" in answer["message"] + answer["where"] + answer["next"]
