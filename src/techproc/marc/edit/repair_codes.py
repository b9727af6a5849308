"""Repairs of codes in variable fields, where the lists say what is meant.

Each does what the rules of `marc validate` that it names ask for, where there is one way to do it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from pymarc.field import Subfield

from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log, rewrite_fields
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.path import FieldPath
from techproc.marc.schema import code_list
from techproc.marc.schema.codes import CARRIER_TYPES, CONTENT_TYPES, MEDIA_TYPES

__all__ = ["name_source", "plain_codes", "split_languages"]

_LISTS = {
    "336": ("rdacontent", CONTENT_TYPES),
    "337": ("rdamedia", MEDIA_TYPES),
    "338": ("rdacarrier", CARRIER_TYPES),
}


def _plain(value: str, listed: str) -> str:
    """Return the code of a list that a value is but for capitals, blanks, marks, hyphens missing.

    >>> _plain("AUT.", "relators"), _plain("n-us", "areas"), _plain("writer", "relators")
    ('aut', 'n-us---', 'writer')
    """
    known = code_list(listed).known
    code = value.strip(" .,;:/").lower()
    if listed == "areas":
        stem = code.rstrip("-")
        return stem.ljust(7, "-") if stem in known else value
    return code if value not in known and code in known else value


@transformation(
    "repair.codes",
    "Codes of languages, areas, relators, vocabularies and the like lose capitals and marks.",
    mends=(
        "language-code", "area-code", "country-code", "relator-code", "subject-source",
        "authentication", "convention",
    ),
)  # fmt: skip
def plain_codes(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Write codes as their lists have them, where that is all that is wrong with them."""
    # The rules take long to load.
    from techproc.marc.validate.rules.codes import HEADINGS, SUBJECTS  # noqa: PLC0415

    lists: dict[str, dict[str, str]] = {
        "040": {"b": "languages", "e": "conventions"},
        "041": dict.fromkeys("abdefghijkmnpqrt", "languages"),
        "042": {"a": "authentication"}, "043": {"a": "areas"}, "044": {"a": "countries"},
    }  # fmt: skip
    for tag in HEADINGS:
        lists.setdefault(tag, {})["4"] = "relators"
    for tag in SUBJECTS:
        lists.setdefault(tag, {})["2"] = "subject-sources"

    @lru_cache(maxsize=1 << 12)  # many records have the same
    def coded(tag: str, text: str) -> str:
        if tag == "041" and text[1:2] == "7":
            return text  # of another list
        first, *parts = text.split("\x1f")
        for at, part in enumerate(parts):
            listed = lists[tag].get(part[:1])
            if listed:
                parts[at] = part[:1] + _plain(part[1:], listed)
        return "\x1f".join([first, *parts])

    def change(tag: str, text: str) -> str:
        if tag not in lists or (tag > "099" and "\x1f4" not in text and "\x1f2" not in text):
            return text
        return coded(tag, text)

    return rewrite_fields(change)


@transformation(
    "repair.languages",
    "Codes of languages run together in a subfield of 041 get a subfield each.",
    fields="041",
    mends=("language-run",),
)
def split_languages(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Divide `$aengfre`, as codes were written until 2001, where every part is a code."""
    from techproc.marc.validate.rules.codes import RUN  # noqa: PLC0415 (as above)

    known = code_list("languages").known

    def divided(part: str) -> list[str]:
        codes = re.findall("[a-z]{3}", part[1:])
        run = part[:1].isalpha() and part[1:] not in known and RUN.fullmatch(part[1:])
        return [part[0] + code for code in codes] if run and known.issuperset(codes) else [part]

    def change(text: str) -> str:
        if text[1:2] == "7":
            return text
        first, *parts = text.split("\x1f")
        return "\x1f".join([first, *(one for part in parts for one in divided(part))])

    def act(record: WorkingRecord, log: Log) -> int:
        return record.rewrite("041", change)

    return act


@transformation(
    "repair.rda-source",
    "336, 337 and 338 get the $2 of the RDA list that their codes and terms are of.",
    fields="336 337 338",
    mends=("rda-source",),
)
def name_source(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Add $2 where each code and each term is of the list."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for tag, (source, listed) in _LISTS.items():
            if all("\x1f2" in text for text in record.texts_of(tag)):
                continue
            for field in record.get_fields(tag):
                codes, terms = field.get_subfields("b"), field.get_subfields("a")
                sure = listed.keys() >= set(codes) and set(listed.values()).issuperset(terms)
                if field.get("2") is None and (codes or terms) and sure:
                    at = max(i for i, s in enumerate(field.subfields) if s.code in "ab")
                    field.subfields.insert(at + 1, Subfield("2", source))
                    changed += 1
        return changed

    return act
