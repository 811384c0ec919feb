"""What the driver itself does for a row, however many workers there are: reads it, writes its part, and joins it."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

import xaiweb
from tests.bench.part import table
from xaiweb.bundle.packed import manifest_sha256
from xaiweb.bundle.rows import cell
from xaiweb.bundle.tabular import Feature
from xaiweb.many.equal import Copies, Firsts
from xaiweb.many.files import open_file
from xaiweb.many.joining import join
from xaiweb.many.journal import Journal
from xaiweb.many.part import Asked, Worker, encode
from xaiweb.many.run import PART_ROWS

N_PARTS = 80
REPEATS = 3


def costs(loan: Path, folder: Path) -> list[str]:
    """CPU microseconds per row of the loan, the least of some repeats.

    Args:
        loan: The loan bundle.
        folder: For files.
    """
    bundle = xaiweb.open(loan).bundle
    features: tuple[Feature, ...] = bundle.manifest.features  # type: ignore[attr-defined]
    rng = np.random.default_rng(0)
    background: NDArray[np.float32] = bundle.background  # type: ignore[attr-defined]
    x = np.stack([rng.choice(column, N_PARTS * PART_ROWS) for column in background.T], axis=1)
    files = _files(x, features, folder)

    def read(file: Path) -> None:
        firsts = Firsts(len(x))
        for number, block in enumerate(open_file(file).blocks(PART_ROWS)):
            encode(number, block, bundle.manifest, firsts)  # type: ignore[arg-type]

    asked = Asked(parameters={"budget": 74, "estimator": "least_squares", "interactions": "none"})
    first = next(open_file(files["numbers, .npy"]).blocks(PART_ROWS))
    data = Worker(loan, manifest_sha256(loan), asked)(
        encode(0, first, bundle.manifest, Firsts(1))  # type: ignore[arg-type]
    )
    out = folder / "driver.parquet"

    def keep() -> Journal:
        journal = Journal(out, {}, fresh=True)
        for number in range(N_PARTS):
            journal.keep(number, data)
        return journal

    def joined() -> None:
        join(keep(), N_PARTS, [], Copies(1))

    kept = _least(lambda: keep().close(), len(x))
    told = [[f"to read {what}", _least(partial(read, file), len(x))] for what, file in files.items()]
    told += [["to write its part", kept], ["to join it", _least(joined, len(x)) - kept]]
    return table(["the driver", "µs of CPU per row"], [[what, f"{cost:.1f}"] for what, cost in told])


def _least(do: Callable[[], object], n_rows: int) -> float:
    """CPU microseconds per row, of this process."""
    found = []
    for _ in range(REPEATS):
        started = time.process_time()
        do()
        found.append(time.process_time() - started)
    return 1e6 * min(found) / n_rows


def _files(x: NDArray[np.float32], features: Sequence[Feature], folder: Path) -> dict[str, Path]:
    """The rows in files of several kinds, by what they hold."""
    columns: dict[str, list[Any]] = {
        feature.name: [cell(float(number), feature) for number in column]
        for feature, column in zip(features, x.T, strict=True)
    }
    words, text, numbers = (folder / f"driver{suffix}" for suffix in (".parquet", ".csv", ".npy"))
    parquet.write_table(pa.table(columns), words)
    with text.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    np.save(numbers, x)
    return {"words and numbers, parquet": words, "words and numbers, CSV": text, "numbers, .npy": numbers}
