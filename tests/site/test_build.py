from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.site.conftest import RUNTIME, content
from xaiweb.bundle import schemas
from xaiweb.bundle.read import read
from xaiweb.errors import BundleError, SiteError, XaiwebError
from xaiweb.site.build import build
from xaiweb.site.runtime import Assets

SCHEMA = json.loads((Path(schemas.__file__).parent / "schema" / "files.v1.schema.json").read_bytes())


def listing(site: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((site / "files.json").read_bytes())
    return document


def test_files_json_follows_its_schema(site: Path) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(listing(site))


def test_files_json_lists_every_file_with_its_hash_and_size(site: Path) -> None:
    there = content(site)
    del there["files.json"]
    listed = listing(site)["files"]
    assert sorted(listed) == sorted(there)
    for path, data in there.items():
        assert listed[path]["sha256"] == hashlib.sha256(data).hexdigest(), path
        assert listed[path]["bytes"] == len(data), path


def test_a_bundle_is_copied_byte_for_byte_and_reads_as_one(site: Path, make_bundle: Callable[..., Path]) -> None:
    assert content(site / "bundles" / "tiny") == content(make_bundle("tiny"))
    assert read(site / "bundles" / "tiny").manifest.name == "tiny"


def test_the_runtime_is_grouped_by_who_loads_it(site: Path) -> None:
    groups = listing(site)["runtime"]
    assert groups["wasm"] == ["runtime/ort/ort-wasm-simd-threaded.wasm", "runtime/ort/ort.wasm.min.mjs"]
    assert groups["webgpu"] == ["runtime/ort/ort.webgpu.min.mjs"]
    assert groups["webgl"] == ["runtime/ort/ort.webgl.min.mjs"]
    assert all(path.startswith("runtime/pyodide/") for path in groups["python"])
    roles = {path: entry["role"] for path, entry in listing(site)["files"].items()}
    assert {path: roles[path] for path in RUNTIME} == {path: role for path, (_, role, _) in RUNTIME.items()}
    assert roles["bundles/tiny/manifest.json"] == "bundle"
    assert roles["explain/tiny/index.html"] == "page"
    assert roles["worker.js"] == roles["sw.js"] == "web"


def test_the_service_worker_carries_the_hash_of_everything_else(site: Path) -> None:
    document = listing(site)
    others = {path: entry for path, entry in document["files"].items() if path != "sw.js"}
    canonical = json.dumps(others, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert document["build"] == hashlib.sha256(canonical.encode()).hexdigest()
    assert document["build"] in (site / "sw.js").read_text("utf-8")
    assert "__XAIWEB_BUILD__" not in (site / "sw.js").read_text("utf-8")


def test_the_same_inputs_give_the_same_bytes(
    tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path], site: Path
) -> None:
    bundles = [make_bundle("tiny"), make_bundle("other")]
    again = build(bundles, tmp_path / "elsewhere" / "site-2", parts=parts)
    assert content(again) == content(site)
    build(bundles, site, parts=parts)  # over an earlier one
    assert content(again) == content(site)


def test_another_bundle_is_another_build(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> None:
    one = listing(build([make_bundle("tiny")], tmp_path / "one", parts=parts))
    two = listing(build([make_bundle("tiny", created_by="someone else")], tmp_path / "two", parts=parts))
    assert one["build"] != two["build"]


def test_progress_names_each_part(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> None:
    lines: list[str] = []
    build([make_bundle("tiny")], tmp_path / "site", parts=parts, progress=lines.append)
    assert [line.partition(":")[0] for line in lines] == ["runtime", "tiny", "site"]


@pytest.mark.parametrize("path", ["runtime/ort/ort-wasm-simd-threaded.wasm", "runtime/pyodide/pyodide.mjs"])
def test_a_tampered_runtime_file_is_refused_and_the_old_site_stays(
    path: str, site: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    before = content(site)
    (parts.wasm / path).write_bytes(b"something else")
    with pytest.raises(SiteError) as caught:
        build([make_bundle("tiny")], site, parts=parts)
    assert caught.value.code == "hash-mismatch"
    assert path in caught.value.where
    assert hashlib.sha256(b"something else").hexdigest() in str(caught.value)
    assert content(site) == before
    assert [file.name for file in site.parent.iterdir() if file.name.startswith(".")] == []


def test_a_tampered_bundle_is_refused_and_nothing_is_left(
    tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    bundle = make_bundle("tiny")
    data = bytearray((bundle / "background.npy").read_bytes())
    data[-1] ^= 1
    (bundle / "background.npy").write_bytes(data)
    with pytest.raises(BundleError) as caught:
        build([bundle], tmp_path / "site", parts=parts)
    assert caught.value.code == "hash-mismatch"
    assert "background.npy" in caught.value.where
    assert not (tmp_path / "site").exists()


def test_a_missing_bundle_file_is_named(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> None:
    bundle = make_bundle("tiny")
    (bundle / "value.onnx").unlink()
    with pytest.raises(BundleError, match=r"value\.onnx.*missing"):
        build([bundle], tmp_path / "site", parts=parts)


def test_two_bundles_of_one_name_are_refused(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> None:
    bundle = make_bundle("tiny")
    with pytest.raises(BundleError, match="two bundles are called 'tiny'"):
        build([bundle, bundle], tmp_path / "site", parts=parts)


def test_no_bundle_is_refused(tmp_path: Path, parts: Assets) -> None:
    with pytest.raises(SiteError, match="a site needs a bundle"):
        build([], tmp_path / "site", parts=parts)


def foreign_folder(target: Path) -> str:
    target.mkdir()
    (target / "thesis.tex").write_text("years of work", "utf-8")
    return "isn't a site"


def foreign_file_in_a_site(target: Path) -> str:
    target.mkdir()
    (target / "files.json").write_text('{"version": 1, "build": "0", "files": {}}', "utf-8")
    (target / "thesis.tex").write_text("years of work", "utf-8")
    return "thesis.tex"


def a_file(target: Path) -> str:
    target.write_text("not a folder", "utf-8")
    return "this is a file"


@pytest.mark.parametrize("prepare", [foreign_folder, foreign_file_in_a_site, a_file])
def test_what_is_not_a_site_is_not_overwritten(
    prepare: Callable[[Path], str], tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    target = tmp_path / "precious"
    reason = prepare(target)
    before = content(tmp_path / "precious") if target.is_dir() else target.read_bytes()
    with pytest.raises(SiteError, match=reason):
        build([make_bundle("tiny")], target, parts=parts)
    assert (content(target) if target.is_dir() else target.read_bytes()) == before


def test_an_empty_folder_becomes_a_site(tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]) -> None:
    (tmp_path / "site").mkdir()
    assert (build([make_bundle("tiny")], tmp_path / "site", parts=parts) / "index.html").is_file()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("web.json", '{"web": "another"}', "another build id"),
        ("sw.js", "const BUILD = 1;", "__XAIWEB_BUILD__"),
        ("worker.js", None, "missing"),
    ],
)
def test_scripts_that_do_not_fit_together_are_refused(
    name: str, text: str | None, reason: str, tmp_path: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    if text is None:
        (parts.web / name).unlink()
    else:
        (parts.web / name).write_text(text, "utf-8")
    with pytest.raises(XaiwebError, match=reason):
        build([make_bundle("tiny")], tmp_path / "site", parts=parts)


def test_a_failed_swap_puts_the_old_site_back(
    monkeypatch: pytest.MonkeyPatch, site: Path, parts: Assets, make_bundle: Callable[..., Path]
) -> None:
    import os

    before, rename = content(site), os.rename

    def failing(source: Path, target: Path) -> None:
        if Path(target) == site and "old" not in Path(source).name:
            raise OSError("disk trouble")
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(SiteError, match="disk trouble"):
        build([make_bundle("tiny")], site, parts=parts)
    assert content(site) == before
