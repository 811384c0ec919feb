"""Make sure that a Chromium is here: the system's, else apt's as root, else Playwright's own."""

import os
import shutil
import subprocess
import sys

from xaiweb.doctor import find_chromium


def main() -> int:
    if find_chromium():
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("== Chromium (apt)")
        for _ in range(2):
            subprocess.run(["apt-get", "update", "-qq"], check=False)
            done = subprocess.run(
                ["apt-get", "install", "-y", "-qq", "chromium"], stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode == 0 and find_chromium():
                return 0
    print("== Chromium (Playwright's own)")
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
