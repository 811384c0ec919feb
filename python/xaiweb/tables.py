"""Explanations as parquet: one row per explained row and output."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from xaiweb.bundle.table import needs_pyarrow
from xaiweb.core.explanation import Explanation
from xaiweb.explaining.explanations import Explanations


def write_parquet(explanations: Explanations, out: Path) -> None:
    """Write row, output, base_value, prediction, values and std_error; players and provenance in the metadata.

    Raises:
        InputError: If pyarrow is not installed.
    """
    try:
        from pyarrow import parquet
    except ImportError:
        raise needs_pyarrow(str(out)) from None
    documents = [item.to_dict() for item in explanations]
    metadata = {name: [document[name] for document in documents] for name in ("players", "provenance")}
    parquet.write_table(arrow(range(len(explanations)), explanations, metadata), out)


def schema(metadata: Mapping[str, Any] | None = None) -> Any:
    """The arrow schema of explanations.

    Args:
        metadata: JSON-ready values by name.
    """
    import pyarrow as pa

    numbers = pa.list_(pa.float64())
    return pa.schema(
        [
            ("row", pa.int64()),
            ("output", pa.string()),
            ("base_value", pa.float64()),
            ("prediction", pa.float64()),
            ("values", numbers),
            ("std_error", numbers),
        ],
        metadata={name: json.dumps(value, ensure_ascii=False) for name, value in (metadata or {}).items()},
    )


def arrow(rows: Sequence[int], explanations: Sequence[Explanation], metadata: Mapping[str, Any] | None = None) -> Any:
    """Explanations as an arrow table, a line per row and output; a standard error that isn't known is null.

    Args:
        rows: int ``(n_rows,)``, the number of each explained row.
        explanations: One for each row.
        metadata: JSON-ready values by name.
    """
    import pyarrow as pa

    n_outputs = [len(item.outputs) for item in explanations]

    def lists(name: str, unknown: bool) -> Any:
        # A list per output; -0.0 becomes 0.0, so that equal numbers have equal bytes.
        lines = [
            (np.reshape(getattr(item, name), (-1, n)).T + 0.0) for item, n in zip(explanations, n_outputs, strict=True)
        ]
        lengths = [line.shape[1] for block in lines for line in block[:, None]]
        flat = np.concatenate([block.ravel() for block in lines]) if lines else np.zeros(0)
        return pa.ListArray.from_arrays(np.cumsum([0, *lengths], dtype=np.int32), pa.array(flat, from_pandas=unknown))

    def flat(name: str) -> Any:
        return np.concatenate([np.ravel(getattr(item, name)) + 0.0 for item in explanations] or [np.zeros(0)])

    columns = [
        np.repeat(np.asarray(rows, dtype=np.int64), n_outputs),
        [name for item in explanations for name in item.outputs],
        flat("base_values"),
        flat("prediction"),
        lists("values", unknown=False),
        lists("std_error", unknown=True),
    ]
    found = schema(metadata)
    return pa.table(
        [pa.array(c, f.type) if not isinstance(c, pa.Array) else c for c, f in zip(columns, found, strict=True)],
        schema=found,
    )
