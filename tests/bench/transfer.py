"""What a visit downloads, by file, as a host would send it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import brotli

from tests.bench.part import Goal, Part

MOST_BROTLI_MB, MOST_GZIP_MB = 3.0, 4.5


def report(site: Path, name: str) -> Part:
    """Sizes of everything a visit to the bundle's page downloads with the WASM provider."""
    files = json.loads((site / "files.json").read_text())
    manifest = json.loads((site / "bundles" / name / "manifest.json").read_text())
    page = ["files.json", f"explain/{name}/index.html"]
    page += [p for p, f in files["files"].items() if f["role"] == "web" and not p.endswith("sw.js")]
    graph = manifest["scales"][0]["graph"]
    bundle = ["manifest.json", manifest["weights"], graph, manifest["background"]["file"]]
    bundle += [path for d in manifest["designs"] for path in (d["masks"], *(c["operator"] for c in d["checkpoints"]))]
    first = [*page, *(f"bundles/{name}/{p}" for p in bundle if p), *files["runtime"]["wasm"]]
    later = [
        *files["runtime"]["python"],
        *(f"bundles/{name}/{s['graph']}" for s in manifest["scales"][1:]),
        "sw.js",
    ]
    lines = ["```text", f"{'kB':<64}{'raw':>8}{'gzip':>8}{'brotli':>8}"]
    sums = []
    for title, paths in (("first picture", first), ("then, for Python and offline use", later)):
        total = [0, 0, 0]
        for path in paths:
            data = (site / path).read_bytes()
            sizes = len(data), len(gzip.compress(data, 9)), len(brotli.compress(data, quality=11))
            total = [a + b for a, b in zip(total, sizes, strict=True)]
            lines.append(f"  {path[-60:]:<62}" + "".join(f"{size / 1e3:8,.1f}" for size in sizes))
        lines.append(f"{title:<64}" + "".join(f"{size / 1e3:8,.0f}" for size in total))
        sums.append(total)
    _, gzipped, brotlied = sums[0]
    goal = Goal(
        f"First picture: at most {MOST_BROTLI_MB} MB brotli, {MOST_GZIP_MB} MB gzip",
        f"{brotlied / 1e6:.2f} MB, {gzipped / 1e6:.2f} MB",
        brotlied <= MOST_BROTLI_MB * 1e6 and gzipped <= MOST_GZIP_MB * 1e6,
    )
    return Part("Transfer", [*lines, "```"], [goal])
