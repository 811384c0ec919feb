"""The image value function equals blending by hand, in every unit, and says which models it can't take."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from onnx import ModelProto, TensorProto, helper

from tests.graph.image_models import HEIGHT, WIDTH, cnn
from tests.graph.models import OPSETS, build
from xaiweb.errors import ModelError
from xaiweb.graph.image import image_value_function, webgl_image_value_function
from xaiweb.graph.image_model import ImageInfo, describe_image, over_pixels
from xaiweb.graph.model import plain
from xaiweb.graph.operators import unsupported
from xaiweb.graph.value_function import scales

RNG = np.random.default_rng(8)
MEAN, STD = (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)
N_SEGMENTS = 4
SEGMENTS = RNG.permutation(np.arange(HEIGHT * WIDTH) % N_SEGMENTS).astype(np.int32)
MASKS = np.array(list(itertools.product([0, 1], repeat=N_SEGMENTS)), np.float32)


def pictures(channels: int = 3) -> dict[str, np.ndarray]:
    names = ("x", "hidden")
    return {name: RNG.integers(0, 256, (1, channels, HEIGHT, WIDTH)).astype(np.float32) for name in names}


def ready(model: ModelProto, channels: int = 3) -> tuple[ModelProto, ImageInfo]:
    """The plain model over pixels."""
    whole = over_pixels(model, describe_image(model), MEAN[:channels], STD[:channels])
    info = describe_image(whole)
    return plain(whole, info), info


def run(model: ModelProto, **feeds: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, feeds)[0]


def by_hand(given: dict[str, np.ndarray], masks: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """One blended and normalised image per mask, pixel by pixel, in float64."""
    result = np.empty((len(masks), *given["x"].shape[1:]))
    for n, mask in enumerate(masks):
        for i, (c, y, x) in enumerate(itertools.product(*map(range, result.shape[1:]))):
            share = float(mask[segments[y * WIDTH + x]])
            pixel = share * float(given["x"].flat[i]) + (1 - share) * float(given["hidden"].flat[i])
            result[n, c, y, x] = (pixel / 255 - MEAN[c]) / STD[c]
    return result


def logit(p: np.ndarray) -> np.ndarray:
    return np.log(p) - np.log1p(-p)


@pytest.mark.parametrize("opset", OPSETS)
@pytest.mark.parametrize(("link", "n_outputs", "channels"), [("Softmax", 3, 3), ("Softmax", 2, 3), ("Sigmoid", 1, 1)])
def test_equals_blending_by_hand_in_every_scale(opset: int, link: str, n_outputs: int, channels: int) -> None:
    case = cnn(opset, link=link, n_outputs=n_outputs, channels=channels)
    model, info = ready(case.model, channels)
    given = pictures(channels)
    images = by_hand(given, MASKS, SEGMENTS)
    wanted = {"output": case.forward(images), "margin": case.margin(images), "logit": logit(case.forward(images))}
    assert scales(model, info, probability=True) == tuple(wanted)
    for scale, values in wanted.items():
        found = run(image_value_function(model, info, scale), **given, segments=SEGMENTS, masks=MASKS)
        assert found.shape == (16, n_outputs)
        np.testing.assert_allclose(found, values, rtol=2e-5, atol=2e-5)


def test_masks_may_be_shares_and_segments_single_pixels() -> None:
    case = cnn()
    model, info = ready(case.model)
    given = pictures()
    pixels = np.arange(HEIGHT * WIDTH, dtype=np.int32)
    shares = RNG.random((3, HEIGHT * WIDTH)).astype(np.float32)
    found = run(image_value_function(model, info, "output"), **given, segments=pixels, masks=shares)
    np.testing.assert_allclose(found, case.forward(by_hand(given, shares, pixels)), atol=2e-5)


def test_a_mask_of_ones_is_the_model_s_answer_whatever_is_hidden() -> None:
    model, info = ready(cnn().model)
    given = pictures()
    found = run(image_value_function(model, info, "output"), **given, segments=SEGMENTS, masks=MASKS[[0, -1]])
    np.testing.assert_array_equal(found[1:], run(model, pixels=given["x"]))
    np.testing.assert_array_equal(found[:1], run(model, pixels=given["hidden"]))


@pytest.mark.parametrize("opset", [13, 18, 20])
@pytest.mark.parametrize("scale", ["output", "margin", "logit"])
@pytest.mark.parametrize("keepdims", [True, False])
def test_the_webgl_variant_equals_the_plain_graph_with_only_its_operators(
    opset: int, scale: str, keepdims: bool
) -> None:
    model, info = ready(cnn(opset, keepdims=keepdims).model)
    given = pictures()
    fixed = webgl_image_value_function(model, info, scale, len(MASKS))
    assert unsupported(fixed)["webgl"] is None
    assert not {node.op_type for node in fixed.graph.node} & {"Where", "Constant", "ReduceMean", "Expand"}
    shapes = {
        v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in (*fixed.graph.input, *fixed.graph.output)
    }
    image = [1, 3, HEIGHT, WIDTH]
    assert shapes == {"x": image, "hidden": image, "fields": [16, 1, HEIGHT, WIDTH], "values": [16, 3]}
    fields = MASKS[:, SEGMENTS].reshape(-1, 1, HEIGHT, WIDTH)
    wanted = run(image_value_function(model, info, scale), **given, segments=SEGMENTS, masks=MASKS)
    np.testing.assert_allclose(run(fixed, **given, fields=fields), wanted, rtol=1e-6, atol=1e-6)


def test_an_operator_that_webgl_lacks_is_named() -> None:
    model, info = ready(cnn().model)
    erf = next(node for node in model.graph.node if node.op_type == "Relu")
    erf.op_type = "Erf"
    with pytest.raises(ModelError, match="Erf") as refusal:
        webgl_image_value_function(model, info, "output", 4)
    assert refusal.value.code == "webgl-unsupported"


def test_a_batch_of_one_is_freed_where_the_model_allows_it() -> None:
    case = cnn(batch=1)
    model, info = ready(case.model)
    given = pictures()
    found = run(image_value_function(model, info, "output"), **given, segments=SEGMENTS, masks=MASKS)
    np.testing.assert_allclose(found, case.forward(by_hand(given, MASKS, SEGMENTS)), atol=2e-5)


def test_free_sizes_are_pinned() -> None:
    model = cnn(channels="c", size=("h", "w")).model
    info = describe_image(model, (HEIGHT, WIDTH), 3)
    assert info.row_shape == (3, HEIGHT, WIDTH)
    assert info.n_features == 3 * HEIGHT * WIDTH


def bare(shape: list[int | str], kind: int = TensorProto.FLOAT) -> ModelProto:
    nodes = [helper.make_node("Cast", ["a"], ["f"], to=TensorProto.FLOAT), helper.make_node("Flatten", ["f"], ["b"])]
    return build(nodes, {}, [("a", kind, shape)], [("b", ["n", 12])])


@pytest.mark.parametrize(
    ("model", "given", "code", "words"),
    [
        (cnn(batch=1, fixed_inside=True).model, {}, "model-fixed-batch", "dynamic first dimension"),
        (cnn(fixed_inside=True).model, {}, "model-fixed-batch", "dynamic first dimension"),
        (cnn(size=("h", "w")).model, {}, "model-size-unknown", "size=(height, width)"),
        (cnn().model, {"size": (9, 9)}, "model-size", "height 5, 9 was given"),
        (cnn().model, {"channels": 1}, "model-size", "channels 3, 1 was given"),
        (bare(["n", 2, 2, 3]), {}, "model-channels", "Transpose"),
        (bare(["n", 2, 2, 3]), {"channels": 3}, "model-size", "Transpose"),
        (bare(["n", 12]), {}, "model-input-rank", "rank 2"),
        (bare(["n", 3, 2, 2], TensorProto.UINT8), {}, "model-input-type", "uint8"),
    ],
)
def test_other_models_are_refused_with_what_to_change(
    model: ModelProto, given: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(ModelError) as refusal:
        describe_image(model, **given)
    assert refusal.value.code == code
    assert words in str(refusal.value)


@pytest.mark.parametrize(("mean", "std"), [((0.5,), STD), (MEAN, (1.0,)), (MEAN, (0.2, 0.0, 0.2))])
def test_a_normalisation_that_does_not_fit_is_refused(mean: tuple[float, ...], std: tuple[float, ...]) -> None:
    model = cnn().model
    with pytest.raises(ModelError, match="mean and std must"):
        over_pixels(model, describe_image(model), mean, std)
