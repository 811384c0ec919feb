"""Explains the rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle import rows as bundle_rows
from xaiweb.bundle import table
from xaiweb.bundle.files import npy_array
from xaiweb.bundle.read import TabularBundle, read
from xaiweb.bundle.tabular import TabularManifest
from xaiweb.core.drive import Engine
from xaiweb.core.explanation import Explanation
from xaiweb.core.methods import divide
from xaiweb.core.rows_together import RowsTogether
from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.subjects.row import Row, Table
from xaiweb.core.subjects.subject import Subject
from xaiweb.engine.rows import RowEngine, RowGraph
from xaiweb.engine.rows_together import drive
from xaiweb.engine.session import slices
from xaiweb.errors import XaiwebError
from xaiweb.explaining.explainer import Explainer


class TableExplainer(Explainer):
    """A bundle of a model of rows, opened.

    Args:
        bundle: A bundle's folder, or a bundle already read.
        chunk_rows: Model rows per run; None takes the bundle's measured value.
        threads: Threads of one run of the model; 0 is onnxruntime's choice.
    """

    bundle: TabularBundle

    def __init__(self, bundle: TabularBundle | Path | str, chunk_rows: int | None = None, threads: int = 0) -> None:
        found = bundle if isinstance(bundle, TabularBundle) else read(bundle)
        assert isinstance(found, TabularBundle)  # whoever opens any bundle asks for its kind first
        super().__init__(found, chunk_rows)
        self._threads = threads
        self._graphs: dict[str, RowGraph] = {}
        self._tables: dict[str, Table] = {}
        self._ensembles: dict[str, Ensemble] = {}

    @property
    def manifest(self) -> TabularManifest:
        """The bundle's manifest (contract 1)."""
        return self.bundle.manifest

    def encode(self, data: Any, origin: str = "data") -> NDArray[np.float32]:
        """Rows as float32 ``(n_rows, n_features)``, from a path, data frame, array, row, or list of rows.

        Raises:
            InputError: Naming the row and column at fault.
        """
        m = self.manifest
        return bundle_rows.encode(table.from_data(data, origin), m.features, ignore=m.unseen)

    def answers(self, inputs: Sequence[Any], scale: str) -> NDArray[np.float64]:
        """Outputs of encoded rows, ``(n_rows, n_outputs)`` in ``scale``."""
        return self._graph(scale).predict(np.asarray(inputs, dtype=np.float32))

    def prepare(self, encoded: Any, scale: str, parameters: Mapping[str, object]) -> Row:
        """A row with what is known of the model's rows."""
        return Row(self._table(scale), encoded, self.bundle.background)

    def engine(self, subject: Subject, scale: str, on_chunk: Callable[[int], None]) -> Engine:
        """What answers a method's requests about a row."""
        assert isinstance(subject, Row)
        return RowEngine(self._graph(scale), subject, on_chunk)

    def together(
        self,
        inputs: NDArray[np.float32],
        method: str = "shapley",
        *,
        scale: str | None = None,
        outputs: Sequence[str | int] | None = None,
        **parameters: Any,
    ) -> Iterator[Explanation | XaiwebError]:
        """The explanation of each encoded row, in order, or why there is none; many rows are explained in lockstep.

        The values are those of :meth:`stream`: model answers may differ within what another chunk size changes.
        Explanations don't repeat the rows' cells.

        Args:
            inputs: float32 ``(n_rows, n_features)``.
            method: As for a call.
            scale: As for a call.
            outputs: As for a call.
            **parameters: As for a call.
        """
        unit = self.scale(scale).name
        own, _ = divide(method, parameters, self.parameters)
        spec = self.spec(unit, self.selected(inputs, unit, outputs))
        graph = self._graph(unit)
        rows = RowsTogether(method, spec, self._table(unit), self.bundle.background, own)
        for part in slices(len(inputs), rows.at_once):
            yield from drive(rows.run(inputs[part]), graph)

    def _graph(self, scale: str) -> RowGraph:
        if scale not in self._graphs:
            self._graphs[scale] = RowGraph(self.bundle, scale, self.chunk_rows, self._threads)
        return self._graphs[scale]

    def _table(self, name: str) -> Table:
        if name not in self._tables:
            m = self.manifest
            scale = next(scale for scale in m.scales if scale.name == name)
            document = {
                "features": [{"name": f.name, "levels": f.words} for f in m.features],
                "players": [{"name": p.name, "columns": p.columns} for p in m.players],
                "additive": scale.additive,
                "trees": scale.trees and {"columns": scale.trees.columns, "prepared": scale.trees.features is not None},
            }
            self._tables[name] = Table.from_dict(document, self._ensemble(scale.trees.nodes) if scale.trees else None)
        return self._tables[name]

    def _ensemble(self, nodes: str) -> Ensemble:
        if nodes not in self._ensembles:
            table = npy_array((self.bundle.path / nodes).read_bytes(), nodes)
            self._ensembles[nodes] = Ensemble.read(np.asarray(table, dtype=np.float64))
        return self._ensembles[nodes]
