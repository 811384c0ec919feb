"""What a model takes and gives, and the plain form every other graph is built from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from xaiweb.errors import ModelError
from xaiweb.graph.edit import inlined, lift_constants, name_nodes, prune
from xaiweb.graph.link import ends_in_link
from xaiweb.graph.opset import LARGEST_IR, lowered, versions

MINIMUM_OPSET = 9
"""``Where`` came with 9; older models would have to be rewritten first."""

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
    _check(model)
    model = inlined(model)
    opset = _opset(model)
    source, width = _input(model, n_features)
    target, labels = _output(model)
    info = ModelInfo(source.name, target.name, width, 0, opset, labels, ends_in_link(model, target.name))
    rank, n_outputs = _output_shape(model, info, target)
    info = replace(info, n_outputs=n_outputs, output_rank=rank)
    batch = source.type.tensor_type.shape.dim[0]
    if batch.HasField("dim_value") and batch.dim_value > 0:
        _check_batch_can_vary(model, info, batch.dim_value)
    return info


def plain(model: ModelProto, info: ModelInfo) -> ModelProto:
    """The model alone: free batch, fixed width, one float output, constants as initializers.

    Its input and output keep their names.
    """
    result = ModelProto()
    result.CopyFrom(inlined(model))
    graph = result.graph
    lift_constants(graph)
    prune(graph, [info.output])
    name_nodes(graph)
    del graph.input[:]  # initializers listed as inputs (IR 3) were overridable; here they are constants
    graph.input.append(helper.make_tensor_value_info(info.input, TensorProto.FLOAT, ["n_rows", info.n_features]))
    shape: list[int | str] = ["n_rows", info.n_outputs][: info.output_rank]
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info(info.output, TensorProto.FLOAT, shape))
    del graph.value_info[:]  # shapes noted there may hold the old batch
    del result.opset_import[:]
    result.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in info.opset.items())
    result.ir_version = min(max(result.ir_version, 8), LARGEST_IR)
    return result


def _check(model: ModelProto) -> None:
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


def _opset(model: ModelProto) -> dict[str, int]:
    found = versions(model)
    version = found.get("")
    if version is None:
        if any(node.domain in ("", "ai.onnx") for node in model.graph.node):
            raise ModelError("the model imports no ai.onnx operator set", code="model-opset")
        return {"": OPSET_FOR_ML, **lowered(model)}
    if version < MINIMUM_OPSET:
        raise ModelError(
            f"the model uses opset {version}; xaiweb reads {MINIMUM_OPSET} and newer",
            next="Export it again with a newer opset, or convert it with onnx.version_converter.",
            code="model-opset",
        )
    newest = onnx.defs.onnx_opset_version()
    if version > newest:
        raise ModelError(
            f"the model uses opset {version}; the installed onnx package knows opsets up to {newest}",
            next="Export it with an older opset, or install a newer onnx.",
            code="model-opset",
        )
    return lowered(model)


def _input(model: ModelProto, n_features: int | None) -> tuple[ValueInfoProto, int]:
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    if len(inputs) != 1:
        names = ", ".join(f'"{value.name}"' for value in inputs) or "none"
        raise ModelError(
            f"the model has {len(inputs)} inputs ({names}); a table's row goes into exactly one",
            next="Export a model that takes one float32 tensor (n_rows, n_features).",
            code="model-inputs",
        )
    source = inputs[0]
    where = f'input "{source.name}"'
    kind = source.type.tensor_type.elem_type
    if source.type.WhichOneof("value") != "tensor_type" or kind != TensorProto.FLOAT:
        raise ModelError(
            f"the input holds {_type_words(source)}, not float32 numbers",
            where=where,
            next="Export the model for float32 input; a category is given as the index of its level.",
            code="model-input-type",
        )
    shape = _shape(source)
    if shape is None or len(shape) != 2:
        words = "no known rank" if shape is None else f"rank {len(shape)}"
        raise ModelError(
            f"the input has {words}; a table of rows has rank 2, (n_rows, n_features)",
            where=where,
            next="Export the model for rows of numbers.",
            code="model-input-rank",
        )
    width = shape[1] if shape[1] is not None else n_features
    if width is None:
        raise ModelError(
            "the number of columns is free in the model",
            where=where,
            next="Give a background: its width says how many columns there are.",
            code="model-width-unknown",
        )
    if n_features is not None and width != n_features:
        raise ModelError(
            f"the model takes {width} columns, the background has {n_features}",
            where=where,
            next="Give exactly the model's columns, in its order.",
            code="model-width",
        )
    return source, width


def _output(model: ModelProto) -> tuple[ValueInfoProto, tuple[str, ...]]:
    floats, labels = [], []
    for value in model.graph.output:
        if value.type.WhichOneof("value") != "tensor_type":
            raise ModelError(
                f"the output is {_type_words(value)}, not a tensor",
                where=f'output "{value.name}"',
                next="Export the classifier with zipmap=False.",
                code="model-zipmap",
            )
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            floats.append(value)
        else:
            labels.append(value)
    if not floats:
        found = ", ".join(f'"{value.name}" holds {_type_words(value)}' for value in labels)
        raise ModelError(
            f"the model has no float32 output ({found})",
            next="Export the model with its probabilities or scores.",
            code="model-output-type",
        )
    if len(floats) > 1:
        found = ", ".join(f'"{value.name}"' for value in floats)
        raise ModelError(
            f"the model has {len(floats)} float outputs ({found}); it isn't clear which one to explain",
            next="Keep one, for instance with onnx.utils.extract_model.",
            code="model-outputs",
        )
    return floats[0], tuple(value.name for value in labels)


def _output_shape(model: ModelProto, info: ModelInfo, target: ValueInfoProto) -> tuple[int, int]:
    """Rank and number of outputs."""
    shape = _shape(target) or _inferred(model, info)
    if shape is None or (len(shape) == 2 and shape[1] is None):
        shape = _tried(model, info)
    if len(shape) == 1:
        return 1, 1
    if len(shape) != 2 or not shape[1]:
        raise ModelError(
            f"the output has rank {len(shape)}; one row of numbers per row is needed, (n_rows, n_outputs)",
            where=f'output "{target.name}"',
            next="Flatten the output in the model, or keep the part of it that is to be explained.",
            code="model-output-rank",
        )
    return 2, shape[1]


def _inferred(model: ModelProto, info: ModelInfo, batch: int | None = None) -> tuple[int | None, ...] | None:
    """The output's shape by ONNX's own shape inference; with ``batch``, for that many rows."""
    candidate = ModelProto()
    candidate.CopyFrom(model)
    del candidate.graph.value_info[:]
    for value in candidate.graph.input:
        if value.name == info.input:
            rows = "n_rows" if batch is None else batch
            value.CopyFrom(helper.make_tensor_value_info(info.input, TensorProto.FLOAT, [rows, info.n_features]))
    for value in candidate.graph.output:
        value.type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(candidate, strict_mode=batch is not None, data_prop=True)
    return _shape(_named(inferred, info.output))


def _tried(model: ModelProto, info: ModelInfo) -> tuple[int | None, ...]:
    """The output's shape found by running two rows of zeros through ONNX's reference evaluator."""
    from onnx.reference import ReferenceEvaluator

    rows = np.zeros((2, info.n_features), np.float32)
    try:
        (result,) = ReferenceEvaluator(_for_trial(model, info)).run([info.output], {info.input: rows})
    except Exception as error:
        raise ModelError(
            "the number of outputs is neither written in the model nor can it be found out",
            where=f'output "{info.output}"',
            next="Write the output's shape into the model: (n_rows, n_outputs).",
            code="model-output-shape",
        ) from error
    return tuple(np.shape(result))


def _for_trial(model: ModelProto, info: ModelInfo) -> ModelProto:
    """The model with the operator sets its graphs will import, for a run by the reference evaluator."""
    trial = ModelProto()
    trial.CopyFrom(model)
    del trial.opset_import[:]
    trial.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in info.opset.items())
    return trial


def _check_batch_can_vary(model: ModelProto, info: ModelInfo, written: int) -> None:
    """Refuse a model whose inside, not only whose declared input, is made for ``written`` rows."""
    for batch in (written + 2, written + 5):
        try:
            shape = _inferred(model, info, batch)
        except onnx.shape_inference.InferenceError:
            shape = (0,)
        if shape is not None and shape[0] is not None and shape[0] != batch:
            raise ModelError(
                f"the model is made for exactly {written} row(s) at a time",
                where=f'input "{info.input}"',
                next="Export it with a dynamic first dimension.",
                code="model-fixed-batch",
            )


def _named(model: ModelProto, output: str) -> ValueInfoProto:
    found: ValueInfoProto = next(value for value in model.graph.output if value.name == output)
    return found


def _shape(value: ValueInfoProto) -> tuple[int | None, ...] | None:
    """The dimensions, None where free; None as a whole where not even the rank is known."""
    if not value.type.tensor_type.HasField("shape"):
        return None
    dims = value.type.tensor_type.shape.dim
    # some exporters write a free dimension as 0 or -1
    return tuple(dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None for dim in dims)


def _type_words(value: ValueInfoProto) -> str:
    kind = value.type.WhichOneof("value")
    if kind == "tensor_type":
        return str(TensorProto.DataType.Name(value.type.tensor_type.elem_type)).lower()
    words = {"sequence_type": "a sequence", "map_type": "a map", "optional_type": "an optional"}
    if kind == "sequence_type" and value.type.sequence_type.elem_type.WhichOneof("value") == "map_type":
        return "a sequence of maps (ZipMap)"
    return words.get(kind or "", "nothing known")
