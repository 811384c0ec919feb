"""Occlusion: every window and every word hidden in a loop."""

import numpy as np
import pytest

from tests.core.subjects import Explained, Parts, white_image
from xaiweb.core.drive import run
from xaiweb.core.methods import start
from xaiweb.core.methods.occlusion import METHOD, explain
from xaiweb.core.spec import Spec
from xaiweb.core.subjects import passage
from xaiweb.core.subjects.image import Image
from xaiweb.errors import InputError

WEIGHTS = np.random.Generator(np.random.PCG64(4)).normal(size=(3, 40, 40))


def model(images):
    """Two outputs of images (n, H, W) in 0..255."""
    _, height, width = images.shape
    inner = np.tanh(np.einsum("nhw,khw->nk", images / 255, WEIGHTS[:, :height, :width]) / 3)
    return np.stack([inner[:, 0] * inner[:, 1], 3 + inner[:, 2]], axis=1)


def occlude(image, answer=model, window=None, stride=None):
    def engine(request):
        kept = request.masks[:, request.segments]
        return answer(np.where(kept, image.pixels[0], image.hidden[0]).astype(np.float64))

    asked = {"window": window, "stride": stride, "hidden": "blur", "segments": "slic", "n_segments": 50}
    return Explained(explain, image, asked, engine)


@pytest.mark.parametrize(
    ("height", "width", "window", "stride"), [(12, 12, 6, 3), (13, 17, 4, 2), (9, 10, 5, 5), (6, 8, 6, 1), (7, 7, 2, 2)]
)
def test_every_window_hidden_in_a_loop(height, width, window, stride):
    generator = np.random.Generator(np.random.PCG64(height))
    pixels, hidden = generator.uniform(0, 255, size=(2, 1, height, width)).astype(np.float32)
    image = Image(pixels, hidden, np.zeros((height, width), dtype=np.int32))
    found = occlude(image, window=window, stride=stride)
    result = found.explanation

    whole = model(pixels.astype(np.float64))[0]
    rows, columns = -(-height // stride), -(-width // stride)
    effects = [[[] for _ in range(columns)] for _ in range(rows)]
    n_windows = 0
    for top in range(0, rows * stride - window + 1, stride):
        for left in range(0, columns * stride - window + 1, stride):
            without = pixels[0].copy()
            without[top : top + window, left : left + window] = hidden[0, top : top + window, left : left + window]
            effect = whole - model(without[None].astype(np.float64))[0]
            n_windows += 1
            for row in range(top // stride, (top + window) // stride):
                for column in range(left // stride, (left + window) // stride):
                    effects[row][column].append(effect)
    expected = [np.mean(cell, axis=0) for row in effects for cell in row]
    np.testing.assert_allclose(result.values, expected, atol=1e-12)
    np.testing.assert_array_equal(result.std_error, 0)
    np.testing.assert_allclose(result.prediction, whole)
    np.testing.assert_allclose(result.base_values, model(hidden.astype(np.float64))[0])
    assert result.provenance.n_coalitions == 2 + n_windows == len(found.masks)
    assert result.provenance.estimator == "exact"
    assert result.provenance.parameters == {"window": window, "stride": stride, "hidden": "blur"}
    labels = found.requests[0].segments
    assert labels.shape == (height, width)
    assert [player.segment for player in result.players] == list(range(rows * columns))
    assert len({int(labels[y, x]) for y in range(stride) for x in range(stride)}) == 1


@pytest.mark.parametrize(("side", "window", "stride"), [(224, 48, 16), (28, 6, 2), (10, 3, 1), (2, 2, 1), (1, 1, 1)])
def test_windows_where_none_are_named(side, window, stride):
    def nothing(images):
        return np.zeros((len(images), 2))

    asked = occlude(white_image(side, side), answer=nothing).explanation.provenance.parameters
    assert (asked["window"], asked["stride"]) == (window, stride)


def test_windows_that_change_nothing_are_not_evaluated():
    image = white_image(12, 12)
    hidden = image.pixels.copy()
    hidden[0, 5, 5] = 0
    found = occlude(Image(image.pixels, hidden, image.segments), window=6, stride=3)
    assert len(found.masks) == 2 + 4  # of nine windows, those that cover the pixel
    changed = found.explanation.values.reshape(4, 4, 2).any(axis=2)
    assert changed[1, 1]
    # The upper left cell has one window, which covers the pixel; the lower right one has one, which doesn't.
    assert changed[0, 0]
    assert not changed[3, 3]


def test_partials_say_what_is_still_unknown():
    found = occlude(white_image(40, 40), window=4, stride=2)
    assert [len(request.masks) for request in found.requests] == [2, *[64] * 5, 41]
    assert found.progress[0] == (0, 363)
    assert found.progress[-1] == (363, 363)
    final = found.explanation
    early = found.partial_explanations[0]
    known = ~np.isnan(early.std_error[:, 0])
    np.testing.assert_allclose(early.values[known], final.values[known], atol=1e-12)
    assert (early.values.reshape(10, 2, 10, 2, 2).any(axis=(1, 3, 4))).mean() > 0.8  # a picture of the whole
    assert early.provenance.estimator == "unfinished"
    whole = occlude(white_image(40, 40), lambda images: (images.min(axis=(1, 2)) > 0)[:, None] * [1.0, 2], 4, 2)
    assert {1, 2} <= set(np.unique(whole.partial_explanations[0].values)) <= {0, 1, 2}  # means over what is known
    unknown = [np.isnan(partial.std_error).sum() for partial in found.partial_explanations]
    assert unknown == sorted(unknown, reverse=True)


@pytest.mark.parametrize(
    ("window", "stride", "next"),
    [
        (7, 3, "Give a multiple of 3 up to 12, or another stride."),
        (15, 3, "Give a multiple of 3 up to 12, or another stride."),
        (2, 4, "Give a multiple of 4 up to 12, or another stride."),
    ],
)
def test_a_window_that_does_not_fit_is_refused(window, stride, next):
    with pytest.raises(InputError, match="doesn't fit") as caught:
        occlude(white_image(17, 13), window=window, stride=stride)
    assert caught.value.next == next


def test_a_stride_too_small_is_refused():
    with pytest.raises(InputError, match='parameter "stride"') as caught:
        occlude(white_image(100, 100), window=10, stride=1)
    assert caught.value.next == "Give 2 or more."


def test_a_text_leaves_one_part_out_at_a_time():
    def game(masks):
        return np.stack([masks.all(axis=1) * 1.0, masks @ [1.0, 2, 4, 8]], axis=1)

    text = Parts("text", 4, unchanging=[2])
    asked = {"window": None, "stride": None, "units": "words", "hidden": "mask"}
    found = Explained(explain, text, asked, lambda request: game(request.masks))
    result = found.explanation
    np.testing.assert_array_equal(result.values, [[1, 1], [1, 2], [0, 0], [1, 8]])
    np.testing.assert_array_equal(result.prediction, [1, 15])
    np.testing.assert_array_equal(result.base_values, [0, 0])
    np.testing.assert_array_equal(result.std_error, 0)
    assert sorted(found.masks.sum(axis=1)) == [0, 3, 3, 3, 4]
    assert all(request.segments is None for request in found.requests)
    assert result.segments is None
    assert result.provenance.parameters == {"units": "words", "hidden": "mask"}


@pytest.mark.parametrize("method", ["lime", "occlusion"])
def test_words_of_a_real_text(method):
    pieces = [(0, 4, [5]), (5, 8, [6, 7]), (9, 14, [8])]
    text = passage.read("free the money", pieces, (0, 1, 9), {"units": "words", "hidden": "delete"})
    weights = np.array([0, 0, 0, 0, 0, 1.0, 2, 4, 8])

    class Model:
        def answer(self, request):
            return weights[text.sequences(request.masks)].sum(axis=1)[:, None]

    result = run(start(method, Spec(("sum",), (0,)), text, {}), Model())
    assert [player.span for player in result.players] == [(0, 4), (5, 8), (9, 14)]
    assert result.prediction.tolist() == [15]
    np.testing.assert_allclose(result.values[:, 0], [1, 6, 8], atol=0 if method == "occlusion" else 0.3)
    assert result.provenance.parameters["hidden"] == "delete"


def test_its_parameters_are_read():
    assert METHOD.read({}) == {"window": None, "stride": None}
