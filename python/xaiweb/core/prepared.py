"""What is explained, as the browser's worker hands it over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.shapley.ensemble import Ensemble
from xaiweb.core.subjects.image import Image
from xaiweb.core.subjects.image import read as read_image
from xaiweb.core.subjects.passage import Passage
from xaiweb.core.subjects.passage import read as read_passage
from xaiweb.core.subjects.row import Row, Table
from xaiweb.core.subjects.subject import Subject
from xaiweb.errors import InputError, XaiwebError


class Prepared:
    """What is explained, made once for many runs in the browser's worker.

    Args:
        text: JSON ``{"kind", ...}``. ``tabular``: what :meth:`Table.from_dict` reads. ``image``: ``channels``,
            ``height``, ``width`` and ``parameters``, the subject's own. ``text``: ``text``, ``pieces`` [[start, end,
            [ids]]], ``vocabulary`` {``pad_id``, ``mask_id``, ``max_tokens``} and ``parameters``.
        arrays: Of ``tabular``: float32 ``(n_features,)``, the row, and float32 ``n_background * n_features``; then the
            trees where there are some, see :func:`read_trees`. Of ``image``: float32 ``channels * height * width``, the
            pixels, 0 to 255; then the user's own segments where there are some, int32 ``height * width``.

    Arrays may be numpy's, buffers, or JavaScript's typed arrays. What can't be prepared is told by the first step of
    a run, or by :meth:`view`.
    """

    def __init__(self, text: str, *arrays: Any) -> None:
        self.error: XaiwebError | None = None
        try:
            self.subject = _READ[json.loads(text)["kind"]](json.loads(text), *arrays)
        except XaiwebError as error:
            self.error = error

    def view(self) -> dict[str, Any]:
        """What a page shows before anything is explained.

        Returns:
            ``{"players": JSON}``; of a photo also ``segments`` int32 ``(height * width)``, ``pixels`` and ``hidden``
            float32 ``(channels * height * width)``; or ``{"error": JSON}``.
        """
        if self.error is not None:
            return {"error": json.dumps(self.error.to_dict(), ensure_ascii=False)}
        players = [player.to_dict() for player in self.subject.players]
        view: dict[str, Any] = {"players": json.dumps(players, ensure_ascii=False)}
        if isinstance(self.subject, Image):
            arrays = {name: getattr(self.subject, name) for name in ("segments", "pixels", "hidden")}
            view |= {name: array.reshape(-1) for name, array in arrays.items()}
        return view

    def sequences(self, masks: Any, n_coalitions: int) -> NDArray[np.int32]:
        """The token ids of coalitions of a text's words, ``(n_coalitions, length)``.

        Args:
            masks: uint8, ``n_coalitions * n_players``; 1 keeps a word.
            n_coalitions: Number of coalitions.
        """
        assert isinstance(self.subject, Passage)  # nobody asks this of anything else
        table = _array(masks, np.uint8, "masks").reshape(n_coalitions, -1)
        return np.ascontiguousarray(self.subject.sequences(table.astype(np.bool_)))


def _read_row(read: dict[str, Any], x: Any, background: Any, ensemble: Ensemble | None = None) -> Row:
    table = Table.from_dict(read, ensemble)
    return Row(table, _array(x, np.float32, "row"), read_rows(background, table, "background"))


def read_rows(cells: Any, table: Table, where: str) -> NDArray[np.float32]:
    """Rows of a table, ``(n_rows, n_features)``, from their cells.

    Args:
        cells: float32, ``n_rows * n_features``; may live in JavaScript.
        table: Whose columns they have.
        where: How to call them in messages.

    Raises:
        InputError: They are no whole rows.
    """
    n_features = len(table.features)
    rows = _array(cells, np.float32, where)
    if rows.size % n_features:
        raise InputError(
            f"It has {rows.size} cells, no multiple of {n_features} columns.",
            where=where,
            next="Give whole rows.",
            code="shape",
        )
    return rows.reshape(-1, n_features)


def _read_image(read: dict[str, Any], pixels: Any, regions: Any = None) -> Image:
    shape = (read["channels"], read["height"], read["width"])
    drawn = None if regions is None else _array(regions, np.int32, "regions").reshape(shape[1:])
    return read_image(_array(pixels, np.float32, "pixels").reshape(shape), read["parameters"], drawn)


def _read_text(read: dict[str, Any]) -> Passage:
    known = read["vocabulary"]
    vocabulary = (known["pad_id"], known["mask_id"], known["max_tokens"])
    pieces = [(start, end, tuple(ids)) for start, end, ids in read["pieces"]]
    return read_passage(read["text"], pieces, vocabulary, read["parameters"])


_READ: dict[str, Callable[..., Subject]] = {"tabular": _read_row, "image": _read_image, "text": _read_text}


def read_trees(nodes: Any, n_nodes: int) -> Ensemble:
    """The trees of a bundle, read once for many runs.

    Args:
        nodes: float64, ``n_nodes`` rows of the table that :mod:`xaiweb.core.shapley.trees` describes.
        n_nodes: Number of rows.
    """
    table = nodes.to_py() if hasattr(nodes, "to_py") else nodes
    return Ensemble.read(np.array(table, dtype=np.float64).reshape(n_nodes, -1))


def _array(array: Any, dtype: type[np.generic], where: str) -> NDArray[Any]:
    """A flat copy of numbers that may live in JavaScript."""
    if hasattr(array, "to_py"):  # Pyodide's proxy of a typed array
        array = array.to_py()
    try:
        return np.array(array, dtype=dtype).reshape(-1)
    except (TypeError, ValueError) as error:
        raise InputError(str(error), where=where, next="Give numbers.", code="shape") from error
