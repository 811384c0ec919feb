"""The photos of tests/golden/segments, and what scikit-image made of them."""

from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parents[2] / "golden" / "segments"
NAMES = ("chelsea", "coffee", "rocket", "motorcycle", "china", "flower")
SKIMAGE = np.load(FOLDER / "skimage.npz")


def photo(name):
    """float32 (3, 224, 224), 0..255."""
    return np.asarray(Image.open(FOLDER / f"{name}.jpg"), dtype=np.float32).transpose(2, 0, 1)


def noise(*shape, seed=0):
    """float32 of any shape, 0..255, the same everywhere."""
    return np.random.Generator(np.random.PCG64(seed)).integers(0, 256, shape).astype(np.float32)
