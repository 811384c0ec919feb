from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.bundle.conftest import FILES
from xaiweb.bundle.files import npy_bytes
from xaiweb.bundle.read import read
from xaiweb.bundle.tabular import TabularManifest
from xaiweb.bundle.write import write
from xaiweb.errors import BundleError


@pytest.fixture
def bundle(tmp_path: Path, document: dict[str, Any]) -> Path:
    write(tmp_path / "tiny", TabularManifest.from_dict(document), FILES)
    return tmp_path / "tiny"


def _scale(document: dict[str, Any], graph: str) -> Any:
    return dataclasses.replace(TabularManifest.from_dict(document).scales[0], graph=graph)


def test_what_is_written_is_read(bundle: Path) -> None:
    read_back = read(bundle)
    assert read_back.manifest.name == "tiny"
    np.testing.assert_array_equal(read_back.background, [[20, 0, np.nan], [60, 1, 900.5]])


def test_a_changed_file_is_refused(bundle: Path) -> None:
    (bundle / "value.onnx").write_bytes(b"nor herf")
    with pytest.raises(BundleError) as raised:
        read(bundle)
    assert raised.value.code == "hash-mismatch"
    assert raised.value.where.endswith("value.onnx")


def test_a_file_of_another_size_is_not_read(bundle: Path) -> None:
    os.truncate(bundle / "value.onnx", 1 << 40)  # sparse; nobody has the memory for it
    with pytest.raises(BundleError) as raised:
        read(bundle)
    assert raised.value.code == "hash-mismatch"


def test_a_missing_file_is_refused(bundle: Path) -> None:
    (bundle / "model.onnx").unlink()
    with pytest.raises(BundleError, match="missing"):
        read(bundle)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": NaN}', "[" * 100_000])
def test_a_damaged_manifest_is_refused(bundle: Path, text: str) -> None:
    (bundle / "manifest.json").write_text(text)
    with pytest.raises(BundleError):
        read(bundle)


def test_a_background_of_another_shape_is_refused(tmp_path: Path, document: dict[str, Any]) -> None:
    wrong = FILES | {"background.npy": npy_bytes(np.zeros((2, 4), dtype=np.float32))}
    write(tmp_path / "tiny", TabularManifest.from_dict(document), wrong)
    with pytest.raises(BundleError, match="expected float32"):
        read(tmp_path / "tiny")


def test_an_older_bundle_is_replaced_whole(bundle: Path, document: dict[str, Any]) -> None:
    renamed = {("older/" + name if name == "value.onnx" else name): data for name, data in FILES.items()}
    older = dataclasses.replace(TabularManifest.from_dict(document), scales=(_scale(document, "older/value.onnx"),))
    write(bundle, older, renamed)
    write(bundle, dataclasses.replace(TabularManifest.from_dict(document), name="newer"), FILES)
    assert read(bundle).manifest.name == "newer"
    assert not (bundle / "older").exists()


@pytest.mark.parametrize(
    "manifest", [None, '{"manifest_version": 3, "name": "an extension"}', '{"files": "all"}', "[]", "\x00"]
)
def test_another_folder_is_left_alone(tmp_path: Path, document: dict[str, Any], manifest: str | None) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(BundleError, match="not overwritten"):
        write(tmp_path, TabularManifest.from_dict(document), FILES)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_notes_in_a_bundle_are_left_alone(bundle: Path, document: dict[str, Any]) -> None:
    (bundle / "thesis.txt").write_text("years of work")
    with pytest.raises(BundleError, match=r"not overwritten: thesis\.txt"):
        write(bundle, TabularManifest.from_dict(document), FILES)
    assert (bundle / "thesis.txt").read_text() == "years of work"


def test_a_bundle_that_cannot_be_replaced_is_put_back(
    bundle: Path, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(source: Path, target: Path) -> None:
        if source.name == "fresh":
            raise OSError("the disk is full")
        source.rename(target)

    monkeypatch.setattr("xaiweb.bundle.write.shutil.move", move)
    with pytest.raises(OSError, match="full"):
        write(bundle, dataclasses.replace(TabularManifest.from_dict(document), name="newer"), FILES)
    assert read(bundle).manifest.name == "tiny"


def test_a_manifest_that_contradicts_itself_replaces_nothing(bundle: Path, document: dict[str, Any]) -> None:
    broken = dataclasses.replace(TabularManifest.from_dict(document), weights="nowhere.bin")
    with pytest.raises(BundleError):
        write(bundle, broken, FILES)
    assert json.loads((bundle / "manifest.json").read_text())["weights"] is None
    assert [p.name for p in bundle.parent.iterdir()] == ["tiny"]
