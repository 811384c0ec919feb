"""An ONNX graph under construction, and the raw columns that flow into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, compose, helper, numpy_helper

OPSET = {"": 18, "ai.onnx.ml": 3}

ROWS = "rows"
"""The one input: raw rows, float32 (n_rows, n_features)."""


class Graph:
    """Nodes and constants, added one by one; every value is given a name of its own.

    Args:
        n_features: Columns of `ROWS`.
    """

    BOOL = TensorProto.BOOL
    INT64 = TensorProto.INT64
    FLOAT = TensorProto.FLOAT
    DOUBLE = TensorProto.DOUBLE

    def __init__(self, n_features: int) -> None:
        self.n_features = n_features
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._n_names = 0

    def add(self, operator: str, *inputs: Any, domain: str = "", **attributes: Any) -> str:
        """Add a node and return its output's name; an input is a value's name, or an array to become a constant."""
        names = [item if isinstance(item, str) else self._constant(np.asarray(item)) for item in inputs]
        output = self._name(operator)
        self._nodes.append(helper.make_node(operator, names, [output], name=output, domain=domain, **attributes))
        return output

    def double(self, value: NDArray[Any]) -> str:
        """A constant that stays float64; others become float32."""
        name = self._name("constant")
        self._constants.append(numpy_helper.from_array(np.asarray(value, np.float64), name))
        return name

    def top(self, value: str, n: int) -> tuple[str, str]:
        """The ``n`` smallest numbers of each row, and their columns."""
        names = self._name("smallest"), self._name("places")
        count = self._constant(np.array([n], np.int64))
        self._nodes.append(helper.make_node("TopK", [value, count], list(names), name=names[0], largest=0, axis=1))
        return names

    def some(self, matrix: Matrix, indices: Sequence[int] | NDArray[Any]) -> Matrix:
        """Some columns of ``matrix``, in the order given."""
        chosen = [int(index) for index in indices]
        if chosen == list(range(matrix.width)):
            return matrix
        name = self.add("Gather", matrix.name, np.array(chosen, np.int64), axis=1)
        return Matrix(name, tuple(matrix.columns[index] for index in chosen))

    def join(self, parts: Sequence[Matrix]) -> Matrix:
        """Matrices side by side."""
        if len(parts) == 1:
            return parts[0]
        name = self.add("Concat", *(part.name for part in parts), axis=1)
        return Matrix(name, tuple(column for part in parts for column in part.columns))

    def plain(self, matrix: Matrix) -> Matrix:
        """The same numbers with nothing left to scale."""
        if matrix.is_plain:
            return matrix
        centre = np.array([column.centre for column in matrix.columns])
        factor = np.array([column.factor for column in matrix.columns])
        rounded = centre.astype(np.float32)
        rest = (rounded - centre) * factor  # what float32 takes off the centre
        name = self.add("Mul", self.add("Sub", matrix.name, rounded), factor)
        return unknown(self.add("Add", name, rest) if np.abs(rest).max() > 1e-7 else name, matrix.width)

    def splice(self, model: ModelProto, source: str) -> str:
        """Add a model of one input and one output; it reads ``source``, and its output's name comes back."""
        inside = compose.add_prefix(model, self._name("part") + "/").graph
        self._nodes.append(helper.make_node("Identity", [source], [inside.input[0].name], name=inside.input[0].name))
        self._nodes += inside.node
        self._constants += inside.initializer
        return str(inside.output[0].name)

    def model(self, output: Matrix) -> ModelProto:
        """The finished graph over `ROWS`, checked."""
        last = helper.make_node("Identity", [output.name], ["outputs"], name="outputs")
        graph = helper.make_graph(
            [*self._nodes, last],
            "estimator",
            [helper.make_tensor_value_info(ROWS, TensorProto.FLOAT, ["n_rows", self.n_features])],
            [helper.make_tensor_value_info("outputs", TensorProto.FLOAT, ["n_rows", output.width])],
            self._constants,
        )
        used = {node.domain for node in graph.node} | {""}
        opset = [helper.make_opsetid(domain, version) for domain, version in OPSET.items() if domain in used]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8)
        onnx.checker.check_model(model)
        return model

    def _constant(self, value: NDArray[Any]) -> str:
        name = self._name("constant")
        array = value.astype(np.float32) if value.dtype == np.float64 else value
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def _name(self, kind: str) -> str:
        self._n_names += 1
        return f"{kind}_{self._n_names}"


@dataclass(frozen=True)
class Numbers:
    """What is known of one column of a `Matrix`.

    Attributes:
        values: The numbers it holds in the data, sorted, float64: in float32 they may be others. None where unknown.
        centre: To be subtracted from them.
        factor: To multiply them after that, positive.
    """

    values: NDArray[np.float64] | None = field(default=None, compare=False)
    centre: float = 0.0
    factor: float = 1.0


@dataclass(frozen=True)
class Matrix:
    """Numbers (n_rows, n_columns): a value of the graph, perhaps yet to be scaled.

    Scaling waits for whoever reads the numbers, because trees do without: their thresholds are scaled back instead,
    and compared with the very numbers of the rows.

    Attributes:
        name: The value's name, float32.
        columns: What is known of each column.
    """

    name: str
    columns: tuple[Numbers, ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.columns)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is left to scale."""
        return all((column.centre, column.factor) == (0, 1) for column in self.columns)


def unknown(name: str, width: int) -> Matrix:
    """A matrix of whose columns nothing is known."""
    return Matrix(name, (Numbers(),) * width)


@dataclass(frozen=True)
class Column:
    """A raw column as the estimator knows it.

    Attributes:
        name: In the data frame.
        position: In `ROWS`.
        words: A category's levels in the order of their numbers; None for a number.
        values: A number's values in the data, sorted, float64: in float32 they may be others.
        missing: Whether a value may be missing.
        dtype: pandas' type of the column; None where the estimator was given arrays.
        mark: What stands for a missing word in the data, None or NaN.
    """

    name: str
    position: int
    words: tuple[str, ...] | None = None
    values: NDArray[np.float64] | None = field(default=None, compare=False)
    missing: bool = False
    dtype: Any = None
    mark: Any = None


@dataclass(frozen=True)
class Columns:
    """Raw columns on their way to a step of the estimator."""

    columns: tuple[Column, ...]
    named: bool

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def have_words(self) -> bool:
        """Whether one of them is a category."""
        return any(column.words is not None for column in self.columns)

    def pick(self, indices: Sequence[int]) -> Columns:
        """Some of the columns, in the order given."""
        return Columns(tuple(self.columns[index] for index in indices), self.named)

    def numbers(self, graph: Graph) -> Matrix:
        """The columns as a matrix, a category as its level's number."""
        positions = [column.position for column in self.columns]
        known = tuple(Numbers(column.values) for column in self.columns)
        if positions == list(range(graph.n_features)):
            return Matrix(ROWS, known)
        return Matrix(graph.add("Gather", ROWS, np.array(positions, np.int64), axis=1), known)
