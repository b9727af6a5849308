"""Codes in variable fields: languages, areas, countries, relators, sources, conventions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

import pymarc

from techproc.marc.schema import code_list
from techproc.marc.validate.registry import (
    FORMAT,
    INFO,
    WARNING,
    Fault,
    field_check,
    record_check,
    rule,
)
from techproc.marc.validate.subject import LOOK_LANGUAGE, LOOK_VALUES, Subject

__all__ = ["HEADINGS", "RUN", "SUBJECTS"]

_FAMILY = "Codes"
LANGUAGE_CODE = rule(
    "language-code", WARNING, "a subfield of 041, or 040 $b, is no code of a language",
    family=_FAMILY, source="MARC Code List for Languages", fix="see the list",
    failing=r"=041  0\$aenq", path="041$a", passing=r"=041  0\$aeng",
)  # fmt: skip
LANGUAGE_RUN = rule(
    "language-run", INFO, "several codes run together in one subfield of 041", family=_FAMILY,
    source=f"{FORMAT}, 041: obsolete since 2001", fix="give each code a subfield of its own",
    failing=r"=041  0\$aengfre", path="041$a", passing=r"=041  0\$aeng$afre",
)  # fmt: skip
LANGUAGE_MISMATCH = rule(
    "language-mismatch", WARNING, "the language of 008/35-37 is not the first in 041 $a",
    family=_FAMILY, source=f"{FORMAT}, 041 $a: the first code is that of 008/35-37",
    fix="correct one of them",
    failing=r"=041  0\$afre$aeng", path="041$a", passing=r"=041  0\$aeng$afre",
)  # fmt: skip
TRANSLATION = rule(
    "translation", INFO, "041 says that the item is a translation, and of no language", family=_FAMILY,
    source=f"{FORMAT}, 041 first indicator 1, $h", fix="add $h, or set the indicator to 0",
    failing=r"=041  1\$aeng", path="041$h", passing=r"=041  1\$aeng$hfre",
)  # fmt: skip
AREA_CODE = rule(
    "area-code", WARNING, "043 $a is no code of a geographic area", family=_FAMILY,
    source="MARC Code List for Geographic Areas", fix="see the list; seven characters, as n-us-ny",
    failing=r"=043  \\$an-us-zz", path="043$a", passing=r"=043  \\$an-us-ny",
)  # fmt: skip
COUNTRY_CODE = rule(
    "country-code", WARNING, "044 $a is no code of a country", family=_FAMILY,
    source="MARC Code List for Countries", fix="see the list",
    failing=r"=044  \\$aqqq", path="044$a", passing=r"=044  \\$anyu",
)  # fmt: skip
RELATOR_CODE = rule(
    "relator-code", WARNING, "$4 is no relator code", family=_FAMILY,
    source="MARC Code List for Relators", fix="see the list; without punctuation",
    failing=("=100  1\\$aSmith, Ann,$4auq", "-880"), path="100$4",
    passing=("=100  1\\$aSmith, Ann,$4aut", "-880"),
)  # fmt: skip
SUBJECT_SOURCE = rule(
    "subject-source", WARNING, "6XX $2 is no code of a vocabulary", family=_FAMILY,
    source="Subject Heading and Term Source Codes, Genre/Form Source Codes",
    fix="see the list; without punctuation",
    failing=r"=650  \7$aOcean$2fest", path="650$2", passing=r"=650  \7$aOcean$2fast",
)  # fmt: skip
AUTHENTICATION = rule(
    "authentication", INFO, "042 $a is no code of an authentication action",
    family=_FAMILY, source="MARC Authentication Action Code List", fix="see the list",
    failing=r"=042  \\$apccc", path="042$a", passing=r"=042  \\$apcc",
)  # fmt: skip
CONVENTION = rule(
    "convention", INFO, "040 $e is no code of description conventions", family=_FAMILY,
    source="Description Convention Source Codes", fix="see the list",
    failing=r"=040  \\$aDLC$beng$ecarda$cDLC", path="040$e", passing=r"=040  \\$aDLC$beng$erda$cDLC",
)  # fmt: skip

RUN = re.compile(r"(?:[a-z]{3}[ |/]?){2,}")
HEADINGS = [f"{a}{b}" for a in "1678" for b in ("00", "10", "11", "30")] + ["720", "751", "752"]
SUBJECTS = ["600", "610", "611", "630", "647", "648", "650", "651", "655", "656", "657"]


@cache
def _known(name: str) -> frozenset[str]:
    return code_list(name).known


@field_check(LANGUAGE_CODE, LANGUAGE_RUN, TRANSLATION, tags=["041"], when=LOOK_VALUES)
def languages(field: pymarc.Field) -> Iterator[Fault]:
    """Look at each code of 041, unless its second indicator names another list."""
    if (field.indicators or "  ")[1] == "7":
        return
    original = {code for code, _ in field.subfields} & set("hkmn")
    if (field.indicators or " ")[0] == "1" and not original:
        yield TRANSLATION("041$h", "a translation, without the language of the original")
    for code, value in field.subfields:
        if code.isdigit() or value in _known("languages"):
            continue
        path = f"041${code}"
        if RUN.fullmatch(value) and all(
            part in _known("languages") for part in re.findall("[a-z]{3}", value)
        ):
            yield LANGUAGE_RUN(path, f"{value!r}: several codes in one subfield")
        else:
            yield LANGUAGE_CODE(path, f"{value!r} is no code of a language")


@field_check(LANGUAGE_CODE, CONVENTION, tags=["040"], when=LOOK_VALUES)
def cataloguing_source(field: pymarc.Field) -> Iterator[Fault]:
    """Look at the language and the conventions of the cataloguing."""
    for code, value in field.subfields:
        if code == "b" and value not in _known("languages"):
            yield LANGUAGE_CODE("040$b", f"{value!r} is no code of a language")
        elif code == "e" and value not in _known("conventions"):
            yield CONVENTION("040$e", f"{value!r} is no code of description conventions")


@record_check(LANGUAGE_MISMATCH, when=LOOK_LANGUAGE)
def language_agreement(subject: Subject) -> Iterable[Fault]:
    """Hold the first 041 $a against 008."""
    texts = subject.by_tag.get("041")
    coded = subject.fixed[35:38]
    if not texts or not coded.isalpha() or texts[0][1:2] == "7":
        return ()
    if coded in ("mul", "und", "zxx", "sgn", "mis"):
        return ()
    # The text's language; sung or spoken text ($d) for sound, accompanying matter elsewhere.
    first = next((text[4:7] for text in texts if text[2:4] == "\x1fa" and text[1:2] != "7"), "")
    spoken = subject.values("041", "d")
    current = code_list("languages").current  # an obsolete code may be the same language's
    if first != coded and first in current and coded in current and coded not in spoken:
        return [LANGUAGE_MISMATCH("041$a", f"008 says {coded}, the first 041 $a {first}")]
    return ()


@field_check(AREA_CODE, tags=["043"], when=LOOK_VALUES)
def areas(field: pymarc.Field) -> Iterator[Fault]:
    """Look at each code of a geographic area."""
    for code, value in field.subfields:
        if code == "a" and (len(value) != 7 or value.rstrip("-") not in _known("areas")):
            yield AREA_CODE("043$a", f"{value!r} is no code of a geographic area")


@field_check(COUNTRY_CODE, tags=["044"], when=LOOK_VALUES)
def countries(field: pymarc.Field) -> Iterator[Fault]:
    """Look at each MARC code of a country."""
    for code, value in field.subfields:
        if code == "a" and value.strip() not in _known("countries"):
            yield COUNTRY_CODE("044$a", f"{value!r} is no code of a country")


@field_check(RELATOR_CODE, tags=HEADINGS, when=LOOK_VALUES, sound=lambda text: "\x1f4" not in text)
def relators(field: pymarc.Field) -> Iterator[Fault]:
    """Look at the codes and addresses of relationships."""
    for code, value in field.subfields:
        if code == "4" and value not in _known("relators") and "://" not in value:
            yield RELATOR_CODE(f"{field.tag}$4", f"{value!r} is no relator code", _trimmed(value))


@field_check(
    SUBJECT_SOURCE, tags=SUBJECTS, when=LOOK_VALUES, sound=lambda text: "\x1f2" not in text
)
def subject_sources(field: pymarc.Field) -> Iterator[Fault]:
    """Look at the code of the vocabulary."""
    for code, value in field.subfields:
        known = _known("subject-sources")
        if code == "2" and value not in known and value.partition("/")[0] not in known:
            message = f"{value!r} is no code of a vocabulary"
            yield SUBJECT_SOURCE(f"{field.tag}$2", message, _trimmed(value))


def _trimmed(value: str) -> str | None:
    plain = value.strip(" .,;").lower()
    known = plain in _known("relators") or plain in _known("subject-sources")
    return f"write {plain}" if known else None


@field_check(AUTHENTICATION, tags=["042"], when=LOOK_VALUES)
def authentication(field: pymarc.Field) -> Iterator[Fault]:
    """Look at the codes that say who vouches for the record."""
    for code, value in field.subfields:
        if code == "a" and value.strip() not in _known("authentication"):
            yield AUTHENTICATION("042$a", f"{value!r} is no code of an authentication action")
