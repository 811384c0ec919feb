"""Explain rows of a bundle natively: what ``xaiweb.open`` returns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle import rows as bundle_rows
from xaiweb.bundle import table
from xaiweb.bundle.files import npy_array
from xaiweb.bundle.manifest import Manifest
from xaiweb.bundle.read import Bundle, read
from xaiweb.core import drive
from xaiweb.core.explanation import Explanation
from xaiweb.core.methods import start
from xaiweb.core.requests import Progress
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.spec import Spec
from xaiweb.engine.onnxruntime import NAME, PROVIDER, Graph, OnnxRuntimeEngine
from xaiweb.errors import InputError


@dataclass(frozen=True)
class Explanations(Sequence[Explanation]):
    """Explanations of several rows, with their numbers stacked as in shap.

    Attributes:
        items: One explanation per row.
    """

    items: tuple[Explanation, ...]

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.items)

    @property
    def values(self) -> NDArray[np.float64]:
        """``(n_rows, n_players, n_outputs)``, the last axis dropped for one output."""
        return self._drop(np.array([item.values for item in self.items], dtype=np.float64))

    @property
    def std_error(self) -> NDArray[np.float64]:
        """Standard errors in the shape of ``values``: 0 where exact, NaN where unknown."""
        return self._drop(np.array([item.std_error for item in self.items], dtype=np.float64))

    @property
    def base_values(self) -> NDArray[np.float64]:
        """``(n_rows, n_outputs)``, the last axis dropped for one output."""
        return self._drop(np.array([item.base_values for item in self.items], dtype=np.float64))

    @property
    def data(self) -> NDArray[np.object_]:
        """``(n_rows, n_players)``: what was explained, in words and numbers."""
        out = np.empty((len(self.items), len(self.items[0].players)), dtype=object)
        for i, item in enumerate(self.items):
            for j, player in enumerate(item.players):
                out[i, j] = player.value
        return out

    @property
    def feature_names(self) -> list[str]:
        """The players' names."""
        return [player.name for player in self.items[0].players]

    def to_json(self) -> str:
        """A JSON list of explanation documents (contract 2)."""
        return json.dumps([item.to_dict() for item in self.items], ensure_ascii=False, allow_nan=False)

    def _drop(self, array: NDArray[np.float64]) -> NDArray[np.float64]:
        return array[..., 0] if len(self.items[0].outputs) == 1 else array


class Explainer:
    """A bundle opened for explanations: ``explainer(X)`` explains rows, ``explainer.predict(X)`` predicts them.

    Args:
        bundle: A bundle's folder, or a bundle already read.
        chunk_rows: Model rows per run; None takes the bundle's measured value.
    """

    def __init__(self, bundle: Bundle | Path | str, chunk_rows: int | None = None) -> None:
        self.bundle = bundle if isinstance(bundle, Bundle) else read(bundle)
        self._chunk_rows = chunk_rows
        self._graphs: dict[str, Graph] = {}
        self._ensembles: dict[str, Ensemble] = {}

    @property
    def manifest(self) -> Manifest:
        """The bundle's manifest (contract 1)."""
        return self.bundle.manifest

    def encode(self, data: Any, origin: str = "data") -> NDArray[np.float32]:
        """Rows as float32 ``(n_rows, n_features)``, from a path, data frame, array, row, or list of rows.

        Raises:
            InputError: Naming the row and column at fault.
        """
        hidden = [f.name for f in self.manifest.protected.features] if self.manifest.protected else []
        return bundle_rows.encode(table.from_data(data, origin), self.manifest.features, ignore=hidden)

    def predict(self, data: Any, *, scale: str = "output") -> NDArray[np.float64]:
        """Outputs ``(n_rows, n_outputs)`` in ``scale``."""
        return self._graph(scale).predict(self.encode(data))

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
        """Explain rows.

        Args:
            data: A path, data frame, array, one row, or a list of rows.
            method: One of ``xaiweb methods``.
            scale: ``output``, ``margin`` or ``logit``, as far as the bundle has them; None takes the first.
            outputs: Names or indices; None takes all, in manifest order.
            on_progress: Told (coalitions done, coalitions in all) over all rows, as far as known.
            **parameters: The method's own; see ``xaiweb methods``.

        Raises:
            InputError: For a row, column or parameter that can't be used.
            ModelError: If the model answers with something that isn't finite.
        """
        rows = self.encode(data)
        return Explanations(
            tuple(self.stream(rows, method, scale=scale, outputs=outputs, on_progress=on_progress, **parameters))
        )

    def stream(
        self,
        rows: NDArray[np.float32],
        method: str = "shapley",
        *,
        scale: str | None = None,
        outputs: Sequence[str | int] | None = None,
        on_progress: Callable[[int, int], None] | None = None,
        on_message: Callable[[Any], None] | None = None,
        **parameters: Any,
    ) -> Iterator[Explanation]:
        """The explanation of each encoded row, one after the other.

        Args:
            rows: float32 ``(n_rows, n_features)``, as ``encode`` gives them.
            method: As for a call.
            scale: As for a call.
            outputs: As for a call.
            on_progress: As for a call.
            on_message: Told every ``Progress`` and ``Partial`` of the method.
            **parameters: As for a call.
        """
        graph = self._graph(scale or self.manifest.scales[0].name)
        spec = self._spec(graph, outputs)
        for i, x in enumerate(rows):
            state = [0, 0]

            def told(done: int, i: int = i, state: list[int] = state) -> None:
                if on_progress and state[1]:
                    on_progress(i * state[1] + min(state[0] + done, state[1]), len(rows) * state[1])

            def message(item: Any, state: list[int] = state, told: Callable[[int], None] = told) -> None:
                if isinstance(item, Progress):
                    state[:] = item.done, item.total
                    told(0)
                if on_message:
                    on_message(item)

            engine = OnnxRuntimeEngine(graph, spec.players, x, told)
            run = start(method, spec, x, self.bundle.background, parameters)
            yield drive.run(run, engine, message)

    def _graph(self, scale: str) -> Graph:
        if scale not in self._graphs:
            self._graphs[scale] = Graph(self.bundle, scale, self._chunk_rows)
        return self._graphs[scale]

    def _spec(self, graph: Graph, outputs: Sequence[str | int] | None) -> Spec:
        m = self.manifest
        names = [output.name for output in m.outputs]
        scale = m.scale(graph.scale)
        assert scale is not None  # the graph was found by it
        return Spec.from_dict(
            {
                "features": [
                    {"name": f.name} if f.words is None else {"name": f.name, "levels": list(f.words)}
                    for f in m.features
                ],
                "players": [{"name": p.name, "columns": list(p.columns)} for p in m.players],
                "outputs": names,
                "selected": _selected(names, outputs),
                "scale": graph.scale,
                "model_sha256": m.model.sha256,
                "engine": NAME,
                "provider": PROVIDER,
                "chunk_rows": graph.chunk_rows,
                "additive": scale.additive,
                "trees": scale.trees and {"columns": scale.trees.columns, "prepared": scale.trees.features is not None},
            },
            self._ensemble(scale.trees.nodes) if scale.trees else None,
        )

    def _ensemble(self, nodes: str) -> Ensemble:
        if nodes not in self._ensembles:
            table = npy_array((self.bundle.path / nodes).read_bytes(), nodes)
            self._ensembles[nodes] = Ensemble.read(np.asarray(table, dtype=np.float64))
        return self._ensembles[nodes]


def _selected(names: list[str], outputs: Sequence[str | int] | None) -> list[int]:
    if outputs is None:
        return list(range(len(names)))
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
