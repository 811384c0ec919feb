"""Large photos reduced by a whole factor, to the byte."""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest

from tests.core.segments.photos import noise
from xaiweb.core.segments.reduce import reduced


@pytest.mark.parametrize(
    ("height", "width", "longest"), [(12, 8, 4), (13, 9, 4), (7, 30, 10), (1, 11, 2), (5, 5, 1), (2, 3, 3)]
)
def test_means_rounded_half_up(height, width, longest):
    photo = noise(height, width, 3).astype(np.uint8)
    factor = ceil(max(height, width) / longest)
    own = reduced(photo, longest)
    assert own.dtype == np.uint8
    assert own.shape == (ceil(height / factor), ceil(width / factor), 3)
    for i, j, channel in np.ndindex(own.shape):
        box = photo[i * factor : (i + 1) * factor, j * factor : (j + 1) * factor, channel]
        assert own[i, j, channel] == floor(Fraction(int(box.sum(dtype=int)), box.size) + Fraction(1, 2))


def test_a_half_goes_up():
    photo = np.array([[[0, 254, 2], [1, 255, 3]]], dtype=np.uint8)
    assert reduced(photo, 1).tolist() == [[[1, 255, 3]]]


def test_small_photos_stay():
    photo = noise(2, 4096, 3).astype(np.uint8)
    assert reduced(photo) is photo
    assert reduced(np.zeros((2, 4097, 3), dtype=np.uint8)).shape == (1, 2049, 3)


def test_many_white_pixels_stay_white():
    assert (reduced(np.full((600, 700, 3), 255, dtype=np.uint8), 1) == 255).all()
