"""What a model takes and gives, and the plain form every other graph is built from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import onnx
from onnx import ModelProto, TensorProto, helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import inlined, lift_constants, name_nodes, prune
from xaiweb.graph.link import last_link
from xaiweb.graph.opset import LARGEST_IR, OLDEST, settled
from xaiweb.graph.ports import find_input, find_output
from xaiweb.graph.shape import check_batch_can_vary, check_width, output_shape, shape_of

OPSET_FOR_ML = 13
"""The ``ai.onnx`` version added to a model that imports only ``ai.onnx.ml``."""


@dataclass(frozen=True)
class ModelInfo:
    """A model that can be explained.

    Attributes:
        input: Name of the one float32 input ``(n_rows, n_features)``.
        output: Name of the one float32 output.
        n_features: Columns of the input.
        n_outputs: Columns of the output; 1 for an output of shape ``(n_rows,)``.
        opset: Operator set versions by domain (``''`` is ai.onnx) of the graphs made from it.
        label_outputs: Outputs that are left out because they name classes instead of scoring them.
        ends_in_link: Whether the output comes out of a Sigmoid or Softmax, so that there is a margin.
        output_rank: 2, or 1 for an output of shape ``(n_rows,)``.
    """

    input: str
    output: str
    n_features: int
    n_outputs: int
    opset: dict[str, int]
    label_outputs: tuple[str, ...] = ()
    ends_in_link: bool = False
    output_rank: int = 2

    @property
    def row_shape(self) -> tuple[int | str, ...]:
        """The input's dimensions after the first; one that is free has a name."""
        return (self.n_features,)

    @property
    def element(self) -> int:
        """What the input holds, one of ``TensorProto``'s types."""
        return int(TensorProto.FLOAT)


def load(path: Path) -> ModelProto:
    """The ONNX model in a file, its external data included.

    Raises:
        ModelError: There is no such file, it isn't ONNX, or its external data is missing.
    """
    try:
        model = onnx.load(path)
    except FileNotFoundError as error:
        raise ModelError(
            "there is no such file", where=str(error.filename or path), next="Check the path.", code="model-missing"
        ) from error
    except Exception as error:  # protobuf's, onnx's and the system's own errors: all mean the same here
        raise ModelError(
            "this file can't be read as an ONNX model",
            where=str(path),
            next="Give the .onnx file that an exporter wrote, with its external data beside it.",
            code="model-unreadable",
        ) from error
    if not model.graph.node:
        raise ModelError(
            "this file holds no ONNX graph", where=str(path), next="Give the .onnx file.", code="model-unreadable"
        )
    return model


def describe(model: ModelProto, n_features: int | None = None) -> ModelInfo:
    """The model's input and output, or a refusal that says what to change.

    Args:
        model: Any ONNX model with one float32 input of rank 2.
        n_features: Width of the background; pins a free second dimension.

    Raises:
        ModelError: The model doesn't have that shape; ``code`` names the reason.
    """
    check_valid(model)
    model = inlined(model)
    opset = usable_opset(model)
    source, width = find_input(model, n_features)
    target, labels = find_output(model)
    written_batch, written_width = shape_of(source) or (None, None)
    if written_width is None:
        check_width(model, source.name, target.name, width)
    rank, n_outputs = output_shape(model, source.name, target, (width,))
    if written_batch is not None:
        check_batch_can_vary(model, source.name, target.name, (width,), written_batch)
    link = last_link(model, target.name) is not None
    return ModelInfo(source.name, target.name, width, n_outputs, opset, labels, link, rank)


def plain(model: ModelProto, info: ModelInfo) -> ModelProto:
    """The model alone: free batch, rows of fixed shape, one float output, constants as initializers.

    Its input and output keep their names.
    """
    result = ModelProto()
    result.CopyFrom(inlined(model))
    graph = result.graph
    lift_constants(graph)
    prune(graph, [info.output])
    name_nodes(graph)
    del graph.input[:]  # initializers listed as inputs (IR 3) were overridable; here they are constants
    graph.input.append(helper.make_tensor_value_info(info.input, info.element, ["n_rows", *info.row_shape]))
    shape: list[int | str] = ["n_rows", info.n_outputs]
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(info.output, TensorProto.FLOAT, shape[: info.output_rank]))
    del graph.value_info[:]  # shapes noted there may hold the old batch
    del result.opset_import[:]
    result.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in info.opset.items())
    result.ir_version = min(max(result.ir_version, 8), LARGEST_IR)
    return result


def check_valid(model: ModelProto) -> None:
    """Refuse what isn't a valid ONNX model.

    Raises:
        ModelError: With the checker's reason.
    """
    trial = ModelProto()
    trial.CopyFrom(model)
    for value in (*trial.graph.input, *trial.graph.output):
        if value.type.WhichOneof("value") == "tensor_type":
            value.type.tensor_type.shape.SetInParent()  # the checker wants one, runtimes don't
    try:
        onnx.checker.check_model(trial)
    except onnx.checker.ValidationError as error:
        raise ModelError(
            f"this is not a valid ONNX model: {str(error).splitlines()[0]}",
            next="Export it again, and check it with onnx.checker.check_model.",
            code="model-invalid",
        ) from error


def usable_opset(model: ModelProto) -> dict[str, int]:
    """Operator set versions by domain that our graphs can be written in around the model.

    Raises:
        ModelError: It is too old, too new, or there is none.
    """
    found = settled(model)
    version = found.get("")
    if version is None:
        if any(node.domain in ("", "ai.onnx") for node in model.graph.node):
            raise ModelError("the model imports no ai.onnx operator set", code="model-opset")
        return {"": OPSET_FOR_ML, **found}
    oldest, newest = OLDEST[""], onnx.defs.onnx_opset_version()
    if version < oldest:
        raise ModelError(
            f"the model uses opset {version}; xaiweb reads {oldest} and newer",
            next="Export it again with a newer opset, or convert it with onnx.version_converter.",
            code="model-opset",
        )
    if version > newest:
        raise ModelError(
            f"the model uses opset {version}; the installed onnx package knows opsets up to {newest}",
            next="Export it with an older opset, or install a newer onnx.",
            code="model-opset",
        )
    return found
