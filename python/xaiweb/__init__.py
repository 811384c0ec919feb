"""Explain any ONNX model in the browser, with nothing leaving it.

>>> import xaiweb
>>> bundle = xaiweb.export(model, background=X, out="loan/")   # torch, scikit-learn, or a path to ONNX
>>> xaiweb.build([bundle], out="site/")
>>> xaiweb.serve("site/")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaiweb.api import build, explain_dataset, export, export_image, export_text, open, serve
    from xaiweb.core.explanation import Explanation
    from xaiweb.core.shapley.game import shapley_values

__version__ = "0.1.0"
__all__ = [
    "Explanation",
    "__version__",
    "build",
    "explain_dataset",
    "export",
    "export_image",
    "export_text",
    "open",
    "serve",
    "shapley_values",
]

# Names are imported when first used: `import xaiweb` stays cheap, and needs neither onnx nor torch.
_HOME = {
    "Explanation": "xaiweb.core.explanation",
    "build": "xaiweb.api",
    "explain_dataset": "xaiweb.api",
    "export": "xaiweb.api",
    "export_image": "xaiweb.api",
    "export_text": "xaiweb.api",
    "open": "xaiweb.api",
    "serve": "xaiweb.api",
    "shapley_values": "xaiweb.core.shapley.game",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'xaiweb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
