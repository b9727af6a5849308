"""ISBD punctuation between subfields, and the form of headings; brackets, blanks.

Leader/18 says which a record has: `a` and `i` have ISBD punctuation between subfields, `c` and `n`
leave it out. A library may ask for one of them whatever the leader says (`punctuation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pymarc

from techproc.marc.validate.registry import INFO, Fault, field_check, rule
from techproc.marc.validate.subject import (
    LOOK_BLANKS,
    LOOK_BRACKETS,
    LOOK_MARKS,
    LOOK_VALUES,
)

__all__ = ["BEFORE", "BLANKS", "BRACKETED", "NAMES"]

_FAMILY = "Punctuation"
_ISBD = "ISBD, consolidated edition, area by area; MARC 21, Leader/18"
PUNCTUATION_MISSING = rule(
    "punctuation-missing", INFO, "the mark that ISBD puts before a subfield is not there",
    family=_FAMILY, source=_ISBD, fix="add it, or set Leader/18 to c",
    failing="=245  14$aThe sea$ba story /$cAnn Smith.", path="245$a",
    passing=("=LDR  00000cam a2200000 c 4500", "=245  14$aThe sea$ba story$cAnn Smith",
             r"=264  \1$aNew York$bPress$c[2016]", r"=300  \\$a200 pages$billustrations$c23 cm",
             r"=490  1\$aOcean studies$vv. 2", "-830", r"=490  0\$aOcean"),
)  # fmt: skip
PUNCTUATION_PRESENT = rule(
    "punctuation-present", INFO, "a mark of ISBD where Leader/18 says that they are left out",
    family=_FAMILY, source=_ISBD, fix="take it out, or set Leader/18 to i",
    failing=("=LDR  00000cam a2200000 c 4500", "=245  14$aThe sea /$cAnn Smith."), path="245$a",
    passing=("=LDR  00000cam a2200000 c 4500", "=245  14$aThe sea$cAnn Smith",
             r"=264  \1$aNew York$bPress$c[2016]", r"=300  \\$a200 pages$billustrations$c23 cm",
             r"=490  1\$aOcean studies$vv. 2", "-830", r"=490  0\$aOcean"),
)  # fmt: skip
HEADING_PUNCTUATION = rule(
    "heading-punctuation", INFO, "the comma before $d or $e of a name is not there", family=_FAMILY,
    source="RDA/LC-PCC practice for access points; MARC 21, X00 input conventions",
    fix="add it, or set Leader/18 to n",
    failing=(r"=700  1\$aSmith, Bob$d1950-"), path="700$a",
    passing=(r"=700  1\$aSmith, Bob,$d1950-"),
)  # fmt: skip
HEADING_STOP = rule(
    "heading-stop", INFO, "an access point without a mark at its end, or with a full stop where "
    "Leader/18 says that punctuation is left out", family=_FAMILY,
    source="MARC 21, X00 to X30 input conventions; the default profile leaves it to the library",
    fix="add a full stop, or take it out",
    failing=r"=700  1\$aSmith, Bob", path="700$a", passing=r"=700  1\$aSmith, Bob.",
)  # fmt: skip
INVERTED_NAME = rule(
    "inverted-name", INFO, "a name marked as inverted (first indicator 1) without a comma",
    family=_FAMILY, source="MARC 21, X00 first indicator", fix="invert it, or set the indicator to 0",
    failing=(r"=700  1\$aBob Smith"), path="700$a", passing=(r"=700  1\$aSmith, Bob"),
)  # fmt: skip
BRACKETS = rule(
    "brackets", INFO, "a bracket without its partner", family=_FAMILY,
    source="ISBD, A.3.2; AACR2 1.0C", fix="add the other one",
    failing=r"=300  \\$a[12, 200 pages :$billustrations ;$c23 cm", path="300",
    passing=r"=300  \\$a[12], 200 pages :$billustrations ;$c23 cm",
)  # fmt: skip
STRAY_BLANK = rule(
    "stray-blank", INFO, "a subfield begins with a blank, or holds several together",
    family=_FAMILY, source="MARC 21 Specifications, input conventions", fix="take them out",
    failing="=245  14$aThe  sea.", path="245$a", passing="=245  14$aThe sea.",
)  # fmt: skip

# Tag → code → the marks one of which ends the subfield before it.
BEFORE = {
    "245": {"b": ":;=", "c": "/"},
    "250": {"b": "/=,"},
    "260": {"b": ":", "c": ",;"}, "264": {"b": ":", "c": ",;"},
    "300": {"b": ":", "c": ";", "e": "+"},
    "490": {"v": ";,:.", "x": ","}, "830": {"v": ";,:."},
}  # fmt: skip


@field_check(PUNCTUATION_MISSING, tags=BEFORE, when=LOOK_MARKS, isbd=True)
def marks_missing(field: pymarc.Field) -> Iterator[Fault]:
    """Look for subfields without their mark before them."""
    if any(code in "38" for code, _ in field.subfields):
        return
    for (before, value), (code, _) in pairwise(field.subfields):
        marks = BEFORE[field.tag].get(code)
        if marks is None or before in "0125679w":
            continue
        last = value.rstrip()[-1:]
        if last not in marks and not (
            field.tag in ("260", "264") and last in "?]-)" and code == "c"
        ):
            message = (
                f"${before} before ${code} ends in {value[-12:]!r}, not in {' or '.join(marks)}"
            )
            yield PUNCTUATION_MISSING(f"{field.tag}${before}", message)


@field_check(PUNCTUATION_PRESENT, tags=BEFORE, when=LOOK_MARKS, isbd=False)
def marks_present(field: pymarc.Field) -> Iterator[Fault]:
    """Look for marks at the end of subfields that others follow."""
    for (before, value), (code, _) in pairwise(field.subfields):
        if code in BEFORE[field.tag] and value.rstrip()[-1:] in (":", ";", "/", "=", "+"):
            yield PUNCTUATION_PRESENT(f"{field.tag}${before}", f"${before} ends in {value[-12:]!r}")


NAMES = ["100", "600", "700", "800"]


@field_check(HEADING_PUNCTUATION, INVERTED_NAME, tags=NAMES, when=LOOK_VALUES,
             sound=r"..(?:\x1f6[^\x1f]*)?\x1fa[^\x1f,]*,[^\x1f]*"
                   r"(?:(?<=[,-])\x1f[de][^\x1f]*|\x1f[^de][^\x1f]*)*")  # fmt: skip
def names(field: pymarc.Field) -> Iterator[Fault]:
    """Look at a person's name: inverted, with commas before its dates and the role."""
    before, previous = "", ""
    for code, value in field.subfields:
        if code == "a" and (field.indicators or " ")[0] == "1" and "," not in value:
            # One with a comma at its end is a surname alone: Machado de Assis, 1839-1908.
            if " " in value.strip(" ."):
                yield INVERTED_NAME(
                    f"{field.tag}$a", f"{value!r} is marked as inverted, without a comma"
                )
        elif (
            code in "de"
            and previous in ("a", "b", "c", "q", "d")
            and before.rstrip()[-1:] not in ",-.)]?"
        ):
            message = f"${previous} before ${code} ends in {before[-12:]!r}, not in a comma"
            yield HEADING_PUNCTUATION(f"{field.tag}${previous}", message)
        before, previous = value, code


BRACKETED = ("245", "250", "260", "264", "300", "490")
_PAIRED = {")": "(", "]": "["}


@field_check(BRACKETS, tags=BRACKETED, when=LOOK_BRACKETS)
def brackets(field: pymarc.Field) -> Iterator[Fault]:
    """Look for brackets that are not closed, or not opened, within a field."""
    waiting: list[str] = []
    for character in "".join(value for _, value in field.subfields):
        if character in "([":
            waiting.append(character)
        elif character in ")]" and (not waiting or waiting.pop() != _PAIRED[character]):
            yield BRACKETS(field.tag, f"{character!r} without its partner")
            return
    if waiting:
        yield BRACKETS(field.tag, f"{waiting[-1]!r} without its partner")


BLANKS = ("100", "110", "111", "130", "240", "245", "246", "250", "260", "264", "300", "490", "600",
          "610", "650", "651", "655", "700", "710", "830")  # fmt: skip


@field_check(STRAY_BLANK, tags=BLANKS, when=LOOK_BLANKS)
def blanks(field: pymarc.Field) -> Iterator[Fault]:
    """Look for blanks at the beginning of subfields, and several in a row."""
    for code, value in field.subfields:
        if "<" in value:
            continue  # LC leaves room for the volumes to come: "v. <1   >"
        if value.startswith(" ") or "  " in value.strip():
            where = "begins with a blank" if value.startswith(" ") else "several blanks together"
            yield STRAY_BLANK(f"{field.tag}${code}", f"{value[:40]!r}: {where}")


_ACCESS = ("100", "110", "111", "130", "600", "610", "611", "630", "650", "651", "700", "710", "711",
           "730", "800", "810", "811", "830")  # fmt: skip
_LAST = re.compile(r".*\x1f[a-z]([^\x1f]*)(?:\x1f[0-9][^\x1f]*)*", re.DOTALL)


def _ends_marked(text: str) -> bool:
    found = _LAST.fullmatch(text)
    return found is None or found[1].rstrip()[-1:] in (*'.)-?!]>"”', "")


@field_check(HEADING_STOP, tags=_ACCESS, sound=_ends_marked, isbd=True)
def stop_missing(field: pymarc.Field) -> Iterator[Fault]:
    """Look for access points that end without a mark."""
    code, value = [s for s in field.subfields if s.code.isalpha()][-1]
    if (field.indicators or "  ")[1] != "7":  # the vocabularies of $2 have their own habits
        yield HEADING_STOP(f"{field.tag}${code}", f"{value[-20:]!r} ends without a mark")


_STOPPED = re.compile(r".*\w{4}\.(?:\x1f[0-9][^\x1f]*)*", re.DOTALL)


@field_check(HEADING_STOP, tags=_ACCESS, sound=lambda text: not _STOPPED.fullmatch(text),
             isbd=False)  # fmt: skip
def stop_present(field: pymarc.Field) -> Iterator[Fault]:
    """Look for access points that end with a full stop which belongs to no abbreviation."""
    code, value = [s for s in field.subfields if s.code.isalpha()][-1]
    yield HEADING_STOP(f"{field.tag}${code}", f"{value[-20:]!r} ends with a full stop")
