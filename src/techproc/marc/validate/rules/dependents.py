"""Subfields and indicators that ask for each other within a field."""

from __future__ import annotations

from collections.abc import Iterator

import pymarc

from techproc.marc.validate.registry import (
    ERROR,
    FORMAT,
    INFO,
    WARNING,
    Fault,
    field_check,
    rule,
)
from techproc.marc.validate.subject import LOOK_MAIN, LOOK_SOURCE, LOOK_VALUES

__all__ = ["MAIN", "NEEDS", "ONLY_7", "SOURCE"]

_FAMILY = "Parts of a field that go together"
SOURCE_MISSING = rule(
    "source-missing", ERROR, "an indicator says that $2 names the source, and there is no $2",
    family=_FAMILY, source=f"{FORMAT}, indicator value 7 (source specified in $2)",
    fix="add $2 with the source's code, or correct the indicator",
    failing=r"=650  \7$aOcean.", path="650$2", passing=r"=650  \7$aOcean$2fast",
)  # fmt: skip
SOURCE_UNASKED = rule(
    "source-unasked", WARNING, "$2 names a source, and the indicator says another",
    family=_FAMILY, source=f"{FORMAT}: $2 is used only with indicator value 7",
    fix="set the indicator to 7, or delete $2",
    failing=r"=650  \0$aOcean$2fast", path="650@2", passing=r"=650  \7$aOcean$2fast",
)  # fmt: skip
MAIN_SUBFIELD = rule(
    "main-subfield", WARNING, "a field without the subfield that makes it one, usually $a",
    family=_FAMILY, source=f"{FORMAT}, the fields' subfield codes", fix="add it, or delete the field",
    failing=r"=650  \0$xHistory.", path="650$a", passing=r"=650  \0$aOcean$xHistory.",
)  # fmt: skip
DEPENDENT_SUBFIELD = rule(
    "dependent-subfield", WARNING, "a subfield that only has a meaning beside another one",
    family=_FAMILY, source=f"{FORMAT}, the subfields' descriptions",
    fix="add the other subfield, or delete this one",
    failing="=856  42$yPublisher description", path="856$y",
    passing="=856  42$yPublisher description$uhttps://www.example.org/sea",
)  # fmt: skip
EDITION_MISSING = rule(
    "ddc-edition", INFO, "082 without $2, the edition of Dewey", family=_FAMILY,
    source=f"{FORMAT}, 082 $2", fix="add $2, such as 23",
    failing=r"=082  00$a551.46", path="082$2", passing="=082  00$a551.46$223",
)  # fmt: skip

# Where an indicator of 7 refers to $2: tag → which indicator.
SOURCE = {
    "016": 0, "024": 0, "041": 1, "047": 1, "048": 1, "052": 0, "072": 1, "082": 0, "083": 0,
    "377": 1, "600": 1, "610": 1, "611": 1, "630": 1, "647": 1, "648": 1, "650": 1,
    "651": 1, "655": 1, "656": 1, "657": 1, "688": 1, "856": 0, "857": 0, "852": 0,
}  # fmt: skip
# Where $2 belongs to the value 7 alone: headings and standard numbers.
ONLY_7 = frozenset(
    [
        "600",
        "610",
        "611",
        "630",
        "647",
        "648",
        "650",
        "651",
        "655",
        "024",
        "016",
        "041",
        "047",
        "048",
        "072",
    ]
)
# What makes a field one: any of these subfields.
MAIN = {
    "010": "abz", "015": "az", "016": "az", "020": "az", "022": "alyzm", "024": "az", "027": "az",
    "028": "a", "035": "az", "040": "abcd", "042": "a", "043": "abc", "044": "abc", "050": "a",
    "055": "a", "060": "a", "070": "a", "080": "a", "082": "a", "084": "a", "086": "az", "100": "a",
    "110": "ab", "111": "aq", "130": "at", "210": "a", "222": "a", "240": "anp", "242": "anp",
    "243": "a", "246": "anp", "247": "anp", "250": "a", "254": "a", "255": "abcdefg", "260": "abcefg",
    "263": "a", "264": "abc", "300": "ab3e", "306": "a", "310": "a", "321": "a", "336": "ab01",
    "337": "ab01", "338": "ab01", "362": "a", "380": "a", "382": "abdpnrst", "385": "a", "386": "a",
    "388": "a", "490": "a3", "500": "a", "501": "a", "502": "abcdg", "504": "a", "505": "agtr",
    "506": "afq", "508": "a", "510": "a", "511": "a", "515": "a", "518": "adop", "520": "abu",
    "521": "a", "522": "a", "524": "a", "525": "a", "530": "au", "532": "a", "533": "a3",
    "536": "abcdefg", "538": "aiu", "540": "abdfqu", "541": "abcde", "545": "ab", "546": "ab",
    "550": "a", "555": "au", "561": "au", "563": "au", "580": "a", "583": "a", "585": "a", "586": "a",
    "588": "a", "600": "a", "610": "ab", "611": "aq", "630": "a", "647": "a", "648": "a", "650": "a",
    "651": "a", "653": "a", "655": "a", "656": "a", "657": "a", "700": "a", "710": "ab", "711": "aq",
    "720": "a", "730": "a", "740": "a", "751": "a", "752": "abcdfgh", "758": "a1", "800": "a",
    "810": "ab", "811": "aq", "830": "a",
}  # fmt: skip
# Subfields that say nothing without one of others: tag → code → any of these.
NEEDS = {
    "505": {"r": "t"}, "773": {"g": "twabsdpxoz"},
    "856": {"y": "ugfad", "z": "ugfad", "3": "ugfad"},
}  # fmt: skip


def _code(indicators: pymarc.Indicators | None, which: int) -> str:
    return indicators[which] if indicators else " "


@field_check(SOURCE_MISSING, SOURCE_UNASKED, tags=SOURCE, when=LOOK_SOURCE)
def source(field: pymarc.Field) -> Iterator[Fault]:
    """Hold $2 against the indicator that refers to it."""
    which = SOURCE[field.tag]
    value = _code(field.indicators, which)
    named = any(code == "2" for code, _ in field.subfields)
    if value == "7" and not named:
        where = "first" if which == 0 else "second"
        yield SOURCE_MISSING(f"{field.tag}$2", f"{where} indicator 7, and no $2 with the source")
    elif named and value not in ("7", " ") and field.tag in ONLY_7:
        yield SOURCE_UNASKED(
            f"{field.tag}@{which + 1}", f"$2 {field['2']!r} beside indicator {value}"
        )


@field_check(MAIN_SUBFIELD, tags=MAIN, when=LOOK_MAIN)
def main_part(field: pymarc.Field) -> Iterator[Fault]:
    """Look for the subfield that makes the field one."""
    codes = {code for code, _ in field.subfields} - {"9"}  # $9 is a system's own
    main = MAIN[field.tag]
    if codes and not codes & set(main):
        message = f"no ${main[0]}, only ${' $'.join(sorted(codes))}"
        yield MAIN_SUBFIELD(f"{field.tag}${main[0]}", message)


@field_check(
    DEPENDENT_SUBFIELD,
    tags=["773", "856"],
    when=LOOK_VALUES,
    sound=r"(?s:..(?:\x1f3[^\x1f]*)?\x1f[ut].*)",
)
@field_check(DEPENDENT_SUBFIELD, tags=["505"], when=LOOK_VALUES, sound=r"(?s:..\x1f[at].*)")
def parts(field: pymarc.Field) -> Iterator[Fault]:
    """Look for subfields that ask for others."""
    codes = {code for code, _ in field.subfields}
    for code, others in NEEDS.get(field.tag, {}).items():
        if code in codes and not codes & set(others):
            yield DEPENDENT_SUBFIELD(f"{field.tag}${code}", f"${code} without ${others[0]}")


@field_check(EDITION_MISSING, tags=["082"], when=LOOK_VALUES, sound=lambda text: "\x1f2" in text)
def dewey_edition(field: pymarc.Field) -> Iterator[Fault]:
    """Look for the edition of a Dewey number."""
    if field.get("a") and field.get("2") is None and _code(field.indicators, 0) != "7":
        yield EDITION_MISSING("082$2", "no edition of Dewey")
