"""captum's Shapley sampling in a process of its own, in the environment that has torch.

Asked a line of JSON at a time: ``{"d", "n_samples", "seed"}``. It asks back, ``{"masks": ["0110...", ...]}``, for
``{"values": [...]}``, and ends with ``{"found": [...]}``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import torch
from captum.attr import ShapleyValueSampling

AT_ONCE = 64


def tell(message: dict[str, Any]) -> None:
    """A line to whoever asks."""
    print(json.dumps(message), flush=True)


def forward(inputs: torch.Tensor) -> torch.Tensor:
    """Values of coalitions, ``(n,)``, from ``(n, d)`` of 0 and 1."""
    tell({"masks": ["".join("01"[int(kept)] for kept in row) for row in inputs.tolist()]})
    return torch.tensor(json.loads(sys.stdin.readline())["values"], dtype=torch.float64)


for line in sys.stdin:
    asked = json.loads(line)
    torch.manual_seed(asked["seed"])
    found = ShapleyValueSampling(forward).attribute(
        torch.ones(1, asked["d"], dtype=torch.float64),
        baselines=0,
        n_samples=asked["n_samples"],
        perturbations_per_eval=AT_ONCE,
    )
    tell({"found": found[0].tolist()})
