"""Leader, 005, 006, 007 and 008 by position: lengths, codes, dates, places, languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from techproc.marc.fixed import Element, layout, material_of
from techproc.marc.schema import code_list
from techproc.marc.validate.registry import (
    ERROR,
    FORMAT,
    INFO,
    WARNING,
    Fault,
    record_check,
    rule,
)
from techproc.marc.validate.subject import LOOK_FIXED, LOOK_LEADER, LOOK_TIME, Subject

__all__: list[str] = []

_FAMILY = "Fixed fields"
FIXED_LENGTH = rule(
    "fixed-length", ERROR, "006 or 008 has another length than it must", family=_FAMILY,
    source=f"{FORMAT}, 006 and 008", fix="restore the positions",
    failing="=008  160101t20162015nyua", path="008", passing=(),
)  # fmt: skip
FIXED_CODE = rule(
    "fixed-code", ERROR, "a position of LDR, 006, 007 or 008 holds no defined code",
    family=_FAMILY, source=f"{FORMAT}, Leader, 006, 007, 008", fix="see `marc view --fixed`",
    failing=r"=008  160101t20162015nyua\\\\\b\\\\001\9\eng\d", path="008/33",
    passing=r"=008  160101t20162015nyua\\\\\b\\\\001\1\eng\d",
)  # fmt: skip
FIXED_OBSOLETE = rule(
    "fixed-obsolete", INFO, "a position holds a code that was defined once", family=_FAMILY,
    source=f"{FORMAT}, Appendix H", fix="take the code that is in use now",
    failing=r"=008  160101t20162015nyua\\\\\b\\\\00110\eng\d", path="008/32",
    passing=r"=008  160101t20162015nyua\\\\\b\\\\001\0\eng\d",
)  # fmt: skip
PLACE_CODE = rule(
    "place-code", WARNING, "008/15-17 is no code of a country or state", family=_FAMILY,
    source="MARC Code List for Countries", fix="see the list; xx where the place is unknown",
    failing=r"=008  160101t20162015qqqa\\\\\b\\\\001\0\eng\d", path="008/15-17", passing=(),
)  # fmt: skip
LANGUAGE_FIXED = rule(
    "fixed-language", WARNING, "008/35-37 is no code of a language", family=_FAMILY,
    source="MARC Code List for Languages", fix="see the list; und where it is undetermined",
    failing=r"=008  160101t20162015nyua\\\\\b\\\\001\0\enq\d", path="008/35-37", passing=(),
)  # fmt: skip
DATE_ENTERED = rule(
    "date-entered", WARNING, "008/00-05 is no date", family=_FAMILY,
    source=f"{FORMAT}, 008/00-05: yymmdd", fix="restore the date on which the record was made",
    failing=r"=008  161301t20162015nyua\\\\\b\\\\001\0\eng\d", path="008/00-05", passing=(),
)  # fmt: skip
FIXED_DATES = rule(
    "fixed-dates", WARNING, "the dates of 008/07-14 do not go with their type in 008/06",
    family=_FAMILY, source=f"{FORMAT}, 008/06-14", fix="see the type of date's description",
    failing=r"=008  160101s2016201\nyua\\\\\b\\\\001\0\eng\d", path="008/07-14",
    passing=(r"=008  160101s2016\\\\nyua\\\\\b\\\\001\0\eng\d", r"=264  \1$aNew York :$bPress,$c2016"),
)  # fmt: skip
TRANSACTION_DATE = rule(
    "transaction-date", WARNING, "005 is no date and time", family=_FAMILY,
    source=f"{FORMAT}, 005: yyyymmddhhmmss.f", fix="let the system write it",
    failing="=005  20163001123000.0", path="005", passing="=005  20160301123000.0",
)  # fmt: skip

_BOTH = ("bibliographic", "holdings", "authority")
_YEAR = "[0-9u]{4}"
# What 008/07-14 may hold by the type of date: `~` stands for four blanks, `m` for month and day.
_DATES = {
    "b": "~~", "c": "{y}9999", "d": "{y}{y}", "e": "{y}{m}|{y}~", "i": "{y}{y}|{y}~|~{y}",
    "k": "{y}{y}|{y}~", "m": "{y}{y}|{y}9999|~{y}", "n": "uuuuuuuu|~~", "p": "{y}{y}|{y}~",
    "q": "{y}{y}", "r": "{y}{y}|{y}~", "s": "{y}~", "t": "{y}{y}", "u": "{y}uuuu", "|": r"\|{{8}}|~~",
}  # fmt: skip


@cache
def _dates_pattern(kind: str) -> re.Pattern[str] | None:
    form = _DATES.get(kind)
    if form is None:
        return None
    month_day = r"(?:0[1-9]|1[0-2]|uu)(?:0[1-9]|[12][0-9]|3[01]|uu|  )"
    spelt = form.replace("~", "    ").format(y=_YEAR, m=month_day)
    return re.compile(rf"(?:{spelt}|\|{{8}}|{_YEAR}\|{{4}}|\|{{4}}{_YEAR})")


# Where anything may stand by the layouts, but not quite anything does.
_FORMS = {
    ("008", "VM", 18): r"[0-9]{3}|nnn|---|\|\|\|",
    ("007", "c", 6): r"[0-9]{3}|mmm|nnn|---|\|\|\|",
    ("007", "h", 6): r"[0-9]{3}|[0-9][0-9]-|[0-9]--|---|\|\|\|",
    ("006", "g", 1): r"[0-9]{3}|nnn|---|\|\|\|",
    ("006", "k", 1): r"[0-9]{3}|nnn|---|\|\|\|",
    ("006", "o", 1): r"[0-9]{3}|nnn|---|\|\|\|",
    ("006", "r", 1): r"[0-9]{3}|nnn|---|\|\|\|",
}


def _element_pattern(tag: str, kind: str, element: Element, *, obsolete: bool) -> str:
    width = element.end - element.start
    if not element.codes:
        return f"(?:{_FORMS.get((tag, kind, element.start), f'.{{{width}}}')})"
    codes = [c for c in element.codes if obsolete or c not in element.obsolete]
    if element.each or width == 1:
        letters = "".join(map(re.escape, codes))
        return f"[{letters}]{{{width}}}"
    return "(?:" + "|".join(map(re.escape, codes)) + ")"


@cache
def _sound(tag: str, kind: str) -> re.Pattern[str] | None:
    """Return the pattern of a whole fixed field without a fault; None where there is no layout."""
    elements = layout(tag, kind)
    if not elements:
        return None
    parts = [_element_pattern(tag, kind, e, obsolete=False) for e in elements]
    return re.compile("".join(parts), re.DOTALL)


class _Seen:
    """Parts of fixed fields with their faults, mostly none; the same ones stand in many records."""

    def __init__(self) -> None:
        self.leaders: dict[str, tuple[Fault, ...]] = {}
        self.entered: set[str] = set()
        self.dates: set[str] = set()
        self.rest: dict[str, tuple[Fault, ...]] = {}  # LDR/06-07, and 008 from its place on


_SEEN = _Seen()
_MOST = 1 << 14


def _keep(seen: dict[str, tuple[Fault, ...]], part: str, faults: tuple[Fault, ...]) -> None:
    if len(seen) >= _MOST:
        seen.clear()
    seen[part] = faults


def _note(seen: set[str], value: str) -> None:
    if len(seen) >= _MOST:
        seen.clear()
    seen.add(value)


@record_check(FIXED_LENGTH, FIXED_CODE, FIXED_OBSOLETE, when=LOOK_LEADER)
def leader_codes(subject: Subject) -> Iterable[Fault]:
    """Hold every position of the leader against the code lists."""
    leader = subject.leader
    if len(leader) != 24:
        return tuple(_judge("LDR", leader, ""))
    coded = leader[5:12] + leader[17:]
    faults = _SEEN.leaders.get(coded)
    if faults is None:
        faults = tuple(_judge("LDR", leader, ""))
        _keep(_SEEN.leaders, coded, faults)
    return faults


@record_check(
    FIXED_LENGTH, FIXED_CODE, FIXED_OBSOLETE, PLACE_CODE, LANGUAGE_FIXED, DATE_ENTERED, FIXED_DATES,
    when=LOOK_FIXED,
)  # fmt: skip
def fixed_fields(subject: Subject) -> Iterable[Fault]:
    """Hold every position of 006, 007 and 008 against the code lists."""
    leader, data, by_tag = subject.leader, subject.fixed, subject.coded
    found: list[Fault] = []
    if data[6:15] not in _SEEN.dates or data[:6] not in _SEEN.entered:
        found += _dates(data)
    rest = leader[6:8] + data[15:]
    faults = _SEEN.rest.get(rest) if len(data) == 40 else None
    if faults is None:
        kind = material_of(leader) or "?"  # only what all materials share, where it names none
        whole = _sound("008", kind)
        faults = tuple(_places_and_languages(data))
        if "008" in by_tag and (whole is None or not whole.fullmatch(data)):
            judged = _judge("008", data, kind)
            # The type of date has been looked at with the dates.
            faults += tuple(f for f in judged if f.path != "008/06" or len(data) != 40)
        if len(data) == 40:
            _keep(_SEEN.rest, rest, faults)
    found += faults
    for tag in ("006", "007"):
        if tag in by_tag:
            for text in by_tag[tag]:
                found += _coded(tag, text)
    return found


@lru_cache(maxsize=1 << 14)
def _coded(tag: str, text: str) -> tuple[Fault, ...]:
    """Return the faults of a 006 or 007; the same ones stand in many records."""
    kind = text[:1]
    whole = _sound(tag, kind)
    if whole is not None and whole.fullmatch(text):
        return ()
    return tuple(_judge(tag, text, kind))


def _judge(tag: str, text: str, kind: str) -> Iterator[Fault]:
    elements = layout(tag, kind)
    wanted = {"LDR": 24, "006": 18, "008": 40}.get(tag) or max((e.end for e in elements), default=0)
    if tag in ("006", "007") and not elements:
        yield FIXED_CODE(f"{tag}/00", f"no {tag} begins with {kind!r}")
    elif len(text) != wanted and not (tag == "007" and 1 < len(text) < wanted):
        # A 007 may be cut short after the positions that a library codes.
        yield FIXED_LENGTH(tag, f"{len(text)} characters, not {wanted}")
    for element in elements:
        value = text[element.start : element.end]
        if len(value) == element.end - element.start:
            yield from _judge_value(tag, kind, element, value)


def _judge_value(tag: str, kind: str, element: Element, value: str) -> Iterator[Fault]:
    last = element.end - 1
    path = f"{tag}/{element.start:02d}" + (f"-{last:02d}" if last > element.start else "")
    if not element.codes:
        form = _FORMS.get((tag, kind, element.start))
        if form and not re.fullmatch(form, value):
            yield FIXED_CODE(path, f"{value!r} is no value of {element.name}")
        return
    meaning = element.meaning(value)
    if meaning is None:
        yield FIXED_CODE(path, f"{value!r} is no value of {element.name}")
    elif (set(value) if element.each else {value}) & element.obsolete:
        yield FIXED_OBSOLETE(path, f"{value!r} ({meaning}) is obsolete in {element.name}")


def _places_and_languages(data: str) -> Iterator[Fault]:
    if len(data) != 40:
        return
    place, language = data[15:18], data[35:38]
    for value, path, wrong, what in (
        (place, "008/15-17", PLACE_CODE, "countries"),
        (language, "008/35-37", LANGUAGE_FIXED, "languages"),
    ):
        code = value.rstrip() if what == "countries" else value
        listed = code_list(what)
        if code in listed.current or value == "|||" or (what == "languages" and value == "   "):
            continue
        if code in listed.obsolete:
            yield FIXED_OBSOLETE(path, f"{value!r} is obsolete in the {listed.name}")
        else:
            yield wrong(path, f"{value!r} is no code of the {listed.name}")


def _dates(data: str) -> Iterator[Fault]:
    """Yield what is wrong with the dates of 008."""
    if len(data) != 40:
        return
    if _ENTERED.match(data):
        _note(_SEEN.entered, data[:6])
    else:
        yield DATE_ENTERED("008/00-05", f"{data[:6]!r} is no date (yymmdd)")
    kind, first, second = data[6], data[7:11], data[11:15]
    pattern = _dates_pattern(kind)
    if pattern is None:
        yield FIXED_CODE("008/06", f"{kind!r} is no value of Type of date")
    elif not pattern.match(data, 7, 15):
        yield FIXED_DATES("008/07-14", f"type {kind!r} with {first!r} and {second!r}")
    elif kind in "esqrt" and first.isdecimal() and first > "2100":
        yield FIXED_DATES("008/07-14", f"type {kind!r}: {first} is yet to come")
    elif kind in "idkmq" and data[7:15].isdecimal() and first > second:
        yield FIXED_DATES("008/07-14", f"type {kind!r}: {first} is later than {second}")
    else:
        _note(_SEEN.dates, data[6:15])


_ENTERED = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")


@record_check(TRANSACTION_DATE, formats=_BOTH, when=LOOK_TIME)
def transaction(subject: Subject) -> Iterable[Fault]:
    """Look at the date and time of 005."""
    for tag, text, mark in subject.looks:
        if tag == "005" and mark & LOOK_TIME:
            value = text if isinstance(text, str) else text.data or ""
            return [TRANSACTION_DATE("005", f"{value[:30]!r} is no date and time")]
    return ()
