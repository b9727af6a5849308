"""The class number that a record carries, and the levels at which it can be right.

A record teaches, and is scored by, the first usable 050 $a and the first usable 082 $a. Values that
are not class numbers are left out: shelving marks (MLC, Microfiche, CPB Box), ranges (TA213-215),
bare letters, LAW, ``[Fic]``, ``[E]``, and the prime marks of Dewey numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from techproc.classify.fields import Field

__all__ = ["LEVELS", "TAGS", "Level", "Scheme", "class_number", "cut", "usable"]

Scheme = Literal["lcc", "ddc"]
Level = Literal["letters", "class", "three-digits", "full"]

# From the coarsest to the deepest.
LEVELS: dict[Scheme, tuple[Level, ...]] = {
    "lcc": ("letters", "class", "full"),
    "ddc": ("three-digits", "full"),
}

_LCC = re.compile(
    r"([A-HJ-NP-VZ][A-Z]{0,2})\s?([1-9]\d{0,3})\s?(\.\d+)?((?:\s?\.?[A-Z]\d+)*)(.*)", re.ASCII
)
_DDC = re.compile(r"(\d{3})(\.\d+)?(?: s)?", re.ASCII)
# Tags that carry numbers of each scheme: the national library's first, then the locally assigned.
TAGS: dict[Scheme, tuple[str, ...]] = {"lcc": ("050", "090"), "ddc": ("082", "092")}
_NOT_A_CLASS = ("MLC", "LAW", "CPB", "CLC", "UNC", "WMLC")


def usable(text: str, scheme: Scheme) -> str | None:
    """Return the class number in one $a in its plain form, or None when it holds none.

    >>> usable("QA76.73.P98", "lcc"), usable("MLCS 2000/01234", "lcc"), usable("TA213-215", "lcc")
    ('QA76.73.P98', None, None)
    >>> usable("616.99/40642", "ddc"), usable("[Fic]", "ddc"), usable("E", "ddc")
    ('616.9940642', None, None)
    """
    text = text.strip()
    if scheme == "ddc":
        match = _DDC.fullmatch(text.replace("/", "").replace("'", "").replace("\u2019", ""))
        return match[1] + (match[2] or "") if match else None
    text = text.upper()
    if text.startswith(_NOT_A_CLASS):
        return None
    match = _LCC.fullmatch(text)
    if not match or match[5].lstrip().startswith(("-", "/")):
        return None
    letters, integer, decimal, cutters, _ = match.groups()
    cutters = re.sub(r"\s|(?<=\d)\.(?=[A-Z])", "", cutters)
    if cutters and not cutters.startswith("."):
        cutters = "." + cutters
    return letters + integer + (decimal or "") + cutters


def class_number(fields: Iterable[Field], scheme: Scheme) -> str | None:
    """Return the first usable number of a scheme among the fields, or None."""
    fields = list(fields) if not isinstance(fields, Sequence) else fields
    for wanted in TAGS[scheme]:
        for tag, _, subfields in fields:
            if tag == wanted:
                for code, value in subfields:
                    if code == "a" and (number := usable(value, scheme)):
                        return number
    return None


def cut(number: str, level: Level) -> str:
    """Return a number cut off at a level.

    >>> [cut("QA76.73.P98", level) for level in LEVELS["lcc"]]
    ['QA', 'QA76.73', 'QA76.73.P98']
    >>> [cut("616.994", level) for level in LEVELS["ddc"]]
    ['616', '616.994']
    """
    if level == "full":
        return number
    if level == "three-digits":
        return number[:3]
    match = _LCC.fullmatch(number)
    if not match:
        return number
    return match[1] if level == "letters" else match[1] + match[2] + (match[3] or "")
