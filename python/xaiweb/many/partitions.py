"""The partitions of a Dask data frame, explained where they are."""

from __future__ import annotations

import json
import tempfile
import threading
from collections import OrderedDict
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from xaiweb import tables
from xaiweb.bundle.packed import Packed
from xaiweb.bundle.read import TabularBundle, read
from xaiweb.bundle.rows import positions_of
from xaiweb.bundle.table import Table
from xaiweb.many.equal import Copies, Firsts, memory
from xaiweb.many.frames import MemorySource, frame_columns
from xaiweb.many.part import Asked, Worker, encode
from xaiweb.many.run import PART_ROWS
from xaiweb.many.told import ESTIMATOR, Refused

MOST_HELD = 4
"""Bundles and questions that a process of Dask's keeps open."""


def explain_partitions(bundle: TabularBundle, rows: Any, asked: Asked) -> Any:
    """A Dask data frame with the explanations of another's rows, partition by partition, computed when asked for.

    The bundle is one task of the graph, so that it travels to each worker once.

    Args:
        bundle: A verified bundle.
        rows: A Dask data frame.
        asked: What is asked of every row.

    Returns:
        A line per row and output, under the row's own index, with the columns ``output``, ``base_value``,
        ``prediction``, ``values``, ``std_error`` and ``refused``: why a row isn't explained, on its one line.

    Raises:
        InputError: The columns aren't the model's.
    """
    import dask

    positions_of(Table(frame_columns(rows), [], "rows"), bundle.manifest.features, bundle.manifest.unseen)

    empty = _lines(tables.schema().empty_table().to_pandas(), [], rows._meta.index)
    return rows.map_partitions(_explain, dask.delayed(Packed.of(bundle)), asked, meta=empty)


def _explain(frame: Any, packed: Packed, asked: Asked) -> Any:
    held = _held(packed, asked)
    with held.one:
        manifest = held.bundle.manifest
        most = memory(len(manifest.features), len(manifest.players), len(asked.outputs or manifest.outputs))
        firsts, copies = Firsts(most), Copies(most)
        parts = [
            copies.whole(*held.worker.explain(encode(i, block, manifest, firsts)))
            for i, block in enumerate(MemorySource(frame).blocks(PART_ROWS))
        ]
    table = pa.concat_tables([tables.schema().empty_table(), *(lines.drop([ESTIMATOR]) for lines, _ in parts)])
    return _lines(table.to_pandas(), [one for _, refused in parts for one in refused], frame.index)


def _lines(explained: Any, refused: list[Refused], index: Any) -> Any:
    """Lines under the index of their rows, with those of refused rows between them."""
    explained["refused"] = pa.nulls(len(explained), pa.string()).to_pandas()
    for one in refused:
        explained.loc[len(explained), ["row", "refused"]] = one.row, str(one.error())
    explained = explained.astype({"row": "int64"}).sort_values("row", kind="stable")
    explained.index = index[explained.pop("row")]
    return explained


class _Held:
    """A bundle and its worker, in a process of Dask's."""

    def __init__(self, packed: Packed, asked: Asked) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="xaiweb-")
        packed.unpack(Path(self._folder.name))
        bundle = read(self._folder.name)
        assert isinstance(bundle, TabularBundle)
        self.bundle = bundle
        self.worker = Worker(bundle.path, packed.sha256, asked)
        self.one = threading.Lock()


_all: OrderedDict[str, _Held] = OrderedDict()
_opening = threading.Lock()


def _held(packed: Packed, asked: Asked) -> _Held:
    key = packed.sha256 + json.dumps(asdict(asked), sort_keys=True)
    with _opening:
        if key not in _all:
            _all[key] = _Held(packed, asked)
        _all.move_to_end(key)
        while len(_all) > MOST_HELD:
            _all.popitem(last=False)
        return _all[key]
