"""An image as a subject: its segments are players."""

import hashlib

import numpy as np
import pytest

from tests.core.segments.photos import noise, photo
from xaiweb.core.segments.grid import grid
from xaiweb.core.segments.merging import merged
from xaiweb.core.segments.slic import slic
from xaiweb.core.shapley.hierarchy import members
from xaiweb.core.subjects.image import PARAMETERS, Image, read
from xaiweb.errors import InputError


def test_by_itself_fifty_superpixels_are_hidden_by_a_blur():
    pixels = photo("china")
    image = read(pixels, {})
    assert image.asked == {"segments": "slic", "n_segments": 50, "hidden": "blur"}
    np.testing.assert_array_equal(image.segments, slic(pixels, 50))
    np.testing.assert_array_equal(image.pixels, pixels)
    assert np.abs(image.hidden - pixels).mean() > 5
    assert image.hierarchy() == merged(pixels, image.segments)
    assert image.differs.all()
    assert image.differs.shape == (1, len(image.players))


def test_players_are_segments():
    player = read(noise(1, 8, 8), {"segments": "grid", "n_segments": 4}).players[3]
    assert player.to_dict() == {"name": "segment 3", "columns": [], "value": None, "segment": 3}


def test_segments_are_told_by_their_hash():
    image = read(noise(3, 8, 9), {"segments": "grid", "n_segments": 4})
    told = image.segment_map
    assert (told.height, told.width) == (8, 9)
    assert told.sha256 == hashlib.sha256(grid((8, 9), 4).astype("<i4").tobytes()).hexdigest()


def test_own_regions():
    regions = np.full((8, 9), -1, dtype=np.int32)
    regions[2:4, 3:5] = 7
    image = read(noise(3, 8, 9), {"segments": "given"}, regions)
    np.testing.assert_array_equal(image.segments, np.where(regions == 7, 0, 1))
    assert image.hierarchy() == (0, 1)


def test_the_colour_that_hides_is_recorded_and_black_where_none_is_given():
    pixels = noise(3, 8, 9)
    green = read(pixels, {"hidden": "colour", "colour": "#00FF00"})
    assert green.hidden[:, 4, 4].tolist() == [0, 255, 0]
    assert green.asked == {"segments": "slic", "n_segments": 50, "hidden": "colour", "colour": "#00ff00"}
    black = read(pixels, {"hidden": "colour"})
    assert not black.hidden.any()
    assert black.asked["colour"] == "#000000"
    assert "colour" not in read(pixels, {}).asked


def test_a_segment_differs_where_a_pixel_of_it_does():
    pixels, hidden = np.zeros((2, 3, 4, 4), dtype=np.float32)
    hidden[2, 3, 0] = 1e-6
    image = Image(pixels, hidden, grid((4, 4), 4))
    np.testing.assert_array_equal(image.differs, [[False, False, True, False]])


def test_a_digit_on_black_has_segments_that_hide_nothing():
    pixels = np.zeros((1, 28, 28), dtype=np.float32)
    pixels[0, 11:17, 13:15] = 255
    image = read(pixels, {"segments": "grid", "n_segments": 49})
    assert image.differs[0, 24]
    assert not image.differs[0, [0, 6, 42, 48]].any()


@pytest.mark.parametrize("hidden", ["blur", "mean", "grey", "colour", "inpaint"])
@pytest.mark.parametrize("segments", ["slic", "grid"])
@pytest.mark.parametrize("shape", [(3, 1, 1), (1, 8, 8), (3, 2, 300)])
def test_small_images_are_images(shape, segments, hidden):
    image = read(noise(*shape), {"segments": segments, "n_segments": 1000, "hidden": hidden})
    assert sorted(members(image.hierarchy())) == list(range(len(image.players)))
    assert len(image.players) <= shape[1] * shape[2]
    assert image.hidden.shape == shape
    assert image.hidden.dtype == np.float32
    assert ((image.hidden >= 0) & (image.hidden <= 255)).all()


@pytest.mark.parametrize(
    ("pixels", "parameters", "regions", "words"),
    [
        (noise(8, 8), {}, None, r"\(8, 8\)"),
        (noise(4, 8, 8), {}, None, "1 or 3 channels"),
        (noise(3, 0, 8), {}, None, r"\(3, 0, 8\)"),
        (np.full((3, 8, 8), np.nan, dtype=np.float32), {}, None, "not finite"),
        (noise(3, 8, 8), {"segments": "squares"}, None, "slic or grid or given"),
        (noise(3, 8, 8), {"n_segments": 0}, None, "too small"),
        (noise(3, 8, 8), {"n_segments": 1001}, None, "too large"),
        (noise(3, 8, 8), {"hidden": "pink"}, None, "pink"),
        (noise(3, 8, 8), {"hidden": "colour", "colour": "pink"}, None, "pink"),
        (noise(3, 8, 8), {"colour": "#ff0000"}, None, "with blur"),
        (noise(3, 8, 8), {"segments": "given"}, None, "no regions"),
        (noise(3, 8, 8), {}, np.zeros((8, 8), dtype=np.int32), "with slic"),
        (noise(3, 8, 8), {"segments": "given"}, np.zeros((8, 9), dtype=np.int32), r"\(8, 9\)"),
    ],
)
def test_what_is_no_image_is_refused(pixels, parameters, regions, words):
    with pytest.raises(InputError, match=words):
        read(pixels, parameters, regions)


def test_arrays_that_do_not_belong_together_are_refused():
    pixels = noise(3, 8, 8)
    with pytest.raises(InputError, match="belong together"):
        Image(pixels, pixels[:1], grid((8, 8), 4))
    with pytest.raises(InputError, match="belong together"):
        Image(pixels, pixels, grid((8, 9), 4))
    with pytest.raises(InputError, match="empty"):
        Image(pixels, pixels, 2 * grid((8, 8), 4))


def test_parameters_are_told_to_people():
    assert [parameter.name for parameter in PARAMETERS] == ["segments", "n_segments", "hidden", "colour"]
    assert all(parameter.title and parameter.help.endswith(".") for parameter in PARAMETERS)
