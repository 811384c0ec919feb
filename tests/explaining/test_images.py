"""Photos explained natively, against the plain model run on pictures that numpy made."""

from __future__ import annotations

import io
import json
from itertools import product
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image as Pillow

from tests.core.games import shapley_by_definition
from xaiweb.cli import main
from xaiweb.core.subjects.image import Image
from xaiweb.errors import InputError
from xaiweb.explaining.images import PhotoExplainer


class Plain:
    """The bundle's plain model, asked about a photo that is partly hidden."""

    def __init__(self, explainer: PhotoExplainer, image: Image) -> None:
        path = str(explainer.bundle.path / explainer.manifest.model.file)
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.image = image

    def __call__(self, pictures: NDArray[np.float32]) -> NDArray[np.float64]:
        (name,) = (i.name for i in self.session.get_inputs())
        return np.asarray(self.session.run(None, {name: pictures})[0], dtype=np.float64)

    def game(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        shown = np.take(masks, self.image.segments, axis=1)[:, None]
        return self(np.where(shown, self.image.pixels, self.image.hidden))


def example(explainer: PhotoExplainer, index: int = 0) -> Path:
    return explainer.bundle.path / explainer.manifest.examples[index].file


@pytest.mark.parametrize("hidden", ["blur", "mean", "grey", "colour", "inpaint"])
@pytest.mark.parametrize("segments", ["slic", "grid"])
def test_few_segments_are_exact(digit: PhotoExplainer, segments: str, hidden: str) -> None:
    asked = {"segments": segments, "n_segments": 9, "hidden": hidden}
    (pixels,) = digit.encode(example(digit))
    image = digit.prepare(pixels, "output", asked)
    explanation = digit(example(digit), outputs=range(10), **asked)[0]
    truth = shapley_by_definition(Plain(digit, image).game, len(image.players))
    np.testing.assert_allclose(explanation.values, truth, rtol=0, atol=1e-6)
    assert explanation.provenance.estimator == "exact"
    assert explanation.segments.labels.tolist() == image.segments.tolist()


def test_from_coarse_to_fine_ends_at_the_owen_values(digit: PhotoExplainer) -> None:
    """Owen values by their definition: the mean over all orders in which each group's two parts may come."""
    asked = {"n_segments": 8}
    (pixels,) = digit.encode(example(digit))
    image = digit.prepare(pixels, "output", asked)
    n = len(image.players)
    assert 6 <= n <= 10
    game = Plain(digit, image).game
    table = game(np.array(list(product([False, True], repeat=n))))
    weights = 2 ** np.arange(n)[::-1]

    def orders(tree: object) -> list[list[int]]:
        if isinstance(tree, int):
            return [[tree]]
        left, right = map(orders, tree)
        return [one + other for a, b in ((left, right), (right, left)) for one in a for other in b]

    found = orders(image.hierarchy())
    truth = np.zeros((n, table.shape[1]))
    for order in found:
        mask = np.zeros(n, dtype=bool)
        for player in order:
            before = table[mask @ weights]
            mask[player] = True
            truth[player] += (table[mask @ weights] - before) / len(found)
    explanation = digit(example(digit), outputs=range(10), estimator="owen", budget=2**n, **asked)[0]
    assert explanation.provenance.estimator == "owen"
    np.testing.assert_allclose(explanation.values, truth, rtol=0, atol=1e-6)


def test_many_segments_are_explained_from_coarse_to_fine_and_add_up(photo: PhotoExplainer) -> None:
    explanation = photo(example(photo), budget=50)[0]
    assert explanation.provenance.estimator == "owen"
    assert explanation.provenance.n_coalitions <= 50
    assert len(explanation.outputs) == 5
    assert list(explanation.prediction) == sorted(explanation.prediction, reverse=True)
    total = explanation.base_values + explanation.values.sum(axis=0)
    np.testing.assert_allclose(total, explanation.prediction, rtol=0, atol=1e-9)


def test_predictions_are_the_plain_models(photo: PhotoExplainer) -> None:
    pixels = photo.encode([example(photo, 0), example(photo, 1)])
    image = photo.prepare(pixels[0], "output", {})
    expected = Plain(photo, image)(np.stack(pixels))
    np.testing.assert_allclose(photo.answers(pixels, "output"), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("method", ["lime", "occlusion", "rise"])
def test_every_method_explains_a_digit(digit: PhotoExplainer, method: str) -> None:
    budget = {} if method == "occlusion" else {"budget": 60}
    explanation = digit(example(digit), method, outputs=[0, 3], **budget)[0]
    assert explanation.outputs == (digit.manifest.outputs[0].name, digit.manifest.outputs[3].name)
    assert np.isfinite(explanation.values).all()
    assert explanation.segments.labels.max() + 1 == len(explanation.players)


def test_a_budget_is_refused_where_there_is_none(digit: PhotoExplainer) -> None:
    with pytest.raises(InputError, match="no such parameter"):
        digit(example(digit), "occlusion", budget=5)
    with pytest.raises(InputError, match="no such parameter"):
        digit(example(digit), "shapley", units="words")


def saved(picture: Pillow.Image, path: Path, **how: object) -> Path:
    picture.save(path, **how)
    return path


def test_photos_are_read_as_a_browser_shows_them(photo: PhotoExplainer, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    (plain,) = photo.encode(colours)
    picture = Pillow.fromarray(colours)
    np.testing.assert_array_equal(photo.encode(saved(picture, tmp_path / "a.png"))[0], plain)
    # EXIF: stored turned by a quarter, shown upright.
    exif = Pillow.Exif()
    exif[0x0112] = 6
    turned = saved(picture.transpose(Pillow.Transpose.ROTATE_90), tmp_path / "b.png", exif=exif)
    np.testing.assert_array_equal(photo.encode(turned)[0], plain)
    # Half transparent black over white is grey 128 or 127.
    clear = Pillow.new("RGBA", (8, 8), (0, 0, 0, 128))
    assert np.abs(photo.encode(saved(clear, tmp_path / "c.png"))[0] - 127).max() <= 1
    grey = Pillow.new("L", (8, 8), 77)
    np.testing.assert_allclose(photo.encode(saved(grey, tmp_path / "d.png"))[0], 77, atol=1e-4)
    deep = Pillow.fromarray(np.full((8, 8), 77 * 257, np.uint16))
    np.testing.assert_allclose(photo.encode(saved(deep, tmp_path / "h.png"))[0], 77, atol=1e-4)
    first, second = Pillow.new("RGB", (8, 8), "red"), Pillow.new("RGB", (8, 8), "blue")
    moving = saved(first, tmp_path / "e.gif", save_all=True, append_images=[second])
    np.testing.assert_allclose(photo.encode(moving)[0][:, 0, 0], [255, 0, 0], atol=1e-3)
    cmyk = saved(Pillow.new("CMYK", (8, 8), (0, 255, 255, 0)), tmp_path / "f.jpg")
    assert photo.encode(cmyk)[0][0].min() > 200
    assert photo.encode(saved(Pillow.new("RGB", (1, 1), "red"), tmp_path / "g.png"))[0].shape == (3, 224, 224)


def test_what_is_no_photo_is_refused(photo: PhotoExplainer, tmp_path: Path) -> None:
    nothing, broken = tmp_path / "a.jpg", tmp_path / "b.jpg"
    nothing.write_text("not a photo")
    buffer = io.BytesIO()
    Pillow.effect_noise((64, 64), 50).save(buffer, "JPEG")
    broken.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    program = saved(Pillow.new("RGB", (8, 8)), tmp_path / "c.eps")  # Pillow would start Ghostscript
    wide = saved(Pillow.new("F", (8, 8)), tmp_path / "d.tif")
    arrays = [np.zeros((4, 4)), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8)]
    for given in (nothing, broken, tmp_path / "missing.jpg", program, wide, *arrays, []):
        for ask in (photo, photo.predict):
            with pytest.raises(InputError) as caught:
                ask(given)
            assert caught.value.next


def test_numbers_are_stacked_only_where_outputs_are_shared(digit: PhotoExplainer) -> None:
    photos = [example(digit, 0), example(digit, 1)]
    asked = {"segments": "grid", "n_segments": 9, "budget": 512}
    likeliest = digit(photos, **asked)
    assert likeliest[0].outputs != likeliest[1].outputs
    assert likeliest.feature_names == [f"segment {i}" for i in range(9)]
    for name in ("values", "std_error", "base_values"):
        with pytest.raises(InputError, match="don't share their outputs"):
            getattr(likeliest, name)
    assert digit(photos, outputs=["3", 8], **asked).values.shape == (2, 9, 2)


def test_the_command_line_hides_by_a_colour(digit: PhotoExplainer) -> None:
    asked = ["explain", digit.bundle.path, "--input", example(digit), "--method", "occlusion", "--colour", "#80FF00"]
    done = CliRunner().invoke(main, [*map(str, asked), "--hidden", "colour"])
    (found,) = json.loads(done.stdout)
    expected = digit(example(digit), method="occlusion", hidden="colour", colour="#80ff00")[0]
    np.testing.assert_array_equal(found["values"], expected.values)
    assert found["provenance"]["parameters"]["colour"] == "#80ff00"
    refused = CliRunner().invoke(main, [*map(str, asked), "--hidden", "grey"])
    assert refused.exit_code == 1
    assert "with grey" in refused.stderr
