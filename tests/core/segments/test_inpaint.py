"""Segments imputed from their surroundings are those of a dense solution."""

import numpy as np
import pytest

from tests.core.segments.photos import noise, photo
from xaiweb.core.segments.grid import grid
from xaiweb.core.segments.inpaint import NOISE, imputed, inpainted
from xaiweb.core.segments.slic import slic


def dense(image, segments):
    """One system for each segment: every pixel of it is the weighted mean of its neighbours."""
    height, width = segments.shape
    result = np.empty_like(image)
    for label in np.unique(segments):
        pixels = [(int(y), int(x)) for y, x in np.argwhere(segments == label)]
        left, right = np.zeros((len(pixels), len(pixels))), np.zeros((len(pixels), len(image)))
        for row, (y, x) in enumerate(pixels):
            for down in (-1, 0, 1):
                for across in (-1, 0, 1):
                    there = y + down, x + across
                    if (down, across) == (0, 0) or not (0 <= there[0] < height and 0 <= there[1] < width):
                        continue
                    weight = 1 / 12 if down and across else 1 / 6
                    left[row, row] += weight
                    if segments[there] == label:
                        left[row, pixels.index(there)] -= weight
                    else:
                        right[row] += weight * image[:, there[0], there[1]]
        solved = np.linalg.solve(left, right)
        for row, (y, x) in enumerate(pixels):
            result[:, y, x] = solved[row]
    return result


@pytest.mark.parametrize(
    ("image", "segments"),
    [
        (photo("coffee")[:, ::9, ::7], slic(photo("coffee")[:, ::9, ::7], 8)),
        (noise(1, 9, 11), noise(9, 11, seed=2).astype(np.int32) % 4),  # in many parts each
        (noise(3, 1, 12), grid((1, 12), 3)),
        (noise(3, 12, 1), grid((12, 1), 12)),
    ],
    ids=["superpixels", "islands", "row", "pixels"],
)
def test_the_dense_solution(image, segments):
    np.testing.assert_allclose(imputed(image.astype(float), segments), dense(image.astype(float), segments), atol=0.05)


def test_a_ramp_goes_on_inside():
    rows, columns = np.indices((60, 60), dtype=float)
    ramp = (1.5 * rows + 2 * columns + 20)[None]
    segments = np.zeros((60, 60), dtype=np.int32)
    segments[20:40, 15:50] = 1
    np.testing.assert_allclose(imputed(ramp, segments)[:, segments == 1], ramp[:, segments == 1], atol=0.1)


def test_a_segment_does_not_shine_through():
    image = photo("chelsea")[:, 50:150, 50:150].astype(float)
    segments = slic(image, 30)
    other = np.where(segments == 20, 255 - image, image)
    np.testing.assert_allclose(
        imputed(other, segments)[:, segments == 20], imputed(image, segments)[:, segments == 20], atol=0.5
    )


def test_a_little_noise_always_the_same():
    pixels = photo("chelsea")[:, 50:150, 50:150]
    segments = slic(pixels, 30)
    own = inpainted(pixels, segments)
    assert own.dtype == np.float32
    np.testing.assert_array_equal(own, inpainted(pixels, segments))
    difference = own - imputed(pixels.astype(float), segments)
    assert difference.std() == pytest.approx(NOISE, rel=0.01)
    assert abs(difference.mean()) < 0.05
    bright = inpainted(np.full((1, 30, 30), 255, dtype=np.float32), grid((30, 30), 4))
    assert bright.max() == 255


def test_without_surroundings_there_is_the_mean():
    pixels = noise(3, 6, 7)
    mean = imputed(pixels.astype(float), np.zeros((6, 7), dtype=np.int32))
    np.testing.assert_allclose(mean, np.broadcast_to(pixels.mean(axis=(1, 2), keepdims=True), mean.shape), rtol=1e-6)


def test_black_stays_black():
    np.testing.assert_array_equal(imputed(np.zeros((1, 8, 8)), grid((8, 8), 4)), np.zeros((1, 8, 8)))
