"""Repairs of text: control characters, blanks, and what holds nothing or stands twice.

Each does what the rules of `marc validate` that it names ask for, where there is one way to do it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from unicodedata import combining

from pymarc.field import Field

from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log, rewrite_fields
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fielddiff import field_text
from techproc.marc.path import FieldPath
from techproc.marc.schema import is_local

__all__ = [
    "drop_controls",
    "drop_duplicates",
    "drop_empty",
    "is_descriptive",
    "squeeze_blanks",
]

_BREAKS = re.compile(r" *[\t\n\v\f\r]+ *")
# Only where nothing grows together. The others may be what is left of a lost character: ESC of a
# broken escape of MARC-8, 0x13 to 0x1D of a dash or quotation mark (U+2013 to U+201D) of which
# the upper byte was cut off, U+0080 to U+009F of Windows-1252 taken for Latin-1.
_CONTROLS = re.compile(r"(?:(?<= )|^)[\x00-\x12\x7f]+|[\x00-\x12\x7f]+(?= |\Z)")
_STRAY = re.compile(r"  |\x1f[^\x1f] ")
_EMPTY = re.compile(r"\x1f[^\x1f]?\s*(?:\x1f|\Z)")
_HOLDINGS = re.compile("84[1-9]|85[0-5]|85[89]|86.|87[0-8]")


@cache
def is_descriptive(tag: str) -> bool:
    """Tell a tag of description and access.

    The others are control fields, holdings and items (841 to 878), and what is a library's own or
    its system's: there a blank or a field that stands twice may have a meaning.
    """
    return not (tag.startswith("00") or is_local(tag) or _HOLDINGS.fullmatch(tag))


@transformation(
    "repair.control-characters",
    "Line breaks and tabs in text become a blank; other control characters between words go.",
    mends=("control-character",),
)
def drop_controls(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Take control characters out of text, but for those that may stand for a lost one."""

    def cleaned(value: str) -> str:
        if value.isprintable():
            return value
        broken = _BREAKS.sub(" ", value)
        return _CONTROLS.sub("", broken if broken == value else broken.strip(" "))

    def change(tag: str, text: str) -> str:
        if text.replace("\x1f", "").isprintable() or not is_descriptive(tag):
            return text
        first, *parts = text.split("\x1f")
        return "\x1f".join([first, *(part[:1] + cleaned(part[1:]) for part in parts)])

    return rewrite_fields(change)


@transformation(
    "repair.blanks",
    "Blanks that begin a subfield and several in a row go, in descriptions and headings.",
    mends=("stray-blank",),
)
def squeeze_blanks(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Take stray blanks out, but for those that a count of nonfiling characters goes over."""
    # The rules take long to load.
    from techproc.marc.validate.rules.punctuation import BLANKS  # noqa: PLC0415
    from techproc.marc.validate.rules.titles import COUNT  # noqa: PLC0415

    def change(tag: str, text: str) -> str:
        if tag not in BLANKS or not _STRAY.search(text):
            return text
        first, *parts = text.split("\x1f")
        digit = first[COUNT[tag] : COUNT[tag] + 1] if tag in COUNT else ""
        counted = int(digit) if digit and digit in "123456789" else 0
        for at, part in enumerate(parts):
            value = part[1:]
            body = value.rstrip(" ")
            start = body.lstrip(" ")
            if body[:1] == " " and combining(start[:1] or " "):
                start = f" {start}"  # a mark that lost its letter must not fall on the delimiter
            after = re.sub("  +", " ", start) + value[len(body) :]
            filed = counted and part[:1] in tuple("atnp")
            # LC leaves room for the volumes to come: "v. <1   >".
            if "<" not in value and not (filed and after[:counted] != value[:counted]):
                parts[at] = part[:1] + after
            counted = 0 if filed else counted
        return "\x1f".join([first, *parts])

    return rewrite_fields(change)


@transformation(
    "repair.empty",
    "Subfields without text go, and fields that hold nothing.",
    mends=("empty-subfield", "empty-field"),
)
def drop_empty(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Take off what is empty: no field with a partner in 880, no subfield that others rest on."""
    from techproc.marc.validate.rules.dependents import MAIN, NEEDS  # noqa: PLC0415 (as above)

    def repaired(record: WorkingRecord, field: Field) -> bool:
        full = [s for s in field.subfields if s.value.strip()]
        codes = {s.code for s in full}
        if not codes - {"2"}:
            if field.get("6") is None:
                record.remove_field(field)
                return True
            return False
        gone = {s.code for s in field.subfields} - codes
        others = [MAIN.get(field.tag, ""), *NEEDS.get(field.tag, {}).values()]
        if any(gone & set(ways) and not codes & set(ways) for ways in others):
            return False
        field.subfields = full
        return True

    def act(record: WorkingRecord, log: Log) -> int:
        tags = {
            tag
            for tag, text in record.tagged_texts()
            if is_descriptive(tag) and ("\x1f" not in text or _EMPTY.search(text))
        }
        return sum(
            repaired(record, field)
            for tag in tags
            for field in record.get_fields(tag)
            if not field.subfields or not all(s.value.strip() for s in field.subfields)
        )

    return act


@transformation(
    "repair.duplicates",
    "Of fields that are the same in everything one stays.",
    mends=("duplicate-field",),
)
def drop_duplicates(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Take off fields of description and access that stand twice."""

    def act(record: WorkingRecord, log: Log) -> int:
        texts = record.tagged_texts()
        if len(set(texts)) == len(texts):
            return 0
        doubled = {each for each, n in Counter(texts).items() if n > 1 and is_descriptive(each[0])}
        changed = 0
        for tag, text in doubled:
            same = [field for field in record.get_fields(tag) if field_text(field) == text]
            record.remove_field(*same[1:])
            changed += len(same) - 1
        return changed

    return act
