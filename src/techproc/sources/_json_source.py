"""A JSON document as a conversion reads it: its values by path, and what of them was taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from techproc.sources.leftovers import Value

__all__ = ["SourceDocument"]

Path = tuple[str | int, ...]


class SourceDocument:
    """The strings and numbers of a document, each at its path: title, contributors[0].role.

    `name` stands before the paths of a second document about the same thing; keys in `skipped`
    are not read at any depth.
    """

    def __init__(
        self, document: Mapping[str, Any], name: str = "", skipped: Collection[str] = ()
    ) -> None:
        self._values: dict[Path, Value] = {}
        self._counts: dict[Path, int] = {}
        # A stack: an answer may nest deeper than Python calls.
        stack: list[tuple[Path, Any]] = [((), document)]
        while stack:
            path, found = stack.pop()
            if isinstance(found, Mapping):
                inner = [(str(key), item) for key, item in found.items() if key not in skipped]
                stack.extend(((*path, key), item) for key, item in reversed(inner))
            elif isinstance(found, list):
                self._counts[path] = len(found)
                stack.extend(((*path, at), found[at]) for at in reversed(range(len(found))))
            elif found is not None:
                text = str(found).lower() if isinstance(found, bool) else str(found)
                self._values[path] = Value(_written(name, path), " ".join(text.split()))

    def has(self, *path: str | int) -> str:
        """Return the text at a path without taking it; "" where there is none."""
        value = self._values.get(path)
        return value.text if value is not None else ""

    def take(self, *path: str | int) -> str:
        """Return the text at a path, which counts as carried."""
        value = self._values.get(path)
        return value.take() if value is not None else ""

    def leave(self, *path: str | int) -> None:
        """Leave what was taken to be told after all."""
        if path in self._values:
            self._values[path].taken = False

    def text(self, name: str) -> str:
        """Take a text that is a string or an object with "value"."""
        return self.take(name) or self.take(name, "value")

    def count(self, *path: str | int) -> range:
        """Return the places of the list at a path."""
        return range(self._counts.get(path, 0))

    def listed(self, *path: str | int) -> list[Value]:
        """Return the strings and numbers of the list at a path, none of them taken yet."""
        found = (self._values.get((*path, at)) for at in self.count(*path))
        return [value for value in found if value is not None and value.text]

    def below(self, name: str) -> Iterator[tuple[Path, Value]]:
        """Yield what stands below a key, with its path."""
        for path, value in self._values.items():
            if path[0] == name and len(path) > 1:
                yield path, value

    def values(self) -> Iterator[Value]:
        """Yield everything that can be left over."""
        yield from self._values.values()


def _written(name: str, path: Path) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"{name}{steps}" if name else steps.lstrip(".")
