"""A part: some rows that are explained together, and what is written of them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from xaiweb import tables
from xaiweb.bundle import rows as bundle_rows
from xaiweb.bundle.packed import manifest_sha256
from xaiweb.bundle.tabular import TabularManifest
from xaiweb.core.explanation import Explanation
from xaiweb.errors import BundleError, InputError, XaiwebError
from xaiweb.explaining.rows import TableExplainer
from xaiweb.many.source import Block

OF_A_ROW = {"budget-too-small", "infinite", "model-failed", "model-not-finite"}
"""Codes of errors that one row may raise while others don't; any other ends the run."""


@dataclass(frozen=True)
class Asked:
    """What is asked of every row, as for a call of an explainer."""

    method: str = "shapley"
    scale: str | None = None
    outputs: tuple[str | int, ...] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A row that can't be explained, and why.

    Attributes:
        row: Its number from 0, as in the column ``row`` of the result.
        reason: What is wrong.
        where: The place, as the user knows it.
        next: What to do about it.
        code: The error's.
    """

    row: int
    reason: str
    where: str
    next: str
    code: str

    @classmethod
    def of(cls, row: int, error: XaiwebError) -> Refused:
        """The refusal that an error is."""
        return cls(row, error.message, error.where, error.next, error.code)

    def error(self) -> InputError:
        """The error that it was."""
        return InputError(self.reason, where=self.where, next=self.next, code=self.code)


@dataclass(frozen=True, eq=False)
class Part:
    """Rows to explain together.

    Attributes:
        number: Which part of the whole.
        rows: int ``(n_rows,)``, their numbers.
        x: float32 ``(n_rows, n_features)``, encoded.
        refused: Rows between them that can't be read.
    """

    number: int
    rows: NDArray[np.int64]
    x: NDArray[np.float32]
    refused: tuple[Refused, ...] = ()


def encode(number: int, block: Block, manifest: TabularManifest) -> Part:
    """The part in a block of rows; rows that can't be read are refused one by one.

    Args:
        number: Which part of the whole.
        block: The rows.
        manifest: Whose columns they have.
    """
    x, faults = bundle_rows.read(block.table(), manifest.features, ignore=manifest.unseen)
    refused = {i: Refused.of(block.first + i, error) for i, error in faults}
    kept = np.delete(np.arange(block.n_rows), list(refused))
    return Part(number, block.first + kept, x[kept], tuple(refused.values()))


class Worker:
    """Explains parts with a bundle's model: one session, one thread.

    Whatever number of workers shares the parts, each part's bytes are the same.

    Args:
        bundle: The bundle's folder.
        sha256: Of its manifest, which names the hashes of all its files.
        asked: What is asked of every row.

    Raises:
        BundleError: It is another bundle, or a file was changed.
    """

    def __init__(self, bundle: Path, sha256: str, asked: Asked) -> None:
        self._explainer = TableExplainer(bundle, threads=1)
        if manifest_sha256(bundle) != sha256:
            raise BundleError(
                "the bundle was changed since this run began.",
                where=str(bundle),
                next="Put it back, or begin anew with --fresh.",
                code="bundle-changed",
            )
        self._asked = asked

    def __call__(self, part: Part) -> bytes:
        """The explanations of a part, a parquet file whose metadata tell of refused rows and provenance.

        Raises:
            XaiwebError: For what is asked, not for a row.
        """
        from pyarrow import parquet

        table, told = self.explain(part)
        buffer = io.BytesIO()
        parquet.write_table(table.replace_schema_metadata({"part": json.dumps(told.to_dict())}), buffer)
        return buffer.getvalue()

    def explain(self, part: Part) -> tuple[Any, Told]:
        """The explanations of a part as an arrow table, and what is to be told of them.

        Raises:
            XaiwebError: For what is asked, not for a row.
        """
        found: dict[int, Explanation] = {}
        refused = list(part.refused)
        first, same = _distinct(part.x)
        # Matrices are small, and how many threads multiply them can show in the last digit.
        with threadpool_limits(1, user_api="blas"):
            for i, answer in zip(first, self._explain(part.x[first]), strict=True):
                if isinstance(answer, Explanation):
                    found[int(i)] = answer
                else:
                    refused += [Refused.of(int(row), answer) for row in part.rows[same == i]]
        lines = [(row, found[i]) for row, i in zip(part.rows.tolist(), same.tolist(), strict=True) if i in found]
        told = Told(len(lines), sorted(refused, key=lambda one: one.row), _provenance(lines, found.values()))
        return tables.arrow([row for row, _ in lines], [one for _, one in lines]), told

    def _explain(self, x: NDArray[np.float32]) -> Iterator[Explanation | XaiwebError]:
        asked = self._asked
        for answer in self._explainer.together(
            x, asked.method, scale=asked.scale, outputs=asked.outputs, **asked.parameters
        ):
            if isinstance(answer, XaiwebError) and answer.code not in OF_A_ROW:
                raise answer
            yield answer


@dataclass(frozen=True)
class Told:
    """What a part's metadata say.

    Attributes:
        n_rows: Rows that were explained.
        refused: The others, in order.
        provenance: By estimator, the provenance of the first explanation; ``n_rows``, ``n_coalitions`` and
            ``n_model_rows`` are sums over rows and over distinct explanations.
    """

    n_rows: int
    refused: list[Refused]
    provenance: dict[str, dict[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values."""
        return asdict(self)

    @classmethod
    def of(cls, metadata: Mapping[bytes, bytes]) -> Told:
        """What the metadata of a part's file say."""
        data = json.loads(metadata[b"part"])
        return cls(data["n_rows"], [Refused(**one) for one in data["refused"]], data["provenance"])


def _distinct(x: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of the first of equal rows, in order, and for each row the position of the first that equals it."""
    lines = np.ascontiguousarray(x).view(np.dtype((np.void, x.dtype.itemsize * x.shape[1]))).ravel()
    _, first, place = np.unique(lines, return_index=True, return_inverse=True)
    return np.sort(first), first[place]


def _provenance(lines: Sequence[tuple[int, Explanation]], distinct: Any) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for one in distinct:
        own, known = one.provenance, told.get(one.provenance.estimator)
        if known is None:
            # Wall time is left out, so that equal runs write equal bytes.
            told[own.estimator] = asdict(own) | {"parameters": dict(own.parameters), "elapsed_ms": None, "n_rows": 0}
        else:
            known["n_coalitions"] += own.n_coalitions
            known["n_model_rows"] += own.n_model_rows
    for _, one in lines:
        told[one.provenance.estimator]["n_rows"] += 1
    return told


def add(known: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Adds the counts of one provenance to another's."""
    for name in ("n_rows", "n_coalitions", "n_model_rows"):
        known[name] += other[name]
