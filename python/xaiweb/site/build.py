"""A static site from bundles: every byte checked before it is copied, the folder swapped in whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from xaiweb.bundle.files import identity
from xaiweb.bundle.manifest import Manifest
from xaiweb.bundle.read import read_manifest
from xaiweb.errors import BundleError, SiteError
from xaiweb.site.files import verified, write_atomically
from xaiweb.site.pages import Card, Picture, megabytes, render
from xaiweb.site.runtime import BUILD_PLACEHOLDER, USERS, WEB_FILES, Assets, Runtime, assets, read_runtime, stale
from xaiweb.site.runtime import web_build as read_web_build

WAYS = ("early-worker", "streaming", "late-writes", "early-python")
"""Ways to start sooner that a site may leave out; docs/starting.md says what each is and gains."""


def build(
    bundles: Sequence[Path | str],
    out: Path | str,
    *,
    previews: Mapping[str, Picture] | None = None,
    parts: Assets | None = None,
    without: Collection[str] = (),
    progress: Callable[[str], None] | None = None,
) -> Path:
    """The folder of a finished site: pages, scripts, runtime, bundles and the list of them all.

    The same inputs give the same bytes. A build that fails leaves the old site as it was.

    Args:
        bundles: Folders that ``xaiweb export`` wrote, in the gallery's order.
        out: Where the site goes: a new or empty folder, or an earlier site.
        previews: By bundle name, what its card shows.
        parts: The folders of scripts and runtime files; found by default.
        without: Of ``WAYS``, the ways to start sooner that the site leaves out.
        progress: Gets a line for each part of the site that is done.

    Raises:
        BundleError: If a bundle is damaged, or two have the same name.
        SiteError: If a runtime file isn't the recorded one, or ``out`` holds something else than a site.
    """
    target = Path(out).resolve()
    _refuse_foreign(target)
    found = parts or assets()
    runtime = read_runtime(found.wasm)
    if reason := stale(found, runtime):
        raise SiteError(reason, where=str(found.wasm), next=found.next, code="runtime-stale")
    manifests = _read_all(bundles)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as reason:
        raise SiteError(
            f"can't write here ({reason}).", where=str(target.parent), next="Choose another --out."
        ) from None
    try:
        os.chmod(folder, 0o755)
        say = progress or (lambda line: None)
        _write(_Writer(folder), found, runtime, manifests, previews or {}, sorted(without), say)
        _swap(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target


class _Writer:
    """Writes files below a folder and remembers what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: dict[str, dict[str, Any]] = {}

    def add(self, path: str, data: bytes, role: str) -> None:
        """Writes one file and its entry."""
        file = identity(data)
        self.entries[path] = {"sha256": file.sha256, "bytes": file.bytes, "role": role}
        write_atomically(self.folder / path, data)

    def bytes_below(self, prefix: str) -> int:
        """How much was written under paths that start with ``prefix``."""
        return sum(entry["bytes"] for path, entry in self.entries.items() if path.startswith(prefix))


def _write(
    writer: _Writer,
    found: Assets,
    runtime: Runtime,
    manifests: list[tuple[Path, Manifest]],
    previews: Mapping[str, Picture],
    without: list[str],
    say: Callable[[str], None],
) -> None:
    for item in runtime.files:
        data = verified(found.wasm / item.path, item.file, next=found.next)
        writer.add(item.path, data, item.role)
    say(f"runtime: {len(runtime.files)} files, {megabytes(writer.bytes_below('runtime/'))}, every hash checked")
    scripts = {name: _web_file(found, name) for name in WEB_FILES}
    web_build = read_web_build(found.web)
    for name, data in scripts.items():
        if name not in ("sw.js", "web.json"):
            writer.add(name, data, "page" if name in ("page.css", "icon.svg", "licences.txt") else "web")
    cards = []
    for folder, manifest in manifests:
        size = _write_bundle(writer, folder, manifest)
        say(f"{manifest.name}: {len(manifest.files) + 1} files, {megabytes(size)}, every hash checked")
        cards.append(Card(manifest, size, previews.get(manifest.name)))
    once = sum(item.file.bytes for item in runtime.files if {"python", "wasm"} & set(item.used_by))
    for path, data in render(cards, once, runtime.used_by("wasm"), without).items():
        writer.add(path, data, "page")

    # The service worker carries the hash of everything else, so that another site is another worker.
    build_id = hashlib.sha256(_json(writer.entries) + "".join(without).encode()).hexdigest()
    worker = scripts["sw.js"].decode().replace(BUILD_PLACEHOLDER, build_id)
    if build_id not in worker:
        raise SiteError(f"it has no {BUILD_PLACEHOLDER}.", where=str(found.web / "sw.js"), next="Run `npm run build`.")
    writer.add("sw.js", worker.encode(), "web")
    listing = {
        "version": 1,
        "build": build_id,
        "web": web_build,
        "core_version": runtime.core_version,
        "files": writer.entries,
        "runtime": {user: runtime.used_by(user) for user in USERS},
        "bundles": [
            {"name": card.manifest.name, "path": card.path, "page": card.page, "title": card.manifest.title}
            for card in cards
        ],
    }
    write_atomically(writer.folder / "files.json", _json(listing | ({"without": without} if without else {})))
    say(f"site: {len(writer.entries)} files, {megabytes(writer.bytes_below(''))}, build {build_id[:12]}")


def _web_file(found: Assets, name: str) -> bytes:
    try:
        return (found.web / name).read_bytes()
    except OSError:
        hint = "Run `npm run build`." if found.checkout else found.next
        raise SiteError("the file is missing.", where=str(found.web / name), next=hint, code="file-missing") from None


def _write_bundle(writer: _Writer, folder: Path, manifest: Manifest) -> int:
    """Copies one bundle byte for byte and returns what a visit on WASM may load of it: all but the graphs for WebGL."""
    writer.add(f"bundles/{manifest.name}/manifest.json", (folder / "manifest.json").read_bytes(), "bundle")
    for path, file in sorted(manifest.files.items()):
        data = verified(folder / path, file, next="Export or copy the bundle again.", error=BundleError)
        writer.add(f"bundles/{manifest.name}/{path}", data, "bundle")
    webgl = {variant.graph for scale in manifest.scales if (variant := getattr(scale, "webgl", None))}
    return writer.bytes_below(f"bundles/{manifest.name}/") - sum(manifest.files[path].bytes for path in webgl)


def _read_all(bundles: Sequence[Path | str]) -> list[tuple[Path, Manifest]]:
    if not bundles:
        raise SiteError("a site needs a bundle.", next="Give at least one folder that `xaiweb export` wrote.")
    seen: dict[str, Path] = {}
    manifests = []
    for bundle in map(Path, bundles):
        manifest = read_manifest(bundle)
        if manifest.name in seen:
            raise BundleError(
                f"two bundles are called {manifest.name!r}.",
                where=f"{seen[manifest.name]} and {bundle}",
                next="Export one of them under another name.",
            )
        seen[manifest.name] = bundle
        manifests.append((bundle, manifest))
    return manifests


def _refuse_foreign(target: Path) -> None:
    """Refuses to replace a folder that holds anything but a site."""
    if not target.exists():
        return
    if not target.is_dir():
        raise SiteError("this is a file.", where=str(target), next="Choose another --out.")
    if not any(target.iterdir()):
        return
    try:
        listing = json.loads((target / "files.json").read_bytes())
        own = {*listing["files"], "files.json"} if listing["version"] == 1 and listing["build"] else set()
    except (OSError, ValueError, KeyError, TypeError):
        own = set()
    there = (file.relative_to(target).as_posix() for file in target.rglob("*") if own and not file.is_dir())
    foreign = sorted(set(there) - own)
    if not own or foreign:
        problem = f"it holds files that no site lists: {', '.join(foreign[:3])}." if own else "it isn't a site."
        raise SiteError(
            f"this folder is not empty, and {problem}",
            where=str(target),
            next="Choose another --out, or move what is in it.",
            code="not-a-site",
        )


def _swap(folder: Path, target: Path) -> None:
    """Puts ``folder`` where ``target`` is; the old one is back in its place if that fails."""
    old = folder.with_name(folder.name + ".old")
    try:
        if target.exists():
            os.rename(target, old)
        try:
            os.rename(folder, target)
        except BaseException:
            if old.exists():
                with contextlib.suppress(OSError):
                    os.rename(old, target)
            raise
    except OSError as reason:
        raise SiteError(f"can't be replaced ({reason}).", where=str(target), next="Choose another --out.") from None
    shutil.rmtree(old, ignore_errors=True)


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
