"""Every error xaiweb raises on purpose.

The tree::

    XaiwebError
    ├── InputError       a row, a column or a parameter the caller gave
    │   └── BudgetError  fewer evaluations than the estimator needs
    ├── ModelError       a model or graph that can't be used, or an answer that isn't finite
    │   └── ParityError  the exported graph disagrees with the original
    ├── BundleError      a bundle's manifest or files: missing, damaged, of another version
    └── SiteError        building or serving a site: a runtime file, a port

An error is a sentence in three parts: what is wrong, where, and what to do next. ``code`` is the
machine-readable name that the page uses to find its own words for it.
"""

from __future__ import annotations


class XaiwebError(Exception):
    """Something the user can act on.

    Args:
        message: What is wrong, one sentence.
        where: The place, as a path the user knows (``loan.csv, row 3, column "age"``).
        next: What to do about it, one sentence.
        code: Machine-readable name in kebab-case; each class has a default.
    """

    code = "error"

    def __init__(self, message: str, *, where: str = "", next: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message if message.endswith((".", "?", "!")) else f"{message}."
        self.where = where
        self.next = next
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        """The three parts on one line."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} {self.next}" if self.next else text

    def to_dict(self) -> dict[str, str]:
        """The error as the page's ``XaiwebError {code, message, where, next}``."""
        return {"code": self.code, "message": self.message, "where": self.where, "next": self.next}


class InputError(XaiwebError):
    """A row, a column or a parameter that can't be used."""

    code = "input"


class BudgetError(InputError):
    """Fewer evaluations were allowed than the estimator needs."""

    code = "budget-too-small"


class ModelError(XaiwebError):
    """A model that can't be used, or that answered with something that isn't finite."""

    code = "model"


class ParityError(ModelError):
    """The exported graph and the original model disagree."""

    code = "parity"


class BundleError(XaiwebError):
    """A bundle that is missing, damaged, or of a version this release doesn't read."""

    code = "bundle"


class SiteError(XaiwebError):
    """A site that can't be built or served."""

    code = "site"
