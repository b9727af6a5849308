"""What the scanner's table screens fields for, so that most are never looked at in Python.

The marks of a tag say what the checks with `screened=True` look for in its fields; a new such check
needs them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from techproc.marc.validate.rules.codes import HEADINGS, SUBJECTS
from techproc.marc.validate.rules.dependents import MAIN, ONLY_7, SOURCE
from techproc.marc.validate.rules.numbers import LINKED
from techproc.marc.validate.rules.punctuation import BEFORE, BLANKS, BRACKETED, NAMES
from techproc.marc.validate.rules.titles import COUNTED
from techproc.marc.validate.screening import Marks

__all__ = ["MARKS", "marks_for"]


_GLANCES: dict[str, str] = {
    "040": "cataloguing source",
    "050": "lcc",
    "082": "ddc",
    **dict.fromkeys(NAMES, "name"),
    **dict.fromkeys(COUNTED, "title"),
}


def _values(tag: str) -> str:
    values = "4" if tag in HEADINGS else ""
    values += "a" if tag == "020" else ""
    values += "2" if tag in SUBJECTS else ""
    if tag in LINKED:
        values += "xz" if "760" <= tag < "800" else "x"
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
            isbn=tag == "020",
            glance=_GLANCES.get(tag, ""),
        )
        for tag in chain(MAIN, SOURCE, BLANKS, BRACKETED, HEADINGS, SUBJECTS, LINKED, _GLANCES)
    }
)


def marks_for(tags: set[str], *, isbd: bool | None) -> dict[str, Marks]:
    """Return the marks of some tags, in records that have ISBD punctuation (True) or may not."""
    found = {tag: marks for tag, marks in MARKS.items() if tag in tags}
    if isbd:
        for tag in found.keys() & BEFORE.keys():
            found[tag] = found[tag]._replace(before=BEFORE[tag])
    return found
