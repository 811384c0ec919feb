"""The contracts' JSON Schemas, and a check that answers with a path."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match

from xaiweb.errors import BundleError, XaiwebError


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema called ``name`` (``manifest``, ``explanation``, ``features`` or ``files``)."""
    text = resources.files("xaiweb.bundle").joinpath("schema", f"{name}.v1.schema.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _pattern(_: Any, pattern: str, instance: object, __: Any) -> Iterator[ValidationError]:
    """JSON Schema's ``$`` is the very end; Python's also stands before a last line break."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator: Any = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator, {"pattern": _pattern}
)


@cache
def _validator(name: str, part: str | None) -> Any:
    whole = schema(name)
    document = whole if part is None else {"$ref": f"#/$defs/{part}", "$defs": whole["$defs"]}
    return _Validator(document)


def path_of(root: str, steps: list[str | int]) -> str:
    """A place in a document as people write it: ``manifest.features[3].levels``."""
    return root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def check(
    name: str,
    document: object,
    *,
    part: str | None = None,
    error: type[XaiwebError] = BundleError,
    where: str = "",
) -> None:
    """Refuse a document that doesn't follow its schema.

    Args:
        name: The schema's name; also the root of the path in the message.
        document: Parsed JSON.
        part: The definition in the schema that it must follow; None for the whole.
        error: The class to raise.
        where: The file, put before the path.

    Raises:
        XaiwebError: Of class ``error``; ``where`` ends with the path of the node at fault.
    """
    for steps in _not_finite(document):  # a schema can't say it, and a document with it can't be written
        path = path_of(name, steps)
        raise error("the number is not finite.", where=f"{where}: {path}" if where else path, next="Give a number.")
    fault = best_match(_validator(name, part).iter_errors(document))
    if fault is not None:
        path = path_of(name, list(fault.absolute_path))
        message = fault.message if len(fault.message) < 300 else fault.message[:297] + "..."
        raise error(f"{message}.", where=f"{where}: {path}" if where else path, next=f"See {name}.v1.schema.json.")


def _not_finite(document: object) -> Iterator[list[str | int]]:
    """Where in a document NaN and infinity stand."""
    held: list[tuple[list[str | int], object]] = [([], document)]  # no recursion: a document may be of any depth
    while held:
        steps, item = held.pop()
        if isinstance(item, float) and not math.isfinite(item):
            yield steps
        elif isinstance(item, dict):
            held += [([*steps, name], inner) for name, inner in item.items()]
        elif isinstance(item, list):
            held += [([*steps, i], inner) for i, inner in enumerate(item)]
