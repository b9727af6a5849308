"""What a module says it offers is there, and what it offers is documented."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import techproc
import techproc_cli

MODULES = [
    info.name
    for package in (techproc, techproc_cli)
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_all_is_what_can_be_imported(name: str) -> None:
    """Every public module declares `__all__`, without repeats, and every name in it exists."""
    module = importlib.import_module(name)
    if name.rpartition(".")[2].startswith("_") or name.endswith(".__main__"):
        return
    names = getattr(module, "__all__", None)
    assert names is not None, f"{name} has no __all__"
    assert len(names) == len(set(names))
    for each in names:
        assert hasattr(module, each), each


@pytest.mark.parametrize("name", MODULES)
def test_public_functions_and_classes_are_documented(name: str) -> None:
    """Each has a docstring that begins with one sentence."""
    module = importlib.import_module(name)
    for each in getattr(module, "__all__", ()):
        value = getattr(module, each)
        if getattr(value, "__module__", "") != name:
            continue
        if inspect.isfunction(value) or inspect.isclass(value):
            text = inspect.getdoc(value) or ""
            assert text.split("\n\n")[0].rstrip().endswith((".", ":", "!", "?")), (
                f"{name}.{each}: {text[:60]!r}"
            )
