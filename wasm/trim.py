"""What of the standard library and of numpy the core runs on, and the call that packs it with bytecode.

A module that isn't here fails as Pyodide says it of modules it lacks itself: ``ModuleNotFoundError``, with a note.
``tests/wasm/test_trim.py`` holds the list against every import of the core, of numpy and of Pyodide's own start.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from xaiweb.errors import SiteError

# Pyodide's Python: it alone can read the bytecode.
PYTHON = "3.14"
SITE_PACKAGES = f"/lib/python{PYTHON}/site-packages/"

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

# Loaded by Pyodide's start, by unpacking a wheel, by numpy or by the core.
LOADED = """
__future__ _collections_abc _colorize _compat_pickle _opcode_metadata _py_warnings _pyodide _sitebuiltins _ssl
_weakrefset abc annotationlib ast asyncio base64 bisect bz2 codecs codeop collections compression concurrent contextlib
contextvars copy copyreg ctypes dataclasses datetime decimal dis email enum fnmatch fractions functools genericpath glob
hashlib heapq importlib inspect io json keyword linecache locale logging lzma ntpath numbers opcode operator os pathlib
pickle platform posixpath pyodide random re reprlib selectors shutil signal site socket ssl stat statistics string
struct subprocess sysconfig tarfile tempfile textwrap threading token tokenize traceback types typing warnings weakref
zipfile zipimport
"""
# Imported by those inside of functions: by a calendar date, a pool, a formatted container, an address, a lazy numpy.
LAZY = """
_pydatetime _strptime _sysconfigdata__emscripten_wasm32-emscripten calendar csv gzip hmac pkgutil pprint queue quopri
secrets urllib
"""
ENCODINGS = """
__init__ aliases ascii charmap cp437 idna latin_1 punycode raw_unicode_escape unicode_escape utf_16 utf_32 utf_8
utf_8_sig
"""
STDLIB = frozenset([*LOADED.split(), *LAZY.split()])
ENCODED = frozenset(f"encodings/{name}.py" for name in ENCODINGS.split())

# Tests, what compiles against numpy, stubs, and parts that nothing of numpy itself loads.
NUMPY_OUT = re.compile(
    r"""^numpy/(f2py|ma|testing|doc|_pyinstaller|typing/(tests|mypy_plugin)|core)/
    | /(tests|include|_build_utils)/ | /lib/(npy-pkg-config|.*\.a$) | /conftest\.py$ | /_examples/
    | \.(pyi|pxd|pyx|a|c|h|ini|pc|cfg|typed|template|build|rst)$ | ^numpy/(matlib|_configtool|lib/recfunctions)\.py$""",
    re.VERBOSE,
)


def keeps_stdlib(name: str) -> bool:
    """Whether a member of the standard library's archive stays."""
    if name.startswith("encodings/"):
        return name in ENCODED
    return name.partition("/")[0].removesuffix(".py") in STDLIB


def keeps_numpy(name: str) -> bool:
    """Whether a member of numpy's wheel stays; its licences always do."""
    return ".dist-info/" in name or NUMPY_OUT.search(name) is None


def everything(name: str) -> bool:
    """Keeps every member."""
    return True


def trimmed(name: str, archive: bytes) -> bytes:
    """One of the archives that a site ships, by its file name, packed from the original.

    Raises:
        SiteError: If this Node can't run Pyodide, or no such archive is known.
    """
    if name == "python_stdlib.zip":
        return packed(archive, f"/lib/python{PYTHON.replace('.', '')}.zip/", keeps_stdlib, sources=False)
    if name.startswith("numpy-"):
        return packed(archive, SITE_PACKAGES, keeps_numpy, sources=False)
    raise SiteError("nobody knows what of this archive is needed.", where=name, next="Say so in wasm/trim.py.")


def with_bytecode(wheel: bytes) -> bytes:
    """The wheel with bytecode beside its sources.

    Raises:
        SiteError: If this Node can't run Pyodide.
    """
    return packed(wheel, SITE_PACKAGES, everything, sources=True)


def has_bytecode(wheel: Path) -> bool:
    """Whether a wheel carries bytecode for Pyodide's Python."""
    with zipfile.ZipFile(wheel) as archive:
        return any(name.endswith(f".cpython-{PYTHON.replace('.', '')}.pyc") for name in archive.namelist())


def packed(archive: bytes, folder: str, keeps: Callable[[str], bool], *, sources: bool) -> bytes:
    """The archive as ``repack.mjs`` packs it, which runs Pyodide in Node.

    Raises:
        SiteError: If that fails.
    """
    with tempfile.TemporaryDirectory(prefix="xaiweb-repack-") as place:
        before, after = Path(place, "in.zip"), Path(place, "out.zip")
        before.write_bytes(archive)
        command = [shutil.which("node") or "node", str(HERE / "repack.mjs")]
        command += [str(before), str(after), folder, str(int(sources))]
        try:
            done = subprocess.run(command, input=_names(before, keeps), capture_output=True, text=True, check=False)
            problem = done.stderr.strip()[-500:] if done.returncode else ""
        except OSError as reason:
            problem = str(reason)
        if problem:
            raise SiteError(
                f"Pyodide could not pack it: {problem}",
                where="wasm/repack.mjs",
                next="Node >= 20 and `npm ci` are needed.",
            )
        return after.read_bytes()


def _names(archive: Path, keeps: Callable[[str], bool]) -> str:
    with zipfile.ZipFile(archive) as members:
        names: Iterable[str] = filter(keeps, members.namelist())
        return "\n".join(names)
