"""onnxruntime: one session per graph, run in chunks of bounded size."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, RuntimeException

from xaiweb import __version__
from xaiweb.core.compiled import in_use
from xaiweb.errors import ModelError

NAME = f"onnxruntime {importlib.metadata.version('onnxruntime')}"
PROVIDER = "cpu"
FAILURES = (Fail, InvalidArgument, RuntimeException)
"""What onnxruntime raises where a graph can't be run on what it is given."""
VERSIONS = {
    **{name: importlib.metadata.version(name) for name in ("onnxruntime", "numpy")},
    "xaiweb": __version__,
    "core_kernels": in_use(),
}
"""What an explanation's last digits may depend on."""


def session(path: Path, threads: int = 0, n_outputs: int | None = None) -> onnxruntime.InferenceSession:
    """A session of a graph.

    Args:
        path: The graph.
        threads: Threads of one run; 0 is onnxruntime's choice.
        n_outputs: How many numbers the manifest says it answers for each row; None says nothing.

    Raises:
        ModelError: If onnxruntime refuses it, or it answers another number.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    try:
        opened = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as reason:  # onnxruntime's exceptions share no narrower base
        raise ModelError(
            f"onnxruntime refuses this graph: {reason}", where=str(path), next="Export again.", code="model-corrupt"
        ) from None
    answers = {output.shape[-1] for output in opened.get_outputs()}
    if n_outputs is not None and answers != {n_outputs}:
        raise ModelError(
            f"this graph answers {', '.join(map(str, answers))} numbers for a row; "
            f"its manifest names {n_outputs} outputs.",
            where=str(path),
            next="Export again.",
            code="model-corrupt",
        )
    return opened


@contextmanager
def running() -> Iterator[None]:
    """Tells what onnxruntime raises while a graph runs as an error of the model.

    Raises:
        ModelError: A graph can't be run on what it is given, as where a number is no position in an embedding's table.
    """
    try:
        yield
    except FAILURES as reason:
        raise ModelError(
            f"onnxruntime can't run the model on this: {reason}",
            where="model",
            next="Check the input for values the model can't take.",
            code="model-failed",
        ) from None


def slices(n: int, size: int) -> Iterator[slice]:
    """``n`` rows in parts of at most ``size``."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))
