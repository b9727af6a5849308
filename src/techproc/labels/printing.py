"""What a profile prints of a call number's parts: what it hides, and where a line must end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from techproc.labels.anatomy import Part
from techproc.labels.profiles import Profile

__all__ = ["Printed", "printed"]

_FIGURE = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Printed:
    """The parts that print, in order, with what is hidden between and within them.

    `hidden` lists (offset, characters); a line ends before each offset in `breaks`; the starts in
    `inner` continue the part before, which something hidden divides.
    """

    parts: tuple[Part, ...]
    hidden: tuple[tuple[int, str], ...] = ()
    breaks: frozenset[int] = frozenset()
    inner: frozenset[int] = field(default_factory=frozenset)

    def ends_line(self, last: Part, part: Part) -> bool:
        """Whether a line must end between two parts."""
        return any(at in self.breaks for at in range(last.end, part.start + 1))


def printed(call_number: str, found: Iterable[Part], profile: Profile) -> Printed:
    """Return what a profile prints of the parts of a call number."""
    parts = tuple(found)
    gone = _hidden(call_number, parts, profile)
    breaks = frozenset(_breaks(call_number, parts, profile))
    shown: list[Part] = []
    inner: set[int] = set()
    for part in parts:
        pieces = list(_pieces(part, gone, breaks))
        shown += pieces
        inner.update(piece.start for piece in pieces[1:])
    hidden = tuple((at, call_number[at]) for at in sorted(gone))
    return Printed(tuple(shown), hidden, breaks, frozenset(inner))


def _hidden(call_number: str, parts: Iterable[Part], profile: Profile) -> set[int]:
    """Return the offsets of what the profile keeps from print."""
    gone: set[int] = set()
    dots = "cutter-dot" in profile.hide
    for part in parts:
        if part.role in ("zero", "prime") and part.role in profile.hide:
            gone.update(range(part.start, part.end))
        elif part.role == "cutter" and call_number[part.start] == "." and dots:
            gone.add(part.start)
    signs = [sign for sign in profile.hide if not sign[0].isalpha()]
    gone.update(at for at, character in enumerate(call_number) if character in signs)
    return gone


def _breaks(call_number: str, parts: Iterable[Part], profile: Profile) -> Iterator[int]:
    """Yield the offsets where a line begins whatever parts stand there."""
    for sign in profile.before:
        if sign == "figures":
            if figure := _FIGURE.search(call_number):
                yield figure.start()
        else:
            yield from (match.start() for match in re.finditer(re.escape(sign), call_number))
    for sign in profile.after:
        if sign != "point":
            yield from (match.end() for match in re.finditer(re.escape(sign), call_number))
    room = profile.wrap
    for part in parts:
        if part.role != "decimal":
            continue
        point = call_number[part.start] == "."
        if point and "point" in profile.after:
            yield part.start + 1
        for at in range(part.start + point, part.end if profile.wrap else 0):
            if room == 0:
                yield at
                room = profile.wrap
            room -= 1


def _pieces(part: Part, gone: set[int], breaks: frozenset[int]) -> Iterator[Part]:
    """Yield a part without what is hidden, divided where a line ends."""
    at = part.start
    for offset in range(part.start, part.end):
        if offset in gone or offset in breaks:
            if offset > at:
                yield part._replace(start=at, end=offset)
            at = offset + (offset in gone)
    if at < part.end:
        yield part._replace(start=at)
