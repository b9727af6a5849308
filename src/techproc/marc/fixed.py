"""Leader, 006, 007 and 008 by position, with the names and values of MARC 21's own code lists.

The lists are data, in `fixed_fields.txt`. Source: MARC 21 Format for Bibliographic Data, Library of
Congress. Which 008 positions 18-34 apply is decided by LDR/06-07, which 006 by its first character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import pymarc

from techproc.errors import ConfigError
from techproc.marc.scanned import leader_text

__all__ = [
    "Element",
    "FixedValue",
    "code_name",
    "layout",
    "material",
    "material_of",
    "view_fixed",
]

_MATERIALS = {
    "a": "BK", "t": "BK", "m": "CF", "e": "MP", "f": "MP", "c": "MU", "d": "MU", "i": "MU",
    "j": "MU", "g": "VM", "k": "VM", "o": "VM", "r": "VM", "p": "MX", "s": "CR",
}  # fmt: skip
_LINE = re.compile(r"(\d\d)(?:-(\d\d))?(\*?) ([^|]+?)(?: \| (.*))?")


@dataclass(frozen=True, slots=True)
class Element:
    """Positions `start` to `end` (exclusive) of a fixed field: their name, and what they may hold.

    `codes` is empty where anything may stand. Obsolete codes are in `codes` and in `obsolete`.
    `each`: every position holds a code by itself (illustrations, contents).
    """

    start: int
    end: int
    name: str
    codes: Mapping[str, str]
    obsolete: frozenset[str] = frozenset()
    each: bool = False

    def meaning(self, value: str) -> str | None:
        """Return what a value means; "" where anything may stand, None when it is not defined."""
        if not self.codes:
            return ""
        # Where each position holds a code, the fill character may stand for one or for all.
        parts = list(value) if self.each else [value]
        names = [self.codes.get(part) for part in parts]
        if value == "|" * len(value):
            return "no attempt to code"
        if any(name is None for name in names):
            return None
        meant = [n for part, n in zip(parts, names, strict=True) if part != " " and n]
        return "; ".join(meant) if meant else names[0]


@dataclass(frozen=True, slots=True)
class FixedValue:
    """An element as it stands in one record."""

    path: str  # 008/18-21
    name: str
    value: str
    meaning: str | None  # "" where anything may stand; None: not a defined code
    obsolete: bool = False


@cache
def _layouts() -> dict[str, tuple[Element, ...]]:
    text = resources.files("techproc.marc").joinpath("fixed_fields.txt").read_text("utf-8")
    found: dict[str, list[Element]] = {}
    section: list[Element] = []
    for line in text.splitlines():
        if line.startswith("["):
            section = found.setdefault(line[1:-1].split(" ")[0], [])
        elif line and not line.startswith("#"):
            section.append(_element(line))
    return {name: tuple(elements) for name, elements in found.items()}


def _element(line: str) -> Element:
    match = _LINE.fullmatch(line)
    if match is None:  # a mistake in our own data
        raise ConfigError(f"fixed_fields.txt: {line!r} is not understood")
    first, last, each, name, codes = match.groups()
    values: dict[str, str] = {}
    obsolete = set()
    for pair in codes.split("; ") if codes else ():
        # The first character may be = or # itself; `=` parts code and value.
        code, _, value = pair.partition("=")
        code = code.replace("#", " ")
        if value.startswith("~"):
            obsolete.add(code)
            value = value[1:]
        values[code] = value
    return Element(
        int(first), int(last or first) + 1, name, values, frozenset(obsolete), bool(each)
    )


def material(record: pymarc.Record) -> str | None:
    """Return the material by which 008 is read: BK, CF, MP, MU, CR, VM or MX, or None.

    >>> material(pymarc.Record()) is None
    True
    """
    return material_of(leader_text(record))


def material_of(leader: str) -> str | None:
    """Return the material that a leader names.

    >>> material_of("00000nam a2200000 i 4500"), material_of("00000nas a2200000 i 4500")
    ('BK', 'CR')
    """
    if leader[6:7] == "a" and leader[7:8] in ("b", "i", "s"):
        return "CR"
    # s is a 006's code for continuing resources; no LDR/06 has it.
    return _MATERIALS.get(leader[6:7]) if leader[6:7] != "s" else None


@cache
def layout(tag: str, kind: str = "") -> tuple[Element, ...]:
    """Return the elements of LDR, 006, 007 or 008, in order.

    `kind` is the material of an 008 ("BK", …), the first character of a 006 or 007. Empty when
    there is no such layout.

    >>> [element.name for element in layout("007", "t")]
    ['Category of material', 'Specific material designation']
    """
    layouts = _layouts()
    if tag == "LDR":
        return layouts["LDR"]
    if tag == "008":
        special = layouts.get(f"008/{kind}", ())
        both = [*layouts["008"], *special]
        return tuple(sorted(both, key=lambda e: e.start))
    if tag == "007":
        special = layouts.get(f"007/{kind}", ())
        return (Element(0, 1, "Category of material", _categories()), *special) if special else ()
    if tag == "006":
        special = layouts.get(f"008/{_MATERIALS.get(kind, '')}", ())
        moved = (
            Element(e.start - 17, e.end - 17, e.name, e.codes, e.obsolete, e.each) for e in special
        )
        return (Element(0, 1, "Form of material", _forms()), *moved) if special else ()
    return ()


@cache
def _categories() -> dict[str, str]:
    text = resources.files("techproc.marc").joinpath("fixed_fields.txt").read_text("utf-8")
    return dict(re.findall(r"^\[007/(.) (.+)\]$", text, re.MULTILINE))


@cache
def _forms() -> dict[str, str]:
    names = {e.name: e.codes for e in _layouts()["LDR"]}["Type of record"]
    forms = {code: name for code, name in names.items() if code in _MATERIALS}
    return forms | {"s": "serial or integrating resource"}


def code_name(path: str, code: str, kind: str = "") -> str | None:
    """Return what a code means at a place such as "LDR/06" or "008/23" of a material.

    >>> code_name("008/23", "o", "BK")
    'online'
    """
    tag, _, positions = path.partition("/")
    start = int(positions.partition("-")[0])
    for element in layout(tag, kind):
        if element.start <= start < element.end:
            return element.meaning(code)
    return None


def _fixed_texts(record: pymarc.Record) -> Iterable[tuple[str, str, str]]:
    """Yield (tag, text, kind of layout) for the leader and each fixed field."""
    yield "LDR", str(record.leader), ""
    for field in record.fields:
        if field.tag in ("006", "007") and field.data:
            yield field.tag, field.data, field.data[0]
        elif field.tag == "008" and field.data:
            yield field.tag, field.data, material(record) or ""


def view_fixed(record: pymarc.Record) -> list[FixedValue]:
    """Return every element of the leader, 006, 007 and 008, with what its value means."""
    values = []
    for tag, text, kind in _fixed_texts(record):
        for element in layout(tag, kind):
            value = text[element.start : element.end]
            if len(value) < element.end - element.start:
                break
            end = f"-{element.end - 1:02d}" if element.end - element.start > 1 else ""
            path = f"{tag}/{element.start:02d}{end}"
            meaning = element.meaning(value)
            parts = set(value) if element.each else {value}
            obsolete = bool(parts & element.obsolete)
            values.append(FixedValue(path, element.name, value, meaning, obsolete))
    return values
