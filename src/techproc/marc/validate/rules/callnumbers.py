"""The shape of class numbers and call numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pymarc

from techproc.marc.validate.registry import FORMAT, INFO, WARNING, Fault, field_check, rule
from techproc.marc.validate.subject import LOOK_VALUES

__all__: list[str] = []

_FAMILY = "Class numbers"
LCC = rule(
    "lcc-shape", WARNING, "050 $a has not the shape of a class number of the Library of Congress",
    family=_FAMILY, source="LC Classification; Shelflisting Manual, G 55 and G 60",
    fix="compare with the schedules: one to three letters, a number, cutters",
    failing=r"=050  00$a21GC$b.S65 2016", path="050$a", passing=r"=050  00$aGC21.5$b.S65 2016",
)  # fmt: skip
LCC_ITEM = rule(
    "lcc-item", INFO, "050 $b holds no cutter, date or volume", family=_FAMILY,
    source="Shelflisting Manual, G 55: item number", fix="compare with the shelf-list",
    failing=r"=050  00$aGC21$bS", path="050$b", passing=r"=050  00$aGC21$b.S65 2016",
)  # fmt: skip
DDC = rule(
    "ddc-shape", WARNING, "082 $a has not the shape of a Dewey number", family=_FAMILY,
    source=f"{FORMAT}, 082; Dewey Decimal Classification: three digits, then a point",
    fix="compare with the schedules; a full stop after three digits, / or ' at a break",
    failing="=082  00$a55.146$223", path="082$a",
    passing=("=082  00$a551.46/09$223", "=082  00$a[E]$223"),
)  # fmt: skip
DDC_EDITION = rule(
    "ddc-edition-code", WARNING, "082 $2 is no edition of Dewey", family=_FAMILY,
    source=f"{FORMAT}, 082 $2: the number of the edition", fix="write the number, such as 23",
    failing="=082  00$a551.46$2twentythree", path="082$2", passing="=082  00$a551.46$223/eng",
)  # fmt: skip

_CLASS = re.compile(
    r"(?:[A-HJ-NP-VZ][A-Z]{0,2}|KBM|KBP|KBR|KBU|I|O|W[A-Z]?|Y)"  # W and QS-QZ are NLM's
    r"\s?[0-9]{1,5}(?:\.[0-9]+)?(?:[\s./:(-].*|[A-Z\[(.].*)?"
)
# Words that LC puts there: "MLCS 83/1234 (P)", "Microfilm 12345", "ISSN RECORD", "Law", "IN PROCESS".
_OTHER = re.compile(
    r"(?:ML[CMS][A-Z]*|[A-Z]?[A-Za-z ./()-]{2,40}|[A-Z]{2,}[A-Za-z -]*\s?[\w/ .()-]*"
    r"|(?:Micro\w*|LAW|Law|ISSN|IN|Not|NOT|WMLC|CLASSED|UNC|Unc|Orien|Newspaper|No|G[0-9]).*)"
)
_ITEM = re.compile(r".*[0-9].*|[A-Z].*[a-z].*|\(.*|\[.*", re.DOTALL)
_PRIMES = str.maketrans("", "", "/'′’\"|")  # where a number may be cut
# C810 and C840 are Library and Archives Canada's numbers for Canadian literature.
_DEWEY = re.compile(
    r"\(?\[?(?:B|E|Fic|FIC|fic|Ed|P|Bio|BIO)\]?\)?|"
    r"(?:(?:B|E|Fic|J|j)\s|C(?=8[14]))?\[?[0-9]{3}(?:\.[0-9]+)?\]?\.?(?:\s.*|[A-Z\[(].*)?"
)
_EDITION = re.compile(r"[0-9]{1,2}(?:/[a-z]{3}(?:/[0-9]+)?)?|[0-9]{1,2} ?(?:ed\.?|th)?(?: .*)?"
                      r"|(?:OCoLC|abr?|full|D?DC).*|[0-9]{1,2}[a-z/]+.*")  # fmt: skip


@field_check(
    LCC, LCC_ITEM, tags=["050"], when=LOOK_VALUES,
    sound=r"..\x1fa(?:[A-HJ-NP-VZ][A-Z]{0,2}[0-9]{1,4}(?:\.[0-9]+)?(?:\.[A-Z][0-9]+)?"
    r"|MLC[A-Z]* [0-9/]+ \([A-Z]\))(?:\x1fb[^\x1f]*[0-9][^\x1f]*)?",
)  # fmt: skip
def lcc(field: pymarc.Field) -> Iterator[Fault]:
    """Look at class and item number of 050."""
    for code, value in field.subfields:
        if code == "a" and not _CLASS.fullmatch(value) and not _is_other(value):
            yield LCC("050$a", f"{value!r} has not the shape of an LC class number")
        elif code == "b" and value.strip() and not _ITEM.fullmatch(value):
            yield LCC_ITEM("050$b", f"{value!r} holds no cutter, date or volume")


def _is_other(value: str) -> bool:
    """Tell words and other shelf marks from a number that went wrong."""
    marked = value == "LAW" or re.match(r"[A-Z]{4,}|.*[a-z ]", value) is not None
    return marked and _OTHER.fullmatch(value) is not None


@field_check(DDC, DDC_EDITION, tags=["082"], when=LOOK_VALUES,
             sound=r"..\x1fa(?:\[?(?:E|Fic|B)\]?|[0-9]{3}(?:/?\.[0-9/]+)?)(?:\x1f2[0-9]{2})?")  # fmt: skip
def ddc(field: pymarc.Field) -> Iterator[Fault]:
    """Look at number and edition of 082."""
    for code, value in field.subfields:
        if code == "a" and not _DEWEY.fullmatch(value.translate(_PRIMES).strip()):
            yield DDC("082$a", f"{value!r} has not the shape of a Dewey number")
        elif code == "2" and not _EDITION.fullmatch(value):
            yield DDC_EDITION("082$2", f"{value!r} is no edition of Dewey")
