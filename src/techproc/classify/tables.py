"""Numbers built from a known base and a place: learned from numbers, not from schedules.

Of the numbers that new books get, 15 % (LC classes) to 39 % (LC with Cutters; Dewey 31 %) stand in no
record learned from, and many of those only because nobody had yet written of this subject in that
country. Both schemes divide by place in a regular way: Dewey by figures of one table (331.09667, 667
for Ghana), LC by Cutters (HD8039.C652 G7). Which figures or Cutters go with a place is learned by
association: the ones found in numbers of records of that place far oftener than elsewhere (by
lift). A number less its place is a *pattern* (``331.09~``): patterns are counted like numbers, and
filled with the places of the record at hand.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from techproc.classify.numbers import Scheme, cut

__all__ = ["SLOT", "Place", "Table", "fill", "learn_table", "pattern", "readable", "splits"]

SLOT = "~"
# How often a part of a number must be seen with a place, in what share of the place's records, and
# how many times oftener than elsewhere.
_LEAST = 3
_SHARE = 0.08
_LIFT = 4.0
# Dewey has one figure for a place; LC has several Cutters, by class.
_KEPT: dict[Scheme, int] = {"ddc": 1, "lcc": 3}
_LONGEST = 7
_CUTTER = re.compile(r"[A-Z]\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What stands for a place in numbers, and in what share of the place's records it does."""

    mark: str
    share: float


# The places by the keys of their features.
Table = Mapping[int, tuple[Place, ...]]


def splits(number: str, scheme: Scheme) -> Iterator[tuple[str, str, str]]:
    """Yield the ways to take a number apart into what precedes a place, its mark, and the rest.

    >>> list(splits("966.7", "ddc"))
    [('9', '667', '')]
    >>> list(splits("HD8039.C652G7", "lcc"))
    [('HD8039.', 'C652', 'G7'), ('HD8039.C652', 'G7', '')]
    """
    if scheme == "lcc":
        base = cut(number, "class") + "."
        for match in _CUTTER.finditer(number, len(base)):
            yield number[: match.start()], match[0], number[match.end() :]
        return
    figures = number.replace(".", "")
    # History and geography are divided by place from the first or second figure on (93-99, 91).
    starts = [2] if figures[:2] == "91" else [1] if figures[0] == "9" else []
    for start in (*starts, *range(3, len(figures) - 1)):
        for end in range(start + 2, min(start + _LONGEST, len(figures)) + 1):
            # After a place only the noughts of a standard subdivision or period may follow.
            if end == len(figures) or figures[end] == "0":
                yield figures[:start], figures[start:end], figures[end:]


def learn_table(
    numbers: Sequence[str], places: Iterable[Sequence[int]], scheme: Scheme
) -> dict[int, tuple[Place, ...]]:
    """Return what stands for each place, from numbers and the keys of places of their records."""
    marks: Counter[str] = Counter()
    records: Counter[int] = Counter()
    both: dict[int, Counter[str]] = {}
    known = 0
    for number, keys in zip(numbers, places, strict=True):
        if not number:
            continue
        known += 1
        found = {mark for _, mark, _ in splits(number, scheme)}
        marks.update(found)
        records.update(keys)
        for key in keys:
            both.setdefault(key, Counter()).update(found)
    table = {}
    for key, counts in both.items():
        worth = []
        for mark, count in counts.items():
            lift = count * known / (records[key] * marks[mark])
            share = count / records[key]
            if count >= _LEAST and share >= _SHARE and lift >= _LIFT:
                worth.append((count * math.log(lift), len(mark), mark, round(share, 3)))
        if worth:
            worth.sort(reverse=True)
            table[key] = tuple(Place(mark, share) for *_, mark, share in worth[: _KEPT[scheme]])
    return table


def pattern(number: str, places: Iterable[int], table: Table, scheme: Scheme) -> str:
    """Return a number with a slot where one of its record's places stands; "" when none does.

    >>> pattern("338.9667", [7], {7: (Place("667", .5),)}, "ddc")
    '3389~'
    """
    marks = {place.mark for key in places for place in table.get(key, ())}
    if not marks or not number:
        return ""
    fitting = [s for s in splits(number, scheme) if s[1] in marks]
    if not fitting:
        return ""
    before, _, after = max(fitting, key=lambda s: (len(s[1]), len(s[0])))
    return f"{before}{SLOT}{after}"


def fill(shape: str, mark: str, scheme: Scheme) -> str:
    """Return the number that a pattern makes with a place.

    >>> fill("3389~", "667", "ddc"), fill("9~03", "667", "ddc"), fill("HC800.~", "G7", "lcc")
    ('338.9667', '966.703', 'HC800.G7')
    """
    made = shape.replace(SLOT, mark)
    if scheme == "lcc":
        return made
    made = made.ljust(3, "0")
    return f"{made[:3]}.{made[3:]}" if len(made) > 3 else made


def readable(shape: str, scheme: Scheme) -> str:
    """Return a pattern as people write numbers, with the point where it is known.

    >>> readable("33109~", "ddc"), readable("9~03", "ddc"), readable("HC800.~", "lcc")
    ('331.09~', '9~03', 'HC800.~')
    """
    if scheme == "lcc" or shape.index(SLOT) < 3:
        return shape
    return f"{shape[:3]}.{shape[3:]}"
