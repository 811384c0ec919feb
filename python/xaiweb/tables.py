"""Explanations as parquet: one row per explained row and output."""

from __future__ import annotations

import json
from pathlib import Path

from xaiweb.errors import InputError
from xaiweb.explaining.explanations import Explanations


def write_parquet(explanations: Explanations, out: Path) -> None:
    """Write row, output, base_value, prediction, values and std_error; players and provenance in the metadata.

    Raises:
        InputError: If pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "writing parquet needs pyarrow, which is not installed.",
            where=str(out),
            next="Run `pip install xaiweb[parquet]`, or write .json.",
        ) from None
    records = []
    for i, item in enumerate(explanations):
        document = item.to_dict()
        for j, output in enumerate(document["outputs"]):
            records.append(
                {
                    "row": i,
                    "output": output,
                    "base_value": document["base_values"][j],
                    "prediction": document["prediction"][j],
                    "values": [values[j] for values in document["values"]],
                    "std_error": [errors[j] for errors in document["std_error"]],
                }
            )
    schema = pa.schema(
        [
            ("row", pa.int64()),
            ("output", pa.string()),
            ("base_value", pa.float64()),
            ("prediction", pa.float64()),
            ("values", pa.list_(pa.float64())),
            ("std_error", pa.list_(pa.float64())),
        ],
        metadata={
            "players": json.dumps([item.to_dict()["players"] for item in explanations], ensure_ascii=False),
            "provenance": json.dumps([item.to_dict()["provenance"] for item in explanations], ensure_ascii=False),
        },
    )
    parquet.write_table(pa.Table.from_pylist(records, schema=schema), out)
