"""Superpixels follow the edges of real photos as scikit-image's do, are whole, and are the same everywhere."""

import hashlib

import numpy as np
import pytest
from scipy import ndimage

from tests.core.segments.photos import NAMES, SKIMAGE, noise, photo
from xaiweb.core.segments.grid import cells, grid
from xaiweb.core.segments.lab import PER_UNIT, lab
from xaiweb.core.segments.slic import slic


def edges(labels):
    """The pixels beside another segment."""
    beside = np.zeros(labels.shape, dtype=bool)
    for axis in (0, 1):
        step = np.diff(labels, axis=axis) != 0
        ends = [(0, 0), (0, 0)]
        for ends[axis] in ((0, 1), (1, 0)):
            beside |= np.pad(step, ends)
    return beside


def recall(own, reference):
    """Share of a reference's edges that have an edge of ours within two pixels (Neubert & Protzel 2012)."""
    return ndimage.binary_dilation(edges(own), np.ones((5, 5)))[edges(reference)].mean()


@pytest.mark.parametrize("n_segments", [25, 50, 200])
@pytest.mark.parametrize("name", NAMES)
def test_photos_are_cut_as_by_scikit_image(name, n_segments):
    own, reference = slic(photo(name), n_segments), SKIMAGE[f"{name}-{n_segments}"].astype(int)
    assert len(np.unique(own)) == pytest.approx(len(np.unique(reference)), rel=0.1)
    assert recall(own, reference) >= 0.9
    assert recall(grid((224, 224), n_segments), reference) < 0.9  # what no look at the photo brings


def test_colours_are_those_of_scikit_image():
    table = SKIMAGE["lab"]
    own = lab(table[:, :3].T[:, None].astype(np.float32))[:, 0].T / PER_UNIT
    np.testing.assert_allclose(own, table[:, 3:], atol=0.5 / PER_UNIT + 0.01)  # its matrix has other digits


@pytest.mark.parametrize("pixels", [photo("motorcycle"), noise(3, 60, 90), np.zeros((1, 33, 71), dtype=np.float32)])
def test_segments_are_connected_none_is_tiny_and_labels_are_in_reading_order(pixels):
    labels = slic(pixels, 40)
    _, first = np.unique(labels, return_index=True)
    assert labels.dtype == np.int32
    assert list(labels.ravel()[np.sort(first)]) == list(range(labels.max() + 1))
    assert [ndimage.label(labels == label)[1] for label in range(labels.max() + 1)] == [1] * (labels.max() + 1)
    rows, columns = cells(labels.shape, 40)
    assert np.bincount(labels.ravel()).min() >= labels.size / (rows * columns) / 2


def test_no_segment_crosses_a_sharp_edge():
    rows, columns = np.indices((100, 120))
    white = 2 * rows + columns > 170
    labels = slic(np.where(white, 255, 0)[None].astype(np.float32), 30)
    assert not set(labels[white]) & set(labels[~white])


def test_the_most_compact_segments_are_squares():
    np.testing.assert_array_equal(slic(photo("coffee"), 49, compactness=1e5), grid((224, 224), 49))
    assert len(np.unique(slic(photo("coffee"), 49, compactness=5))) < 49


def test_grey_is_a_colour():
    grey = photo("rocket")[:1]
    np.testing.assert_array_equal(slic(grey, 50), slic(np.repeat(grey, 3, axis=0), 50))


def test_the_same_pixels_give_the_same_segments_everywhere():
    rows, columns = np.indices((90, 130))
    pixels = np.stack([(rows * rows + 3 * columns) % 256, (rows * columns) // 7 % 256, columns * 2 % 256])
    labels = slic(pixels.astype(np.float32), 30)
    expected = "b1aeeb39ad78b1cfe4375b9eecbd3de6a4aed60f445eda13270fd084c5b13d11"
    assert hashlib.sha256(labels.astype("<i4").tobytes()).hexdigest() == expected


@pytest.mark.parametrize(
    ("shape", "n_segments"), [((1, 1), 50), ((8, 8), 50), ((8, 8), 1000), ((1, 300), 20), ((5, 3), 4)]
)
def test_small_images_are_cut_into_pixels_at_most(shape, n_segments):
    for pixels in (noise(3, *shape), np.full((1, *shape), 255, dtype=np.float32)):
        labels = slic(pixels, n_segments)
        assert labels.shape == shape
        assert sorted(set(labels.ravel())) == list(range(labels.max() + 1))
        assert min(n_segments, labels.size) / 2 <= labels.max() + 1 <= min(2 * n_segments, labels.size)
