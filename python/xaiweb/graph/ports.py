"""The one input and the one output of a model, or a refusal that says what to change."""

from __future__ import annotations

from onnx import ModelProto, TensorProto, ValueInfoProto

from xaiweb.errors import ModelError
from xaiweb.graph.shape import shape_of

SCORES = (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16)
"""What is no label's type."""


def find_input(model: ModelProto, n_features: int | None) -> tuple[ValueInfoProto, int]:
    """The input that takes rows of float32, and its width."""
    source = only_input(
        model,
        "a table's row goes into exactly one",
        "Export a model that takes one float32 tensor (n_rows, n_features); a category is given as its level's index.",
    )
    where = f'input "{source.name}"'
    shape = shape_of(source)
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


def only_input(model: ModelProto, need: str, advice: str) -> ValueInfoProto:
    """The model's one input, of float32.

    Args:
        model: Any model.
        need: What goes into it, to end a sentence.
        advice: What to do where there is none.

    Raises:
        ModelError: There is none, or more than one.
    """
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    if len(inputs) != 1:
        names = ", ".join(f'"{value.name}"' for value in inputs) or "none"
        raise ModelError(
            f"the model has {len(inputs)} inputs ({names}); {need}",
            next=advice,
            code="model-inputs",
        )
    source: ValueInfoProto = inputs[0]
    if source.type.WhichOneof("value") != "tensor_type" or source.type.tensor_type.elem_type != TensorProto.FLOAT:
        raise ModelError(
            f"the input holds {_words(source)}, not float32 numbers",
            where=f'input "{source.name}"',
            next=advice,
            code="model-input-type",
        )
    return source


def find_output(model: ModelProto) -> tuple[ValueInfoProto, tuple[str, ...]]:
    """The float32 output, and the names of those that hold labels."""
    floats, labels = [], []
    for value in model.graph.output:
        if value.type.WhichOneof("value") != "tensor_type":
            raise ModelError(
                f"the output is {_words(value)}, not a tensor",
                where=f'output "{value.name}"',
                next="Export the classifier with zipmap=False.",
                code="model-zipmap",
            )
        if value.type.tensor_type.elem_type in SCORES:
            floats.append(value)
        else:
            labels.append(value)
    if not any(value.type.tensor_type.elem_type == TensorProto.FLOAT for value in floats):
        found = ", ".join(f'"{value.name}" holds {_words(value)}' for value in (*floats, *labels))
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


def _words(value: ValueInfoProto) -> str:
    kind = value.type.WhichOneof("value")
    if kind == "tensor_type":
        return str(TensorProto.DataType.Name(value.type.tensor_type.elem_type)).lower()
    words = {"sequence_type": "a sequence", "map_type": "a map", "optional_type": "an optional"}
    if kind == "sequence_type" and value.type.sequence_type.elem_type.WhichOneof("value") == "map_type":
        return "a sequence of maps (ZipMap)"
    return words.get(kind or "", "nothing known")
