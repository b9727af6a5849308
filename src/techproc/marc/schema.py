"""The fields of MARC 21 bibliographic as data: tags, indicators, subfields, what may be repeated.

The lists are in `bibliographic.txt`; the shape is that of an Avram schema (fields, indicators,
subfields, `repeatable`), which `as_avram` returns. Source: MARC 21 Format for Bibliographic Data,
Library of Congress.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from techproc.errors import ConfigError

__all__ = ["FieldRule", "as_avram", "bibliographic", "is_local"]

_LINE = re.compile(r"(\d{3}) (N?R) (~?)([^|]+?)(?: \| ([^|]+) \| ([^|]+) \| (.+))?")
_RANGE = re.compile(r"(\d)-(\d)")
# Every data field has these; data provenance ($7) came in 2022.
_CONTROL = {"6": False, "7": True, "8": True}


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
    current: frozenset[str] = frozenset()  # subfield codes that are not obsolete


def is_local(tag: str) -> bool:
    """Return True for tags that MARC 21 leaves to libraries and systems: those with a 9 or letters.

    >>> [tag for tag in ("049", "090", "245", "490", "952", "FMT") if is_local(tag)]
    ['049', '090', '952', 'FMT']
    """
    return not tag.isdigit() or ("9" in tag and tag not in bibliographic())


@cache
def bibliographic() -> Mapping[str, FieldRule]:
    """Return the rule of every tag of MARC 21 bibliographic."""
    text = resources.files("techproc.marc").joinpath("bibliographic.txt").read_text("utf-8")
    rules = (_rule(line) for line in text.splitlines() if line and not line.startswith("#"))
    return {rule.tag: rule for rule in rules}


def _rule(line: str) -> FieldRule:
    match = _LINE.fullmatch(line)
    if match is None:  # a mistake in our own data
        raise ConfigError(f"bibliographic.txt: {line!r} is not understood")
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
        current=frozenset(subfields) - gone,
    )  # fmt: skip


def _indicator(codes: str) -> dict[str, bool]:
    spelt = _RANGE.sub(
        lambda m: "".join(map(str, range(int(m.group(1)), int(m.group(2)) + 1))), codes
    )
    current, _, obsolete = spelt.replace("#", " ").partition("~")
    return dict.fromkeys(current, False) | dict.fromkeys(obsolete, True)


def as_avram() -> dict[str, Any]:
    """Return the schema as an Avram object, ready for JSON.

    >>> as_avram()["fields"]["245"]["repeatable"]
    False
    """
    fields: dict[str, Any] = {}
    for rule in bibliographic().values():
        entry: dict[str, Any] = {
            "tag": rule.tag, "label": rule.name, "repeatable": rule.repeatable,
        }  # fmt: skip
        if rule.obsolete:
            entry["deprecated"] = True
        if rule.indicators:
            for number, codes in enumerate(rule.indicators, 1):
                entry[f"indicator{number}"] = {
                    "codes": {c: {} for c, gone in codes.items() if not gone},
                    "deprecated-codes": {c: {} for c, gone in codes.items() if gone},
                }
            entry["subfields"] = {
                c: {"code": c, "repeatable": r}
                for c, r in rule.subfields.items()
                if c not in rule.obsolete_subfields
            }
        fields[rule.tag] = entry
    return {"family": "marc", "title": "MARC 21 bibliographic", "fields": fields}
