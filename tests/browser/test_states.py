"""When something fails: words that a person understands, what to do next, nothing lost and nothing wrong shown."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from playwright.sync_api import Page, Route, expect

import xaiweb
from tests.browser.conftest import TIMEOUT_MS, Server, Visit
from xaiweb.bundle.files import identity
from xaiweb.site.serve import serving


def shown(page: Page, *parts: str) -> None:
    """The page shows these words, with something to do, and no code or stack at first sight."""
    alert = page.get_by_role("alert").first
    for part in parts:
        expect(alert).to_contain_text(part, timeout=TIMEOUT_MS)
    text = alert.inner_text() or alert.evaluate("element => element.textContent")
    assert "Traceback" not in text
    assert "    at " not in text


def start(visit: Callable[..., Visit]) -> Page:
    """A first visit without a service worker, so that the test's own answers reach the page."""
    page: Page = visit(service_workers="block").page
    return page


def damaged(path: Path) -> Callable[[Route], None]:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    return lambda route: route.fulfill(body=bytes(data))


@pytest.mark.parametrize(
    "path",
    [
        "runtime/ort/ort-wasm-simd-threaded.wasm",
        "runtime/ort/ort.wasm.min.mjs",
        "bundles/loan/weights.bin",
        "bundles/loan/manifest.json",
        "worker.js",
    ],
)
def test_a_damaged_file_is_not_used(visit: Callable[..., Visit], server: Server, site: Path, path: str) -> None:
    page = start(visit)
    page.context.route(f"**/{path}", damaged(site / path))
    page.goto(server.page("loan"))
    shown(page, "A file isn't what it should be", "Reload")
    expect(page.get_by_role("img", name="Waterfall")).to_have_count(0)


@pytest.mark.parametrize("path", ["python_stdlib.zip", "pyodide.asm.wasm", "pyodide.mjs"])
def test_without_python_the_first_estimate_stays_and_says_so(
    visit: Callable[..., Visit], server: Server, site: Path, path: str
) -> None:
    page = start(visit)
    page.context.route(f"**/{path}", damaged(site / "runtime" / "pyodide" / path))
    page.goto(server.page("loan"))
    expect(page.get_by_role("img", name="Waterfall")).to_be_visible(timeout=TIMEOUT_MS)
    explainer = page.locator("xai-explainer")
    expect(explainer).to_contain_text("A file isn't what it should be", timeout=TIMEOUT_MS)
    expect(explainer).to_contain_text("first estimate", ignore_case=True)
    expect(page.locator("xai-decision")).to_contain_text("chance of repaying")


def test_a_missing_runtime_is_said(visit: Callable[..., Visit], server: Server) -> None:
    page = start(visit)
    page.context.route("**/ort-wasm-simd-threaded.wasm", lambda route: route.fulfill(status=404))
    page.goto(server.page("loan"))
    shown(page, "A file of this site is missing")


def test_a_lost_network_is_said_and_trying_again_works(visit: Callable[..., Visit], server: Server) -> None:
    page = start(visit)
    page.context.route("**/bundles/loan/weights.bin", lambda route: route.abort("internetdisconnected"))
    page.goto(server.page("loan"))
    shown(page, "The network is gone")
    page.context.unroute("**/bundles/loan/weights.bin")
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("img", name="Waterfall")).to_be_visible(timeout=TIMEOUT_MS)


def test_without_webassembly_the_page_says_so(visit: Callable[..., Visit], server: Server) -> None:
    page = start(visit)
    page.context.add_init_script("delete globalThis.WebAssembly")
    page.goto(server.page("loan"))
    shown(page, "This browser can't run the model")


def test_an_insecure_address_is_said(visit: Callable[..., Visit], server: Server) -> None:
    page = start(visit)
    page.context.add_init_script(
        "Object.defineProperty(globalThis, 'isSecureContext', { value: false });"
        "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
    )
    page.goto(server.page("loan"))
    shown(page, "This address is not secure enough", "https")


def corrupt(bundle: Path, folder: Path) -> Path:
    """A bundle whose graph has the hash that its manifest names, and is no model all the same."""
    shutil.copytree(bundle, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    for scale in manifest["scales"]:
        (folder / scale["graph"]).write_bytes(b"\x08\x0a" + bytes(200))
        manifest["files"][scale["graph"]] = vars(identity((folder / scale["graph"]).read_bytes()))
    manifest["examples"] = manifest["examples"][:1]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def constant(folder: Path) -> Path:
    """A model that answers the same whatever it is asked."""
    nodes = [
        helper.make_node("ReduceSum", ["x", "axes"], ["s"], keepdims=1),
        helper.make_node("Mul", ["s", "zero"], ["z"]),
        helper.make_node("Add", ["z", "half"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [
            helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
            helper.make_tensor("zero", TensorProto.FLOAT, [1], [0]),
            helper.make_tensor("half", TensorProto.FLOAT, [1], [0.5]),
        ],
    )
    model = folder.with_suffix(".onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), model)
    rows = np.arange(12, dtype=np.float32).reshape(4, 3)
    xaiweb.export(model, background=rows, background_kind="given", out=folder, report=None)
    return folder


def reciprocal(folder: Path) -> Path:
    """A model that is infinite where its column is 0."""
    graph = helper.make_graph(
        [helper.make_node("Reciprocal", ["x"], ["y"])],
        "reciprocal",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
    )
    model = folder.with_suffix(".onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), model)
    rows = np.array([[1], [2]], dtype=np.float32)
    features = [{"name": "divisor", "label": "Divisor", "min": 0, "max": 9}]
    xaiweb.export(model, background=rows, features=features, background_kind="given", out=folder, report=None)
    return folder


@pytest.fixture(scope="module")
def odd_site(bundles: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of models that go wrong."""
    folder = tmp_path_factory.mktemp("odd")
    corrupted = corrupt(bundles["loan"], folder / "corrupt")
    manifest = json.loads((corrupted / "manifest.json").read_text())
    manifest["name"] = "corrupt"
    (corrupted / "manifest.json").write_text(json.dumps(manifest))
    return xaiweb.build([constant(folder / "constant"), reciprocal(folder / "reciprocal"), corrupted], folder / "site")


def test_a_corrupt_model_is_said(visit: Callable[..., Visit], odd_site: Path) -> None:
    with serving(odd_site, headers=False) as root:
        page = start(visit)
        page.goto(f"{root}explain/corrupt/")
        shown(page, "The model can't be opened")


def test_nothing_changes_this_decision(visit: Callable[..., Visit], odd_site: Path) -> None:
    with serving(odd_site, headers=False) as root:
        page = start(visit)
        page.goto(f"{root}explain/constant/")
        expect(page.locator("xai-explainer")).to_contain_text("Nothing", timeout=TIMEOUT_MS)
        expect(page.locator("xai-explainer")).to_contain_text("Exact", timeout=TIMEOUT_MS)


def test_a_model_that_gives_no_number_is_said_and_what_was_entered_stays(
    visit: Callable[..., Visit], odd_site: Path
) -> None:
    with serving(odd_site, headers=False) as root:
        page = start(visit)
        page.goto(f"{root}explain/reciprocal/")
        expect(page.get_by_role("img", name="Waterfall")).to_be_visible(timeout=TIMEOUT_MS)
        field = page.get_by_label("Divisor", exact=True).first
        field.fill("0")
        expect(page.locator("xai-explainer")).to_contain_text("The model gave no number", timeout=TIMEOUT_MS)
        assert field.input_value() == "0"
        field.fill("4")
        expect(page.locator("xai-explainer")).not_to_contain_text("The model gave no number", timeout=TIMEOUT_MS)


@pytest.fixture
def page(warm: Visit, server: Server) -> Page:
    warm.page.goto(server.page("loan"))
    expect(warm.page.get_by_role("img", name="Waterfall")).to_be_visible(timeout=TIMEOUT_MS)
    return warm.page


def test_a_value_out_of_range_is_computed_and_marked(page: Page) -> None:
    field = page.get_by_label("Duration", exact=True).first
    field.fill("200")
    expect(page.locator("xai-form")).to_contain_text("the most the model has seen", timeout=TIMEOUT_MS)
    expect(page.locator("xai-decision")).to_contain_text("chance of repaying")


def test_an_empty_entry_is_said_and_nothing_is_lost(page: Page) -> None:
    field = page.get_by_label("Duration", exact=True).first
    page.get_by_label("Amount", exact=True).first.fill("1234")
    field.fill("")
    expect(page.locator("xai-explainer")).to_contain_text("A value is needed here", timeout=TIMEOUT_MS)
    assert page.get_by_label("Amount", exact=True).first.input_value() == "1234"
    field.fill("12")
    expect(page.locator("xai-decision")).to_contain_text("chance of repaying")


ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"purpose": "a yacht"}, "unknown-level", "purpose"),
    ({"duration_in_month": "long"}, "not-a-number", "duration_in_month"),
    ({"duration_in_month": None}, "missing", "duration_in_month"),
    ({"shoe_size": 44}, "extra-columns", ""),
]


@pytest.mark.parametrize(("change", "code", "where"), ROWS, ids=[code for _, code, _ in ROWS])
def test_rows_that_cannot_be_used_are_refused_with_their_place(
    page: Page, server: Server, change: dict[str, Any], code: str, where: str
) -> None:
    error = page.evaluate(
        """async ([url, change]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const explainer = await open(url);
          const row = { ...explainer.manifest.examples[0].values, ...change };
          try { for await (const event of explainer.explain(row)) void event; return null; }
          catch ({ code, message, where, next }) { return { code, message, where, next }; }
        }""",
        [f"{server.url}bundles/loan/", change],
    )
    assert error["code"] == code
    assert where in error["where"]
    assert error["next"]


def test_a_cancel_is_obeyed(page: Page, server: Server) -> None:
    name, done = page.evaluate(
        """async ([url]) => {
          const { open } = await import(new URL("../../xaiweb.js", url));
          const explainer = await open(url);
          const controller = new AbortController();
          let done = 0;
          try {
            const options = { budget: 100000, seed: 1, signal: controller.signal };
            for await (const event of explainer.explain(explainer.manifest.examples[1].values, options)) {
              done = event.done ?? done;
              if (done > 100) controller.abort();
            }
          } catch (error) { return [error.name, done]; }
          return ["nothing thrown", done];
        }""",
        [f"{server.url}bundles/loan/"],
    )
    assert name == "AbortError"
    assert done < 5000


def test_a_cell_is_text_and_never_markup(visit: Callable[..., Visit], tmp_path: Path) -> None:
    markup = "<img src=x onerror=document.title='hacked'>"
    rows = [{"a": i, "b": markup if i % 2 else "plain"} for i in range(6)]
    features = [
        {"name": "a", "label": markup},
        {"name": "b", "label": "B", "help": markup, "levels": [{"name": "plain"}, {"name": markup}]},
    ]
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["x"], ["y"], axes=[1], keepdims=1)],
        "mean",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), tmp_path / "m.onnx")
    import pandas as pd

    xaiweb.export(
        tmp_path / "m.onnx", background=pd.DataFrame(rows), features=features, title=markup, name="m",
        out=tmp_path / "m", report=None,
    )  # fmt: skip
    xaiweb.build([tmp_path / "m"], tmp_path / "site")
    with serving(tmp_path / "site", headers=False) as root:
        guest = visit()
        for path in ("", "explain/m/"):
            guest.page.goto(root + path)
            if path:
                expect(guest.page.get_by_role("img", name="Waterfall")).to_be_visible(timeout=TIMEOUT_MS)
            assert guest.page.title() != "hacked"
            assert guest.page.locator("img[src=x]").count() == 0
        assert guest.complaints == []
