"""Files of rows in the page: the same values as `xaiweb explain`, kept over a reload, and nothing sent."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xaiweb
from tests.browser.conftest import Server, Visit
from xaiweb.bundle.rows import decode
from xaiweb.explaining.rows import TableExplainer

LOAN = {"budget": 128, "estimator": "least_squares", "seed": 3}

EXPLAIN = """async ([url, name, text, options, formats]) => {
  const { open } = await import(new URL("../../xaiweb.js", url));
  const explainer = await open(url);
  const bytes = typeof text === "string" ? text : Uint8Array.from(text);
  const events = [];
  for await (const event of explainer.rows.explain(new File([bytes], name), options)) events.push(event);
  const { run } = events.at(-1);
  const files = {};
  for (const format of formats) {
    const blob = await explainer.rows.save(run.id, format);
    files[format] = [...new Uint8Array(await blob.arrayBuffer())];
  }
  await explainer.rows.discard(run.id);
  return { events, files, kept: await explainer.rows.kept() };
}"""


@pytest.fixture(scope="session")
def applicants(native: dict[str, TableExplainer]) -> pd.DataFrame:
    """Sixty applicants; the last ten are the first ten again."""
    bundle = native["loan"].bundle
    rows = [decode(row, bundle.manifest.features) for row in bundle.background[:50]]
    return pd.DataFrame([*rows, *rows[:10]])


@pytest.fixture
def explained(warm: Visit, server: Server) -> Any:
    """Explains a file on the warm page, takes along what is asked for, and tidies up."""

    def explain(name: str, content: Any, options: dict[str, Any], *formats: str) -> dict[str, Any]:
        text = content if isinstance(content, str) else list(content)
        found = warm.page.evaluate(EXPLAIN, [f"{server.url}bundles/loan/", name, text, options, list(formats)])
        assert found["kept"] == []
        return found

    return explain


def test_a_file_gives_what_the_command_line_gives(
    explained: Any, applicants: pd.DataFrame, bundles: dict[str, Path], tmp_path: Path
) -> None:
    source = tmp_path / "portfolio.csv"
    applicants.to_csv(source, index=False)
    xaiweb.explain_dataset(bundles["loan"], source, out=tmp_path / "native.parquet", **LOAN)
    native = pd.read_parquet(tmp_path / "native.parquet")

    found = explained("portfolio.csv", source.read_text(), LOAN, "csv", "parquet")
    page = pd.read_parquet(io.BytesIO(bytes(found["files"]["parquet"])))
    assert list(page.columns) == list(native.columns)
    assert page["row"].tolist() == native["row"].tolist()
    assert page["output"].tolist() == native["output"].tolist()
    for name in ("base_value", "prediction"):
        np.testing.assert_allclose(page[name], native[name], atol=1e-5)
    for name in ("values", "std_error"):
        np.testing.assert_allclose(np.stack(page[name]), np.stack(native[name]), atol=1e-5)

    sheet = pd.read_csv(io.BytesIO(bytes(found["files"]["csv"])))
    values = sheet[[name for name in sheet if name.startswith("values.")]].to_numpy()
    np.testing.assert_array_equal(values, np.stack(page["values"]))
    assert found["events"][0]["type"] == "started"
    assert [event["type"] for event in found["events"]].count("result") == 1
