"""How the Library of Congress uses subdivisions and places in LCSH strings, counted in its records.

LC's lists of free-floating subdivisions (Subject Headings Manual H 1095, pattern headings H 1100 to
H 1200) say what may stand under which kind of heading; counted in 212,942 LC records is what does.
The counts ship as `heading_usage.tsv`; `scripts/build_heading_usage.py` makes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz import fuzz, process

from techproc.text import fold

__all__ = ["PlaceUse", "SubdivisionUse", "Usage", "heading_usage"]

_ORDER = ("person", "body", "meeting", "title", "topic", "place")


@dataclass(frozen=True, slots=True)
class SubdivisionUse:
    """How often a subdivision is used, under how many headings and of which kinds.

    `divided` counts the times a place follows it, `preceded` those a place stands just before it.
    """

    code: str
    text: str
    used: int
    headings: int
    kinds: Mapping[str, int]
    divided: int
    preceded: int


@dataclass(frozen=True, slots=True)
class PlaceUse:
    """How often a place stands in $z, and within which larger place mostly ("" for none)."""

    place: str
    used: int
    within: str
    share: float


class Usage:
    """Subdivisions and places by their folded text."""

    def __init__(self, lines: list[str]) -> None:
        """Take the lines of the file that the script writes."""
        self._subdivisions: dict[str, dict[str, SubdivisionUse]] = {}
        self._places: dict[str, PlaceUse] = {}
        for line in lines:
            mark, *parts = line.split("\t")
            if mark == "S":
                code, text, *counts = parts
                used, headings, *kinds, divided, preceded = map(int, counts)
                use = SubdivisionUse(
                    code, text, used, headings, dict(zip(_ORDER, kinds, strict=True)), divided,
                    preceded,
                )  # fmt: skip
                known = self._subdivisions.setdefault(fold(text), {})
                if code not in known or known[code].used < used:
                    known[code] = use
            elif mark == "P":
                place, used_text, within, share = parts
                found = PlaceUse(place, int(used_text), within, int(share) / 100)
                held = self._places.get(fold(place))
                if held is None or held.used < found.used:
                    self._places[fold(place)] = found

    def subdivision(self, text: str) -> Mapping[str, SubdivisionUse]:
        """Return the uses of a subdivision by subfield code ("v", "x"); empty when there is none."""
        return self._subdivisions.get(fold(text), {})

    def place(self, text: str) -> PlaceUse | None:
        """Return how a place is used in $z, or None."""
        return self._places.get(fold(text))

    def near(self, text: str) -> str | None:
        """Return the subdivision most like a text that is none."""
        found = process.extractOne(
            fold(text), self._subdivisions.keys(), scorer=fuzz.ratio, score_cutoff=84
        )
        if found is None:
            return None
        uses = self._subdivisions[found[0]]
        return max(uses.values(), key=lambda use: use.used).text


@cache
def heading_usage() -> Usage:
    """Return the counts that ship with the package.

    >>> use = heading_usage().subdivision("Criticism and interpretation")["x"]
    >>> use.kinds["person"] > 100 * use.kinds["topic"]
    True
    >>> heading_usage().place("Paris").within
    'France'
    """
    data = resources.files("techproc.classify").joinpath("data", "heading_usage.tsv")
    return Usage(data.read_text("utf-8").splitlines())
