"""The journal: which parts are finished, beside the result until it is joined."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from xaiweb.errors import InputError, XaiwebError

NAME = "journal.jsonl"

_WORDS = {
    "input": "another input",
    "bundle": "another bundle",
    "asked": "other parameters",
    "part_rows": "another number of rows per part",
    "columns": "another schema",
    "core_kernels": "another core",
}


class Journal:
    """Finished parts of a run, each a file in ``OUT.parts`` with its hash on a line of ``journal.jsonl``.

    The first line tells what the run is. A line is only written once its part's file is whole and in place, so
    whatever the journal names was finished; a line cut short by a kill is dropped. Nothing waits for the disk: what a
    power cut keeps from it has another hash than its line says, or no line, and is done again.

    Args:
        out: The result's file.
        identity: JSON-ready; what the run is. Parts are kept for a run that is the same.
        fresh: Whether to begin anew, whatever is there.

    Raises:
        InputError: What is there belongs to a run that is another, or to one that is still running.
    """

    def __init__(self, out: Path, identity: Mapping[str, Any], *, fresh: bool = False) -> None:
        self.folder = out.with_name(out.name + ".parts")
        self.out = out
        self.finished: dict[int, str] = {}
        with writing(out):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = (self.folder / NAME).open("a+b")
        self._lock()
        try:
            if fresh:
                self._file.truncate(0)
            self._begin(json.loads(json.dumps(identity)))
        except BaseException:
            self._file.close()
            raise

    def path(self, number: int) -> Path:
        """The file of a part."""
        return self.folder / f"{number:09d}.arrow"

    def keep(self, number: int, data: bytes) -> None:
        """Write a part's file, and then the line that says so.

        Raises:
            XaiwebError: It can't be written; what is finished stays.
        """
        with writing(self.out):
            replace(self.path(number), data)
            digest = hashlib.sha256(data).hexdigest()
            self._write({"part": number, "sha256": digest})
        self.finished[number] = digest

    def read(self, number: int) -> bytes | None:
        """The bytes of a finished part; None where it isn't finished, or its file is gone or was changed."""
        with suppress(FileNotFoundError):
            data = self.path(number).read_bytes()
            if hashlib.sha256(data).hexdigest() == self.finished.get(number):
                return data
        self.finished.pop(number, None)
        return None

    def remove(self) -> None:
        """Remove the folder; the journal goes first, so that parts without one are never taken for finished ones."""
        (self.folder / NAME).unlink()
        self._file.close()
        for file in self.folder.iterdir():
            file.unlink()
        self.folder.rmdir()

    def close(self) -> None:
        """Let go of the journal; another run may go on with it, if any part was finished."""
        if self.finished or self._file.closed:
            self._file.close()
        else:
            self.remove()

    def _begin(self, identity: dict[str, Any]) -> None:
        self._file.seek(0)
        whole = 0
        begun = None
        for line in self._file:
            try:
                entry = json.loads(line)
            except ValueError:
                break
            if not line.endswith(b"\n"):
                break
            if begun is None:
                begun = entry
                self._refuse_another(begun, identity)
            else:
                self.finished[entry["part"]] = entry["sha256"]
            whole += len(line)
        self._file.truncate(whole)
        if begun is None:
            self._write(identity)

    def _refuse_another(self, begun: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
        for name in (*identity, *begun):
            if begun.get(name) != identity.get(name):
                raise InputError(
                    f"this run was begun with {_WORDS.get(name, f'another {name}')}: "
                    f"{_short(begun.get(name))}, now {_short(identity.get(name))}.",
                    where=str(self.folder),
                    next="Begin anew with --fresh, or choose another --out.",
                    code="journal-other",
                )

    def _write(self, entry: Mapping[str, Any]) -> None:
        with writing(self.out):
            self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            self._file.flush()

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows: two runs with one --out aren't told apart there
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise InputError(
                "another run is writing this result.",
                where=str(self.out),
                next="Wait for it or stop it, or choose another --out.",
                code="journal-locked",
            ) from None


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file, whole or not at all."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Says what to do where a disk is full or a folder can't be written.

    Raises:
        XaiwebError: Instead of the operating system's error.
    """
    try:
        yield
    except OSError as reason:
        raise XaiwebError(
            f"it can't be written ({reason.strerror or reason}).",
            where=str(out),
            next="Make room or choose another --out; then run the same again: finished parts are kept.",
            code="write",
        ) from None


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:97] + "..."
