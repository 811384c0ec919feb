"""`make bench`: what an explanation costs beyond running the model, and what a first visit downloads and waits for.

Ours and the bare runtime are timed in turns within one run, because machines drift; ratios are medians of the pairs.
"""

from __future__ import annotations

import argparse
import platform

from tests.bench import browser, native, transfer
from tests.conftest import ROOT


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15, help="timed pairs of each comparison")
    options = parser.parse_args()
    site, loan = ROOT / "dist" / "site", ROOT / "build" / "bundles" / "loan"
    print(f"{platform.machine()}, {platform.system()} {platform.release()}, Python {platform.python_version()}\n")
    for part in (
        transfer.report(site, "loan"),
        native.report(loan, options.repeats),
        browser.report(site, loan, options.repeats),
    ):
        for line in part:
            print(line, flush=True)
        print()


main()
