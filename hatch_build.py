"""Carries the built browser part inside the wheel, so that an installed xaiweb builds sites without Node."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Adds ``web/dist`` and ``wasm/dist`` to the wheel where they have been built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; an editable install reads the folders in place instead."""
        if version == "editable":
            return
        for part in ("web", "wasm"):
            folder = Path(self.root, part, "dist")
            if folder.is_dir():
                build_data["force_include"][str(folder)] = f"xaiweb/_assets/{part}"
