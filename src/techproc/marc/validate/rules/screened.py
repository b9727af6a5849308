"""What the scanner's table screens fields for, so that most are never looked at in Python.

The marks of a tag say what the checks with a `when` look for in its fields; a new such check needs
them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from techproc.marc.validate.rules.codes import HEADINGS, SUBJECTS
from techproc.marc.validate.rules.dependents import MAIN, ONLY_7, SOURCE
from techproc.marc.validate.rules.numbers import LINKED
from techproc.marc.validate.rules.punctuation import BEFORE, BLANKS, BRACKETED, NAMES
from techproc.marc.validate.rules.titles import COUNTED, COUNTED_FIRST
from techproc.marc.validate.rules.urls import TAGS
from techproc.marc.validate.screening import Marks
from techproc.marc.validate.subject import (
    LOOK_BLANKS,
    LOOK_BRACKETS,
    LOOK_MAIN,
    LOOK_MARKS,
    LOOK_SOURCE,
    LOOK_VALUES,
)

__all__ = ["MARKS", "marks_for"]


_GLANCES: dict[str, str] = {
    "024": "other number",
    "041": "translated",
    "050": "lcc",
    "082": "edition named",
    "505": "dependent",
    "773": "dependent",
    "856": "addressed",
    **dict.fromkeys(("336", "337", "338"), "rda"),
    **dict.fromkeys(NAMES, "name"),
    **dict.fromkeys(COUNTED, "title"),
    **dict.fromkeys(COUNTED_FIRST, "counted"),
}
# Tag → subfield → what its value is to be.
_VALUES: dict[str, dict[str, str]] = {
    "010": {"a": "lccn"},
    "020": {"a": "isbn"},
    "022": {"a": "issn", "l": "issn"},
    "035": {"a": "system number"},
    "040": {"b": "languages", "e": "conventions"},
    "041": {chr(code): "languages" for code in range(1, 0x80) if not chr(code).isdigit()},
    "042": {"a": "authentication"},
    "043": {"a": "areas"},
    "044": {"a": "countries"},
    "082": {"a": "dewey", "2": "edition"},
}


def _values(tag: str) -> dict[str, str]:
    values = dict(_VALUES.get(tag, {}))
    if tag in HEADINGS:
        values["4"] = "relators"
    if tag in SUBJECTS:
        values["2"] = "subject-sources"
    if tag in TAGS:
        values["u"] = "address"
    if tag in LINKED:
        values["x"] = "linked issn"
        if "760" <= tag < "800":
            values["z"] = "isbn"
    return values


MARKS: Mapping[str, Marks] = MappingProxyType(
    {
        tag: Marks(
            main=MAIN.get(tag, ""),
            source=SOURCE[tag] + 1 if tag in SOURCE else 0,
            only_7=tag in ONLY_7,
            blanks=tag in BLANKS,
            brackets=tag in BRACKETED,
            values=_values(tag),
            glance=_GLANCES.get(tag, ""),
        )
        for tag in chain(
            MAIN,
            SOURCE,
            BLANKS,
            BRACKETED,
            HEADINGS,
            SUBJECTS,
            LINKED,
            TAGS,
            _GLANCES,
            _VALUES,
        )
    }
)


def marks_for(wanted: Mapping[str, int], *, isbd: bool | None) -> dict[str, Marks]:
    """Return the marks of some tags, each for the reasons for which it is looked at.

    `isbd`: in records that have ISBD punctuation (True), leave it out, or may do either (None).
    """
    found = {}
    for tag, reasons in wanted.items():
        marks = MARKS.get(tag, Marks())
        if not reasons & LOOK_MAIN:
            marks = marks._replace(main="")
        if not reasons & LOOK_SOURCE:
            marks = marks._replace(source=0)
        if not reasons & LOOK_VALUES:
            marks = marks._replace(values={}, glance="")
        ends = BEFORE.get(tag, {}) if reasons & LOOK_MARKS else {}
        found[tag] = marks._replace(
            blanks=marks.blanks and bool(reasons & LOOK_BLANKS),
            brackets=marks.brackets and bool(reasons & LOOK_BRACKETS),
            unmarked=bool(ends) and isbd is False,
            before=ends if isbd else {},
        )
    return found
