"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import xaiweb.core

MODULES = [module.name for module in pkgutil.walk_packages(xaiweb.core.__path__, "xaiweb.core.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES) >= 5
