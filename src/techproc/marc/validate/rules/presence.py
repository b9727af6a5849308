"""Which fields there are: missing and repeated ones, fields that exclude or ask for each other."""

from __future__ import annotations

from collections.abc import Iterable

from techproc.marc.schema import format_of
from techproc.marc.validate.registry import (
    ERROR,
    FORMAT,
    INFO,
    WARNING,
    Fault,
    record_check,
    rule,
)
from techproc.marc.validate.subject import (
    DOUBLED,
    LOOK_ELEMENTS,
    LOOK_MAIN_ENTRY,
    LOOK_NEEDED,
    LOOK_SERIES,
    Subject,
)

__all__ = ["unimarc"]

_FAMILY = "Which fields there are"
NOT_MARC21 = rule(
    "not-marc21", ERROR, "a record of UNIMARC: 200 with 210, 215 or 801, and no 245",
    family=_FAMILY, source="UNIMARC Manual, 200, 801",
    fix="convert it to MARC 21 first; nothing else is looked at",
    failing=("-245", r"=200  1\$aLa mer", r"=801  \0$aFR"), path="200", passing=(),
)  # fmt: skip
MISSING_FIELD = rule(
    "missing-field", ERROR, "no 245, or no 008", family=_FAMILY, source=f"{FORMAT}, 245 and 008",
    fix="add the field", failing="-245", path="245", passing=(),
)  # fmt: skip
REPEATED_FIELD = rule(
    "repeated-field", ERROR, "a field that may not be repeated stands twice", family=_FAMILY,
    source=f"{FORMAT}, (NR)", fix="merge the two, or correct a tag",
    failing=("=245  10$aSea.", "=245  10$aOcean."), path="245", passing="=245  10$aSea.",
)  # fmt: skip
DUPLICATE_FIELD = rule(
    "duplicate-field", WARNING, "two fields are the same in everything", family=_FAMILY,
    source="good practice; QA Catalogue counts them too", fix="delete one",
    failing=(r"=650  \0$aOcean.", r"=650  \0$aOcean."), path="650",
    passing=(r"=650  \0$aOcean.", r"=650  \0$aSea."),
)  # fmt: skip
CONTROL_NUMBER = rule(
    "control-number", WARNING, "no 001", family=_FAMILY,
    source=f"{FORMAT}, 001: assigned by the organization that makes or distributes the record",
    fix="let the system assign one; without it nothing can be matched again",
    failing="-001", path="001", passing=(),
)  # fmt: skip
MAIN_ENTRIES = rule(
    "main-entries", ERROR, "more than one main entry (1XX)", family=_FAMILY,
    source=f"{FORMAT}, 1XX: a record has one main entry at most", fix="make the others 7XX",
    failing=("=100  1\\$aSmith, Ann.", "=110  2\\$aSea Club.", "-880"), path="110",
    passing=("=100  1\\$aSmith, Ann.", "=710  2\\$aSea Club.", "-880"),
)  # fmt: skip
UNIFORM_TITLE = rule(
    "uniform-title", WARNING, "a uniform title in 240 without a name in 1XX, or beside 130",
    family=_FAMILY, source=f"{FORMAT}, 130, 240: 240 goes with a name in 1XX", fix="use 130",
    failing=("-100", "-880", "=245  04$aThe sea.", "=240  10$aMer."), path="240",
    passing=("=240  10$aMer."),
)  # fmt: skip
TITLE_ENTRY = rule(
    "title-entry", INFO, "245's first indicator does not go with the main entry", family=_FAMILY,
    source=f"{FORMAT}, 245 first indicator: 0 where the title is the main entry, else 1",
    fix="set the indicator",
    failing=("-100", "-880", "=245  14$aThe sea."), path="245@1",
    passing=("-100", "-880", "=245  04$aThe sea."),
)  # fmt: skip
MISSING_ELEMENT = rule(
    "missing-element", INFO,
    "a full record without 040, 300, or both 260 and 264", family=_FAMILY,
    source="MARC 21 National Level Full Record Requirements: 040, 260 or 264, 300 are mandatory",
    fix="add the field", failing="-300", path="300", passing=(),
)  # fmt: skip
SERIES_UNTRACED = rule(
    "series-untraced", WARNING, "490 says that the series is traced, and there is no 8XX",
    family=_FAMILY, source=f"{FORMAT}, 490 first indicator",
    fix="add 800, 810, 811 or 830, or set the indicator to 0",
    failing=("-830",), path="490@1", passing=("-830", r"=490  0\$aOcean studies"),
)  # fmt: skip
SERIES_UNSTATED = rule(
    "series-unstated", INFO, "a traced series (800 to 830) without any 490", family=_FAMILY,
    source=f"{FORMAT}, 490 and 800-830: the series as it stands on the item is in 490",
    fix="add 490", failing="-490", path="830", passing=(),
)  # fmt: skip
OTHER_FORMAT = rule(
    "other-format", WARNING, "a record of classification or community information", family=_FAMILY,
    source="MARC 21, LDR/06 w and q", fix="validate it elsewhere; nothing of it is looked at",
    failing=("-245", r"=LDR  00000nw  a2200000n  4500"), path="LDR/06", passing=(),
)  # fmt: skip

_SERIES = ("800", "810", "811", "830")
_FULL = frozenset(" 1I4L")  # encoding levels that claim a full description


_FORMATS = ("bibliographic", "holdings", "authority")


@record_check(MISSING_FIELD, CONTROL_NUMBER, formats=_FORMATS, when=LOOK_NEEDED)
def required(subject: Subject) -> Iterable[Fault]:
    """Look for missing fields."""
    schema, by_tag = subject.schema, subject.by_tag
    if "001" not in by_tag:
        return [CONTROL_NUMBER("001", "there is no 001"), *_missing(subject)]
    if schema is None or by_tag.keys() >= schema.required:
        return ()
    return _missing(subject)


def _missing(subject: Subject) -> list[Fault]:
    required, by_tag = subject.schema.required if subject.schema else (), subject.by_tag
    return [
        MISSING_FIELD(tag, f"there is no {tag}") for tag in sorted(required) if tag not in by_tag
    ]


@record_check(REPEATED_FIELD, DUPLICATE_FIELD, formats=_FORMATS, when=DOUBLED)
def doubled(subject: Subject) -> Iterable[Fault]:
    """Look for repeated and duplicate fields."""
    schema = subject.schema
    found: list[Fault] = []
    if schema is None:
        return found
    for tag, texts in subject.by_tag.items():
        if len(texts) > 1:
            defined = schema.fields.get(tag)
            if defined is not None and not defined.repeatable:
                found.append(REPEATED_FIELD(tag, f"{len(texts)} fields {tag} ({defined.name})"))
            if tag >= "010" and len(set(texts)) < len(texts) and "" not in texts:
                found += _duplicates(tag, texts)
    return found


def _duplicates(tag: str, texts: list[str]) -> list[Fault]:
    seen = set()
    found = []
    for text in texts:
        if text in seen:
            shown = text[2:].replace("\x1f", " $").strip()
            found.append(DUPLICATE_FIELD(tag, f"a field is there twice: {shown[:60]}"))
        seen.add(text)
    return found


@record_check(MAIN_ENTRIES, UNIFORM_TITLE, TITLE_ENTRY, when=LOOK_MAIN_ENTRY)
def main_entry(subject: Subject) -> Iterable[Fault]:
    """Hold 1XX, 240 and the first indicator of 245 against each other."""
    by_tag = subject.by_tag
    first = by_tag["245"][0][:1] if "245" in by_tag else ""
    entries = ("100" in by_tag) + ("110" in by_tag) + ("111" in by_tag) + ("130" in by_tag)
    if entries == (first == "1") and "240" not in by_tag:
        return ()
    names = [tag for tag in ("100", "110", "111", "130") if tag in by_tag]
    found = []
    if len(names) > 1:
        found.append(
            MAIN_ENTRIES(names[1], f"{' and '.join(names)}: one of them is the main entry")
        )
    if "240" in by_tag and (not names or "130" in names):
        beside = "130" if names else "no name in 1XX"
        found.append(UNIFORM_TITLE("240", f"a uniform title in 240 with {beside}"))
    if first == "0" and names:
        message = f"0 (no added entry for the title) beside {names[0]}"
        found.append(TITLE_ENTRY("245@1", message, "set it to 1"))
    elif first == "1" and not names:
        message = "1 (added entry for the title), but the title is the main entry: no 1XX"
        found.append(TITLE_ENTRY("245@1", message, "set it to 0"))
    return found


@record_check(MISSING_ELEMENT, when=LOOK_ELEMENTS)
def elements(subject: Subject) -> Iterable[Fault]:
    """Look for what every full description has."""
    by_tag = subject.by_tag
    if "300" in by_tag and "040" in by_tag and ("264" in by_tag or "260" in by_tag):
        return ()
    if subject.leader[17:18] not in _FULL or subject.leader[7:8] in ("a", "b"):
        return ()  # the host of a component part has imprint and extent
    found = [
        MISSING_ELEMENT(tag, f"a full record without {tag}")
        for tag in ("040", "300")
        if tag not in by_tag
    ]
    if "264" not in by_tag and "260" not in by_tag and subject.leader[6:7] not in "dfpt":
        found.append(MISSING_ELEMENT("264", "a full record without 264 or 260"))
    return found


@record_check(SERIES_UNTRACED, SERIES_UNSTATED, when=LOOK_SERIES)
def series(subject: Subject) -> Iterable[Fault]:
    """Hold series statements against series added entries."""
    by_tag = subject.by_tag
    stated = by_tag.get("490")
    traced = next((tag for tag in _SERIES if tag in by_tag), None)
    if stated and not traced and any(text[:1] == "1" for text in stated):
        message = "1 (series traced), but there is no 800, 810, 811 or 830"
        return [SERIES_UNTRACED("490@1", message)]
    if traced and not stated and "440" not in by_tag:
        return [SERIES_UNSTATED(traced, f"{traced} without 490")]
    return ()


def unimarc(subject: Subject) -> Iterable[Fault]:
    """Look for a record of UNIMARC; the validator asks before anything else."""
    by_tag = subject.by_tag
    if "245" in by_tag or "200" not in by_tag:
        return ()
    if "801" in by_tag or "215" in by_tag or "210" in by_tag:
        return [NOT_MARC21("200", "this is UNIMARC: its title is in 200")]
    return ()


@record_check(OTHER_FORMAT, formats=("classification", "community information"))
def other_format(subject: Subject) -> Iterable[Fault]:
    """Say that nothing is known of a format."""
    return [OTHER_FORMAT("LDR/06", f"a record of {format_of(subject.leader)}: it is not looked at")]
