"""What a method is, what it can be told, and what it explains."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal, TypeAlias

from xaiweb import __version__
from xaiweb.core import compiled
from xaiweb.core.explanation import Provenance
from xaiweb.errors import InputError

Scale: TypeAlias = Literal["output", "margin", "logit"]
SCALES: tuple[Scale, ...] = ("output", "margin", "logit")


@dataclass(frozen=True)
class Parameter:
    """One thing a method can be told; interfaces draw a control from it.

    Attributes:
        name: As written in code, in the CLI and in provenance.
        kind: ``int``, ``number``, ``choice`` of one of ``choices``, or ``colour``, written #rrggbb.
        title: What a person calls it.
        help: One or two sentences for a person.
        default: Its value where it isn't given; None leaves the choice to the method.
        minimum: Least value of a number.
        maximum: Largest value of a number.
        choices: The words of a choice.
    """

    name: str
    kind: Literal["int", "number", "choice", "colour"]
    title: str
    help: str
    default: float | str | None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> float | str | None:
        """The value checked, the default for None.

        Raises:
            InputError: It is of another type, out of range, not one of the choices, or no colour.
        """
        if value is None:
            return self.default
        if self.kind == "choice":
            if isinstance(value, str) and value in self.choices:
                return value
            raise self._refusal(f"{value!r} is not one of its choices.", f"Choose {' or '.join(self.choices)}.")
        if self.kind == "colour":
            if isinstance(value, str) and re.fullmatch("#[0-9a-fA-F]{6}", value):
                return value.lower()
            raise self._refusal(f"{value!r} is not a colour.", "Write it as #rrggbb: #00ff00 is green.")
        number = self._number(value)
        if self.minimum is not None and number < self.minimum:
            raise self._refusal(f"{number} is too small.", f"Give {self.minimum} or more.")
        if self.maximum is not None and number > self.maximum:
            raise self._refusal(f"{number} is too large.", f"Give {self.maximum} or less.")
        return number

    def _number(self, value: object) -> float:
        if not isinstance(value, bool) and hasattr(value, "__index__"):
            return int(value.__index__())
        if self.kind == "int" or isinstance(value, bool) or not hasattr(value, "__float__"):
            what = "whole number" if self.kind == "int" else "number"
            raise self._refusal(f"{value!r} is not a {what}.", f"Give a {what}, without quotes.")
        number = float(value.__float__())
        if not isfinite(number):
            raise self._refusal(f"{number} is not finite.", "Give a finite number.")
        return number

    def _refusal(self, message: str, next: str) -> InputError:
        return InputError(message, where=f'parameter "{self.name}"', next=next, code="parameter")


@dataclass(frozen=True)
class Method:
    """A method of explanation, described for interfaces; its generator lies beside it.

    Attributes:
        name: As written in code and in provenance.
        title: What a person calls it.
        modalities: Kinds of data it explains (``tabular``, ``image``, ``text``).
        needs: Requests an engine must answer (``coalitions``).
        parameters: What it can be told.
        reference: The paper it comes from.
        summary: What it does, one sentence for a person.
        additive: Whether base value and values add up to the prediction.
    """

    name: str
    title: str
    modalities: tuple[str, ...]
    needs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    reference: str
    summary: str
    additive: bool = False

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
class Spec:
    """What is asked of a model, and what it is, for provenance.

    Attributes:
        outputs: Names of all outputs of the graph: the columns of every reply.
        selected: Indices of the outputs that are explained.
        scale: Unit of values, base value and prediction.
        model_sha256: Which model.
        engine: What runs it (``onnxruntime 1.31``).
        provider: Where it runs (``cpu``, ``wasm``).
        chunk_rows: Model rows per run of the graph.
    """

    outputs: tuple[str, ...]
    selected: tuple[int, ...]
    scale: Scale = "output"
    model_sha256: str | None = None
    engine: str | None = None
    provider: str | None = None
    chunk_rows: int | None = None

    def __post_init__(self) -> None:
        if not self.selected or not all(0 <= index < len(self.outputs) for index in self.selected):
            raise _bad("selected", f"{list(self.selected)} are not indices of the {len(self.outputs)} outputs.")
        if self.scale not in SCALES:
            raise _bad("scale", f"{self.scale!r} is not one of {', '.join(SCALES)}.")

    @property
    def explained(self) -> tuple[str, ...]:
        """Names of the outputs that are explained."""
        return tuple(self.outputs[index] for index in self.selected)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Spec:
        """The spec that :meth:`to_dict` wrote.

        Raises:
            InputError: A key is missing.
        """
        try:
            return cls(
                outputs=tuple(data["outputs"]),
                selected=tuple(data["selected"]),
                scale=data["scale"],
                model_sha256=data.get("model_sha256"),
                engine=data.get("engine"),
                provider=data.get("provider"),
                chunk_rows=data.get("chunk_rows"),
            )
        except KeyError as error:
            raise _bad("outputs, selected, scale", f"{error} is missing.") from error

    def to_dict(self) -> dict[str, Any]:
        """The spec as JSON-ready values."""
        return asdict(self) | {"outputs": list(self.outputs), "selected": list(self.selected)}

    def provenance(
        self,
        method: str,
        estimator: str,
        plan: str,
        parameters: Mapping[str, Any],
        *,
        seed: int,
        n_coalitions: int,
        n_model_rows: int,
    ) -> Provenance:
        """How an explanation came about; the wall time is left to whoever drives.

        Args:
            method: Name of the method.
            estimator: What ran of it.
            plan: Which way was taken and why, whole sentences.
            parameters: What the method was told, defaults filled in.
            seed: Seed of the sampling.
            n_coalitions: Coalitions evaluated.
            n_model_rows: Rows the model was run on.
        """
        return Provenance(
            method=method,
            estimator=estimator,
            plan=plan,
            parameters=parameters,
            seed=seed,
            scale=self.scale,
            n_coalitions=n_coalitions,
            n_model_rows=n_model_rows,
            chunk_rows=self.chunk_rows,
            elapsed_ms=None,
            engine=self.engine,
            provider=self.provider,
            model_sha256=self.model_sha256,
            core_version=__version__,
            core_kernels=compiled.in_use(),
        )


def _bad(where: str, message: str) -> InputError:
    return InputError(message, where=f"spec: {where}", next="Write the spec with Spec.to_dict().", code="spec")
