"""One parser of call numbers for every scheme; what it reads, it keeps.

LC Classification, NLM, Dewey, Superintendent of Documents (SuDoc) and local numbers are read into
the same elements, which sorting, labels, the shelf-list and shelf reading share. The text as
written is always kept: elements are slices of it, and what no rule knows becomes an element of
the kind "other".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

from techproc.classify._elements import Element, Kind
from techproc.classify._grammar import Scheme, detect_scheme, is_lc_class, read_elements
from techproc.classify.shelfkey import shelf_key, shelf_keys

__all__ = [
    "CallNumber",
    "Element",
    "Kind",
    "Scheme",
    "detect_scheme",
    "is_lc_class",
    "shelf_key",
    "shelf_keys",
]

_SCHEMES = get_args(Scheme)


@dataclass(frozen=True, slots=True)
class CallNumber:
    """A call number in its elements, with the text it was read from.

    `elements` are in the order of the text, each a slice of it; the named properties pick from
    them. `valid` is False for a text that its scheme's grammar cannot read; it still sorts.

    >>> number = CallNumber.parse("KF4558 15th .P6T44 1983 v.2 c.3")
    >>> number.class_number, number.cutters, number.dates, number.volume, number.copy
    ('KF4558 15th', ('.P6', 'T44'), ('1983',), 'v.2', 'c.3')
    >>> str(number)
    'KF4558 15th .P6T44 1983 v.2 c.3'
    """

    text: str
    scheme: Scheme
    elements: tuple[Element, ...]
    valid: bool

    @classmethod
    def parse(cls, text: str, scheme: str = "auto") -> CallNumber:
        """Return the call number read by the scheme's grammar, or by the one it looks like.

        `scheme` is one of lcc, ddc, nlm, sudoc, local and auto. Raises ValueError for another.
        """
        if scheme == "auto":
            scheme = detect_scheme(text)
        if scheme not in _SCHEMES:
            raise ValueError(
                f"{scheme!r} is no scheme; it takes one of auto, {', '.join(_SCHEMES)}"
            )
        elements, valid = read_elements(text, cast(Scheme, scheme))
        return cls(text, cast(Scheme, scheme), tuple(elements), valid)

    def _first(self, kind: Kind) -> str:
        return next((e.text for e in self.elements if e.kind is kind), "")

    def _all(self, kind: Kind) -> tuple[str, ...]:
        return tuple(e.text for e in self.elements if e.kind is kind)

    @property
    def prefix(self) -> str:
        """The words before the class number: REF, Oversize."""
        return self._first(Kind.PREFIX)

    @property
    def letters(self) -> str:
        """The class letters, as written."""
        return self._first(Kind.LETTERS)

    @property
    def number(self) -> str:
        """The whole number of the class, as written."""
        return self._first(Kind.NUMBER)

    @property
    def decimal(self) -> str:
        """The decimal extension of the class with its point, or an empty string."""
        return self._first(Kind.DECIMAL)

    @property
    def ordinals(self) -> tuple[str, ...]:
        """Dates and ordinals that belong to the class number."""
        return self._all(Kind.ORDINAL)

    @property
    def cutters(self) -> tuple[str, ...]:
        """The Cutters as written, the first with its point where it has one."""
        return self._all(Kind.CUTTER)

    @property
    def dates(self) -> tuple[str, ...]:
        """The dates of publication, work letters included (1990b)."""
        return self._all(Kind.DATE)

    @property
    def volume(self) -> str:
        """The first volume designation, caption included."""
        return self._first(Kind.VOLUME)

    @property
    def copy(self) -> str:
        """The copy designation, caption included."""
        return self._first(Kind.COPY)

    @property
    def suffix(self) -> str:
        """Everything from the first element of no known kind after the Cutters and dates."""
        known = {Kind.OTHER, Kind.WORK}
        start = next((e.start for e in self.elements if e.kind in known), None)
        return "" if start is None else self.text[start:].rstrip()

    @property
    def class_number(self) -> str:
        """The class number as written, with the dates and ordinals on it before a Cutter."""
        head = [e for e in self.elements if e.kind is not Kind.PREFIX]
        if not head or head[0].kind not in (Kind.LETTERS, Kind.NUMBER):
            return ""
        end = head[0].start
        for element in head:
            if element.kind in (Kind.CUTTER, Kind.BOOK, Kind.VOLUME, Kind.COPY, Kind.DATE):
                break
            end = element.end
        return self.text[head[0].start : end]

    @property
    def class_part(self) -> str:
        """The number without its book number: class number and all Cutters but the last (050 $a).

        A single Cutter is the book number when anything follows it, and else part of the class:
        "QA76 .S6 2001" gives "QA76", "QA76.73.P98" itself.

        >>> [CallNumber.parse(t).class_part for t in ("QA76.73.P98 S65 2001", "QA76.73.P98")]
        ['QA76.73.P98', 'QA76.73.P98']
        """
        last = next((e for e in reversed(self.elements) if e.kind is Kind.CUTTER), None)
        if last is None:
            return self.class_number
        if len(self.cutters) == 1 and self.scheme == "lcc" and last is self.elements[-1]:
            return self.text[self.text.find(self.class_number) :].strip()
        start = self.text.find(self.class_number) if self.class_number else 0
        return self.text[start : last.start].strip()

    @property
    def item_part(self) -> str:
        """What follows the class number: Cutters, dates, volume, copy (050 $b)."""
        cls = self.class_number
        start = self.text.find(cls) + len(cls) if cls else 0
        return self.text[start:].strip()

    @property
    def key(self) -> str:
        """The shelving key (see `shelf_key`)."""
        return shelf_key(self.text, self.scheme)

    def __str__(self) -> str:
        return self.text
