"""Which fields a step of a recipe looks at and may change, so that it is done again only where it
could do something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from techproc.marc.path import FieldPath

__all__ = ["ANYTHING", "Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The tags that a step looks at and those that it may change, as field paths write them.

    None: any. `settles`: once done, it has nothing left to do until others change what it looks at.
    """

    reads: tuple[str, ...] | None
    writes: tuple[str, ...] | None
    settles: bool = False

    @classmethod
    def of(cls, *tags: str, settles: bool = False) -> Scope:
        """Return the scope of what looks at fields with these tags, and changes them alone.

        >>> Scope.of("300", "264").may_change(Scope.of("3XX")), Scope.of("245").may_change(ANYTHING)
        (True, True)
        """
        return cls(tags, tags, settles)

    @classmethod
    def linked(cls, path: FieldPath, *, settles: bool = False) -> Scope:
        """Return the scope of what edits the fields of a path, and their 880s as it must.

        An 880 may belong to any field.
        """
        return ANYTHING if path.matches_tag("880") else cls.of(path.tag, "880", settles=settles)

    def looking_at(self, tags: Iterable[str]) -> Scope:
        """Return the scope with more tags that are looked at."""
        return self if self.reads is None else replace(self, reads=(*self.reads, *tags))

    def may_change(self, other: Scope) -> bool:
        """Say whether what this changes may be what the other looks at."""
        if self.writes is None or other.reads is None:
            return True
        return any(_meet(one, two) for one in self.writes for two in other.reads)


ANYTHING = Scope(None, None)


def _meet(one: str, other: str) -> bool:
    """Say whether two tags, X and . for any character, may be the same."""
    return all(a == b or a in "X." or b in "X." for a, b in zip(one, other, strict=True))
