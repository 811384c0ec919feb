"""Dataclasses from schema-checked JSON and back, following the types of their fields."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

from xaiweb.errors import InputError

T = TypeVar("T")


def entry(cls: type[T], given: Any, where: str) -> T:
    """An instance of a dataclass from what a model's owner wrote; what its values may be is the schema's to say.

    Raises:
        InputError: Something is missing, or isn't known.
    """
    known = {f.name: f for f in dataclasses.fields(cls)}  # type: ignore[arg-type]
    if not isinstance(given, Mapping):
        raise InputError(
            f"this is {type(given).__name__}, not names with values.", where=where, next=f"Give {', '.join(known)}."
        )
    needed = {name for name, f in known.items() if f.default is dataclasses.MISSING}
    for problem, names in (("is missing", needed - given.keys()), ("is not known", given.keys() - known.keys())):
        if names:
            raise InputError(f"{min(names, key=str)!r} {problem}.", where=where, next=f"Give {', '.join(known)}.")
    return cls(**given)


def load(cls: type[T], data: Any) -> T:
    """An instance of a dataclass from schema-checked JSON."""
    hints = typing.get_type_hints(cls, localns={"Text": Any})
    values = {key: _value(hints[key], data[key]) for key in data}
    return cls(**values)


def _value(hint: Any, data: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if data is None or hint is Any:
        return data
    if origin in (typing.Union, types.UnionType):
        concrete = [a for a in args if a is not type(None)]
        return _value(concrete[0], data) if len(concrete) == 1 else data
    if origin is tuple:
        return tuple(_value(args[0], item) for item in data)
    if origin is dict:
        return {key: _value(args[1], item) for key, item in data.items()}
    return load(hint, data) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else data


# Entries whose null means something; every other None is left out.
_NULLABLE = {"protected", "decision", "weights", "webgl", "trees", "features"}


def dump(value: Any) -> Any:
    """JSON-ready objects of a dataclass; absent optional entries are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {key: dump(item) for key, item in pairs if item is not None or key in _NULLABLE}
    if isinstance(value, tuple | list):
        return [dump(item) for item in value]
    if isinstance(value, dict):
        return {key: dump(item) for key, item in value.items()}
    return value
