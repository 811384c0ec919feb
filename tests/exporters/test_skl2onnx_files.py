"""Files that skl2onnx wrote, as users bring them: label outputs, old opsets, ai.onnx.ml alone, ZipMap."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.graph.models import masked
from xaiweb.errors import ModelError
from xaiweb.graph.model import describe, plain
from xaiweb.graph.operators import unsupported
from xaiweb.graph.value_function import scales, value_function
from xaiweb.graph.weights import share_weights

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(80, 4)).astype(np.float32)
NUMBERS = (ROWS @ [1, -1, 0.5, 0] > 0).astype(int)
WORDS = np.where(NUMBERS == 1, "yes", "no")
MASKS = np.array([[0, 0, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]], bool)


def written(estimator: Any, opset: int = 17, zipmap: bool = False, kind: Any = FloatTensorType) -> onnx.ModelProto:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return convert_sklearn(
            estimator,
            initial_types=[("X", kind([None, 4]))],
            target_opset={"": opset, "ai.onnx.ml": 1 if opset < 15 else 3},
            options={id(estimator): {"zipmap": zipmap}},
        )


@pytest.mark.parametrize("opset", [9, 13, 17, 20])
@pytest.mark.parametrize("target", [NUMBERS, WORDS], ids=["number labels", "word labels"])
@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        RandomForestClassifier(5, random_state=0),
        GradientBoostingClassifier(n_estimators=5, random_state=0),
    ],
    ids=["logistic", "pipeline", "forest", "boosting"],
)
def test_classifiers_with_a_label_output(estimator: Any, target: np.ndarray, opset: int) -> None:
    estimator.fit(ROWS, target)
    model = written(estimator, opset)
    info = describe(model, 4)
    assert info.n_outputs == 2
    assert len(info.label_outputs) == 1
    assert scales(model, info, probability=True)[0] == "output"
    graph = value_function(model, info, "output")
    feeds = {"x": ROWS[:1], "background": ROWS[:9], "masks": MASKS}
    values = ort.InferenceSession(graph.SerializeToString()).run(["values"], feeds)[0]
    wanted, _ = masked(estimator.predict_proba, ROWS[:1], ROWS[:9], MASKS)
    np.testing.assert_allclose(values, wanted, atol=1e-6)
    reasons = unsupported(model)
    assert reasons["wasm"] is None
    assert reasons["webgpu"] is not None


def test_only_the_ml_operator_set_is_imported() -> None:
    forest = RandomForestClassifier(5, random_state=0).fit(ROWS, NUMBERS)
    model = written(forest)
    info = describe(model, 4)
    tree = plain(model, info)
    assert {node.domain for node in tree.graph.node} == {"ai.onnx.ml"}
    del tree.opset_import[:]
    tree.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3))
    again = describe(tree, 4)
    graph = value_function(tree, again, "logit")
    feeds = {"x": ROWS[:1], "background": ROWS[:9], "masks": MASKS}
    values, rows = ort.InferenceSession(graph.SerializeToString()).run(["values", "rows"], feeds)
    assert np.isfinite(values).all()
    _, p = masked(forest.predict_proba, ROWS[:1], ROWS[:9], MASKS)
    p = np.clip(p, 2.0**-24, 1 - 2.0**-24)
    np.testing.assert_allclose(rows, np.log(p / (1 - p)), atol=1e-5)


def test_a_zipmap_is_refused() -> None:
    with pytest.raises(ModelError) as refusal:
        describe(written(LogisticRegression().fit(ROWS, NUMBERS), zipmap=True), 4)
    assert refusal.value.code == "model-zipmap"


def test_float64_is_refused() -> None:
    with pytest.raises(ModelError) as refusal:
        describe(written(LogisticRegression().fit(ROWS, NUMBERS), kind=DoubleTensorType), 4)
    assert refusal.value.code == "model-input-type"
    assert "double" in refusal.value.message


def test_trees_survive_the_sharing_of_weights() -> None:
    forest = RandomForestClassifier(5, random_state=0).fit(ROWS, NUMBERS)
    model = written(forest)
    info = describe(model, 4)
    files, weights = share_weights({"model.onnx": plain(model, info)})
    assert weights is None  # a tree's tables are attributes
    answer = ort.InferenceSession(files["model.onnx"]).run([info.output], {info.input: ROWS})[0]
    np.testing.assert_allclose(answer, forest.predict_proba(ROWS), atol=1e-6)
