"""The headings that a record's cards stand under, and the tracing that lists them.

The main heading is 1XX, and without one the title; added entries are 7XX, titles (245 with first
indicator 1, 246, 740) and traced series (8XX, 440); subjects are 6XX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pymarc import Field, Record

from techproc.filing import arabic
from techproc.report.cards.isbd import close
from techproc.text import fold

__all__ = ["Heading", "added_headings", "main_heading", "subject_headings", "title_of", "tracing"]

HeadingKind = Literal["name", "title", "series", "subject"]

_NAMES: Final = ("700", "710", "711")
_SUBJECTS: Final = ("600", "610", "611", "630", "647", "648", "650", "651")
# Relators, relationship words, sources and control subfields are no part of a heading.
_LEFT_OUT: Final = frozenset("eijuwx0123456789")
_SUBDIVISIONS: Final = "vxyz"
_NUMERATION: Final = re.compile(r"[IVXLCDM]+(?=\W|$)")
_NONFILING: Final = {"130": 1, "240": 2, "245": 2, "440": 2, "630": 1, "730": 1, "740": 1, "830": 2}
_MESH_AND_OTHERS: Final = ("2", "1", "3", "5", "6", "4", "7")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it is written, with its final full stop, and the text that it files by."""

    kind: HeadingKind
    text: str
    filing: str
    traced: str = ""  # as the tracing has it, where that is not the text


def main_heading(record: Record) -> Heading | None:
    """Return the heading of the main entry (1XX); None where the title is the main entry."""
    for tag in ("100", "110", "111", "130"):
        for field in record.get_fields(tag):
            if heading := _heading(field, "title" if tag == "130" else "name"):
                return heading
    return None


def title_of(record: Record) -> Heading | None:
    """Return the title proper (245 $a $n $p) as a heading; None without one."""
    fields = [f for f in record.get_fields("245") if f.get("a")]
    return _title(fields[0], "Title.") if fields else None


def added_headings(record: Record) -> Iterator[Heading]:
    """Yield the added entries in the order of the tracing: names, titles, series."""
    for tags in (("700",), ("710",), ("711",), ("730",)):
        for field in record.get_fields(*tags):
            if heading := _heading(field, "title" if field.tag == "730" else "name"):
                yield heading
    main, title = main_heading(record), title_of(record)
    if title is not None and main is not None and record["245"].indicator1 == "1":
        yield title
    for field in record.get_fields("246", "740"):
        if field.get("a") and (field.tag == "740" or field.indicator1 in ("1", "3")):
            variant = _title(field, "")
            yield Heading("title", variant.text, variant.filing, f"Title: {variant.text}")
    yield from _series(record)


def subject_headings(record: Record, *, every_thesaurus: bool = False) -> Iterator[Heading]:
    """Yield the subject headings, each once.

    They are those of the Library of Congress (second indicator 0); a record that has none of them
    gives those of the first other thesaurus it has, `every_thesaurus` all of all.
    """
    fields = [field for field in record.get_fields(*_SUBJECTS) if field.get("a")]
    sources = {field.indicator2 for field in fields}
    chosen = next((source for source in ("0", *_MESH_AND_OTHERS) if source in sources), None)
    seen: set[str] = set()
    for field in fields:
        heading = _heading(field, "subject")
        if heading and (every_thesaurus or field.indicator2 == chosen) and heading.text not in seen:
            seen.add(heading.text)
            yield heading


def tracing(subjects: list[Heading], added: list[Heading]) -> str:
    """Return the tracing: subjects with Arabic numbers, added entries with Roman ones.

    >>> tracing([Heading("subject", "Whales.", "")], [Heading("title", "Moby Dick.", "", "Title.")])
    '1. Whales. I. Title.'
    """
    numbered = [f"{at}. {heading.text}" for at, heading in enumerate(subjects, start=1)]
    numbered += [
        f"{_roman(at)}. {heading.traced or heading.text}"
        for at, heading in enumerate(added, start=1)
    ]
    return " ".join(numbered)


def _heading(field: Field, kind: HeadingKind) -> Heading | None:
    """Return a name, title or subject heading, subdivisions behind dashes."""
    dashes = _SUBDIVISIONS if kind == "subject" else ""
    # Of a meeting $e is a subordinate unit, and $j the relator.
    left_out = _LEFT_OUT - {"e"} if field.tag.endswith("11") else _LEFT_OUT
    text = filing = ""
    for subfield in field.subfields:
        value = subfield.value.strip()
        if not value or (subfield.code in left_out and subfield.code not in dashes):
            continue
        if subfield.code in dashes:
            text, filing = f"{text}—{value}", f"{filing} — {value}"
            continue
        own = value
        if not text:
            own = value[_nonfiling(field) :]
        elif subfield.code == "b" and field.tag.endswith("00"):
            own = _NUMERATION.sub(lambda m: str(arabic(m[0]) or m[0]), value)
        text, filing = _with(text, value, subfield.code), f"{filing} {own}".strip()
    return Heading(kind, close(text.rstrip(" ,;:/")), filing) if text else None


def _with(text: str, value: str, code: str) -> str:
    """Return a heading with its next part; the comma before a date or a title may be absent."""
    if not text:
        return value
    apart = code == "d" or (code == "c" and value[0].isupper())
    if apart and text[-1] not in ":(" and value[0] != "(":
        return f"{text.rstrip(' ,')}, {value}"
    if code in "tkp" and not text.endswith((".", ")", "-")):
        return f"{text}. {value}"
    return f"{text} {value}"


def _title(field: Field, traced: str) -> Heading:
    text = ""
    for subfield in field.subfields:
        if subfield.code in "anp":
            value = subfield.value.strip().rstrip(" /:;=,")
            text = f"{text.rstrip('.')}. {value}" if text else value
    return Heading("title", close(text), text[_nonfiling(field) :], traced)


def _series(record: Record) -> Iterator[Heading]:
    """Yield the traced series; one that stands in the description as it is traced is "Series"."""
    stated = {fold(f.get("a") or "") for f in record.get_fields("490")}
    for field in record.get_fields("440", "800", "810", "811", "830"):
        heading = _heading(field, "series")
        if heading is None:
            continue
        same = field.tag == "440" or fold(field.get("a") or "") in stated
        traced = "Series." if same else f"Series: {heading.text}"
        yield Heading("series", heading.text, heading.filing, traced)


def _nonfiling(field: Field) -> int:
    which = _NONFILING.get(field.tag)
    digit = "" if which is None else (field.indicator1, field.indicator2)[which - 1]
    return int(digit) if digit.isascii() and digit.isdigit() else 0


def _roman(number: int) -> str:
    text = ""
    for value, letters in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
                           (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        count, number = divmod(number, value)
        text += letters * count
    return text
