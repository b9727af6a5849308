"""Fields by the schema: undefined, obsolete and repeated content designators, empty ones, characters.

Most fields never come here: the scanner screens them by the schema's table (`screening.py`). What it
finds suspect is looked at by `schema_faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pymarc

from techproc.marc.linkage import parse_link
from techproc.marc.schema import FieldRule, Schema, is_local
from techproc.marc.validate.registry import ERROR, FORMAT, INFO, WARNING, Fault, rule

__all__ = ["schema_faults", "shape_of"]

_FAMILY = "Content designators"
UNDEFINED_FIELD = rule(
    "undefined-field", ERROR, "a tag that MARC 21 does not define", family=_FAMILY,
    source=FORMAT, fix="correct the tag, or declare a local field",
    failing=r"=233  \\$aOcean", path="233", passing=r"=590  \\$aOcean",
)  # fmt: skip
OBSOLETE_FIELD = rule(
    "obsolete-field", INFO, "a tag that was defined once", family=_FAMILY,
    source=f"{FORMAT}, Appendix H", fix="move its content to the field that took its place",
    failing=r"=440  \0$aOcean studies.", path="440", passing=r"=490  0\$aOcean studies.",
)  # fmt: skip
UNDEFINED_INDICATOR = rule(
    "undefined-indicator", ERROR, "an indicator that the field does not have", family=_FAMILY,
    source=FORMAT, fix="see the field's indicators",
    failing=r"=650  \9$aOcean.", path="650@2", passing=r"=650  \4$aOcean.",
)  # fmt: skip
OBSOLETE_INDICATOR = rule(
    "obsolete-indicator", INFO, "an indicator that was defined once", family=_FAMILY,
    source=f"{FORMAT}, Appendix H", fix="see the field's indicators",
    failing=("=100  2\\$aSmith-Jones, Ann.", "-880"), path="100@1",
    passing=("=100  1\\$aSmith-Jones, Ann.", "-880"),
)  # fmt: skip
UNDEFINED_SUBFIELD = rule(
    "undefined-subfield", ERROR, "a subfield code that the field does not have", family=_FAMILY,
    source=FORMAT, fix="see the field's subfields",
    failing=r"=300  \\$a200 pages ;$h23 cm", path="300$h", passing=r"=300  \\$a200 pages ;$c23 cm",
)  # fmt: skip
OBSOLETE_SUBFIELD = rule(
    "obsolete-subfield", INFO, "a subfield code that was defined once", family=_FAMILY,
    source=f"{FORMAT}, Appendix H", fix="see the field's subfields",
    failing=r"=020  \\$a9780306406157$bpbk.", path="020$b",
    passing=r"=020  \\$a9780306406157$qpbk.",
)  # fmt: skip
REPEATED_SUBFIELD = rule(
    "repeated-subfield", ERROR, "a subfield that may not be repeated stands twice", family=_FAMILY,
    source=f"{FORMAT}, (NR)", fix="merge the two, or repeat the field",
    failing="=245  14$aThe sea :$ba story :$ba tale /$cAnn Smith.", path="245$b",
    passing="=245  14$aThe sea :$ba story : a tale /$cAnn Smith.",
)  # fmt: skip
EMPTY_SUBFIELD = rule(
    "empty-subfield", WARNING, "a subfield without text", family=_FAMILY,
    source="MARC 21 Specifications for Record Structure", fix="delete it",
    failing=r"=504  \\$a", path="504$a", passing=r"=504  \\$aIncludes index.",
)  # fmt: skip
EMPTY_FIELD = rule(
    "empty-field", ERROR, "a field without subfields, or a control field without text",
    family=_FAMILY, source="MARC 21 Specifications for Record Structure", fix="delete it",
    failing=r"=504  \\", path="504", passing=r"=504  \\$aIncludes index.",
)  # fmt: skip
CONTROL_CHARACTER = rule(
    "control-character", ERROR, "a control character within text", family=_FAMILY,
    source="MARC 21 Specifications, Character Sets, Unicode Encoding Environment",
    fix="delete it",
    failing="=504  \\\\$aIncludes\x07 index.", path="504$a", passing=r"=504  \\$aIncludes index.",
)  # fmt: skip
LOST_CHARACTER = rule(
    "lost-character", WARNING, "U+FFFD, which stands for a character that was lost",
    family=_FAMILY, source="The Unicode Standard, 23.8", fix="restore the character from the item",
    failing="=504  \\\\$aIncludes bibliograph\ufffd.", path="504$a",
    passing=r"=504  \\$aIncludes bibliographie.",
)  # fmt: skip

# The marks around what is not sorted are legal: U+0098 and U+009C, or U+0088 and U+0089.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x87\x8a-\x97\x99-\x9b\x9d-\x9f]")


def schema_faults(field: pymarc.Field, schema: Schema) -> Iterator[Fault]:
    """Yield what is wrong with a field by a schema, whatever stands in its subfields."""
    yield from _characters(field)
    tag = ruling_tag(field)
    defined = schema.fields.get(tag)
    if defined is None:
        if not is_local(tag):
            yield UNDEFINED_FIELD(field.tag, f"{schema.title} has no field {tag}")
        elif not field.control_field:
            yield from _emptiness(field)
        return
    if defined.obsolete:
        yield OBSOLETE_FIELD(field.tag, f"{tag} ({defined.name}) is obsolete")
    if field.control_field:
        if not (field.data or "").strip() and tag not in ("006", "008"):
            yield EMPTY_FIELD(field.tag, "no text")
        return
    yield from _emptiness(field)
    if defined.indicators is not None and not defined.any_subfield:
        yield from _indicators(field, defined)
    if not defined.any_subfield:
        yield from _subfields(field, defined)


def shape_of(tag: str, text: str) -> str | None:
    """Return what alone decides the faults of a field: tag, indicators, codes.

    `text` is one that the scanner did not call odd. None where its values count too: one is empty,
    or holds an odd character; an 880 has its link.

    >>> shape_of("245", "10\\x1faSea /\\x1fcRoe.")
    '24510ac'
    """
    first, *parts = text.split("\x1f")
    if tag == "880" or tag < "010":
        return None
    if (
        not text.isascii()
        and (  # of ASCII alone the scanner has told it
            not "".join(parts).isprintable() or not all(part[1:].strip() for part in parts)
        )
    ):
        return None
    return tag + first + "".join([part[0] for part in parts])


def ruling_tag(field: pymarc.Field) -> str:
    """Return the tag whose rule a field follows: that of an 880 is the one it links to."""
    if field.tag != "880" or field.control_field:
        return field.tag
    link = parse_link(field.get("6") or "")
    return link.tag if link else "880"  # of an 880 without a link nothing more can be said


def _characters(field: pymarc.Field) -> Iterator[Fault]:
    texts = [("", field.data or "")] if field.control_field else field.subfields
    for code, text in texts:
        path = f"{field.tag}${code}" if code else field.tag
        if found := _CONTROLS.search(text):
            yield CONTROL_CHARACTER(path, f"U+{ord(found.group()):04X} in text")
        if "\ufffd" in text:
            yield LOST_CHARACTER(path, "U+FFFD in text: a character was lost when it was converted")


def _emptiness(field: pymarc.Field) -> Iterator[Fault]:
    if not field.subfields:
        yield EMPTY_FIELD(field.tag, "no subfields")
    for code, value in field.subfields:
        if not value.strip():
            yield EMPTY_SUBFIELD(f"{field.tag}${code}", "no text")


def _indicators(field: pymarc.Field, defined: FieldRule) -> Iterator[Fault]:
    for number, (value, codes) in enumerate(
        zip(field.indicators or (" ", " "), defined.indicators or (), strict=True), 1
    ):
        if value not in codes:
            allowed = " ".join("#" if c == " " else c for c, gone in codes.items() if not gone)
            message = f"indicator {number} is {value!r}; {defined.tag} has {allowed}"
            yield UNDEFINED_INDICATOR(f"{field.tag}@{number}", message)
        elif codes[value]:
            message = f"indicator {number} {value!r} is obsolete"
            yield OBSOLETE_INDICATOR(f"{field.tag}@{number}", message)


def _subfields(field: pymarc.Field, defined: FieldRule) -> Iterator[Fault]:
    tag = field.tag
    codes = [code for code, _ in field.subfields]
    for code in dict.fromkeys(codes):
        count = codes.count(code)
        path = f"{tag}${code}"
        repeatable = defined.subfields.get(code)
        if repeatable is None:
            # $9 is local by MARC's own rule.
            if code != "9":
                message = f"{defined.tag} ({defined.name}) has no ${code}"
                yield UNDEFINED_SUBFIELD(path, message)
        elif code in defined.obsolete_subfields:
            yield OBSOLETE_SUBFIELD(path, f"${code} of {defined.tag} is obsolete")
        elif count > 1 and not repeatable:
            yield REPEATED_SUBFIELD(path, f"${code} stands {count} times; it may not be repeated")
