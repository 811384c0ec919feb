"""Photos and texts by the page's module alone: what it computes is what `xaiweb explain` computes."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

import xaiweb
from tests.browser.conftest import TIMEOUT_MS, Visit
from tests.conftest import recipe
from xaiweb.core.requests import Coalitions
from xaiweb.core.segments.grid import grid
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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return xaiweb.build([recipe(name) for name in KINDS], tmp_path_factory.mktemp("kinds") / "site")


@pytest.fixture(scope="module")
def root(folder: Path) -> Iterator[str]:
    with serving(folder, base="/kinds/", headers=False) as url:
        yield url


@pytest.fixture(scope="module")
def asked(browser: Browser, root: str) -> Iterator[Opened]:
    context = browser.new_context()
    context.set_default_timeout(3 * TIMEOUT_MS)
    page = context.new_page()
    page.goto(f"{root}files.json")
    yield Opened(page, root)
    context.close()


@pytest.fixture(scope="module")
def native() -> dict[str, Any]:
    return {name: xaiweb.open(recipe(name)) for name in KINDS}


@pytest.fixture(scope="module")
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


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("digit", {"nSegments": 12, "budget": 100}),
        ("digit", {"segments": "grid", "nSegments": 16, "hidden": "inpaint", "scale": "logit", "budget": 80}),
        ("digit", {"method": "lime", "budget": 60, "outputs": ["8", 3], "hidden": "colour", "colour": "#80ff00"}),
        ("digit", {"method": "occlusion"}),
        ("digit", {"method": "rise", "budget": 40, "seed": 3}),
        ("photo", {"budget": 50, "hidden": "colour", "colour": "#00ff00"}),
        ("spam", {"budget": 60}),
        ("spam", {"method": "occlusion", "units": "sentences", "hidden": "delete", "scale": "margin"}),
    ],
    ids=str,
)
def test_the_result_equals_xaiweb_explain(
    asked: Opened, native: dict[str, Any], inputs: dict[str, Any], name: str, options: dict[str, Any]
) -> None:
    here, there = inputs[name]
    words = {"nSegments": "n_segments"}
    explanation = native[name](there, **{words.get(key, key): value for key, value in options.items()})[0]
    expected = explanation.to_dict()
    events = asked(name, "explain", here, options)
    assert isinstance(events, list), events
    assert [event["type"] for event in events].count("result") == 1
    found = events[-1]["explanation"]
    told = np.concatenate([expected["base_values"], expected["prediction"]])
    atol = (1e-4 if name == "photo" else 1e-5) * max(1.0, np.ptp(told))
    for key in ("values", "base_values", "prediction"):
        np.testing.assert_allclose(found[key], expected[key], atol=atol)
    if name != "spam":
        assert events[-1]["segments"] == explanation.segments.labels.ravel().tolist()
    for key in ("players", "outputs", "segments"):
        assert found.get(key) == expected.get(key), key
    for key in ("method", "estimator", "plan", "parameters", "seed", "scale", "n_coalitions", "n_model_rows"):
        assert found["provenance"][key] == expected["provenance"][key], key
    if name == "photo":  # few photos a run, and every run is told
        assert len([event for event in events if event["type"] == "progress"]) > 3


@pytest.mark.parametrize("name", ["digit", "photo"])
def test_a_photo_is_cut_as_in_python(asked: Opened, native: dict[str, Any], inputs: dict[str, Any], name: str) -> None:
    here, there = inputs[name]
    found = asked(name, "prepare", here, {"nSegments": 20})
    image = native[name].prepare(native[name].encode(there)[0], "output", {"n_segments": 20})
    assert found["segments"] == image.segments.ravel().tolist()
    assert found["players"] == [player.to_dict() for player in image.players]
    seen = np.array(found["pixels"]).reshape(-1, 4)
    np.testing.assert_allclose(
        seen[:, :3], np.broadcast_to(image.pixels.reshape(len(image.pixels), -1).T, seen[:, :3].shape), atol=0.51
    )
    masks = np.random.default_rng(0).random((5, len(image.players))) < 0.5
    expected = native[name].engine(image, "output", lambda done: None).answer(Coalitions(masks))
    values = asked(name, "coalitions", here, {"nSegments": 20}, masks.tolist())
    np.testing.assert_allclose(values, expected, atol=1e-5)


def test_thousands_of_squares_are_hidden_one_by_one(
    asked: Opened, native: dict[str, Any], inputs: dict[str, Any]
) -> None:
    """As a method with squares of its own leaves them: more than a photo may be cut into."""
    here, there = inputs["photo"]
    cut = {"n_segments": 20, "hidden": "inpaint"}
    image = native["photo"].prepare(native["photo"].encode(there)[0], "output", cut)
    squares = grid(image.segments.shape, 56 * 56)
    masks = np.ones((2, 56 * 56), dtype=bool)
    masks[0, 1500:1540] = masks[1] = False
    expected = native["photo"].engine(image, "output", lambda done: None).answer(Coalitions(masks, segments=squares))
    more = {"masks": masks.tolist(), "map": squares.ravel().tolist()}
    found = asked("photo", "squares", here, {"nSegments": 20, "hidden": "inpaint"}, more)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_users_own_regions(asked: Opened, native: dict[str, Any], inputs: dict[str, Any]) -> None:
    regions = np.full((28, 28), -1, dtype=np.int32)
    regions[4:14, 6:20], regions[14:, 6:20] = 0, 1
    answer = asked.page.evaluate(
        """async ([root, input, labels]) => {
          const { open } = await import(root + "xaiweb.js");
          const explainer = await open(root + "bundles/digit/", { provider: "wasm", kind: "image" });
          const options = { segments: "given", regions: Int32Array.from(labels) };
          const { players, segments } = await explainer.prepare(input, options);
          explainer.close();
          return [players.length, [...segments]];
        }""",
        [asked.root, inputs["digit"][0], regions.ravel().tolist()],
    )
    assert answer == [3, np.where(regions < 0, 2, regions).ravel().tolist()]


@pytest.mark.parametrize("units", ["words", "sentences"])
def test_a_text_is_cut_as_in_python(asked: Opened, native: dict[str, Any], inputs: dict[str, Any], units: str) -> None:
    text = f"Gr\u00fc\u00dfe \U0001f600! {inputs['spam'][0][:300]}\n\nSee\u00a0you?"
    passage = native["spam"].prepare(native["spam"].encode(text)[0], "output", {"units": units})
    found = asked("spam", "prepare", text, {"units": units})
    assert found["players"] == [player.to_dict() for player in passage.players]
    masks = np.random.default_rng(0).random((9, len(passage.players))) < 0.5
    expected = native["spam"].engine(passage, "output", lambda done: None).answer(Coalitions(masks))
    values = asked("spam", "coalitions", text, {"units": units}, masks.tolist())
    np.testing.assert_allclose(values, expected, atol=1e-6)
    np.testing.assert_allclose(asked("spam", "predict", text), native["spam"].predict(text), atol=1e-6)


@pytest.mark.parametrize("provider", ["webgpu", "webgl"])
def test_other_providers_agree(asked: Opened, native: dict[str, Any], inputs: dict[str, Any], provider: str) -> None:
    here, there = inputs["digit"]
    options = {"nSegments": 6, "budget": 70}  # one chunk of WebGL's and a bit
    events = asked("digit", "explain", here, options, provider=provider)
    asked("digit", "close", provider=provider)
    assert isinstance(events, list), events
    found = events[-1]["explanation"]
    assert found["provenance"]["provider"] == provider
    expected = native["digit"](there, n_segments=6, budget=70)[0]
    np.testing.assert_allclose(found["values"], expected.values, atol=1e-4)
    np.testing.assert_allclose(found["prediction"], expected.prediction, atol=1e-4)


@pytest.mark.parametrize("provider", ["webgpu", "webgl"])
def test_other_providers_see_the_same_in_a_photo(
    asked: Opened, native: dict[str, Any], inputs: dict[str, Any], provider: str
) -> None:
    here, there = inputs["photo"]
    found = asked("photo", "predict", here, provider=provider)
    asked("photo", "close", provider=provider)
    np.testing.assert_allclose(found, native["photo"].predict(there), atol=1e-4)


def strip(picture: Image.Image) -> Image.Image:
    """A one drawn across the middle, tilted, so that no two turns look alike."""
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    draw.line([(width * 0.3, height * 0.1), (width * 0.6, height * 0.9)], "black", width // 8)
    draw.rectangle([0, 0, width // 6, height // 6], "grey")
    return picture


FILES: dict[str, tuple[Callable[[], bytes], float]] = {
    "grey": (lambda: saved(strip(Image.new("L", (90, 90), "white")), format="PNG"), 0.6),
    "grey and transparent": (
        lambda: saved(Image.merge("LA", (Image.radial_gradient("L"), Image.linear_gradient("L"))), format="PNG"),
        1.6,
    ),
    # Four inks as a printer takes them; Pillow writes them inverted, as Adobe's programs do.
    "cmyk": (lambda: saved(strip(Image.new("RGB", (96, 64), "orange")).convert("CMYK"), format="JPEG", quality=95), 8),
    "palette": (lambda: saved(strip(Image.new("RGB", (90, 70), "white")).quantize(8), format="PNG"), 0.6),
    "alpha": (
        lambda: saved(
            Image.merge("RGBA", (*[Image.radial_gradient("L")] * 3, Image.linear_gradient("L"))), format="PNG"
        ),
        1.6,
    ),
    "animation": (
        lambda: saved(
            strip(Image.new("L", (60, 60), "white")),
            format="GIF",
            save_all=True,
            append_images=[Image.new("L", (60, 60))],
        ),
        0.6,
    ),
    "turned": (
        lambda: saved(strip(Image.new("RGB", (96, 64), "white")), format="JPEG", quality=95, exif=turned()),
        8,
    ),
    "webp": (lambda: saved(strip(Image.new("RGB", (64, 64), "white")), format="WEBP", lossless=True), 0.6),
    "wide": (lambda: saved(strip(Image.new("L", (9001, 500), "white")), format="PNG"), 0.6),
}


def turned() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


@pytest.mark.parametrize("kind", FILES)
def test_photos_are_decoded_as_in_python(asked: Opened, native: dict[str, Any], tmp_path: Path, kind: str) -> None:
    make, atol = FILES[kind]
    path = tmp_path / "photo"
    path.write_bytes(make())
    expected = native["digit"].encode(path)[0].ravel()
    found = np.array(asked("digit", "prepare", data(path.read_bytes()), {"segments": "grid"})["pixels"]).reshape(-1, 4)
    np.testing.assert_allclose(found[:, 0], expected, atol=atol)


def test_a_photo_of_108_million_pixels(asked: Opened, native: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    strip(Image.new("L", (12_000, 9_000), "white")).save(path, compress_level=1)
    found = asked("digit", "predict", data(path.read_bytes()))
    np.testing.assert_allclose(found, native["digit"].predict(path), atol=1e-5)


def test_a_jpeg_agrees_within_what_decoders_differ(asked: Opened, native: dict[str, Any]) -> None:
    path = example(native, "photo")
    found = asked("photo", "predict", f"{asked.root}bundles/photo/{path.relative_to(recipe('photo'))}")
    np.testing.assert_allclose(found, native["photo"].predict(path), atol=1e-2)


def test_what_is_no_photo_is_refused(asked: Opened, native: dict[str, Any]) -> None:
    jpeg = example(native, "photo").read_bytes()
    png = saved(Image.effect_noise((200, 200), 50), format="PNG")
    huge = png[:16] + (1 << 16).to_bytes(4, "big") * 2 + png[24:]
    for file, code in [
        (b"", "photo"),
        (b"hello", "photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo"),
        (jpeg[:-2000], "photo"),
        (jpeg[:100], "photo"),
        (png[: len(png) // 2], "photo"),
        (huge, "photo-too-large"),
    ]:
        assert asked("digit", "predict", data(file))["code"] == code, file[:20]
    for address, code in [
        ("https://example.org/cat.jpg", "not-listed"),
        (f"{asked.root}bundles/photo/examples/cat.jpg?who=me", "not-listed"),
        (7, "photo"),
    ]:
        assert asked("digit", "predict", address)["code"] == code
    assert asked("spam", "predict", " \n")["code"] == asked("spam", "prepare", " \n")["code"] == "no-words"
    assert asked("spam", "predict", 7)["code"] == "text"
    assert asked("digit", "explain", data(png), {"units": "words"})["code"] == "parameter"


@pytest.mark.parametrize("name", KINDS)
def test_the_first_prediction_needs_no_python(
    visit: Callable[..., Visit], root: str, native: dict[str, Any], inputs: dict[str, Any], name: str
) -> None:
    here, there = inputs[name]
    cold = visit()
    cold.page.goto(f"{root}files.json")
    found = cold.page.evaluate(ASK, [root, name, "wasm", "predict", here, {}, None])
    assert found["core"] != "ready"
    np.testing.assert_allclose(found["answer"], native[name].predict(there), atol=1e-5)


def test_a_slow_model_runs_on_threads_where_the_page_is_isolated(
    visit: Callable[..., Visit], folder: Path, asked: Opened, inputs: dict[str, Any]
) -> None:
    options = {"nSegments": 4, "budget": 8}
    with serving(folder) as url:
        isolated = visit()
        isolated.page.goto(url)
        assert isolated.page.evaluate("crossOriginIsolated")
        cores = isolated.page.evaluate("navigator.hardwareConcurrency")
        found = isolated.page.evaluate(ASK, [url, "photo", "wasm", "explain", inputs["photo"][0], options, None])
    many = found["answer"][-1]["explanation"]
    one = asked("photo", "explain", inputs["photo"][0], options)[-1]["explanation"]
    threads = min(4, -(-cores // 2))
    assert many["provenance"]["engine"].endswith(f", {threads} threads") == (threads > 1)
    assert "threads" not in one["provenance"]["engine"]
    np.testing.assert_allclose(many["values"], one["values"], atol=1e-6)


def test_a_bundle_of_another_kind_is_refused(asked: Opened) -> None:
    code = asked.page.evaluate(
        """async (root) => {
          const { open } = await import(root + "xaiweb.js");
          return open(root + "bundles/spam/", { kind: "image" }).then(() => null, ({ code }) => code);
        }""",
        asked.root,
    )
    assert code == "wrong-kind"
