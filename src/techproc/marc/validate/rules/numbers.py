"""Standard and control numbers: ISBN, ISSN, LCCN, OCLC numbers, and those of 024 and 035."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pymarc

from techproc.identifiers import isbn, issn, lccn, oclc
from techproc.marc.validate.registry import (
    FORMAT,
    INFO,
    WARNING,
    Fault,
    field_check,
    rule,
)
from techproc.marc.validate.subject import LOOK_VALUES

__all__ = ["LINKED"]

_FAMILY = "Numbers"
ISBN = rule(
    "isbn", WARNING, "020 $a is no valid ISBN", family=_FAMILY, source="ISO 2108; MARC 21, 020",
    fix="compare with the item; a wrong number that stands on it goes in $z",
    failing=r"=020  \\$a9780306406158 (pbk.)", path="020$a",
    passing=(r"=020  \\$a0-306-40615-2 (pbk.) :$c$10.00".replace("$10", "{dollar}10"),
             r"=020  \\$z9780306406158"),
)  # fmt: skip
ISSN = rule(
    "issn", WARNING, "022 $a is no valid ISSN", family=_FAMILY, source="ISO 3297; MARC 21, 022",
    fix="compare with the item; a wrong number that stands on it goes in $y",
    failing=r"=022  0\$a0378-5954", path="022$a", passing=r"=022  0\$a0378-5955",
)  # fmt: skip
LCCN = rule(
    "lccn", WARNING, "010 $a is no control number of the Library of Congress", family=_FAMILY,
    source="MARC 21, 010; LCCN Namespace, Library of Congress",
    fix="compare with LC's catalogue; a number that is cancelled goes in $z",
    failing=r"=010  \\$a  2015-12345x", path="010$a",
    passing=(r"=010  \\$a   89012345 //r96"),
)  # fmt: skip
OCLC = rule(
    "oclc", WARNING, "035 says (OCoLC), and no OCLC number follows", family=_FAMILY,
    source="OCLC Bibliographic Formats and Standards, 035",
    fix="write it as (OCoLC) and digits",
    failing=r"=035  \\$a(OCoLC)12x45", path="035$a", passing=r"=035  \\$a(OCoLC)ocm00012345",
)  # fmt: skip
SYSTEM_NUMBER = rule(
    "system-number", INFO, "035 $a does not begin with the code of an organization in brackets",
    family=_FAMILY, source=f"{FORMAT}, 035: the MARC code of the organization in parentheses",
    fix="put the organization's code before it",
    failing=r"=035  \\$a12345678", path="035$a", passing=r"=035  \\$a(DLC)12345678",
)  # fmt: skip
OTHER_NUMBER = rule(
    "other-number", WARNING,
    "024 $a has a wrong check digit for its kind (UPC, ISMN, EAN), or is no number of it",
    family=_FAMILY, source="MARC 21, 024; GS1 General Specifications; ISO 10957",
    fix="compare with the item; a wrong number that stands on it goes in $z",
    failing=r"=024  3\$a9780306406158", path="024$a", passing=r"=024  3\$a9780306406157",
)  # fmt: skip
LINKED_NUMBER = rule(
    "linked-number", WARNING, "an ISBN or ISSN of a linking entry (76X-78X) or series is wrong",
    family=_FAMILY, source="MARC 21, 76X-78X $x and $z, 490 and 8XX $x; ISO 2108, ISO 3297",
    fix="compare with the record that it links to",
    failing=r"=776  08$iOnline version:$tSea$z9780306406158", path="776$z",
    passing=r"=776  08$iOnline version:$tSea$z9780306406157$x0378-5955",
)  # fmt: skip

LINKED = [*map(str, range(760, 789)), "490", "800", "810", "811", "830"]


@field_check(ISBN, tags=["020"], when=LOOK_VALUES)
def isbn_field(field: pymarc.Field) -> Iterator[Fault]:
    """Look at each ISBN, whatever hyphens, qualifiers and punctuation stand with it."""
    for code, value in field.subfields:
        if code != "a":
            continue
        found = isbn.parse(value)
        if not found.valid and (found.digits or not _NO_NUMBER.fullmatch(value)):
            yield ISBN("020$a", f"{value!r} is no valid ISBN ({found.problem})")


# A price, a binding or a set alone: 020 was used for them before $z and $q, and no number is meant.
_NO_NUMBER = re.compile(r"[^0-9]*(?:\(.*|[$£€¥].*|[A-Za-z]{1,4}\.? ?[$£€]?[0-9.,]+.*)?|")


@field_check(ISSN, tags=["022"], when=LOOK_VALUES)
def issn_field(field: pymarc.Field) -> Iterator[Fault]:
    """Look at the ISSN and the linking ISSN."""
    for code, value in field.subfields:
        if code in "al" and issn.normalize(value) is None:
            yield ISSN(f"022${code}", f"{value!r} is no valid ISSN")


@field_check(LCCN, tags=["010"], when=LOOK_VALUES)
def lccn_field(field: pymarc.Field) -> Iterator[Fault]:
    """Look at the control number of the Library of Congress."""
    for code, value in field.subfields:
        if code == "a" and lccn.normalize(value.rstrip(" .,;")) is None:
            yield LCCN("010$a", f"{value!r} is no control number of the Library of Congress")


_SYSTEM = re.compile(r"\([^()]+\).*", re.DOTALL)


@field_check(OCLC, SYSTEM_NUMBER, tags=["035"], when=LOOK_VALUES)
def system_number(field: pymarc.Field) -> Iterator[Fault]:
    """Look at a system control number's prefix, and at OCLC's."""
    for code, value in field.subfields:
        if code != "a":
            continue
        if value.startswith("(OCoLC)"):
            if oclc.normalize(value) is None:
                yield OCLC("035$a", f"{value!r} is no OCLC number")
        elif not _SYSTEM.fullmatch(value):
            yield SYSTEM_NUMBER("035$a", f"{value!r} names no organization")


def _gs1(digits: str) -> bool:
    weights = (1, 3)
    return sum(int(d) * weights[i % 2] for i, d in enumerate(reversed(digits))) % 10 == 0


def _is_sound(kind: str, digits: str) -> bool:
    if kind == "2" and digits[:1] in "Mm" and len(digits) == 10:
        digits = "9790" + digits[1:]  # an ISMN of before 2008
    if not digits.isdecimal() or not digits.isascii():
        return False
    lengths = {"1": (12, 8, 13), "2": (13,), "3": (13, 15, 18, 12)}[kind]
    if kind == "2" and not digits.startswith("9790"):
        return False
    return len(digits) in lengths and _gs1(digits[:13])


@field_check(OTHER_NUMBER, tags=["024"], when=LOOK_VALUES)
def other_number(field: pymarc.Field) -> Iterator[Fault]:
    """Look at UPC (first indicator 1), ISMN (2) and EAN (3)."""
    kind = (field.indicators or " ")[0]
    names = {"1": "UPC", "2": "ISMN", "3": "EAN"}
    if kind not in names:
        return
    for code, value in field.subfields:
        if code == "a":
            number = re.sub(r"\s*\(.*|^(?:UPC|ISMN|EAN)[:\s]*", "", value)
            if not _is_sound(kind, re.sub(r"[\s-]", "", number)):
                yield OTHER_NUMBER("024$a", f"{value!r} is no valid {names[kind]}")


@field_check(LINKED_NUMBER, tags=LINKED, when=LOOK_VALUES)
def linked_number(field: pymarc.Field) -> Iterator[Fault]:
    """Look at the ISSN ($x) and the ISBN ($z) of linking entries, and the ISSN of series."""
    for code, value in field.subfields:
        if code == "x" and field.tag != "786" and issn.normalize(value.strip(" ;,.=")) is None:
            yield LINKED_NUMBER(f"{field.tag}$x", f"{value!r} is no valid ISSN")
        elif code == "z" and field.tag >= "760" and field.tag < "800":
            found = isbn.parse(value)
            if found.digits and not found.valid:
                yield LINKED_NUMBER(
                    f"{field.tag}$z", f"{value!r} is no valid ISBN ({found.problem})"
                )
