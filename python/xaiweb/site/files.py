"""Bytes that must be the ones a record names, and files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from xaiweb.bundle.files import identity
from xaiweb.bundle.manifest import File
from xaiweb.errors import SiteError, XaiwebError


def verified(file: Path, expected: File, *, next: str, name: str = "", error: type[XaiwebError] = SiteError) -> bytes:
    """The bytes of ``file``, which are the expected ones.

    Args:
        file: Where to read.
        expected: The hash and size that a record names.
        next: What the user should do where the bytes are missing or others.
        name: How to call the file in the message; its path by default.
        error: The class to raise.

    Raises:
        XaiwebError: Of class ``error``: the file is missing (code ``file-missing``) or differs
            (``hash-mismatch``).
    """
    try:
        data = file.read_bytes()
    except OSError as reason:
        problem = "the file is missing." if isinstance(reason, FileNotFoundError) else f"can't be read ({reason})."
        raise error(problem, where=name or str(file), next=next, code="file-missing") from None
    check(data, expected, where=name or str(file), next=next, error=error)
    return data


def check(data: bytes, expected: File, *, where: str, next: str, error: type[XaiwebError] = SiteError) -> None:
    """Refuses bytes that aren't the expected ones.

    Raises:
        XaiwebError: Of class ``error``, code ``hash-mismatch``, naming both hashes.
    """
    found = identity(data)
    if found != expected:
        raise error(
            f"the file's hash is not the recorded one: expected sha256 {expected.sha256} ({expected.bytes} bytes), "
            f"got {found.sha256} ({found.bytes} bytes).",
            where=where,
            next=next,
            code="hash-mismatch",
        )


def write_atomically(file: Path, data: bytes) -> None:
    """Writes ``data`` so that a reader finds the old bytes or the new ones, never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(name, 0o644)  # mkstemp's 0600 would make the site unreadable for a web server's user
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
