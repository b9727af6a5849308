"""ISBD punctuation between subfields, and the form of headings; brackets, blanks.

Leader/18 says which a record has: `a` and `i` have ISBD punctuation between subfields, `c` and `n`
leave it out. A library may ask for one of them whatever the leader says (`punctuation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pymarc

from techproc.marc.validate.registry import INFO, Fault, field_check, record_check, rule
from techproc.marc.validate.subject import Subject

__all__ = ["BLANKS"]

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
_BEFORE = {
    "245": {"b": ":;=", "c": "/"},
    "250": {"b": "/=,"},
    "260": {"b": ":", "c": ",;"}, "264": {"b": ":", "c": ",;"},
    "300": {"b": ":", "c": ";", "e": "+"},
    "490": {"v": ";,:.", "x": ","}, "830": {"v": ";,:."},
}  # fmt: skip
_SPACED = re.compile(r"\s[:;/=+]\s*$")


@record_check(PUNCTUATION_MISSING, PUNCTUATION_PRESENT)
def isbd(subject: Subject) -> Iterable[Fault]:
    """Hold the marks between subfields against Leader/18."""
    if subject.isbd is None:
        return ()
    by_tag = subject.by_tag
    check, patterns = (_missing, _WITHOUT_MARK) if subject.isbd else (_present, _WITH_MARK)
    found: list[Fault] = []
    for tag, pattern in patterns.items():
        if tag in by_tag:
            for text in by_tag[tag]:
                if pattern.search(text):
                    found += check(tag, text)
    return found


# A subfield without its mark before it, or with one, as it is found fastest.
_WITHOUT_MARK = {
    "245": re.compile(r"\x1f(?:b(?<![:;=]\x1fb)(?<![:;=] \x1fb)|c(?<!/\x1fc)(?<!/ \x1fc))"),
    "250": re.compile(r"\x1fb(?<![/=,]\x1fb)(?<![/=,] \x1fb)"),
    "260": re.compile(r"\x1f(?:b(?<!:\x1fb)|c(?<![,;]\x1fc))"),
    "264": re.compile(r"\x1f(?:b(?<!:\x1fb)|c(?<![,;]\x1fc))"),
    "300": re.compile(r"\x1f(?:b(?<!:\x1fb)|c(?<!;\x1fc)|e(?<!\+\x1fe))"),
    "490": re.compile(r"\x1f(?:v(?<![;,:.]\x1fv)|x(?<!,\x1fx))"),
    "830": re.compile(r"\x1fv(?<![;,:.]\x1fv)"),
}
_WITH_MARK = {tag: re.compile(r"[:;/=+] *\x1f") for tag in _WITHOUT_MARK}


def _pairs(text: str) -> Iterator[tuple[str, str, str]]:
    parts = [part for part in text.split("\x1f")[1:] if part]
    for before, after in pairwise(parts):
        yield before[0], before[1:], after[0]


def _missing(tag: str, text: str) -> Iterator[Fault]:
    if "\x1f3" in text or "\x1f8" in text:
        return
    for before, value, code in _pairs(text):
        marks = _BEFORE[tag].get(code)
        if marks is None or before in "368":
            continue
        last = value.rstrip()[-1:]
        if last not in marks and not (tag in ("260", "264") and last in "?]-)" and code == "c"):
            shown = " or ".join(marks)
            message = f"${before} before ${code} ends in {value[-12:]!r}, not in {shown}"
            yield PUNCTUATION_MISSING(f"{tag}${before}", message)


def _present(tag: str, text: str) -> Iterator[Fault]:
    for before, value, code in _pairs(text):
        if code in _BEFORE[tag] and (_SPACED.search(value) or value.rstrip()[-1:] in ":;/=+"):
            yield PUNCTUATION_PRESENT(f"{tag}${before}", f"${before} ends in {value[-12:]!r}")


_NAMES = ["100", "600", "700", "800"]


@field_check(HEADING_PUNCTUATION, INVERTED_NAME, tags=_NAMES,
             sound=r"..(?:\x1f6[^\x1f]*)?\x1fa[^\x1f,]*,[^\x1f]*"
                   r"(?:(?<=[,-])\x1f[de][^\x1f]*|\x1f[^deq][^\x1f]*)*")  # fmt: skip
def names(field: pymarc.Field) -> Iterator[Fault]:
    """Look at a person's name: inverted, with commas before its dates and the role."""
    before, previous = "", ""
    for code, value in field.subfields:
        if code == "a" and (field.indicators or " ")[0] == "1" and "," not in value.rstrip(" ,."):
            if " " in value.strip(" ,."):
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


_BRACKETED = ["245", "250", "260", "264", "300", "490"]
_PAIRED = {")": "(", "]": "["}


def _balanced(text: str) -> bool:
    return text.count("[") == text.count("]") and text.count("(") == text.count(")")


@field_check(BRACKETS, tags=_BRACKETED, sound=_balanced)
def brackets(field: pymarc.Field) -> Iterator[Fault]:
    """Look for brackets that are not closed, or not opened, within a field."""
    waiting: list[str] = []
    for character in "".join(value for code, value in field.subfields if code not in "68"):
        if character in "([":
            waiting.append(character)
        elif character in ")]" and (not waiting or waiting.pop() != _PAIRED[character]):
            yield BRACKETS(field.tag, f"{character!r} without its partner")
            return
    if waiting:
        yield BRACKETS(field.tag, f"{waiting[-1]!r} without its partner")


BLANKS = ("100", "110", "111", "130", "240", "245", "246", "250", "260", "264", "300", "490", "600",
          "610", "650", "651", "655", "700", "710", "830")  # fmt: skip


@field_check(STRAY_BLANK, tags=BLANKS, screened=True)
def blanks(field: pymarc.Field) -> Iterator[Fault]:
    """Look for blanks at the beginning of subfields, and several in a row."""
    for code, value in field.subfields:
        if "<" in value:
            continue  # LC leaves room for the volumes to come: "v. <1   >"
        if value.startswith(" ") or "  " in value.strip():
            where = "begins with a blank" if value.startswith(" ") else "several blanks together"
            yield STRAY_BLANK(f"{field.tag}${code}", f"{value[:40]!r}: {where}")
