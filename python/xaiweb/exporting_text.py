"""From a model of texts to a bundle: convert, check on real texts, write the graphs, say what becomes public."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.documents import entry
from xaiweb.bundle.manifest import Decision, FileExample, Text
from xaiweb.bundle.manifest import Scale as TextScale
from xaiweb.bundle.read import Bundle
from xaiweb.bundle.text import TextManifest, Vocabulary
from xaiweb.converting import Converted, describe_outputs, origin
from xaiweb.engine.tokenizer import Tokenizer
from xaiweb.errors import InputError, ModelError, ParityError
from xaiweb.exporting import described, described_model, written
from xaiweb.graph import model as graph_model
from xaiweb.graph import operators, weights
from xaiweb.graph.text import over_ids, text_graph
from xaiweb.graph.value_function import scales as scales_of
from xaiweb.preparing import WASM_SLOWDOWN

if TYPE_CHECKING:
    import onnx

PARITY = 1e-5
"""Largest difference from the original, as a share of the largest answer where that is above 1."""
PADDING = 1e-6
"""Largest difference that padding may make, likewise: shapes change the order of sums."""
ANSWER_SECONDS = 0.1
"""One run in the browser: a cancel waits for it."""
MOST_TEXTS = 256
NO_TEXT_ON_WEBGL = "WebGL has no dynamic sizes, and texts are of any length"


def export_text(
    model: Any,
    *,
    tokenizer: Path | str,
    pad_id: int,
    mask_id: int,
    max_tokens: int,
    outputs: Sequence[dict[str, Any]] | None = None,
    examples: Sequence[dict[str, Any]] = (),
    out: Path | str,
    name: str | None = None,
    title: Text | None = None,
    description: Text | None = None,
    subject: Text | None = None,
    decision: dict[str, Any] | None = None,
    card: Sequence[dict[str, Any]] = (),
    report: Callable[[str], None] | None = print,
) -> Bundle:
    """Write a bundle for a model of texts, and return it as a reader will see it.

    Args:
        model: A ``torch.nn.Module`` or the path of an ONNX file; takes token ids, int64 or int32
            ``(n_texts, length)``, and gives ``(n_texts, n_outputs)``. Padding on the right must not change its answer.
        tokenizer: ``tokenizer.json`` of the ``tokenizers`` library; every word is encoded by itself.
        pad_id: The token that fills up shorter texts.
        mask_id: The token that stands for hidden words.
        max_tokens: Where longer texts are cut.
        outputs: ``{"name", "kind": "probability" | "number", "label"?, "unit"?}`` each; None finds out.
        examples: Texts to start from: ``{"id", "title", "file", "credit"?}``; their files, UTF-8, become part of the
            bundle.
        out: The bundle's folder.
        name: Short name in addresses; None takes the folder's.
        title: What the page calls it.
        description: One or two sentences.
        subject: Whom or what a text is.
        decision: ``{"output", "threshold", "above", "below", "meaning"}``.
        card: What a reader should know of the model: ``{"title", "text"}`` each.
        report: Told what was checked and what becomes public; None for silence.

    Raises:
        InputError: If a text can't be read.
        ModelError: If the model can't be used, or padding changes its answers.
        ParityError: If it disagrees with its export on the texts given.
    """
    say = report or (lambda _: None)
    known = Tokenizer(Path(tokenizer), max_tokens)
    given = [entry(FileExample, one, f"examples[{i}]") for i, one in enumerate(examples)]
    texts = [_text(Path(example.file)) for example in given]
    rows = [_ids(known, text, max_tokens) for text in texts] + [np.array([[mask_id]], np.int32)]

    original, reference = _convert(model, rows)
    plain, info = over_ids(original)
    answer = _runner(plain)
    gap = max(_gap(answer(ids), reference(ids)) for ids in rows)
    if not gap <= PARITY:
        raise ParityError(
            f"the exported graph differs from the original by {gap:.1e} of the largest answer.",
            next="Replace the operation that behaves differently.",
        )
    _check_padding(answer, rows, pad_id)
    say(
        f"Parity: the ONNX graph is within {gap:.1e} of the original on {len(examples)} texts, padding changes nothing."
    )
    converted = Converted(plain, str(origin(model)), parity=gap)
    declared = describe_outputs(outputs, converted, info, np.concatenate([answer(ids) for ids in rows]))

    graphs: dict[str, onnx.ModelProto] = {"model.onnx": plain}
    units = []
    for scale in scales_of(plain, info, probability=all(output.kind == "probability" for output in declared)):
        graphs[f"value.{scale}.onnx"] = text_graph(plain, info, scale)
        units.append(TextScale(scale, f"value.{scale}.onnx"))
    files, shared = weights.share_weights(graphs)
    if shared is not None:
        files[weights.WEIGHTS_FILE] = shared
    files["tokenizer.json"] = Path(tokenizer).read_bytes()
    shown = []
    for example, text in zip(given, texts, strict=True):
        path = f"examples/{example.id}.txt"
        files[path] = text.encode()
        shown.append(replace(example, file=path))

    folder = Path(out)
    manifest = TextManifest(
        **described("text", folder, name, title, description, subject),
        model=described_model(converted, files["model.onnx"], shared, card),
        outputs=declared,
        decision=entry(Decision, decision, "decision") if decision else None,
        scales=tuple(units),
        weights=weights.WEIGHTS_FILE if shared is not None else None,
        text=Vocabulary("tokenizer.json", pad_id, mask_id, max_tokens),
        examples=tuple(shown),
        chunk_rows=_chunk_texts(answer, rows),
        providers=dict(operators.unsupported(plain)) | {"webgl": NO_TEXT_ON_WEBGL},
        files={},
    )
    return written(folder, manifest, files, say)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as reason:
        raise InputError(
            f"this text can't be read ({reason}).", where=str(file), next="Give a UTF-8 text file."
        ) from None


def _ids(tokenizer: Tokenizer, text: str, most: int) -> NDArray[np.int32]:
    """The text's token ids, ``(1, length)``."""
    ids = [token for _, _, tokens in tokenizer.encode(text) for token in tokens][:most]
    return np.array([ids], np.int32)


def _convert(model: Any, rows: list[NDArray[np.int32]]) -> tuple[onnx.ModelProto, Callable[[Any], NDArray[Any]]]:
    """The model as ONNX, and the original as a function of token ids."""
    source = origin(model)
    if source == "onnx":
        import onnxruntime

        original = graph_model.load(Path(model))
        over_ids(original)  # refuses what has another input or output
        session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        (given,) = session.get_inputs()
        output = next(value.name for value in session.get_outputs() if value.type == "tensor(float)")
        whole = np.int64 if given.type == "tensor(int64)" else np.int32
        return original, lambda ids: session.run([output], {given.name: ids.astype(whole)})[0]
    if source == "torch":
        from xaiweb.exporters import torch as exporter

        longest = max(rows, key=lambda ids: ids.shape[1])
        return exporter.to_onnx(model, np.tile(longest.astype(np.int64), (3, 1))), exporter.reference(model)
    raise ModelError(
        f"a {type(model).__name__} can't be exported as a model of texts.",
        where="model",
        next="Give a torch.nn.Module, or the path of an ONNX file.",
    )


def _runner(plain: onnx.ModelProto) -> Callable[[NDArray[np.int32]], NDArray[np.float64]]:
    import onnxruntime

    session = onnxruntime.InferenceSession(plain.SerializeToString(), providers=["CPUExecutionProvider"])
    return lambda ids: np.asarray(session.run(None, {"ids": ids})[0], dtype=np.float64).reshape(len(ids), -1)


def _gap(found: NDArray[np.float64], wanted: NDArray[Any]) -> float:
    """The largest difference, as a share of the largest answer where that is above 1; NaN where one isn't finite."""
    wanted = np.asarray(wanted, dtype=np.float64).reshape(found.shape)
    return float(np.abs(found - wanted).max() / max(1.0, float(np.abs(wanted).max())))


def _check_padding(answer: Callable[[Any], NDArray[np.float64]], rows: list[NDArray[np.int32]], pad_id: int) -> None:
    """Refuses a model that reads what fills up shorter texts."""
    for ids in rows:
        wide = np.pad(ids, ((0, 0), (0, 7)), constant_values=pad_id)
        if not (gap := _gap(answer(wide), answer(ids))) <= PADDING:
            raise ModelError(
                f"seven tokens of padding change an answer by {gap:.1e}.",
                where=f"pad_id {pad_id}",
                next="Mask the padding inside the model.",
                code="model-padding",
            )


def _chunk_texts(answer: Callable[[Any], NDArray[np.float64]], rows: list[NDArray[np.int32]]) -> dict[str, int]:
    """Texts per run: as many of the longest example as a cancel may wait for."""
    longest = max(rows, key=lambda ids: ids.shape[1])
    seconds = []
    for _ in range(4):  # the first is slower than the rest
        start = time.perf_counter()
        answer(np.repeat(longest, 8, axis=0))
        seconds.append((time.perf_counter() - start) / 8)
    each = min(seconds)
    native, wasm = (int(np.clip(ANSWER_SECONDS / (slower * each), 1, MOST_TEXTS)) for slower in (1, WASM_SLOWDOWN))
    return {"cpu": native, "wasm": wasm, "webgpu": native, "webgl": 1}
