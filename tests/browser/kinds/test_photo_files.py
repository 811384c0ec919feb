"""Photos of every kind of file: decoded as in Python, or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.browser.kinds.conftest import Opened, data, example, saved
from tests.conftest import recipe


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
