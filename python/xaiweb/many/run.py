"""Explains all rows of a source into one file, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import xaiweb
from xaiweb import tables
from xaiweb.bundle.packed import manifest_sha256
from xaiweb.bundle.read import TabularBundle
from xaiweb.bundle.rows import positions_of
from xaiweb.bundle.table import Table
from xaiweb.core.compiled import in_use
from xaiweb.engine.session import NAME
from xaiweb.errors import InputError
from xaiweb.many.equal import Copies, Firsts, memory
from xaiweb.many.joining import Summary, join
from xaiweb.many.journal import Journal
from xaiweb.many.part import Asked, Part, encode
from xaiweb.many.source import OnStep, Source
from xaiweb.many.workers import Pool

PART_ROWS = 256
"""Rows of a part; what a kill costs at most, per worker."""


def run(
    bundle: TabularBundle,
    source: Source,
    asked: Asked,
    out: Path,
    *,
    workers: Callable[[str], AbstractContextManager[Pool]],
    part_rows: int = PART_ROWS,
    fresh: bool = False,
    on_progress: Callable[[int, int, int], None] | None = None,
    on_step: OnStep | None = None,
) -> Summary:
    """Explain every row of ``source`` into ``out``; a run that was stopped goes on where it was.

    Args:
        bundle: A verified bundle of a model of rows.
        source: The rows.
        asked: What is asked of each of them.
        out: A parquet file.
        workers: Opens those who explain, given the hash of the manifest.
        part_rows: Rows of a part.
        fresh: Whether to begin anew, whatever is there.
        on_progress: Told (rows done, rows in all, of the done ones those of an earlier run).
        on_step: Told how many parts are joined.

    Returns:
        What was done; the result is in place.

    Raises:
        InputError: Columns that don't fit, a journal of another run, an input that changed, or every row is refused.
        XaiwebError: Something can't be written. Finished parts are kept.
    """
    manifest = bundle.manifest
    positions_of(Table(source.columns, [], source.origin), manifest.features, manifest.unseen)
    identity = _identity(bundle, source, asked, part_rows)
    n_outputs = len(asked.outputs or manifest.outputs)
    most = memory(len(manifest.features), len(manifest.players), n_outputs)
    journal = Journal(out, identity, fresh=fresh)
    try:
        done = old = n_parts = 0

        def tell() -> None:
            if on_progress:
                on_progress(done, max(source.n_rows, done), old)

        def wanted() -> Iterator[Part]:
            nonlocal done, old, n_parts
            firsts = Firsts(most)
            for number, block in enumerate(source.blocks(part_rows)):
                n_parts = number + 1
                finished = journal.read(number) is not None
                if not (finished and firsts.full):  # what later parts may copy is in the first ones
                    part = encode(number, block, manifest, firsts)
                if finished:
                    done, old = done + block.n_rows, old + block.n_rows
                    tell()
                else:
                    yield part

        with workers(identity["bundle"]) as pool:
            for part, data in pool.map(wanted()):
                journal.keep(part.number, data)
                done += part.n_rows
                tell()
        if n_parts == 0:
            raise InputError("there are no rows.", where=source.origin, next="Give at least one row.", code="empty")
        source.check()
        players = [{"name": p.name, "columns": list(p.columns)} for p in manifest.players]
        summary = join(journal, n_parts, players, Copies(most), on_step)
    finally:
        journal.close()
    if summary.n_rows == 0:
        raise InputError(
            f"all {summary.n_refused} rows are refused; the first: {summary.refused[0].error()}",
            where=source.origin,
            next=f"All are listed in {summary.refused_file}.",
            code="all-refused",
        )
    return summary


def _identity(bundle: TabularBundle, source: Source, asked: Asked, part_rows: int) -> dict[str, Any]:
    """What two runs have in common if the parts of one are those of the other."""
    return {
        "xaiweb": xaiweb.__version__,
        "engine": NAME,
        "core_kernels": in_use(),
        "bundle": manifest_sha256(bundle.path),
        "columns": source.columns and list(source.columns),
        "input": dict(source.identity),
        "asked": asdict(asked),
        "part_rows": part_rows,
        "result": tables.schema().to_string(),
    }
