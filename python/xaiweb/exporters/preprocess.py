"""Scaling and one-hot encoding as a torch module, so that they travel inside the exported graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xaiweb.errors import InputError, ModelError

try:
    import torch
except ImportError as error:  # pragma: no cover - depends on the installation
    raise ModelError(
        "PyTorch is not installed",
        next="Install it with: pip install 'xaiweb[torch]'.",
        code="torch-missing",
    ) from error


class Preprocess(torch.nn.Module):
    """Raw columns ``(n_rows, n_features)`` to numbers a network likes, ``(n_rows, width)``.

    Numbers come first, as (x - mean) / scale; then one column per level of every category, which is
    relu(1 - abs(x - level)): 1 for the level's index, 0 for every other index. Only MatMul, Sub, Mul,
    Abs, Relu and Concat are used, which WASM, WebGPU and WebGL all run.

    Args:
        features: The model's columns, as in features.v1.schema.json; protected ones are left out.
        mean: Mean of every number column by name, or an array over all columns.
        scale: Standard deviation likewise; 0 is taken as 1.
    """

    pick_numbers: torch.Tensor
    pick_levels: torch.Tensor
    mean: torch.Tensor
    inverse_scale: torch.Tensor
    level: torch.Tensor
    one: torch.Tensor

    def __init__(
        self,
        features: Sequence[Mapping[str, Any]],
        mean: Mapping[str, float] | Sequence[float] | np.ndarray,
        scale: Mapping[str, float] | Sequence[float] | np.ndarray,
    ) -> None:
        super().__init__()
        columns = [feature for feature in features if not feature.get("protected")]
        for feature in columns:
            if feature.get("missing"):
                raise InputError(
                    "Preprocess has no rule for a missing value",
                    where=f'feature "{feature["name"]}"',
                    next="Fill it in before, or write your own preprocessing.",
                    code="preprocess-missing",
                )
        numbers = [j for j, feature in enumerate(columns) if not feature.get("levels")]
        levels = [(j, level) for j, feature in enumerate(columns) for level in range(len(feature.get("levels") or ()))]
        pick_numbers = torch.zeros(len(columns), len(numbers))
        for position, j in enumerate(numbers):
            pick_numbers[j, position] = 1.0
        pick_levels = torch.zeros(len(columns), len(levels))
        for position, (j, _) in enumerate(levels):
            pick_levels[j, position] = 1.0
        names = [columns[j]["name"] for j in numbers]
        spread = _column(scale, names, numbers)
        self.width = len(numbers) + len(levels)
        self.register_buffer("pick_numbers", pick_numbers)
        self.register_buffer("pick_levels", pick_levels)
        self.register_buffer("mean", _column(mean, names, numbers))
        self.register_buffer("inverse_scale", 1.0 / torch.where(spread == 0, torch.ones_like(spread), spread))
        self.register_buffer("level", torch.tensor([float(level) for _, level in levels]))
        self.register_buffer("one", torch.ones(1))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Encoded rows, float32 ``(n_rows, width)``."""
        parts = []
        if self.pick_numbers.shape[1]:
            parts.append((rows @ self.pick_numbers - self.mean) * self.inverse_scale)
        if self.pick_levels.shape[1]:
            parts.append(torch.relu(self.one - torch.abs(rows @ self.pick_levels - self.level)))
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)


def _column(values: Any, names: list[str], positions: list[int]) -> torch.Tensor:
    if isinstance(values, Mapping):
        picked = [float(values[name]) for name in names]
    else:
        array = np.asarray(values, np.float64)
        picked = [float(array[j]) for j in positions]
    return torch.tensor(picked, dtype=torch.float32)
