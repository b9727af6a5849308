"""Word lists written as running text."""

from __future__ import annotations

__all__ = ["words"]


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set.

    >>> sorted(words("of the  and"))
    ['and', 'of', 'the']
    """
    return frozenset(text.split())
