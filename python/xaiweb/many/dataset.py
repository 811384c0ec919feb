"""Explanations of many rows: from a file, a data frame or an array, into a file or a data frame."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from numbers import Integral
from pathlib import Path
from typing import Any

from xaiweb.bundle.read import Bundle, TabularBundle, read
from xaiweb.core.methods import METHODS
from xaiweb.errors import InputError
from xaiweb.explaining.explainer import chosen
from xaiweb.many.files import open_file
from xaiweb.many.frames import DaskSource, MemorySource, is_dask
from xaiweb.many.joining import Summary
from xaiweb.many.part import Asked
from xaiweb.many.run import PART_ROWS, run
from xaiweb.many.source import OnStep, Source
from xaiweb.many.workers import workers


def explain_dataset(
    bundle: Bundle | Path | str,
    rows: Any,
    *,
    method: str = "shapley",
    scale: str | None = None,
    outputs: Sequence[str | int] | None = None,
    out: Path | str | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    part_rows: int = PART_ROWS,
    fresh: bool = False,
    on_progress: Callable[[int, int, int], None] | None = None,
    on_step: OnStep | None = None,
    **parameters: Any,
) -> Any:
    """Explain every row of a table, however long it is.

    Rows are explained in parts of ``part_rows``; equal rows of a part once. The values don't depend on how the parts
    are shared between processes or machines. A row that can't be explained is refused and doesn't stop the others.

    Args:
        bundle: A bundle of a model of rows, or its folder.
        rows: A path (.parquet, .csv, .npy, .json), a pandas or Dask data frame, or an array ``(n_rows, n_features)``.
        method: One of ``xaiweb methods``.
        scale: ``output``, ``margin`` or ``logit``; None takes the bundle's first.
        outputs: Names or indices; None takes all.
        out: A parquet file to write; a run that was stopped goes on where it was. See docs/many-rows.md.
        jobs: Processes on this machine, 1 if left out; above 1 a script needs ``if __name__ == "__main__":``.
        dask: ``local`` starts ``jobs`` Dask workers on this machine, another address connects to a scheduler.
        part_rows: Rows of a part.
        fresh: Whether to begin anew where ``out`` was begun by another run.
        on_progress: Told (rows done, rows in all, of the done ones those of an earlier run).
        on_step: Told what is done before and after the rows are explained: (``reading``, bytes of the file, bytes in
            all) and (``joining``, parts, parts in all).
        **parameters: The method's own; see ``xaiweb methods``.

    Returns:
        With ``out``, a :class:`~xaiweb.many.joining.Summary`. Else a data frame with the columns ``row``, ``output``,
        ``base_value``, ``prediction``, ``values`` and ``std_error`` (lists, one number per player), a line per row and
        output; its ``attrs`` hold ``players``, ``provenance`` and ``refused``. Of a Dask data frame, a Dask data frame
        that is computed where and when Dask will; see :func:`~xaiweb.many.partitions.explain_partitions`.

    Raises:
        InputError: The rows or a parameter can't be used, or all rows are refused.
        BundleError: A file of the bundle is missing or was changed.
        XaiwebError: Something can't be written, or workers were lost; finished parts are kept.
    """
    _refuse_counts(jobs, part_rows, dask)
    if out is not None and Path(out).is_dir():
        raise InputError("this is a folder.", where=str(out), next="Name a file in it, out.parquet.", code="write")
    found = bundle if isinstance(bundle, Bundle) else read(bundle)
    if not isinstance(found, TabularBundle):
        raise InputError(
            f"this is a bundle of a model of {found.manifest.kind} data, not of rows.",
            where=str(found.path),
            next="Open it with xaiweb.open and call it with each of them.",
        )
    if outputs is not None:
        chosen([output.name for output in found.manifest.outputs], outputs)
        outputs = tuple(outputs)
    asked = Asked(method, scale, outputs, without_interactions(method, parameters))
    if out is None and is_dask(rows):
        from xaiweb.many.partitions import explain_partitions  # which needs Dask

        return explain_partitions(found, rows, asked)

    def into(target: Path) -> Summary:
        return run(
            found,
            _source(rows, on_step),
            asked,
            target,
            workers=lambda sha256: workers(found, sha256, asked, jobs or 1, dask),
            part_rows=part_rows,
            fresh=fresh,
            on_progress=on_progress,
            on_step=on_step,
        )

    return _frame(into) if out is None else into(Path(out))


def without_interactions(method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters that ask for no interactions, where the method knows any.

    Raises:
        InputError: They are asked for: a table of explanations has no column for them.
    """
    known = next((one.parameters for one in METHODS if one.name == method), ())
    if all(parameter.name != "interactions" for parameter in known):
        return dict(parameters)
    if parameters.get("interactions") not in (None, "auto", "none"):
        raise InputError(
            "interactions have no place in a table of explanations.",
            where='parameter "interactions"',
            next="Leave it out, or write .json.",
            code="interactions-unavailable",
        )
    return dict(parameters) | {"interactions": "none"}


def _refuse_counts(jobs: int | None, part_rows: int, dask: str | None) -> None:
    for name, number in (("jobs", jobs), ("part_rows", part_rows)):
        if number is not None and not (isinstance(number, Integral) and number >= 1):
            raise InputError(
                f"{number!r} is no whole number from 1.", where=f'parameter "{name}"', next="Give 1 or more."
            )
    if jobs is not None and dask not in (None, "local"):
        raise InputError(
            f"{jobs} jobs were asked for, but whoever runs the cluster at {dask} decides on its workers.",
            where="--jobs",
            next="Leave it out, or start that many workers of the cluster's own. `--dask local` takes it.",
            code="jobs-of-a-cluster",
        )


def _source(rows: Any, on_step: OnStep | None) -> Source:
    if isinstance(rows, str | Path):
        return open_file(rows, on_step)
    return DaskSource(rows) if is_dask(rows) else MemorySource(rows)


def _frame(into: Callable[[Path], Summary]) -> Any:
    """The data frame of a result that is written for it alone."""
    if find_spec("pandas") is None:
        raise InputError(
            "a data frame needs pandas.", where="out", next="Install pandas, or give `out` a parquet file's name."
        )
    from pyarrow import parquet

    with tempfile.TemporaryDirectory(prefix="xaiweb-") as folder:
        file = Path(folder, "explanations.parquet")
        try:
            into(file)
        except InputError as error:
            if error.code == "all-refused":
                error.next = "Mend them; with `out` all are listed in a file beside it."
            raise
        table = parquet.read_table(file)
    frame = table.replace_schema_metadata(None).to_pandas()
    frame.attrs.update({name.decode(): json.loads(value) for name, value in table.schema.metadata.items()})
    return frame
