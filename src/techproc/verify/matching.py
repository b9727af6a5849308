"""Which records an item is held against: by control number, by ISBN, by the start of its title."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pymarc import Record

from techproc.config import VerifyPolicy
from techproc.verify.comparison import Verification, compare
from techproc.verify.item import Item
from techproc.verify.prepared import Prepared, prepare
from techproc.verify.verdict import OTHER_EDITION, OTHER_WORK, SAME, UNSURE

__all__ = ["RecordIndex", "best_first", "verify_within"]

_ORDER = {SAME: 0, UNSURE: 1, OTHER_EDITION: 2, OTHER_WORK: 3}
_START = 10  # letters of a title that bring a record up for comparison
_MANY = 200


class RecordIndex:
    """Records prepared for comparison, found by what an item may name them by."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._all: list[Prepared] = []
        self._by_control: dict[str, list[Prepared]] = defaultdict(list)
        self._by_isbn: dict[str, list[Prepared]] = defaultdict(list)
        self._by_title: dict[str, list[Prepared]] = defaultdict(list)
        for record in records:
            self.add(record)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, record: Record | Prepared) -> Prepared:
        """Keep a record for comparison and return it prepared."""
        made = prepare(record)
        self._all.append(made)
        if made.control:
            self._by_control[made.control].append(made)
        for number in made.isbns:
            self._by_isbn[number].append(made)
        for start in _starts(made):
            self._by_title[start].append(made)
        return made

    def find(self, item: Item | Record | Prepared, control: str = "") -> list[Prepared]:
        """Return the records to hold an item against.

        A control number given decides alone; else every record that has the ISBN ($a or $z); else
        those whose title begins alike.
        """
        if control:
            return list(self._by_control.get(control, ()))
        prepared = prepare(item)
        found = [r for number in prepared.isbns for r in self._by_isbn.get(number, ())]
        if not found:
            found = [r for start in _starts(prepared) for r in self._by_title.get(start, ())][
                :_MANY
            ]
        return list({id(record): record for record in found}.values())


def _starts(side: Prepared) -> set[str]:
    title = side.title
    if title is None:
        return set()
    return {form.solid[:_START] for form in title.forms + title.latin}


def best_first(
    item: Item | Record, records: Iterable[Prepared], policy: VerifyPolicy | None = None
) -> list[Verification]:
    """Return the verifications of an item against several records, the likeliest record first."""
    prepared, used = prepare(item), policy or VerifyPolicy()
    found = [compare(prepared, record, used) for record in records]
    return sorted(found, key=_likeliness)


def _likeliness(found: Verification) -> tuple[int, int]:
    agreed = sum(verdict == "agree" for verdict, _ in found.answers.values())
    return _ORDER[found.verdict], -agreed


def verify_within(
    records: Iterable[Record], policy: VerifyPolicy | None = None
) -> Iterator[tuple[str, Verification]]:
    """Compare the records of one file that share an ISBN, each pair once.

    Yields the control number of the record that plays the item, with the verification.
    """
    index, used = RecordIndex(), policy or VerifyPolicy()
    for record in records:
        made = prepare(record)
        earlier = [other for other in index.find(made) if other.isbns.keys() & made.isbns.keys()]
        index.add(made)
        for other in earlier:
            yield made.control, compare(made, other, used)
