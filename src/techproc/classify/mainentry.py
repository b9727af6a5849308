"""The main entry of a record, under which it stands on the shelf (LC Shelflisting Manual G 100)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pymarc import Field, Record

from techproc.classify.itemdate import call_number_date
from techproc.text import fold, strip_isbd

__all__ = ["MainEntry", "main_entry"]

_HEADING = {"100": "abcdq", "110": "abcdn", "111": "acdnq"}
_KIND = {"100": "person", "110": "corporate", "111": "meeting", "130": "title"}
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_RELATOR = re.compile(r",?\s*\(?(?:edt?|aut|trl|comp)\)?\.?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class MainEntry:
    """What a work is filed by: a heading or none, the title, and what the manual's rules ask.

    `heading` and `title` are as displayed (the title without its leading article); `filing` is
    what their order compares.
    """

    kind: str  # person, corporate, meeting or title
    heading: str
    title: str
    uniform: str = ""  # 240 or 130, or the original's title of 765
    date: str = ""  # for the call number, by G 140
    dated_by: str = ""  # where the date comes from
    language: str = ""  # 008/35-37
    original_language: str = ""  # 041 $h
    translation: bool = False
    facsimile: bool = False
    edition: str = ""
    about: str = ""  # the first person of 600
    biographee: str = ""  # the same, where the work is a biography
    autobiography: bool = False
    romanized: bool = False  # the heading or title comes from a linked 880
    number: str = ""  # 001

    @property
    def filing(self) -> tuple[str, str]:
        """The heading (or the title where there is none) and the title, folded."""
        heading, title = fold(self.heading), fold(self.work_title)
        return (heading, title) if heading else (title, "")

    @property
    def work_title(self) -> str:
        """The title of the work: the uniform title, or a translation's original, else 245."""
        return self.uniform or self.title

    @property
    def cuttered(self) -> str:
        """The text that the Cutter stands for."""
        return self.heading or self.work_title


def main_entry(record: Record) -> MainEntry:
    """Return the main entry of a record: 1XX, else 245 without its nonfiling characters."""
    tag = next((t for t in _KIND if t in record), "245")
    heading = uniform = ""
    from_880 = False
    if tag in _HEADING:
        field, from_880 = _latin(record, record[tag])
        heading = _joined(field, _HEADING[tag])
    elif tag == "130":
        uniform = _without_nonfiling(record[tag], _joined(record[tag], "adklmnoprs"), 1)
    title, title_from_880 = _title(record)
    # $l and the date belong to this expression; the work is what stands before them
    translated_from = ""
    if "240" in record:
        field = record["240"]
        uniform = _without_nonfiling(field, _joined(field, "adkmnoprs"), 2)
    if "765" in record:
        translated_from = strip_isbd(record["765"].get("t") or "")
    date, dated_by = _date(record, tag, bool(heading) and _KIND[tag] == "corporate")
    fixed = _control_data(record, "008")
    people = [_joined(f, "abcdq") for f in record.get_fields("600") if not f.get("t")]
    biography = any(
        "biograph" in fold(value) or "diaries" in fold(value)
        for f in record.get_fields("600", "650", "655")
        for value in f.get_subfields("v", *(("a",) if f.tag == "655" else ()))
    )
    biographee = people[0] if people and (biography or fixed[34:35] in ("a", "b", "c")) else ""
    return MainEntry(
        kind=_KIND.get(tag, "title"),
        heading=heading,
        title=title,
        uniform=uniform or translated_from,
        date=date,
        dated_by=dated_by,
        language=fixed[35:38].strip(),
        original_language=_original_language(record),
        translation=_is_translation(record),
        facsimile=_is_facsimile(record, fixed),
        edition=strip_isbd(record["250"].get("a") or "") if "250" in record else "",
        about=people[0] if people else "",
        biographee=biographee,
        autobiography=bool(biographee) and fold(biographee) == fold(heading),
        romanized=from_880 or title_from_880,
        number=_control_data(record, "001").strip(),
    )


def _control_data(record: Record, tag: str) -> str:
    return (record[tag].data or "") if tag in record else ""


def _joined(field: Field, codes: str) -> str:
    parts = [s.value.strip() for s in field.subfields if s.code in codes]
    text = " ".join(part for part in parts if part)
    return _RELATOR.sub("", strip_isbd(text)).rstrip(" ,")


def _without_nonfiling(field: Field, text: str, indicator: int) -> str:
    count = (field.indicator1, field.indicator2)[indicator - 1]
    if count.isascii() and count.isdigit() and int(count) < len(text):
        return text[int(count) :]
    return text


def _title(record: Record) -> tuple[str, bool]:
    if "245" not in record:
        return "", False
    field, from_880 = _latin(record, record["245"])
    text = " ".join(s.value.strip() for s in field.subfields if s.code in "anp")
    return strip_isbd(_without_nonfiling(field, text, 2)), from_880


def _latin(record: Record, field: Field) -> tuple[Field, bool]:
    """Return the field, or the 880 linked to it where only that one is in Latin letters."""
    if _is_latin(field):
        return field, False
    for linked in record.get_fields("880"):
        if (linked.get("6") or "").startswith(field.tag) and _is_latin(linked):
            return linked, True
    return field, False


def _is_latin(field: Field) -> bool:
    folded = fold(field.get("a") or "")
    return not folded or folded[0].isascii()


def _original_language(record: Record) -> str:
    if "041" not in record:
        return ""
    return next((value[:3] for value in record["041"].get_subfields("h")), "")


def _is_translation(record: Record) -> bool:
    if "041" in record and record["041"].indicator1 == "1":
        return True
    return "240" in record and bool(record["240"].get("l"))


def _is_facsimile(record: Record, fixed: str) -> bool:
    if "533" in record and fold(record["533"].get("a") or "").startswith("photocop"):
        return True
    forms = [value for f in record.get_fields("655") for value in f.get_subfields("a")]
    notes = (
        [f.get("a") or "" for f in record.get_fields("500", "534")] if fixed[23:24] == "r" else []
    )
    return any("facsim" in fold(text) for text in (*forms, *notes))


def _date(record: Record, tag: str, corporate: bool) -> tuple[str, str]:
    """Return the date for the call number, and the field it was read from (G 140)."""
    if tag == "111":
        years = _YEAR.findall(record["111"].get("d") or "")
        if years:
            return years[-1], "111$d (G 230)"
    published = [f for f in record.get_fields("264") if f.indicator2 == "1"]
    published = published or record.get_fields("260")
    copyrighted = [f for f in record.get_fields("264") if f.indicator2 == "4"]
    texts = [value for f in (*published[:1], *copyrighted[:1]) for value in f.get_subfields("c")]
    if date := call_number_date(", ".join(texts), corporate=corporate):
        return date, f"{(published or copyrighted)[0].tag}$c"
    fixed = _control_data(record, "008")
    year = fixed[7:11]
    if year.isdigit():
        return year, "008/07-10"
    if re.fullmatch(r"[12][0-9][0-9u]u", year):
        return year.replace("u", "0") + ("" if corporate else "z"), "008/07-10"
    return "", ""
