"""The methods of explanation, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xaiweb.core.methods import shapley
from xaiweb.core.requests import MethodRun
from xaiweb.core.spec import Method, Spec
from xaiweb.errors import InputError

Explain: TypeAlias = Callable[[Spec, NDArray[np.float32], NDArray[np.float32], Mapping[str, object]], MethodRun]

_RUNS: tuple[tuple[Method, Explain], ...] = ((shapley.METHOD, shapley.explain),)

METHODS: tuple[Method, ...] = tuple(method for method, _ in _RUNS)
"""Every method, described."""


def start(
    name: str,
    spec: Spec,
    x: NDArray[np.float32],
    background: NDArray[np.float32],
    parameters: Mapping[str, object],
) -> MethodRun:
    """The running method of that name; see the ``explain`` of its module.

    Raises:
        InputError: There is no such method.
    """
    for method, explain in _RUNS:
        if method.name == name:
            return explain(spec, x, background, parameters)
    raise InputError(
        f"There is no method {name!r}.",
        where="method",
        next=f"Choose {' or '.join(method.name for method in METHODS)}.",
        code="method-unknown",
    )
