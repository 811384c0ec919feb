"""The methods of explanation, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from xaiweb.core.lockstep import alone
from xaiweb.core.methods import lime, occlusion, rise, shapley
from xaiweb.core.requests import MethodRun, SharingRun
from xaiweb.core.spec import Method, Parameter, Spec
from xaiweb.core.subjects.subject import Subject
from xaiweb.errors import InputError

Explain: TypeAlias = Callable[[Spec, Subject, Mapping[str, Any]], SharingRun]

_RUNS: tuple[tuple[Method, Explain], ...] = tuple(
    (module.METHOD, module.explain) for module in (shapley, lime, occlusion, rise)
)

METHODS: tuple[Method, ...] = tuple(method for method, _ in _RUNS)
"""Every method, described."""


def divide(name: str, parameters: Mapping[str, object], own: tuple[Parameter, ...]) -> tuple[dict[str, object], ...]:
    """Parameters as somebody gave them, parted into the method's and the subject's.

    Args:
        name: The method.
        parameters: By name.
        own: The subject's.

    Raises:
        InputError: There is no such method, or a name that neither knows.
    """
    method, _ = _found(name)
    names = {parameter.name for parameter in own}
    known = [parameter.name for parameter in method.parameters] + sorted(names)
    for given in parameters:
        if given not in known:
            raise InputError(
                f"The method {name} has no such parameter.",
                where=f'parameter "{given}"',
                next=f"Its parameters are {', '.join(known)}.",
                code="parameter-unknown",
            )
    return (
        {given: value for given, value in parameters.items() if given not in names},
        {given: value for given, value in parameters.items() if given in names},
    )


def start(name: str, spec: Spec, subject: Subject, parameters: Mapping[str, object]) -> MethodRun:
    """The running method of that name; see the ``explain`` of its module.

    Args:
        name: The method.
        spec: What is asked of the model.
        subject: What is explained.
        parameters: Values for the method's own parameters; absent or None is the default.

    Raises:
        InputError: There is no such method, it doesn't explain such data, or a parameter can't be used.
    """
    return alone(start_sharing(name, spec, subject, parameters))


def start_sharing(name: str, spec: Spec, subject: Subject, parameters: Mapping[str, object]) -> SharingRun:
    """The same, for :func:`xaiweb.core.lockstep.together`: work that runs can share is left to it."""
    method, explain = _found(name)
    if subject.kind not in method.modalities:
        fitting = [other.name for other in METHODS if subject.kind in other.modalities]
        raise InputError(
            f"The method {name} doesn't explain {subject.kind} data.",
            where="method",
            next=f"Choose {' or '.join(fitting)}.",
            code="method-unfit",
        )
    return explain(spec, subject, method.read(parameters) | dict(subject.asked))


def _found(name: str) -> tuple[Method, Explain]:
    for method, explain in _RUNS:
        if method.name == name:
            return method, explain
    raise InputError(
        f"There is no method {name!r}.",
        where="method",
        next=f"Choose {' or '.join(method.name for method in METHODS)}.",
        code="method-unknown",
    )
