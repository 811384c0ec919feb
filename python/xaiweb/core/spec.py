"""What a method is, what it can be told, and what it explains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from xaiweb.core.players import Players
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.errors import InputError

Scale: TypeAlias = Literal["output", "margin", "logit"]
SCALES: tuple[Scale, ...] = ("output", "margin", "logit")


@dataclass(frozen=True)
class Parameter:
    """One thing a method can be told; interfaces draw a control from it.

    Attributes:
        name: As written in code, in the CLI and in provenance.
        kind: ``int``, or ``choice`` of one of ``choices``.
        title: What a person calls it.
        help: One or two sentences for a person.
        default: Its value where it isn't given; None leaves the choice to the method.
        minimum: Least value of an int.
        maximum: Largest value of an int.
        choices: The words of a choice.
    """

    name: str
    kind: Literal["int", "choice"]
    title: str
    help: str
    default: int | str | None
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> int | str | None:
        """The value checked, the default for None.

        Raises:
            InputError: It is of another type, out of range, or not one of the choices.
        """
        if value is None:
            return self.default
        if self.kind == "choice":
            if isinstance(value, str) and value in self.choices:
                return value
            raise self._refusal(f"{value!r} is not one of its choices.", f"Choose {' or '.join(self.choices)}.")
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise self._refusal(f"{value!r} is not a whole number.", "Give a whole number, without quotes.")
        number = int(value.__index__())
        if self.minimum is not None and number < self.minimum:
            raise self._refusal(f"{number} is too small.", f"Give {self.minimum} or more.")
        if self.maximum is not None and number > self.maximum:
            raise self._refusal(f"{number} is too large.", f"Give {self.maximum} or less.")
        return number

    def _refusal(self, message: str, next: str) -> InputError:
        return InputError(message, where=f'parameter "{self.name}"', next=next, code="parameter")


@dataclass(frozen=True)
class Method:
    """A method of explanation, described for interfaces; its generator lies beside it.

    Attributes:
        name: As written in code and in provenance.
        title: What a person calls it.
        modalities: Kinds of data it explains (``tabular``).
        needs: Requests an engine must answer (``coalitions``).
        parameters: What it can be told.
        reference: The paper it comes from.
        summary: What it does, one sentence for a person.
    """

    name: str
    title: str
    modalities: tuple[str, ...]
    needs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    reference: str
    summary: str

    def read(self, given: Mapping[str, object]) -> dict[str, Any]:
        """All parameters by name: the given ones checked, defaults for the rest.

        Raises:
            InputError: A name that the method doesn't know, or a value it can't use.
        """
        known = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in known:
                raise InputError(
                    f"The method {self.name} has no such parameter.",
                    where=f'parameter "{name}"',
                    next=f"Its parameters are {', '.join(known)}.",
                    code="parameter-unknown",
                )
        return {parameter.name: parameter.read(given.get(parameter.name)) for parameter in self.parameters}

    def to_dict(self) -> dict[str, Any]:
        """The description as JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True)
class Feature:
    """A column of the model.

    Attributes:
        name: The column's name.
        levels: The words of a category, by the index the model gets; None for a number.
    """

    name: str
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Trees:
    """A model that is a sum of trees in the scale of the explanation.

    Attributes:
        ensemble: The trees.
        columns: For each tree feature the column it is made from.
        prepared: Whether the trees see something else than the raw columns, so that the engine has
            to be asked for it.
    """

    ensemble: Ensemble
    columns: tuple[int, ...]
    prepared: bool


@dataclass(frozen=True)
class Spec:
    """What is explained, apart from the row and the background themselves.

    Attributes:
        features: The model's columns, in order.
        players: Who shares the credit.
        outputs: Names of all outputs of the graph: the columns of every reply.
        selected: Indices of the outputs that are explained.
        scale: Unit of values, base value and prediction.
        model_sha256: Which model, for provenance.
        engine: What runs it (``onnxruntime 1.31``), for provenance.
        provider: Where it runs (``cpu``, ``wasm``, ``webgpu``), for provenance.
        chunk_rows: Model rows per run of the graph, for provenance.
        additive: Whether the model is a sum of one function per player in this scale.
        trees: The model as a sum of trees; None where it is none in this scale.
    """

    features: tuple[Feature, ...]
    players: Players
    outputs: tuple[str, ...]
    selected: tuple[int, ...]
    scale: Scale = "output"
    model_sha256: str | None = None
    engine: str | None = None
    provider: str | None = None
    chunk_rows: int | None = None
    additive: bool = False
    trees: Trees | None = None

    def __post_init__(self) -> None:
        if self.players.n_features != len(self.features):
            raise _bad("players", f"They cover {self.players.n_features} of {len(self.features)} columns.")
        if not self.selected or not all(0 <= index < len(self.outputs) for index in self.selected):
            raise _bad("selected", f"{list(self.selected)} are not indices of the {len(self.outputs)} outputs.")
        if self.scale not in SCALES:
            raise _bad("scale", f"{self.scale!r} is not one of {', '.join(SCALES)}.")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], ensemble: Ensemble | None = None) -> Spec:
        """The spec that :meth:`to_dict` wrote.

        Args:
            data: The JSON document.
            ensemble: The trees themselves, which aren't part of it.

        Raises:
            InputError: A key is missing, or a player names a column that doesn't exist.
        """
        try:
            features = tuple(
                Feature(feature["name"], tuple(feature["levels"]) if feature.get("levels") is not None else None)
                for feature in data["features"]
            )
            index = {feature.name: position for position, feature in enumerate(features)}
            players = Players(
                tuple(player["name"] for player in data["players"]),
                tuple(tuple(index[name] for name in player["columns"]) for player in data["players"]),
            )
            return cls(
                features=features,
                players=players,
                outputs=tuple(data["outputs"]),
                selected=tuple(data["selected"]),
                scale=data["scale"],
                model_sha256=data.get("model_sha256"),
                engine=data.get("engine"),
                provider=data.get("provider"),
                chunk_rows=data.get("chunk_rows"),
                additive=data.get("additive", False),
                trees=Trees(ensemble, tuple(data["trees"]["columns"]), data["trees"]["prepared"]) if ensemble else None,
            )
        except KeyError as error:
            raise _bad("features, players, outputs, selected, scale", f"{error} is missing or unknown.") from error

    def to_dict(self) -> dict[str, Any]:
        """The spec as JSON-ready values; players name their columns."""
        return {
            "features": [
                {"name": feature.name} if feature.levels is None else asdict(feature) | {"levels": list(feature.levels)}
                for feature in self.features
            ],
            "players": [
                {"name": name, "columns": [self.features[column].name for column in columns]}
                for name, columns in zip(self.players.names, self.players.columns, strict=True)
            ],
            "outputs": list(self.outputs),
            "selected": list(self.selected),
            "scale": self.scale,
            "model_sha256": self.model_sha256,
            "engine": self.engine,
            "provider": self.provider,
            "chunk_rows": self.chunk_rows,
            "additive": self.additive,
            "trees": self.trees and {"columns": list(self.trees.columns), "prepared": self.trees.prepared},
        }


def _bad(where: str, message: str) -> InputError:
    return InputError(message, where=f"spec: {where}", next="Write the spec with Spec.to_dict().", code="spec")
