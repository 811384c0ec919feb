"""Writes tests/golden/segments/: six photos, 224 x 224, and what scikit-image makes of them.

Run by hand, where scikit-image, scikit-learn and Pillow are installed: python -m tests.golden.make_segments.
NAME.jpg; skimage.npz with NAME-N, the labels of its SLIC into about N segments, and lab, ``(n_colours, 6)``: red, green
and blue in 0..255, then CIELAB.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from skimage import color, data, segmentation
from sklearn.datasets import load_sample_image

FOLDER = Path(__file__).parent / "segments"
PHOTOS = {
    "chelsea": data.chelsea,
    "coffee": data.coffee,
    "rocket": data.rocket,
    "motorcycle": lambda: data.stereo_motorcycle()[0],
    "china": lambda: load_sample_image("china.jpg"),
    "flower": lambda: load_sample_image("flower.jpg"),
}
N_SEGMENTS = (25, 50, 200)
COMPACTNESS = 30


def square(photo):
    """The middle of a photo as 224 x 224 pixels."""
    height, width = photo.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return Image.fromarray(photo[top : top + side, left : left + side]).resize((224, 224), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    arrays = {}
    for name, photo in PHOTOS.items():
        square(photo()).save(FOLDER / f"{name}.jpg", quality=85)
        pixels = np.asarray(Image.open(FOLDER / f"{name}.jpg"))
        for n_segments in N_SEGMENTS:
            labels = segmentation.slic(pixels, n_segments, compactness=COMPACTNESS, start_label=0)
            arrays[f"{name}-{n_segments}"] = labels.astype(np.uint8)
    colours = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (60, 3))
    colours = np.concatenate([colours, [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 0, 255], [3, 2, 1]]])
    arrays["lab"] = np.concatenate([colours, color.rgb2lab((colours / 255)[None])[0]], axis=1)
    np.savez_compressed(FOLDER / "skimage.npz", **arrays)
