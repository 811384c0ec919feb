"""Many rows explained in a process of its own, which measures itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHILD = """
import glob, json, os, sys, time
import xaiweb
def spent():
    "CPU seconds of this process and all it started."
    ticks = 0
    for file in glob.glob("/proc/[0-9]*/stat"):
        try:
            told = open(file).read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[3]) == os.getsid(0):
            ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")
def main():
    # From a third of the rows on, when all workers are at work: neither starting processes nor joining is a row's cost.
    first, last, asked = [], [], json.loads(sys.argv[1])
    def tell(done, total, old):
        if not first and 3 * done >= total:
            first[:] = time.perf_counter(), spent(), done
        if done == total:
            last[:] = time.perf_counter(), spent(), done
    xaiweb.explain_dataset(**asked, on_progress=tell)
    wall, cpu, rows = (b - a for a, b in zip(first, last))
    memory = dict(line.split(":") for line in open("/proc/self/status") if ":" in line)
    print(json.dumps({
        "peak_mb": int(memory["VmHWM"].split()[0]) / 1024, "rows_per_s": rows / wall, "cpu_ms": 1e3 * cpu / rows,
    }))
if __name__ == "__main__":
    main()
"""


def child(bundle: Path, rows: Path, out: Path, **asked: Any) -> dict[str, float]:
    """Explain in a process of its own; what it measured."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, asked_of(bundle, rows, out, **asked)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def asked_of(bundle: Path, rows: Path, out: Path, **asked: Any) -> str:
    return json.dumps({"bundle": str(bundle), "rows": str(rows), "out": str(out), **asked})
