"""A model of images becomes a bundle that answers like the original, from torch and from any ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from PIL import Image

from tests.graph.image_models import HEIGHT, WIDTH, cnn
from xaiweb.bundle.image import ImageManifest
from xaiweb.bundle.read import Bundle
from xaiweb.engine.images import ImageGraph, Preprocessor
from xaiweb.engine.photo import decode
from xaiweb.errors import InputError, ModelError, ParityError
from xaiweb.exporting_image import export_image
from xaiweb.graph.activations import largest_step
from xaiweb.graph.image_model import describe_image
from xaiweb.graph.model import plain
from xaiweb.preparing import chunk_images

RNG = np.random.default_rng(12)
MEAN, STD = [0.4, 0.5, 0.6], [0.2, 0.25, 0.3]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "photo.PNG"
    Image.fromarray(RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)).save(file)
    return file


@pytest.fixture
def given(photo: Path, tmp_path: Path) -> dict[str, Any]:
    example = {"id": "one", "title": "One", "file": photo, "credit": "nobody"}
    return {"size": (HEIGHT, WIDTH), "mean": MEAN, "std": STD, "examples": [example], "out": tmp_path / "made"}


def onnx_file(folder: Path, **options: Any) -> Path:
    file = folder / "model.onnx"
    onnx.save(cnn(**options).model, file)
    return file


def manifest_of(bundle: Bundle) -> ImageManifest:
    assert isinstance(bundle.manifest, ImageManifest)
    return bundle.manifest


@pytest.mark.parametrize("options", [{}, {"batch": 1}, {"size": ("h", "w")}, {"opset": 13}])
def test_an_onnx_file_answers_in_the_bundle_as_it_did(
    tmp_path: Path, given: dict[str, Any], options: dict[str, Any]
) -> None:
    said: list[str] = []
    bundle = export_image(onnx_file(tmp_path, **options), **given, report=said.append)
    manifest = manifest_of(bundle)
    (example,) = manifest.examples
    pixels = Preprocessor(bundle.path, manifest)(decode(bundle.path / example.file))
    normalised = (pixels.astype(np.float64) / 255 - np.reshape(MEAN, (3, 1, 1))) / np.reshape(STD, (3, 1, 1))
    case = cnn()
    wanted = {"output": case.forward(normalised[None]), "margin": case.margin(normalised[None])}
    wanted["logit"] = np.log(wanted["output"] / (1 - wanted["output"]))
    assert [scale.name for scale in manifest.scales] == list(wanted)
    for scale in manifest.scales:
        found = ImageGraph(bundle.path / scale.graph, 3, 1).predict(pixels)
        np.testing.assert_allclose(found, wanted[scale.name], atol=2e-5)
    assert said[0].startswith("Parity")
    assert said[-1] == "Public: 1 example photos."


def test_the_manifest_says_what_was_given(tmp_path: Path, given: dict[str, Any], photo: Path) -> None:
    given |= {"crop": 0.5, "scales": ["logit"], "title": "A title", "name": "some name", "report": None}
    manifest = manifest_of(export_image(onnx_file(tmp_path), **given))
    geometry = manifest.image
    assert (geometry.height, geometry.width, geometry.channels, geometry.crop) == (HEIGHT, WIDTH, 3, 0.5)
    assert [scale.name for scale in manifest.scales] == ["output", "logit"]
    assert (manifest.name, manifest.title, manifest.kind) == ("some-name", "A title", "image")
    assert [output.kind for output in manifest.outputs] == ["probability"] * 3
    (example,) = manifest.examples
    assert (example.file, example.credit) == ("examples/one.png", "nobody")
    assert (given["out"] / example.file).read_bytes() == photo.read_bytes()


class Brightness(torch.nn.Module):
    """The mean of all pixels, and one minus it."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        mean = images.mean(dim=(1, 2, 3))
        return torch.stack([mean, 1 - mean], dim=1)


def test_a_torch_module_over_one_channel(tmp_path: Path, given: dict[str, Any]) -> None:
    given |= {"channels": 1, "mean": None, "std": None, "report": None}
    bundle = export_image(Brightness(), **given)
    manifest = manifest_of(bundle)
    pixels = Preprocessor(bundle.path, manifest)(decode(bundle.path / manifest.examples[0].file))
    found = ImageGraph(bundle.path / manifest.scales[0].graph, 2, 1).predict(pixels)
    share = float(pixels.mean()) / 255
    np.testing.assert_allclose(found, [[share, 1 - share]], atol=1e-6)
    assert manifest.model.source == "torch"


def test_an_operator_that_webgl_lacks_is_told(tmp_path: Path, given: dict[str, Any]) -> None:
    class Erf(torch.nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return torch.erf(images.mean(dim=(2, 3)))

    manifest = manifest_of(export_image(Erf(), **given, report=None))
    assert "Erf" in str(manifest.providers["webgl"])
    assert all(scale.webgl is None for scale in manifest.scales)


def test_a_model_that_behaves_differently_stops_the_export(
    tmp_path: Path, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from xaiweb.exporters import torch as exporter

    monkeypatch.setattr(exporter, "reference", lambda module: lambda rows: module(torch.from_numpy(rows)) + 0.001)
    with pytest.raises(ParityError, match="array of 1 x 5 x 6"):
        export_image(Brightness(), **(given | {"channels": 1, "mean": None, "std": None}), report=None)
    assert not given["out"].exists()


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"scales": ["odds"]}, ModelError, "scale"),
        ({"mean": [0.5]}, ModelError, "normalisation"),
        ({"mean": np.array([0.5, 0.5])}, ModelError, "normalisation"),
        ({"std": np.array([0.5, 0.5, 0.0])}, ModelError, "normalisation"),
        ({"size": 9}, InputError, "input"),
        ({"size": (9, 9)}, ModelError, "model-size"),
        ({"crop": 0.0}, InputError, "preprocessing"),
        ({"examples": [{"id": "a", "title": "a", "file": "nowhere.jpg"}]}, InputError, "photo"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, given: dict[str, Any], change: dict[str, Any], kind: type[Exception], code: str
) -> None:
    with pytest.raises(kind) as refusal:
        export_image(onnx_file(tmp_path), **(given | change), report=None)
    assert refusal.value.code == code
    with pytest.raises(ModelError, match="dict can't be exported"):
        export_image({}, **given)


def test_the_largest_step_is_the_operator_with_most_numbers() -> None:
    model = cnn().model
    model = plain(model, describe_image(model))
    image, filtered = 3 * HEIGHT * WIDTH, 4 * (HEIGHT - 2) * (WIDTH - 2)
    assert largest_step(model, (3, HEIGHT, WIDTH)) == 4 * (image + filtered)


def test_batches_keep_within_their_bound() -> None:
    model = cnn().model
    info = describe_image(model)
    sizes = chunk_images(plain(model, info), info, 6)
    assert sizes["webgpu"] == 4
    assert {sizes["cpu"], sizes["wasm"]} <= {1, 2, 4}
    session = ort.InferenceSession(plain(model, info).SerializeToString())
    assert session.run(None, {"image": np.zeros((4, 3, HEIGHT, WIDTH), np.float32)})[0].shape == (4, 3)
