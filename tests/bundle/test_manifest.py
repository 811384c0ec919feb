from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bundle.conftest import FILES, MANIFEST
from xaiweb.bundle import schemas
from xaiweb.bundle.files import identity
from xaiweb.bundle.tabular import TabularManifest, load_features
from xaiweb.errors import BundleError


def test_a_manifest_survives_the_round_trip(document: dict[str, Any]) -> None:
    assert TabularManifest.from_dict(document).to_dict() == document
    schemas.check("manifest", TabularManifest.from_dict(document).to_dict())


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (["features", 1, "kind"], "number", "manifest.features[1]"),
        (["features", 0, "min"], "18", "manifest.features[0].min"),
        (["features", 0, "min"], 100, "manifest.features[0].min"),
        (["features", 1, "levels", 1, "name"], "rents", "manifest.features[1].levels"),
        (["features", 1, "name"], "age", "manifest.features"),
        (["players", 1, "columns"], ["home"], "manifest.players"),
        (["decision", "output"], "nobody", "manifest.decision.output"),
        (["scales", 0, "name"], "logit", "manifest.scales[0].name"),
        (["scales", 0, "graph"], "other.onnx", "manifest.scales[0].graph"),
        (["scales", 0, "graph"], "../value.onnx", "manifest.scales[0].graph"),
        (["examples", 0, "values"], {"age": 1}, "manifest.examples[0].values"),
        (["scales", 0, "graph"], "value.onnx\n", "manifest.scales[0].graph"),
        (["name"], "tiny\n", "manifest.name"),
        (["decision", "threshold"], float("inf"), "manifest.decision.threshold"),
        (["features", 0, "max"], float("nan"), "manifest.features[0].max"),
        (["files", "model.onnx", "sha256"], "ABC", "manifest.files.model.onnx.sha256"),
        (["version"], 2, "manifest.version"),
        (["surprise"], 1, "manifest"),
    ],
)
def test_a_wrong_node_is_named(document: dict[str, Any], path: list[Any], value: object, where: str) -> None:
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    with pytest.raises(BundleError) as raised:
        TabularManifest.from_dict(document)
    assert raised.value.where == where
    assert raised.value.next


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def nodes(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += nodes(item, (*path, key))
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_fuzzed_manifest_is_accepted_or_refused_with_a_path(data: st.DataObject) -> None:
    document = copy.deepcopy(MANIFEST)
    document["files"] = {name: vars(identity(content)) for name, content in FILES.items()}
    for path in data.draw(st.lists(st.sampled_from(nodes(document)), min_size=1, max_size=3)):
        node: Any = document
        try:
            for step in path[:-1]:
                node = node[step]
            if data.draw(st.booleans()):
                node[path[-1]] = data.draw(json_values)
            else:
                del node[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this node away
    refused = None
    try:
        accepted = TabularManifest.from_dict(document)
    except BundleError as error:
        refused = error
    if refused is None:
        assert json.loads(json.dumps(accepted.to_dict())) == document
    else:
        assert refused.where.startswith("manifest")


@settings(max_examples=100, deadline=None)
@given(document=json_values)
def test_anything_else_is_refused(document: object) -> None:
    with pytest.raises(BundleError):
        TabularManifest.from_dict(document)


def test_protected_features_are_told_apart() -> None:
    visible, hidden = load_features(
        [{"name": "age"}, {"name": "sex", "levels": [{"name": "f"}, {"name": "m"}], "protected": True}]
    )
    assert [f.name for f in visible] == ["age"]
    assert [(f.name, f.kind) for f in hidden] == [("sex", "category")]


def test_a_category_without_levels_is_refused() -> None:
    with pytest.raises(BundleError, match="needs levels") as raised:
        load_features([{"name": "age"}, {"name": "home", "kind": "category"}])
    assert raised.value.where == "features[1]"
