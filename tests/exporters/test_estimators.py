"""Every common estimator equals itself as a graph, on real rows, at their edges, and with gaps where it takes them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_selection import SelectKBest
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import (
    BayesianRidge,
    ElasticNet,
    GammaRegressor,
    HuberRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    PoissonRegressor,
    Ridge,
    SGDClassifier,
    TweedieRegressor,
)
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from xaiweb.errors import ModelError, ParityError
from xaiweb.exporters import sklearn as exporter
from xaiweb.exporters.parity import check, edge_rows
from xaiweb.graph.model import describe
from xaiweb.graph.operators import unsupported
from xaiweb.graph.value_function import scales

TWO, THREE, AMOUNT = load_breast_cancer(), load_wine(), load_diabetes(scaled=False)
SCALE = StandardScaler
MISSING = [{"name": f"x{j}", "missing": True} for j in range(6)]

CLASSIFIERS = {
    "logistic regression": LogisticRegression(max_iter=500),
    "logistic regression, one by one": OneVsRestClassifier(LogisticRegression(max_iter=50)),
    "logistic regression, searched": GridSearchCV(
        make_pipeline(SCALE(), LogisticRegression()), {"verbose": [False]}, cv=2
    ),
    "linear discriminant": LinearDiscriminantAnalysis(),
    "quadratic discriminant": QuadraticDiscriminantAnalysis(reg_param=0.1),
    "SGD": make_pipeline(SCALE(), SGDClassifier(loss="modified_huber", random_state=0)),
    "SVC": make_pipeline(SCALE(), SVC(probability=True, random_state=0)),
    "linear SVC": make_pipeline(SCALE(), SVC(kernel="linear", probability=True, random_state=0)),
    "nu-SVC": make_pipeline(SCALE(), NuSVC(probability=True, random_state=0)),
    "neighbours": make_pipeline(SCALE(), KNeighborsClassifier()),
    "neighbours by distance": make_pipeline(SCALE(), KNeighborsClassifier(7, weights="distance")),
    "neighbours in another metric": make_pipeline(SCALE(), KNeighborsClassifier(metric="manhattan")),
    "MLP": make_pipeline(SCALE(), MLPClassifier((8,), max_iter=60, random_state=0)),
    "MLP of three layers": make_pipeline(
        SCALE(), MLPClassifier((5, 4, 3), activation="tanh", max_iter=30, random_state=0)
    ),
    "Gaussian Bayes": GaussianNB(),
    "multinomial Bayes": MultinomialNB(),
    "complement Bayes": ComplementNB(),
    "Bernoulli Bayes": make_pipeline(SCALE(), BernoulliNB()),
    "tree": DecisionTreeClassifier(random_state=0),
    "random forest": RandomForestClassifier(8, random_state=0),
    "extra trees": ExtraTreesClassifier(8, random_state=0),
    "forest behind a scaler": make_pipeline(SCALE(), RandomForestClassifier(8, random_state=0)),
    "boosting": GradientBoostingClassifier(n_estimators=8, random_state=0),
    "boosting from zero": GradientBoostingClassifier(n_estimators=8, init="zero", random_state=0),
    "histogram boosting": HistGradientBoostingClassifier(max_iter=8),
    "histogram boosting behind a scaler": make_pipeline(SCALE(), HistGradientBoostingClassifier(max_iter=8)),
    "AdaBoost": AdaBoostClassifier(n_estimators=5, random_state=0),
    "bagging": BaggingClassifier(n_estimators=3, random_state=0),
    "calibrated, sigmoid": CalibratedClassifierCV(make_pipeline(SCALE(), LinearSVC()), cv=2),
    "calibrated forest": CalibratedClassifierCV(RandomForestClassifier(5, random_state=0), cv=2),
    "calibrated boosting": CalibratedClassifierCV(HistGradientBoostingClassifier(max_iter=5), cv=2),
    "calibrated, isotonic": CalibratedClassifierCV(DecisionTreeClassifier(max_depth=4), method="isotonic", cv=2),
    "calibrated, temperature": CalibratedClassifierCV(GaussianNB(), method="temperature", cv=2),
    "calibrated SVC": CalibratedClassifierCV(make_pipeline(SCALE(), SVC()), cv=2),
    "voting": VotingClassifier(
        [("a", make_pipeline(SCALE(), LogisticRegression())), ("b", GaussianNB())], voting="soft", weights=[1, 3]
    ),
    "stacking": StackingClassifier([("a", GaussianNB()), ("b", DecisionTreeClassifier(max_depth=3))], cv=2),
}

REGRESSORS = {
    "least squares": LinearRegression(),
    "ridge": make_pipeline(SCALE(), Ridge()),
    "lasso": Lasso(),
    "elastic net": ElasticNet(),
    "Huber": make_pipeline(SCALE(), HuberRegressor()),
    "Bayesian ridge": BayesianRidge(),
    "Poisson": make_pipeline(SCALE(), PoissonRegressor()),
    "gamma": make_pipeline(SCALE(), GammaRegressor()),
    "Tweedie": make_pipeline(SCALE(), TweedieRegressor(power=1.5)),
    "SVR": make_pipeline(SCALE(), SVR()),
    "neighbours": make_pipeline(SCALE(), KNeighborsRegressor()),
    "neighbours by distance": KNeighborsRegressor(weights="distance"),
    "MLP": make_pipeline(SCALE(), MLPRegressor(hidden_layer_sizes=(8,), max_iter=60, random_state=0)),
    "tree": DecisionTreeRegressor(max_depth=5),
    "random forest": RandomForestRegressor(8, random_state=0),
    "extra trees": ExtraTreesRegressor(8, random_state=0),
    "boosting": GradientBoostingRegressor(n_estimators=8, loss="huber", random_state=0),
    "histogram boosting": HistGradientBoostingRegressor(max_iter=8),
    "histogram boosting, counts": HistGradientBoostingRegressor(max_iter=8, loss="poisson"),
    "voting": VotingRegressor([("a", LinearRegression()), ("b", DecisionTreeRegressor(max_depth=3))], weights=[2, 1]),
    "stacking": StackingRegressor([("a", LinearRegression()), ("b", DecisionTreeRegressor(max_depth=3))], cv=2),
    "a target's logarithm": TransformedTargetRegressor(LinearRegression(), func=np.log1p, inverse_func=np.expm1),
    "a scaled target": TransformedTargetRegressor(make_pipeline(SCALE(), Ridge()), transformer=StandardScaler()),
}
SEVERAL = {
    "least squares": LinearRegression(),
    "neighbours": KNeighborsRegressor(),
    "random forest": RandomForestRegressor(5, random_state=0),
    "MLP": make_pipeline(SCALE(), MLPRegressor(hidden_layer_sizes=(8,), max_iter=60, random_state=0)),
    "one boosting each": MultiOutputRegressor(GradientBoostingRegressor(n_estimators=5, random_state=0)),
    "a chain": RegressorChain(Ridge(), order=[1, 0]),
}
STEPS = {
    "min and max": MinMaxScaler(feature_range=(-1, 2), clip=True),
    "robust": RobustScaler(),
    "largest": MaxAbsScaler(),
    "unit length": Normalizer(),
    "quantiles": QuantileTransformer(n_quantiles=20),
    "polynomial": make_pipeline(SCALE(), PolynomialFeatures(3, include_bias=False)),
    "products": make_pipeline(SCALE(), PolynomialFeatures(2, interaction_only=True)),
    "components": make_pipeline(SCALE(), PCA(3, whiten=True)),
    "the best three": SelectKBest(k=3),
    "side by side": FeatureUnion([("a", PCA(2)), ("b", SCALE()), ("c", "drop")], transformer_weights={"b": 0.5}),
    "a logarithm": FunctionTransformer(np.log1p),
    "by position": ColumnTransformer([("a", SCALE(), [2, 0]), ("b", "passthrough", slice(3, 5))]),
}
GAPS = {
    "imputed": make_pipeline(SimpleImputer(strategy="median"), SCALE(), LogisticRegression()),
    "imputed and marked": make_pipeline(SimpleImputer(add_indicator=True), RandomForestClassifier(5, random_state=0)),
    "random forest": RandomForestClassifier(8, random_state=0),
    "extra trees": ExtraTreesClassifier(8, random_state=0),
    "tree": DecisionTreeClassifier(),
    "histogram boosting": HistGradientBoostingClassifier(max_iter=8),
}
REFUSED = {
    "a neighbour at no distance": (KNeighborsClassifier(metric="manhattan", weights="distance"), ParityError),
    "a Gaussian process": (GaussianProcessClassifier(max_iter_predict=2), ModelError),
    "an imputer by neighbours": (make_pipeline(KNNImputer(), LogisticRegression()), ModelError),
    "a function of its own": (make_pipeline(FunctionTransformer(lambda x: x), LogisticRegression()), ModelError),
    "boosting from another model": (GradientBoostingClassifier(n_estimators=2, init=GaussianNB()), ModelError),
    "a linear SVC": (LinearSVC(), ModelError),
    "hard votes": (VotingClassifier([("a", GaussianNB())]), ModelError),
}


def fitted(estimator: Any, rows: np.ndarray, target: np.ndarray) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits cut short
        return estimator.fit(rows, target)


def exported(estimator: Any, rows: np.ndarray, target: np.ndarray, features: Any = None) -> Any:
    """The graph, after comparing it with the estimator on all rows and the edges."""
    fitted(estimator, rows, target)
    graph = exporter.to_onnx(estimator, rows)
    numbers = rows.astype(np.float32)
    edges = edge_rows(features or [{"name": str(j)} for j in range(rows.shape[1])], numbers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(exporter.reference(estimator, rows), graph, np.concatenate([numbers, edges]))
        answer = estimator.predict_proba if hasattr(estimator, "predict_proba") else estimator.predict
        check(lambda _: answer(rows), graph, numbers)  # the rows as they are, not as float32 has them
    assert describe(graph).n_outputs == len(exporter.outputs(estimator, describe(graph).n_outputs))
    return graph


@pytest.mark.parametrize("estimator", CLASSIFIERS.values(), ids=CLASSIFIERS)
@pytest.mark.parametrize("data", [TWO, THREE], ids=["two classes", "three"])
def test_a_classifier_gives_its_probabilities(estimator: Any, data: Any) -> None:
    exported(estimator, data.data[:, :6], data.target_names[data.target])


@pytest.mark.parametrize("estimator", REGRESSORS.values(), ids=REGRESSORS)
def test_a_regressor_gives_its_prediction(estimator: Any) -> None:
    exported(estimator, AMOUNT.data, AMOUNT.target)


@pytest.mark.parametrize("estimator", SEVERAL.values(), ids=SEVERAL)
def test_several_targets_have_an_output_each(estimator: Any) -> None:
    targets = np.stack([AMOUNT.target, AMOUNT.data[:, 2] ** 2], axis=1)
    graph = exported(estimator, AMOUNT.data, targets)
    assert exporter.outputs(estimator, describe(graph).n_outputs) == [
        ("prediction 0", "number"),
        ("prediction 1", "number"),
    ]


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_what_a_step_makes_is_made_in_the_graph(step: Any) -> None:
    exported(make_pipeline(step, LogisticRegression(max_iter=50)), THREE.data[:, :6], THREE.target)


@pytest.mark.parametrize("estimator", GAPS.values(), ids=GAPS)
def test_a_missing_number_goes_where_the_estimator_sends_it(estimator: Any) -> None:
    rows = THREE.data[:, :6].copy()
    rows[np.random.default_rng(0).random(rows.shape) < 0.2] = np.nan
    exported(estimator, rows, THREE.target, MISSING)


def test_numbers_may_be_encoded_as_categories() -> None:
    rows = np.stack([AMOUNT.data[:, 1], AMOUNT.data[:, 0].round(-1), AMOUNT.data[:, 2]], axis=1)  # sex, decade
    encoder = ColumnTransformer(
        [
            ("a", OneHotEncoder(handle_unknown="ignore"), [0]),
            ("b", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), [1]),
        ],
        remainder="passthrough",
    )
    estimator = make_pipeline(encoder, LinearRegression())
    graph = exported(estimator, rows, AMOUNT.target)
    unknown = np.array([[3, 20, 25], [1, 1000, 25]], np.float32)  # no such sex, no such decade
    check(exporter.reference(estimator, rows), graph, unknown)


def test_numbers_that_are_categories_to_trees() -> None:
    rows = np.stack([AMOUNT.data[:, 0].round(-1), AMOUNT.data[:, 2]], axis=1)
    rows[::7, 0] = np.nan
    estimator = HistGradientBoostingRegressor(max_iter=8, categorical_features=[0])
    exported(estimator, rows, AMOUNT.target, MISSING[:2])


def test_a_value_stays_on_its_side_of_a_threshold_it_equals() -> None:
    """Percentiles of long columns are values of it; 0.1 is above 0.1 in float32."""
    values = np.round(np.random.default_rng(0).random(3000), 3)[:, None]
    estimator = HistGradientBoostingRegressor(max_iter=5, max_bins=16).fit(values, np.sin(9 * values[:, 0]))
    thresholds = {t for stage in estimator._predictors for t in stage[0].nodes["num_threshold"]}
    assert thresholds & set(values[:, 0])
    exported(estimator, values, np.sin(9 * values[:, 0]))


@pytest.mark.parametrize(
    "estimator",
    [DecisionTreeRegressor(), ExtraTreesRegressor(5, random_state=0), GradientBoostingRegressor(n_estimators=5)],
    ids=["tree", "extra trees", "boosting"],
)
def test_thresholds_are_kept_to_the_last_bit(estimator: Any) -> None:
    rows = AMOUNT.data[:, [2, 4]]
    graph = exported(estimator, rows, AMOUNT.target)
    node = next(node for node in graph.graph.node if node.op_type == "TreeEnsembleRegressor")
    found = np.array(next(a.floats for a in node.attribute if a.name == "nodes_values"), np.float32)
    edges = np.concatenate([found, np.nextafter(found, np.float32(-np.inf)), np.nextafter(found, np.float32(np.inf))])
    check(exporter.reference(estimator, rows), graph, np.stack([edges, edges[::-1]], axis=1))


@pytest.mark.parametrize(
    ("estimator", "wanted"),
    [
        (LogisticRegression(max_iter=50), ("output", "margin", "logit")),
        (make_pipeline(SCALE(), MLPClassifier((4,), max_iter=20, random_state=0)), ("output", "margin", "logit")),
        (HistGradientBoostingClassifier(max_iter=3), ("output", "margin", "logit")),
        (GradientBoostingClassifier(n_estimators=3), ("output", "margin", "logit")),
        (RandomForestClassifier(3, random_state=0), ("output", "logit")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_score_before_the_link_is_a_scale(estimator: Any, wanted: tuple[str, ...]) -> None:
    for data in (TWO, THREE):
        graph = exported(estimator, data.data[:, :6], data.target)
        assert scales(graph, describe(graph), probability=True) == wanted


def test_linear_models_and_scalers_need_no_operators_of_their_own() -> None:
    graph = exported(make_pipeline(SCALE(), LogisticRegression()), THREE.data[:, :6], THREE.target)
    assert unsupported(graph)["webgpu"] is None
    trees = exported(make_pipeline(SCALE(), DecisionTreeClassifier()), THREE.data[:, :6], THREE.target)
    assert "TreeEnsembleRegressor" in str(unsupported(trees)["webgpu"])


@pytest.mark.parametrize(("estimator", "kind"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_converted_is_refused_with_a_next_step(estimator: Any, kind: type[ModelError]) -> None:
    with pytest.raises(kind) as refusal:
        exported(estimator, TWO.data[:, :6], TWO.target)
    assert refusal.value.where
    assert refusal.value.next


@pytest.mark.parametrize(
    "estimator", [RandomForestClassifier(3, random_state=0), MultiOutputClassifier(LogisticRegression())]
)
def test_several_classifications_at_once_are_refused(estimator: Any) -> None:
    targets = np.stack([TWO.target, TWO.data[:, 0] > 12], axis=1).astype(int)
    with pytest.raises(ModelError) as refusal:
        exported(estimator, TWO.data[:, :6], targets)
    assert refusal.value.code == "sklearn-targets"


def test_labels_that_may_hold_together_have_an_output_each() -> None:
    targets = np.stack([TWO.target, TWO.data[:, 0] > 12, TWO.data[:, 1] > 20], axis=1).astype(int)
    exported(make_pipeline(SCALE(), MLPClassifier((5,), max_iter=20, random_state=0)), TWO.data[:, :6], targets)


def test_logistic_regression_searched_by_folds() -> None:
    exported(make_pipeline(SCALE(), LogisticRegressionCV(cv=2, Cs=2)), THREE.data[:, :6], THREE.target)
