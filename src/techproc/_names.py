"""Public names that are imported from where they live when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["names_at"]


def names_at(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package whose names live in other modules.

    `homes` says which names live in which module. Importing the package then costs nothing.
    """

    def find(name: str) -> Any:
        for home, names in homes.items():
            if name in names:
                found = getattr(import_module(home), name)
                setattr(sys.modules[package], name, found)
                return found
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find
