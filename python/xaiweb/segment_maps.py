"""The maps that explanations of photos refer to, as files beside them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from xaiweb.core.explanation import Explanation


def write(explanations: Iterable[Explanation], beside: Path) -> None:
    """Write each map once, as int32 ``(height, width)`` in ``<beside without suffix>.<its sha256>.npy``.

    Args:
        explanations: Of anything; those without a map are passed over.
        beside: The file the explanations are written to.
    """
    for explanation in explanations:
        found = explanation.segments
        if found is not None and found.labels is not None:
            np.save(beside.with_name(f"{beside.stem}.{found.sha256}.npy"), found.labels)
