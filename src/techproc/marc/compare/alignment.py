"""Which records of two sources are the same, by identifier: the surest first, each only once."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from techproc.findings import Finding, Severity
from techproc.marc.compare.shelf import Shelf

__all__ = ["Aligned", "align"]

_CROWDED = 50  # records that share a value: more say nothing of which is which


@dataclass(frozen=True, slots=True)
class Aligned:
    """A record of the first source, of the second, or of both, as places on their shelves.

    `by` is the identifier that brought them together.
    """

    before: int | None
    after: int | None
    by: str | None = None


def align(
    before: Shelf, after: Shelf, names: Sequence[str], findings: list[Finding] | None = None
) -> Iterator[Aligned]:
    """Yield every record of two shelves once: in the order of the first, then what is new.

    `names` are those of the identifiers, in the shelves' order; what the first leaves over is tried
    by the next. Records that share several values go together before those that share one, and
    equal ones in the order in which they came. Values that are not a record's own (several records
    of one source have them) are told in `findings`.
    """
    partner = array("q", [-1]) * len(before)
    taken = bytearray(len(after))
    means: dict[int, str] = {}
    for name, ours, theirs in zip(names, before.keys, after.keys, strict=True):
        for source, keys in (("first", ours), ("second", theirs)):
            if findings is not None:
                findings += _repeated(name, source, keys)
        for place, other in _matches(ours, theirs, partner, taken):
            partner[place] = other
            taken[other] = 1
            means[place] = name
    for place in range(len(before)):
        if partner[place] < 0:
            yield Aligned(place, None)
        else:
            yield Aligned(place, partner[place], means[place])
    for other in range(len(after)):
        if not taken[other]:
            yield Aligned(None, other)


def _matches(
    ours: tuple[array[int], array[int]],
    theirs: tuple[array[int], array[int]],
    partner: array[int],
    taken: bytearray,
) -> Iterator[tuple[int, int]]:
    """Yield pairs of places that share a value, those that share most first."""
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    for value, other in zip(*theirs, strict=True):
        if not taken[other]:
            waiting[value].append(other)
    shared: Counter[tuple[int, int]] = Counter()
    for value, place in zip(*ours, strict=True):
        found = waiting.get(value)
        if partner[place] < 0 and found is not None and len(found) <= _CROWDED:
            for other in found:
                shared[place, other] += 1
    gone: set[int] = set()
    come: set[int] = set()
    for (place, other), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if place not in gone and other not in come:
            gone.add(place)
            come.add(other)
            yield place, other


def _repeated(name: str, source: str, keys: tuple[array[int], array[int]]) -> Iterator[Finding]:
    counts = Counter(keys[0])
    repeated = sum(1 for count in counts.values() if count > 1)
    if repeated and name != "keys":
        yield Finding(
            rule="compare.repeated-identifier",
            severity=Severity.WARNING,
            path=None if name == "isbn" else name,
            message=f"{repeated} {'value' if repeated == 1 else 'values'} of {name} in more than "
            f"one record of the {source} source; they are aligned in the order in which they came",
            fix="align by another identifier, or look for duplicates first",
        )
