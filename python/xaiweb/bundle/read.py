"""Read a bundle; every byte is checked against the manifest before use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaiweb.bundle.files import identity, npy_array
from xaiweb.bundle.kinds import manifest as manifest_of
from xaiweb.bundle.manifest import Manifest
from xaiweb.bundle.tabular import TabularManifest
from xaiweb.errors import BundleError

LARGEST_MANIFEST = 16 * 2**20


@dataclass(frozen=True)
class Bundle:
    """A bundle on disk whose files all have the hashes that its manifest names.

    Attributes:
        path: The folder.
        manifest: Contract 1.
    """

    path: Path
    manifest: Manifest


@dataclass(frozen=True)
class TabularBundle(Bundle):
    """A bundle of a model of rows.

    Attributes:
        manifest: Contract 1.
        background: float32 ``(n_background, n_features)``, raw columns.
        protected: float32 ``(n_background, n_protected)`` or None.
    """

    manifest: TabularManifest
    background: NDArray[np.float32]
    protected: NDArray[np.float32] | None


def read_manifest(path: Path) -> Manifest:
    """The manifest of the bundle in folder ``path``.

    Raises:
        BundleError: If it is missing, no JSON, or doesn't follow the contract.
    """
    file = Path(path) / "manifest.json"
    if not file.is_file():
        raise BundleError(
            "there is no manifest.json here.", where=str(path), next="Give the folder that `xaiweb export` wrote."
        )
    if file.stat().st_size > LARGEST_MANIFEST:
        raise BundleError("the manifest is larger than 16 MB.", where=str(file), next="Export the bundle again.")
    try:
        document = json.loads(file.read_bytes(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as reason:
        raise BundleError(f"this is not JSON ({reason}).", where=str(file), next="Export it again.") from None
    try:
        return manifest_of(document)
    except BundleError as error:
        error.where = f"{file}: {error.where}"
        raise


def read(path: Path | str) -> Bundle:
    """The bundle in folder ``path``, verified.

    Raises:
        BundleError: If a file is missing, has another hash, or the arrays don't fit the manifest.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    data = {name: _verified(folder, name, manifest) for name in manifest.files}
    if not isinstance(manifest, TabularManifest):
        return Bundle(folder, manifest)
    width, rows = len(manifest.features), manifest.background.n_rows
    background = _table(data[manifest.background.file], manifest.background.file, (rows, width))
    protected = None
    if manifest.protected:
        shape = (rows, len(manifest.protected.features))
        protected = _table(data[manifest.protected.file], manifest.protected.file, shape)
    return TabularBundle(folder, manifest, background, protected)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _verified(folder: Path, name: str, manifest: Manifest) -> bytes:
    file = folder / name
    if not file.is_file():
        raise BundleError("a file of the bundle is missing.", where=str(file), next="Export or copy the bundle again.")
    listed = manifest.files[name]
    # The size first: a file of another one, however large, isn't read.
    if file.stat().st_size != listed.bytes or identity(data := file.read_bytes()) != listed:
        raise BundleError(
            "the file's hash is not the one its manifest names: it was changed or damaged.",
            where=str(file),
            next="Export or copy the bundle again.",
            code="hash-mismatch",
        )
    return data


def _table(data: bytes, name: str, shape: tuple[int, int]) -> NDArray[np.float32]:
    array = npy_array(data, name)
    if array.dtype != np.float32 or array.shape != shape:
        raise BundleError(
            f"expected float32 {shape}, found {array.dtype} {array.shape}.", where=name, next="Export it again."
        )
    return np.ascontiguousarray(array, dtype=np.float32)
