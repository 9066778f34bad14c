"""The examples in the documentation of the package."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import ninth
import pytest

MODULES = ["ninth", *(f"ninth.{m.name}" for m in pkgutil.iter_modules(ninth.__path__))]


@pytest.mark.parametrize("name", [name for name in MODULES if name != "ninth.torch"])
def test_they_come_out(name: str) -> None:
    module = importlib.import_module(name)
    found = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert found.failed == 0


def test_every_public_name_is_documented() -> None:
    undocumented = [
        name
        for name in ninth.__all__
        if not name.startswith("__") and not getattr(ninth, name).__doc__
    ]
    assert undocumented == []
