"""From a model of images to a bundle: convert, check on real photos, write the graphs, say what becomes public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.documents import entry
from xaiweb.bundle.image import FixedGraph, Geometry, ImageManifest, ImageScale
from xaiweb.bundle.manifest import Decision, FileExample, Text
from xaiweb.bundle.read import Bundle
from xaiweb.converting import Converted, describe_outputs, origin, predict
from xaiweb.engine.photo import decode
from xaiweb.errors import InputError, ModelError
from xaiweb.exporting import described, described_model, written
from xaiweb.graph import model as graph_model
from xaiweb.graph import operators, weights
from xaiweb.graph.activations import largest_step
from xaiweb.graph.image import image_value_function, webgl_image_value_function
from xaiweb.graph.image_model import describe_image, normalisation, over_pixels
from xaiweb.graph.image_preprocess import image_preprocess
from xaiweb.graph.value_function import scales as scales_of
from xaiweb.preparing import chunk_images

if TYPE_CHECKING:
    import onnx

Reference = Callable[[NDArray[np.float32]], NDArray[Any]]

PARITY = 1e-4
"""Largest difference from the original, as a share of the largest answer where that is above 1."""
LARGEST_BATCH_BYTES = 64_000_000
"""Memory for the inner numbers of one run."""
MOST_IMAGES = 1024
MOST_WEBGL_IMAGES = 64


def export_image(
    model: Any,
    *,
    size: tuple[int, int],
    channels: int = 3,
    crop: float = 0.875,
    interpolation: str = "bicubic",
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    outputs: Sequence[dict[str, Any]] | None = None,
    examples: Sequence[dict[str, Any]] = (),
    out: Path | str,
    name: str | None = None,
    title: Text | None = None,
    description: Text | None = None,
    subject: Text | None = None,
    decision: dict[str, Any] | None = None,
    card: Sequence[dict[str, Any]] = (),
    scales: Sequence[str] | None = None,
    report: Callable[[str], None] | None = print,
) -> Bundle:
    """Write a bundle for a model of images, and return it as a reader will see it.

    Args:
        model: A ``torch.nn.Module`` or the path of an ONNX file; takes normalised pixels, float32
            ``(n_images, channels, height, width)``, and gives ``(n_images, n_outputs)``.
        size: Height and width in pixels.
        channels: 3 for red, green and blue, or 1 for luminance.
        crop: The share of a photo's shorter side that its centred square keeps.
        interpolation: How that square is resized: ``bilinear`` or ``bicubic``, both smoothing.
        mean: Per channel; the model gets (pixel / 255 - mean) / std. None is 0.
        std: Per channel; None is 1.
        outputs: ``{"name", "kind": "probability" | "number", "label"?, "unit"?}`` each; None finds out.
        examples: Photos to start from: ``{"id", "title", "file", "credit"?}``; their files become part of the bundle.
        out: The bundle's folder.
        name: Short name in addresses; None takes the folder's.
        title: What the page calls it.
        description: One or two sentences.
        subject: Whom or what a photo shows.
        decision: ``{"output", "threshold", "above", "below", "meaning"}``.
        card: What a reader should know of the model: ``{"title", "text"}`` each.
        scales: Which of output, margin and logit to write, output first; None writes all that the model has.
        report: Told what was checked and what becomes public; None for silence.

    Raises:
        InputError: If a photo can't be read, or a parameter can't be used.
        ModelError: If the model can't be used, or disagrees with its export on the photos given.
    """
    say = report or (lambda _: None)
    try:
        height, width = size
    except (TypeError, ValueError):
        raise InputError(f"{size!r} is no size.", where="size", next="Give (height, width) in pixels.") from None
    preprocess = image_preprocess(height, width, channels, crop, interpolation)
    shown = [entry(FileExample, given, f"examples[{i}]") for i, given in enumerate(examples)]
    photos = _pixels(preprocess, (channels, height, width), [example.file for example in shown])
    middle, spread = normalisation(
        channels, [0.0] * channels if mean is None else mean, [1.0] * channels if std is None else std
    )
    original, reference = _convert(model, _normalised(photos, middle, spread))

    whole = over_pixels(original, describe_image(original, size, channels), middle.tolist(), spread.tolist())
    info = describe_image(whole)
    plain = graph_model.plain(whole, info)
    gap = _check(plain, photos, lambda pixels: reference(_normalised(pixels, middle, spread)))
    say(
        f"Parity: the ONNX graph is within {gap:.1e} of the original on {len(examples)} photos, noise, black and white."
    )
    converted = Converted(plain, str(origin(model)), parity=gap)
    declared = describe_outputs(outputs, converted, info, predict(plain, info, photos))

    most = max(1, min(MOST_IMAGES, LARGEST_BATCH_BYTES // largest_step(plain, info.row_shape)))
    n_webgl = min(MOST_WEBGL_IMAGES, 1 << (most.bit_length() - 1))
    graphs: dict[str, onnx.ModelProto] = {"model.onnx": plain}
    files: dict[str, bytes] = {"preprocess.onnx": preprocess.SerializeToString(deterministic=True)}
    providers = dict(operators.unsupported(plain))
    units = []
    known = scales_of(plain, info, probability=all(output.kind == "probability" for output in declared))
    for scale in _wanted(scales, known):
        graphs[f"value.{scale}.onnx"] = image_value_function(plain, info, scale)
        variant = None
        # Such a graph carries all weights: only the unit that a visit begins with is worth that.
        if providers["webgl"] is None and scale == "output":
            variant = FixedGraph(f"value.{scale}.webgl.onnx", n_webgl)
            proto = webgl_image_value_function(plain, info, scale, n_webgl)
            files[variant.graph] = proto.SerializeToString(deterministic=True)
        units.append(ImageScale(scale, f"value.{scale}.onnx", variant))
    small, shared = weights.share_weights(graphs)
    files |= small
    if shared is not None:
        files[weights.WEIGHTS_FILE] = shared

    folder = Path(out)
    manifest = ImageManifest(
        **described("image", folder, name, title, description, subject),
        model=described_model(converted, files["model.onnx"], shared, card),
        outputs=declared,
        decision=entry(Decision, decision, "decision") if decision else None,
        scales=tuple(units),
        weights=weights.WEIGHTS_FILE if shared is not None else None,
        image=Geometry("preprocess.onnx", height, width, channels, crop),
        examples=tuple(_kept(example, files) for example in shown),
        chunk_rows=chunk_images(plain, info, most) | {"webgl": n_webgl},
        providers=providers,
        files={},
    )
    return written(folder, manifest, files, say)


def _pixels(preprocess: onnx.ModelProto, shape: tuple[int, ...], files: Sequence[Path | str]) -> NDArray[np.float32]:
    """The photos as the model sees them, then noise, black and white: ``(n, channels, height, width)``."""
    import onnxruntime

    session = onnxruntime.InferenceSession(preprocess.SerializeToString(), providers=["CPUExecutionProvider"])
    photos = [session.run(None, {"rgb": decode(Path(file))})[0][0] for file in files]
    noise = np.random.default_rng(0).integers(0, 256, shape)
    return np.array([*photos, noise, np.zeros(shape), np.full(shape, 255)], np.float32)


def _normalised(
    pixels: NDArray[np.float32], mean: NDArray[np.float64], std: NDArray[np.float64]
) -> NDArray[np.float32]:
    """What the original model takes."""
    shape = (1, -1, 1, 1)
    inputs = (pixels / 255 - np.reshape(mean, shape)) / np.reshape(std, shape)
    return inputs.astype(np.float32)


def _convert(model: Any, inputs: NDArray[np.float32]) -> tuple[onnx.ModelProto, Reference]:
    """The model as ONNX, and the original as a function of normalised pixels."""
    source = origin(model)
    if source == "onnx":
        import onnxruntime

        original = graph_model.load(Path(model))
        session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        output = next((value.name for value in session.get_outputs() if value.type == "tensor(float)"), None)
        # One at a time: its batch may be written down as 1.
        return original, lambda rows: np.concatenate([session.run([output], {name: row[None]})[0] for row in rows])
    if source == "torch":
        from xaiweb.exporters import torch as exporter

        return exporter.to_onnx(model, inputs[:3]), exporter.reference(model)
    raise ModelError(
        f"a {type(model).__name__} can't be exported as a model of images.",
        where="model",
        next="Give a torch.nn.Module, or the path of an ONNX file.",
    )


def _check(plain: onnx.ModelProto, photos: NDArray[np.float32], reference: Reference) -> float:
    from xaiweb.exporters import parity

    return parity.check(reference, plain, photos, tolerance=PARITY)


def _wanted(asked: Sequence[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The scales to write.

    Raises:
        ModelError: One was asked for that the model doesn't have.
    """
    for scale in asked or ():
        if scale not in known:
            raise ModelError(
                f'the model has no scale "{scale}"', where="scales", next=f"It has {', '.join(known)}.", code="scale"
            )
    return known if asked is None else tuple(scale for scale in known if scale == "output" or scale in asked)


def _kept(example: FileExample, files: dict[str, bytes]) -> FileExample:
    """The entry of a photo, whose bytes go into ``files`` as they are."""
    source = Path(example.file)
    path = f"examples/{example.id}{source.suffix.lower()}"
    files[path] = source.read_bytes()
    return replace(example, file=path)
