"""The fields of MARC 21: tags, indicators, subfields, what may be repeated, what is obsolete.

The lists are `bibliographic.txt`, `holdings.txt` and `authority.txt`; their form is described at
the head of the first. Source: MARC 21 Format for Bibliographic, Holdings and Authority Data,
Library of Congress.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from techproc.errors import ConfigError

__all__ = [
    "SCHEMAS",
    "FieldRule",
    "Schema",
    "authority",
    "bibliographic",
    "format_of",
    "holdings",
    "is_local",
]

_LINE = re.compile(r"(\d{3}) (N?R) (~?)([^|]+?)(?: \| ([^|]+) \| ([^|]+) \| (.+))?")
_RANGE = re.compile(r"(\d)-(\d)")
# Every data field has these. Data provenance ($7) came in 2022; where $7 meant something already,
# the field's own line says so.
_CONTROL = {"6": False, "7": True, "8": True}
_FORMAT_BY_TYPE = {"u": "holdings", "v": "holdings", "x": "holdings", "y": "holdings",
                   "z": "authority", "w": "classification", "q": "community information"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What MARC 21 says of one tag.

    `subfields` and `indicators` map codes to whether they may be repeated, or are obsolete.
    """

    tag: str
    name: str
    repeatable: bool
    obsolete: bool
    indicators: tuple[Mapping[str, bool], Mapping[str, bool]] | None  # code: is it obsolete
    subfields: Mapping[str, bool]  # code: may it be repeated
    obsolete_subfields: frozenset[str] = frozenset()
    any_subfield: bool = False  # 886 takes the subfields of the foreign record
    required: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The field rules of a format by tag, with the tags that must be there."""

    title: str
    fields: Mapping[str, FieldRule]
    required: frozenset[str] = frozenset()

    def get(self, tag: str) -> FieldRule | None:
        """Return the rule of a tag, None when the format has no such field."""
        return self.fields.get(tag)

    def with_fields(self, others: Mapping[str, FieldRule]) -> Schema:
        """Return the schema with the rules of others laid over its own, tag by tag."""
        required = [tag for tag in self.required if tag not in others]
        required += [tag for tag, rule in others.items() if rule.required]
        return Schema(self.title, {**self.fields, **others}, frozenset(required))


def is_local(tag: str) -> bool:
    """Return True for tags that MARC 21 leaves to libraries and systems: with a 9, or of letters.

    Digits with a letter among them, as a slip of the finger makes, are none.

    >>> [tag for tag in ("049", "090", "245", "490", "952", "FMT") if is_local(tag)]
    ['049', '090', '952', 'FMT']
    """
    if tag.isdigit():
        return "9" in tag and tag not in bibliographic().fields
    return not tag[:1].isdigit() or tag[0] == "9"


def format_of(leader: str) -> str:
    """Return the MARC 21 format of a record by LDR/06; what is no type of record is bibliographic.

    >>> format_of("00000nam a2200000 i 4500"), format_of("00000nz  a2200000n  4500")
    ('bibliographic', 'authority')
    """
    return _FORMAT_BY_TYPE.get(leader[6:7], "bibliographic")


@cache
def bibliographic() -> Schema:
    """Return the fields of MARC 21 bibliographic, and the holdings fields embedded in it.

    >>> bibliographic().fields["245"].repeatable
    False
    """
    return Schema("MARC 21 bibliographic", _read("bibliographic"), frozenset({"008", "245"}))


@cache
def holdings() -> Schema:
    """Return the fields of MARC 21 holdings."""
    fields = {**bibliographic().fields, **_read("holdings")}
    return Schema("MARC 21 holdings", fields, frozenset({"008", "852"}))


@cache
def authority() -> Schema:
    """Return the fields of MARC 21 authority."""
    return Schema("MARC 21 authority", _read("authority"), frozenset({"008", "040"}))


# The formats that are known, and what makes their schemas.
SCHEMAS: Mapping[str, Callable[[], Schema]] = MappingProxyType(
    {"bibliographic": bibliographic, "holdings": holdings, "authority": authority}
)


def _read(name: str) -> dict[str, FieldRule]:
    text = resources.files("techproc.marc.schema").joinpath(f"{name}.txt").read_text("utf-8")
    rules = (_rule(line) for line in text.splitlines() if line and not line.startswith("#"))
    return {rule.tag: rule for rule in rules}


def _rule(line: str) -> FieldRule:
    match = _LINE.fullmatch(line)
    if match is None:  # a mistake in our own data
        raise ConfigError(f"the schema's line {line!r} is not understood")
    tag, repeat, obsolete, name, first, second, codes = match.groups()
    subfields: dict[str, bool] = {}
    gone: set[str] = set()
    anything = False
    for code in codes.split() if codes else ():
        if code == "*":
            anything = True
        elif code.startswith("~"):
            gone.add(code[1])
            subfields[code[1]] = True
        else:
            subfields[code[0]] = code.endswith("*")
    if codes:
        subfields = _CONTROL | subfields
    return FieldRule(
        tag=tag, name=name, repeatable=repeat == "R", obsolete=bool(obsolete),
        indicators=(_indicator(first), _indicator(second)) if first and second else None,
        subfields=subfields, obsolete_subfields=frozenset(gone), any_subfield=anything,
    )  # fmt: skip


def _indicator(codes: str) -> dict[str, bool]:
    spelt = _RANGE.sub(
        lambda m: "".join(map(str, range(int(m.group(1)), int(m.group(2)) + 1))), codes
    )
    current, _, obsolete = spelt.replace("#", " ").partition("~")
    return dict.fromkeys(current, False) | dict.fromkeys(obsolete, True)
