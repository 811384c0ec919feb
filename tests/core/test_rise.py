"""RISE: equation 6 with masks made pixel by pixel, what it finds, and how steady it is."""

import numpy as np
import pytest

from tests.core.subjects import Explained, white_image
from xaiweb.core.cells import MAX_CELLS, cells
from xaiweb.core.methods.rise import METHOD, draw, explain
from xaiweb.core.requests import Fields
from xaiweb.errors import InputError


def rise(answer, height, width, **asked):
    settings = {"budget": 201, "grid": 4, "cell": 3, "seed": 0, "hidden": "blur", "segments": "slic", "n_segments": 5}

    def engine(request):
        assert isinstance(request, Fields)
        return answer(request.fields.astype(np.float64))

    return Explained(explain, white_image(height, width), settings | asked, engine)


def bits(seed, grid):
    return np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(grid,)))


def slowly(grid_of_bits, height, width, across, down):
    """One mask: the grid upsampled pixel by pixel to one patch more than needed, and cut out at an offset."""
    grid = len(grid_of_bits)
    patch_height, patch_width = -(-height // grid), -(-width // grid)

    def along(pixel, patch):
        place = (pixel + 0.5) / ((grid + 1) * patch) * grid - 0.5
        place = min(max(place, 0), grid - 1)
        first = int(place)
        return first, min(first + 1, grid - 1), place - first

    mask = np.zeros((height, width))
    for y in range(height):
        top, bottom, low = along(y + down, patch_height)
        for x in range(width):
            left, right, far = along(x + across, patch_width)
            upper = (1 - far) * grid_of_bits[top, left] + far * grid_of_bits[top, right]
            lower = (1 - far) * grid_of_bits[bottom, left] + far * grid_of_bits[bottom, right]
            mask[y, x] = (1 - low) * upper + low * lower
    return mask


@pytest.mark.parametrize(("height", "width", "grid", "side"), [(12, 12, 3, 4), (13, 10, 4, 3), (5, 9, 7, 2)])
def test_masks_are_grids_upsampled_and_shifted(height, width, grid, side):
    masks = draw(bits(1, grid), 6, height, width, grid)
    drawn = bits(1, grid).random_raw(6 * (grid * grid + 2)).reshape(6, -1)
    pixels = masks.pixels()
    assert pixels.dtype == np.float32
    offsets = set()
    for mask, numbers, found in zip(pixels, drawn, masks.means(side), strict=True):
        down = int(int(numbers[0]) * -(-height // grid) / 2**64)
        across = int(int(numbers[1]) * -(-width // grid) / 2**64)
        offsets.add((down, across))
        patches = np.array([int(number) >> 63 for number in numbers[2:]]).reshape(grid, grid)
        expected = slowly(patches, height, width, across, down)
        np.testing.assert_allclose(mask, expected, atol=1e-6)
        for label, mean in enumerate(found):
            assert mean == pytest.approx(expected[cells(height, width, side) == label].mean())
    assert len(offsets) > 1


def network(fields):
    """Two outputs with interactions between distant pixels."""
    n, height, width = fields.shape
    weights = np.random.Generator(np.random.PCG64(3)).normal(size=(height * width, 4))
    inner = np.tanh(fields.reshape(n, -1) @ weights / 4)
    return np.stack([inner[:, 0] * inner[:, 1] + inner[:, 2], 5 + np.exp(inner[:, 3])], axis=1)


def test_base_value_and_value_are_the_saliency_of_equation_6():
    found = rise(network, 13, 10, budget=151)
    fields = np.concatenate([request.fields for request in found.requests])
    np.testing.assert_array_equal(fields[0], 1)
    answers, masks = network(fields.astype(np.float64))[1:], fields[1:].astype(np.float64)
    labels = cells(13, 10, 3)
    saliency = np.zeros((13, 10, 2))
    for mask, answer in zip(masks, answers, strict=True):
        saliency += mask[:, :, None] * answer
    saliency /= 0.5 * len(masks)  # E[M] N
    expected = [saliency[labels == label].mean(axis=0) for label in range(labels.max() + 1)]
    result = found.explanation
    np.testing.assert_allclose(result.base_values + result.values, expected, atol=1e-6)
    np.testing.assert_allclose(result.base_values, answers.mean(axis=0))
    np.testing.assert_allclose(result.prediction, network(np.ones((1, 13, 10)))[0])
    np.testing.assert_allclose(masks.mean(axis=0), 0.5, atol=1e-6)  # so E[M] is met exactly
    assert [player.segment for player in result.players] == list(range(20))
    assert (result.segments.height, result.segments.width) == (13, 10)
    assert result.provenance.parameters == {"budget": 151, "grid": 4, "cell": 3, "hidden": "blur"}
    assert result.provenance.n_coalitions == 151 == len(fields)


def test_a_place_that_matters_stands_out():
    def bright(fields):
        here = fields[:, 9:15, 3:9].mean(axis=(1, 2))
        return np.stack([here, 1 - here], axis=1)

    values = rise(bright, 24, 24, budget=801).explanation.values
    rows, columns = np.divmod(values[:, 0].argmax(), 8)
    assert (rows, columns) in {(3, 1), (3, 2), (4, 1), (4, 2)}
    np.testing.assert_allclose(values[:, 1], -values[:, 0], atol=1e-9)


def test_a_constant_answer_gives_an_empty_map():
    result = rise(lambda fields: np.full((len(fields), 2), 7.0), 12, 12).explanation
    np.testing.assert_array_equal(result.values, 0)
    np.testing.assert_array_equal(result.std_error, 0)
    np.testing.assert_array_equal(result.base_values, 7)


def test_standard_errors_are_those_of_repetition():
    runs = [rise(network, 12, 12, budget=65, seed=seed).explanation for seed in range(120)]
    repeated = np.std([run.values for run in runs], axis=0)
    told = np.sqrt(np.mean([run.std_error**2 for run in runs], axis=0))
    assert told.mean() / repeated.mean() == pytest.approx(1, abs=0.12)


def test_requests_are_small_and_partials_are_results_of_smaller_budgets():
    found = rise(network, 12, 12, budget=160)
    assert [len(request.fields) for request in found.requests] == [1, 64, 64, 30]
    assert found.progress == [(0, 159), (1, 159), (65, 159), (129, 159), (159, 159)]
    assert len(found.partials) == 2
    for partial, budget in zip(found.partial_explanations, (65, 129), strict=True):
        smaller = rise(network, 12, 12, budget=budget).explanation
        np.testing.assert_allclose(partial.values, smaller.values, atol=1e-12)
        np.testing.assert_allclose(partial.std_error, smaller.std_error, atol=1e-12)
        assert partial.provenance.n_coalitions == budget


def test_the_smallest_budget_has_no_standard_error():
    result = rise(network, 12, 12, budget=3).explanation
    assert np.isnan(result.std_error).all()
    assert np.isfinite(result.values).all()


def test_seeds():
    one, again, other = (rise(network, 12, 12, seed=seed).explanation.values for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_cells_too_small_are_refused():
    with pytest.raises(InputError, match=f"more than {MAX_CELLS}") as caught:
        rise(network, 200, 100, cell=1)
    assert caught.value.next == "Give 3 or more."
    assert len(rise(network, 200, 100, cell=3, budget=3).explanation.players) == 67 * 34


def test_its_parameters_are_read():
    assert METHOD.read({}) == {"budget": 1000, "grid": 7, "cell": None, "seed": 0}


@pytest.mark.parametrize(("height", "width", "cell"), [(224, 224, 8), (28, 40, 1), (10, 9, 1), (60, 100, 2)])
def test_cells_where_no_size_is_named(height, width, cell):
    result = rise(lambda fields: np.zeros((len(fields), 2)), height, width, budget=3, cell=None).explanation
    assert result.provenance.parameters["cell"] == cell
    assert len(result.players) == -(-height // cell) * -(-width // cell)
