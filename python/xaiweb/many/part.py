"""A part: some rows that are explained together, and what is written of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
from xaiweb.errors import BundleError, XaiwebError
from xaiweb.explaining.rows import TableExplainer
from xaiweb.many.equal import Firsts
from xaiweb.many.source import Block
from xaiweb.many.told import ESTIMATOR, Refused, Told, pack, provenance

OF_A_ROW = {"budget-too-small", "infinite", "model-failed", "model-not-finite"}
"""Codes of errors that one row may raise while others don't; any other ends the run."""


@dataclass(frozen=True)
class Asked:
    """What is asked of every row, as for a call of an explainer."""

    method: str = "shapley"
    scale: str | None = None
    outputs: tuple[str | int, ...] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Part:
    """Rows to explain together.

    Attributes:
        number: Which part of the whole.
        rows: int ``(n_rows,)``, the numbers of those that are to be computed.
        x: float32 ``(n_rows, n_features)``, encoded.
        copies: int ``(n_copies, 2)``, rows between them that equal an earlier one, with the number of the first such.
        unread: Rows between them that can't be read.
    """

    number: int
    rows: NDArray[np.int64]
    x: NDArray[np.float32]
    copies: NDArray[np.int64]
    unread: list[Refused]

    @property
    def n_rows(self) -> int:
        """All its rows."""
        return len(self.rows) + len(self.copies) + len(self.unread)


def encode(number: int, block: Block, manifest: TabularManifest, firsts: Firsts) -> Part:
    """The part in a block of rows; rows that can't be read are refused one by one.

    Args:
        number: Which part of the whole.
        block: The rows.
        manifest: Whose columns they have.
        firsts: Knows the rows of earlier parts.
    """
    x, faults = bundle_rows.read(block.table(), manifest.features, ignore=manifest.unseen)
    unread = {i: Refused.of(block.first + i, error) for i, error in faults}
    kept = np.delete(np.arange(block.n_rows), list(unread))
    rows = block.first + kept
    first = firsts.of(rows, x[kept])
    new = first == rows
    return Part(number, rows[new], x[kept[new]], np.stack([rows, first], axis=1)[~new], list(unread.values()))


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
        """The explanations of a part, as the bytes of its file.

        Raises:
            XaiwebError: For what is asked, not for a row.
        """
        return pack(*self.explain(part))

    def explain(self, part: Part) -> tuple[Any, Told]:
        """The lines of a part's computed rows as an arrow table, and what is to be told of all of its rows.

        Raises:
            XaiwebError: For what is asked, not for a row.
        """
        import pyarrow as pa

        found: dict[int, Explanation] = {}
        unanswered: list[Refused] = []
        # Matrices are small, and how many threads multiply them can show in the last digit.
        with threadpool_limits(1, user_api="blas"):
            for row, answer in zip(part.rows.tolist(), self._explain(part.x), strict=True):
                if isinstance(answer, Explanation):
                    found[row] = answer
                else:
                    unanswered.append(Refused.of(row, answer))
        explanations = list(found.values())
        estimators = [one.provenance.estimator for one in explanations for _ in one.outputs]
        lines = tables.arrow(list(found), explanations).append_column(ESTIMATOR, pa.array(estimators, pa.string()))
        told = Told(len(part.rows), part.copies.tolist(), part.unread, unanswered, provenance(explanations))
        return lines, told

    def _explain(self, x: NDArray[np.float32]) -> Iterator[Explanation | XaiwebError]:
        asked = self._asked
        for answer in self._explainer.together(
            x, asked.method, scale=asked.scale, outputs=asked.outputs, **asked.parameters
        ):
            if isinstance(answer, XaiwebError) and answer.code not in OF_A_ROW:
                raise answer
            yield answer
