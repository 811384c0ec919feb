"""The digit recipe: its data, its split, its figures, its samples, its graphs against torch."""

from __future__ import annotations

import re
from types import ModuleType

import numpy as np
import pytest
import torch

from tests.exporters import recipes
from xaiweb.bundle.image import ImageManifest
from xaiweb.bundle.read import Bundle
from xaiweb.engine.images import ImageGraph, Preprocessor
from xaiweb.engine.photo import decode


@pytest.fixture(scope="module")
def digit() -> ModuleType:
    return recipes.load("digit")


@pytest.fixture(scope="module")
def made() -> Bundle:
    return recipes.bundle("digit")


@pytest.fixture(scope="module")
def manifest(made: Bundle) -> ImageManifest:
    assert isinstance(made.manifest, ImageManifest)
    return made.manifest


@pytest.fixture(scope="module")
def data(digit: ModuleType) -> tuple[np.ndarray, np.ndarray]:
    return digit.read()


@pytest.fixture(scope="module")
def chances(digit: ModuleType, made: Bundle, manifest: ImageManifest, data: tuple) -> np.ndarray:
    """The bundle's probabilities of all held-out digits."""
    images, labels = data
    held = images[digit.split(labels)].astype(np.float32)
    import onnxruntime as ort

    session = ort.InferenceSession(str(made.path / manifest.model.file), providers=["CPUExecutionProvider"])
    return session.run(None, {"pixels": held[:, None]})[0]


def test_the_digits_are_mnist_s_first_ten_thousand(data: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = data
    assert images.shape == (10_000, 28, 28)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    assert (images.min(), images.max()) == (0, 255)
    assert images[:, 0, 0].max() == 0  # white on black


def test_the_figures_on_the_card_are_those_of_the_bundle(
    digit: ModuleType, made: Bundle, data: tuple[np.ndarray, np.ndarray], chances: np.ndarray
) -> None:
    labels = data[1]
    truth = labels[digit.split(labels)]
    assert len(truth) == 2_000
    accuracy = float((chances.argmax(1) == truth).mean())
    assert accuracy >= 0.97
    error = np.sqrt(accuracy * (1 - accuracy) / len(truth))
    text = recipes.check_card(made)
    assert f"reads {100 * accuracy:.1f} % of the held-out digits (standard error {100 * error:.1f})" in text
    assert f"liest {100 * accuracy:.1f} %".replace(".", ",") in text
    assert "CC BY-SA 3.0" in text


def test_training_is_deterministic_and_leaves_torch_alone(
    digit: ModuleType, data: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digit, "EPOCHS", 1)
    images, labels = data[0][::50], data[1][::50]
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    first, second = (digit.train(images, labels) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    for one, other in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_the_samples_are_held_out_digits_that_read_as_titled(
    digit: ModuleType, made: Bundle, manifest: ImageManifest, data: tuple[np.ndarray, np.ndarray]
) -> None:
    images, labels = data
    held = digit.split(labels)
    preprocess = Preprocessor(made.path, manifest)
    graph = ImageGraph(made.path / manifest.scales[0].graph, 10, 1)
    assert [example.id for example in manifest.examples][-2:] == ["hard", "misread"]
    for example in manifest.examples:
        rgb = decode(made.path / example.file)
        (place,) = np.flatnonzero((images[held] == rgb[..., 0]).all(axis=(1, 2)))
        pixels = preprocess(rgb)
        np.testing.assert_allclose(pixels[0], rgb[..., 0], atol=1e-3)
        answer = int(graph.predict(pixels).argmax())
        assert isinstance(example.title, dict)
        told = [int(number) for number in re.findall(r"\d", example.title["en"])]
        assert told[0] == labels[held][place]
        assert answer == (told[1] if example.id == "misread" else told[0])


def test_every_provider_can_run_it(made: Bundle, manifest: ImageManifest, chances: np.ndarray) -> None:
    assert manifest.providers == {"wasm": None, "webgpu": None, "webgl": None}
    assert [scale.name for scale in manifest.scales] == ["output", "margin", "logit"]
    graphs = [scale.webgl and scale.webgl.n_coalitions for scale in manifest.scales]
    assert graphs == [64, None, None]  # each carries its own weights: only the first unit is worth that
    assert manifest.chunk_rows["webgl"] == 64
    assert sum(file.bytes for file in manifest.files.values()) < 500_000
