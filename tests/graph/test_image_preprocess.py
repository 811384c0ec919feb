"""Cutting out and resizing equal torch's, on photos of any shape, natively and in the browser's runtime."""

from __future__ import annotations

import subprocess
from importlib import metadata
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch
from PIL import Image

from xaiweb.errors import InputError
from xaiweb.graph.image_preprocess import image_preprocess

TOLERANCE = 255 * 1e-4
RNG = np.random.default_rng(4)
SHAPES = [(1, 1), (1, 300), (300, 2), (7, 5), (223, 225), (1025, 999)]


def photo(package: str, name: str) -> np.ndarray:
    files = metadata.distribution(package).files or []
    with Image.open(Path(str(next(file for file in files if file.name == name).locate()))) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="module")
def photos() -> list[np.ndarray]:
    real = [photo("scikit-image", "chelsea.png"), photo("scikit-image", "rocket.jpg")]
    real.append(photo("scikit-learn", "china.jpg"))
    return real + [RNG.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in SHAPES]


def run(rgb: np.ndarray, *arguments: object) -> np.ndarray:
    graph = image_preprocess(*arguments).SerializeToString()
    return ort.InferenceSession(graph, providers=["CPUExecutionProvider"]).run(None, {"rgb": rgb})[0]


def by_torch(rgb: np.ndarray, height: int, width: int, channels: int, crop: float, mode: str) -> np.ndarray:
    side = max(1, int(np.floor(crop * min(rgb.shape[:2]) + 0.5)))
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    square = torch.tensor(rgb[top : top + side, left : left + side]).permute(2, 0, 1)[None].double()
    if channels == 1:
        square = (square * torch.tensor([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1)).sum(1, keepdim=True)
    resized = torch.nn.functional.interpolate(square, (height, width), mode=mode, antialias=True, align_corners=False)
    return resized.clip(0, 255).numpy()


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("height", "width"), [(224, 224), (28, 28), (40, 60)])
@pytest.mark.parametrize("crop", [0.875, 1.0])
def test_equals_torch(photos: list[np.ndarray], mode: str, height: int, width: int, crop: float) -> None:
    for rgb in photos:
        found = run(rgb, height, width, 3, crop, mode)
        assert found.shape == (1, 3, height, width)
        np.testing.assert_allclose(found, by_torch(rgb, height, width, 3, crop, mode), atol=TOLERANCE)


def test_one_channel_is_luminance(photos: list[np.ndarray]) -> None:
    for rgb in photos:
        found = run(rgb, 28, 28, 1, 1.0, "bicubic")
        np.testing.assert_allclose(found, by_torch(rgb, 28, 28, 1, 1.0, "bicubic"), atol=TOLERANCE)
    flat = np.full((3, 3, 3), [200, 100, 50], np.uint8)
    np.testing.assert_allclose(run(flat, 2, 2, 1, 1.0), 0.299 * 200 + 0.587 * 100 + 0.114 * 50, atol=1e-3)


def test_the_square_is_centred_and_rounded_half_up() -> None:
    rgb = np.zeros((5, 9, 3), np.uint8)
    rgb[1:4, 3:6] = 255  # 0.5 of 5 is 2.5, so 3; (5 - 3) // 2 = 1, (9 - 3) // 2 = 3
    assert (run(rgb, 3, 3, 3, 0.5) == 255).all()


def test_pixels_stay_as_they_are_where_the_size_is_right() -> None:
    rgb = RNG.integers(0, 256, (28, 28, 3), dtype=np.uint8)
    np.testing.assert_allclose(run(rgb, 28, 28, 3, 1.0)[0], rgb.transpose(2, 0, 1), atol=1e-4)


def test_the_browser_s_runtime_gives_the_same(photos: list[np.ndarray], tmp_path: Path) -> None:
    graph = tmp_path / "preprocess.onnx"
    graph.write_bytes(image_preprocess(224, 224, 3, 0.875).SerializeToString())
    for rgb in (photos[0], photos[3]):
        script = ["node", str(Path(__file__).with_name("preprocess.mjs")), str(graph), *map(str, rgb.shape[:2])]
        done = subprocess.run(script, input=rgb.tobytes(), capture_output=True, check=True)
        found = np.frombuffer(done.stdout, np.float32).reshape(1, 3, 224, 224)
        np.testing.assert_allclose(found, by_torch(rgb, 224, 224, 3, 0.875, "bicubic"), atol=TOLERANCE)


@pytest.mark.parametrize(
    "wrong", [(0, 9, 3, 1.0), (9, 9, 4, 1.0), (9, 9, 3, 0.0), (9, 9, 3, 1.5), (9, 9, 3, 1.0, "nearest")]
)
def test_other_parameters_are_refused(wrong: tuple[object, ...]) -> None:
    with pytest.raises(InputError) as refusal:
        image_preprocess(*wrong)
    assert refusal.value.code == "preprocessing"
