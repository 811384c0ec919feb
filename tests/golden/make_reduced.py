"""Writes tests/golden/web/reduced.json: what reduced() makes of photos that every suite can make for itself.

Run by hand: python -m tests.golden.make_reduced. Number i of a photo's numbers (height, width, 3), row by row, is the
second lowest byte of the 32-bit product i * 2654435761.
"""

import json
from pathlib import Path

import numpy as np

from xaiweb.core.segments.reduce import reduced

SIZES = [(3, 5, 8), (7, 5, 4), (13, 31, 10), (1, 40, 7), (53, 37, 9), (64, 64, 16)]
"""Height, width, longest side."""


def photo(height, width):
    numbers = np.arange(height * width * 3, dtype=np.uint32) * np.uint32(2654435761)
    return (numbers >> np.uint32(8)).astype(np.uint8).reshape(height, width, 3)


if __name__ == "__main__":
    cases = []
    for height, width, longest in SIZES:
        small = reduced(photo(height, width), longest)
        cases.append(
            {"height": height, "width": width, "longest": longest, "shape": small.shape, "data": small.ravel().tolist()}
        )
    path = Path(__file__).parent / "web" / "reduced.json"
    path.write_text(json.dumps(cases) + "\n")
