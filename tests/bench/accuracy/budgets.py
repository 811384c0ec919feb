"""The budgets that methods are asked with."""

from __future__ import annotations

import re

BUDGETS = ("2d+2", "8d", "512", "2048")
"""Where methods are compared."""
LADDER = ("2d+2", "3d", "4d", "6d", "8d", "256", "512", "1024", "2048", "4096", "8192")
"""Where ours must never get worse; a quick run stops at the last budget compared."""


def budget_of(name: str, d: int) -> int:
    """The number that a budget's name means for d players."""
    per_player = re.fullmatch(r"(\d+)d(?:\+(\d+))?", name)
    if per_player is None:
        return int(name)
    return int(per_player[1]) * d + int(per_player[2] or 0)


def budgets(d: int, most: int, *, all_steps: bool) -> list[int]:
    """The numbers for d players, ascending and not above ``most``: all of the ladder, or where methods are compared."""
    names = LADDER if all_steps else BUDGETS
    return sorted({budget for name in names if (budget := budget_of(name, d)) <= most})
