"""A bundle opened for explanations, whatever kind of data its model takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.manifest import Manifest, Scale
from xaiweb.bundle.read import Bundle
from xaiweb.core import drive
from xaiweb.core.explanation import Explanation
from xaiweb.core.methods import divide, start
from xaiweb.core.requests import Progress
from xaiweb.core.spec import Parameter, Spec
from xaiweb.core.subjects.subject import Subject
from xaiweb.engine.session import NAME, PROVIDER, running
from xaiweb.errors import InputError, ModelError
from xaiweb.explaining.explanations import Explanations


class Explainer(ABC):
    """A bundle opened for explanations: ``explainer(data)`` explains, ``explainer.predict(data)`` predicts.

    Args:
        bundle: A bundle, read.
        chunk_rows: Model rows per run; None takes the bundle's measured value.
    """

    parameters: ClassVar[tuple[Parameter, ...]] = ()
    """How this kind of data can be cut and hidden."""

    def __init__(self, bundle: Bundle, chunk_rows: int | None = None) -> None:
        self.bundle = bundle
        self.chunk_rows = chunk_rows or bundle.manifest.chunk_rows[PROVIDER]

    @property
    def manifest(self) -> Manifest:
        """The bundle's manifest (contract 1)."""
        return self.bundle.manifest

    @abstractmethod
    def encode(self, data: Any, origin: str = "data") -> Any:
        """What was given, as what the model's graphs take: a sequence with one entry per input.

        Raises:
            InputError: Naming what can't be used.
        """

    @abstractmethod
    def answers(self, inputs: Sequence[Any], scale: str) -> NDArray[np.float64]:
        """Outputs of encoded inputs, ``(n, n_outputs)`` in ``scale``."""

    @abstractmethod
    def prepare(self, encoded: Any, scale: str, parameters: Mapping[str, object]) -> Subject:
        """An encoded input as the subject of an explanation."""

    @abstractmethod
    def engine(self, subject: Subject, scale: str, on_chunk: Callable[[int], None]) -> drive.Engine:
        """What answers a method's requests about a subject."""

    def selected(self, encoded: Any, scale: str, outputs: Sequence[str | int] | None) -> list[int]:
        """Indices of the outputs to explain; without ``outputs`` all of them, in manifest order."""
        names = [output.name for output in self.manifest.outputs]
        return list(range(len(names))) if outputs is None else chosen(names, outputs)

    def predict(self, data: Any, *, scale: str = "output") -> NDArray[np.float64]:
        """Outputs ``(n, n_outputs)`` in ``scale``.

        Raises:
            InputError: For an input that can't be used.
            ModelError: If the model answers with something that isn't finite.
        """
        with running():
            found = self.answers(self._encoded(data), self.scale(scale).name)
        for row, output in np.argwhere(~np.isfinite(found))[:1]:
            raise ModelError(
                f"the model answers {found[row, output]}, which is not a finite number.",
                where=f"row {row + 1}, output {self.manifest.outputs[output].name}",
                next="Check the input for values the model can't take, or choose another scale.",
                code="model-not-finite",
            )
        return found

    def __call__(
        self,
        data: Any,
        method: str = "shapley",
        *,
        scale: str | None = None,
        outputs: Sequence[str | int] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        **parameters: Any,
    ) -> Explanations:
        """Explain rows, photos or texts.

        Args:
            data: Rows: a path, data frame, array, one row, or a list of rows. Photos: a path, an array
                ``(height, width, 3)`` of uint8, or a list of them. Texts: a string, the path of a text file, or a
                list of them.
            method: One of ``xaiweb methods``.
            scale: ``output``, ``margin`` or ``logit``, as far as the bundle has them; None takes the first.
            outputs: Names or indices; None takes all, in manifest order, and of a photo the five likeliest.
            on_progress: Told (coalitions done, coalitions in all) over all inputs, as far as known.
            **parameters: The method's own and the data's; see ``xaiweb methods``.

        Raises:
            InputError: For an input or parameter that can't be used.
            ModelError: If the model answers with something that isn't finite.
        """
        inputs = self._encoded(data)
        return Explanations(
            tuple(self.stream(inputs, method, scale=scale, outputs=outputs, on_progress=on_progress, **parameters))
        )

    def stream(
        self,
        inputs: Any,
        method: str = "shapley",
        *,
        scale: str | None = None,
        outputs: Sequence[str | int] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        on_message: Callable[[Any], None] | None = None,
        **parameters: Any,
    ) -> Iterator[Explanation]:
        """The explanation of each encoded input, one after the other.

        Args:
            inputs: As ``encode`` gives them.
            method: As for a call.
            scale: As for a call.
            outputs: As for a call.
            on_progress: As for a call.
            on_message: Told every ``Progress`` and ``Partial`` of the method.
            **parameters: As for a call.
        """
        unit = self.scale(scale).name
        own, cut = divide(method, parameters, self.parameters)
        for i, encoded in enumerate(inputs):
            state = [0, 0]

            def told(done: int, i: int = i, state: list[int] = state) -> None:
                if on_progress and state[1]:
                    on_progress(i * state[1] + min(state[0] + done, state[1]), len(inputs) * state[1])

            def message(item: Any, state: list[int] = state, told: Callable[[int], None] = told) -> None:
                if isinstance(item, Progress):
                    state[:] = item.done, item.total
                    told(0)
                if on_message:
                    on_message(item)

            with running():
                subject = self.prepare(encoded, unit, cut)
                spec = self.spec(unit, self.selected(encoded, unit, outputs))
                explanation = drive.run(start(method, spec, subject, own), self.engine(subject, unit, told), message)
            yield explanation

    def _encoded(self, data: Any) -> Any:
        inputs = self.encode(data)
        if len(inputs) == 0:
            raise InputError("there is nothing to explain.", where="data", next="Give at least one.", code="empty")
        return inputs

    def spec(self, scale: str, selected: Sequence[int]) -> Spec:
        """What is asked of the model.

        Args:
            scale: One of the bundle's.
            selected: Indices of the outputs to explain.
        """
        return Spec(
            outputs=tuple(output.name for output in self.manifest.outputs),
            selected=tuple(selected),
            scale=scale,  # type: ignore[arg-type]
            model_sha256=self.manifest.model.sha256,
            engine=NAME,
            provider=PROVIDER,
            chunk_rows=self.chunk_rows,
        )

    def scale(self, name: str | None) -> Scale:
        """The scale called ``name``; None for the first.

        Raises:
            InputError: If the bundle has no such scale.
        """
        scales = self.manifest.scales
        found = next((scale for scale in scales if scale.name == (name or scales[0].name)), None)
        if found is None:
            raise InputError(
                f"this bundle has no scale {name!r}.",
                where="scale",
                next=f"Choose one of {', '.join(s.name for s in scales)}.",
            )
        return found


def chosen(names: list[str], outputs: Sequence[str | int]) -> list[int]:
    """Indices of the outputs that were asked for by name or index.

    Raises:
        InputError: There is no such output, or one is named twice.
    """
    if isinstance(outputs, str) or not isinstance(outputs, Iterable):
        raise InputError(
            f"{outputs!r} is no list of outputs.", where="output", next=f"Give [{outputs!r}].", code="unknown-output"
        )
    selected = []
    for output in outputs:
        # A name wins over an index, so that an output called "1" can be asked for.
        if isinstance(output, str) and output in names:
            selected.append(names.index(output))
        elif str(output).isdecimal() and int(output) < len(names):
            selected.append(int(output))
        else:
            raise InputError(
                f"there is no output {output!r}.",
                where="output",
                next=f"Choose one of {', '.join(names)}, or an index below {len(names)}.",
                code="unknown-output",
            )
    if not selected or len(set(selected)) < len(selected):
        raise InputError("name at least one output, each once.", where="output", next="Leave it out for all of them.")
    return selected
