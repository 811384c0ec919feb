"""Carries the built browser part inside the wheel, so that an installed xaiweb builds sites without Node.

The core's hot loops are compiled where a C compiler is at hand; numpy does their work where none is.
"""

import platform
import runpy
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Adds ``web/dist`` and ``wasm/dist`` to the wheel where they have been built, and this machine's compiled core."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; an editable install reads the folders in place instead."""
        kernels = runpy.run_path(str(Path(self.root, "wasm", "kernels", "build.py")))
        try:
            library = kernels["native"]()
        except kernels["CompilerError"] as reason:
            self.app.display_warning(f"The core's hot loops stay numpy's: {reason}")
            library = None
        if version == "editable":
            return
        if library is not None:
            # A universal interpreter is of two machines, the library of one.
            system = sysconfig.get_platform().replace("universal2", platform.machine())
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{system.replace('-', '_').replace('.', '_')}"
            build_data["force_include"][str(library)] = f"xaiweb/core/{library.name}"
        for part in ("web", "wasm"):
            folder = Path(self.root, part, "dist")
            if folder.is_dir():
                build_data["force_include"][str(folder)] = f"xaiweb/_assets/{part}"
            else:
                self.app.display_warning(f"This wheel builds no sites: {folder} is missing. Run `make setup` before.")
