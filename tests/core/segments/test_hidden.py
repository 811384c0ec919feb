"""What stands in a hidden segment's place."""

import numpy as np
import pytest
from PIL import Image as Pillow
from scipy import ndimage

from tests.core.segments.photos import noise, photo
from xaiweb.core.segments.hidden import hidden

NONE = np.zeros((224, 224), dtype=np.int32)


def test_blur_is_a_gaussian():
    pixels = photo("rocket")[:, :, :190]
    expected = ndimage.gaussian_filter(
        pixels.astype(float), 10 / 224 * 190, axes=(1, 2), mode="reflect", radius=int(np.ceil(30 / 224 * 190))
    )
    own = hidden("blur", pixels, NONE)
    assert own.dtype == np.float32
    np.testing.assert_allclose(own, expected, atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 1, 40), (3, 8, 8), (1, 28, 28)])
@pytest.mark.parametrize("level", [0, 0.1, 77, 254.9, 255])
def test_a_flat_image_blurred_is_itself(shape, level):
    flat = np.full(shape, level, dtype=np.float32)
    np.testing.assert_array_equal(hidden("blur", flat, NONE), flat)


def test_mean_is_one_colour():
    pixels = noise(3, 10, 20)
    own = hidden("mean", pixels, NONE)
    assert own.dtype == np.float32
    for channel, plane in zip(pixels.tolist(), own.tolist(), strict=True):
        expected = sum(sum(row) for row in channel) / 200
        assert {value for row in plane for value in row} == {float(np.float32(expected))}


def test_grey_is_the_middle():
    own = hidden("grey", noise(3, 4, 5), NONE)
    np.testing.assert_array_equal(own, np.full((3, 4, 5), 127.5, dtype=np.float32))


def test_a_colour_is_that_colour_everywhere():
    own = hidden("colour", noise(3, 4, 5), NONE, "#00ff80")
    assert own.dtype == np.float32
    np.testing.assert_array_equal(own, np.broadcast_to(np.reshape([0, 255, 128], (3, 1, 1)), (3, 4, 5)))


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#ff0000", "#00ff00", "#0000ff", "#123456"])
def test_an_image_of_greys_takes_a_colours_luminance(colour):
    own = hidden("colour", noise(1, 4, 5), NONE, colour)
    grey = Pillow.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0))
    np.testing.assert_allclose(own, np.full((1, 4, 5), grey), atol=0.51)
