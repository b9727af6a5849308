"""The match rules of Koha and Evergreen in one form: points with a score, and a condition.

A file of rules is TOML::

    extends = "koha"                # optional: a preset
    threshold = 1000                # points that make a match

    [[point]]                       # equal values of a point add its score
    name = "ISBN"
    fields = ["020$a"]              # field paths; several values are alternatives
    norm = "isbn"
    score = 1000

    [[point]]
    name = "author and title"
    parts = ["100$a", "245$a"]      # joined to one value, as Koha joins the components of a point
    norm = "letters"
    score = 500

    [require]                       # a condition on the points, by their names
    all = ["title", { any = ["ISBN", "LCCN"] }, { not = "volume" }]

Koha: points add up, `threshold` is the rule's, required checks are points without a score that are
listed in `require.all`. Evergreen: the tree of a match set is `require`, the quality of its points
is `score`, and there is no threshold (0).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.identifiers.isbn import parse as parse_isbn
from techproc.marc.path import FieldPath
from techproc.rulefiles import check_keys, preset_names, read_rules
from techproc.text import naco

__all__ = ["NORMS", "Condition", "MatchRules", "Point", "load_match_rules", "match_presets"]

_PACKAGE = "techproc.dedupe.mirror"
_KEYS = ("description", "extends", "threshold", "point", "require")
_POINT_KEYS = ("name", "fields", "parts", "norm", "score")


def _isbn(text: str) -> str:
    return parse_isbn(text).isbn13 or ""


def _letters(text: str) -> str:
    """Koha's legacy default: capitals, letters and digits alone."""
    return re.sub(r"[^0-9A-Z]", "", _plain(text).upper())


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


NORMS: Mapping[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "trim": str.strip,
    "spaces": lambda text: re.sub(r"\s+", "", text),
    "upper": lambda text: text.upper(),
    "lower": lambda text: text.lower(),
    "letters": _letters,
    "isbn": _isbn,
    "naco": naco,
}


@dataclass(frozen=True, slots=True)
class Point:
    """Something two records may have in common, and what it is worth.

    `fields` give alternative values; `parts` are joined to one value, which needs all of them.
    """

    name: str
    fields: tuple[FieldPath, ...] = ()
    parts: tuple[FieldPath, ...] = ()
    norm: str = "none"
    score: int = 0


# A point's name, or ("all" | "any" | "not", conditions).
Condition = str | tuple[str, tuple["Condition", ...]]


@dataclass(frozen=True, slots=True)
class MatchRules:
    """Points, the score that makes a match, and what must hold besides.

    >>> [point.name for point in load_match_rules("koha").points]
    ['ISBN', 'title']
    """

    points: tuple[Point, ...]
    threshold: int = 0
    require: Condition | None = None
    description: str = ""


def match_presets() -> tuple[str, ...]:
    """Return the names of the rules that come with the package."""
    return preset_names(_PACKAGE)


def load_match_rules(source: str | Path) -> MatchRules:
    """Return the rules of a preset, by its name, or of a TOML file.

    Raises ConfigError naming the file, the point and what is allowed there.
    """
    return _rules(read_rules(source, _PACKAGE, "set of match rules"), str(source))


def _rules(mapping: Mapping[str, Any], where: str) -> MatchRules:
    check_keys(mapping, _KEYS, where)
    base = load_match_rules(str(mapping["extends"])) if "extends" in mapping else MatchRules(())
    tables = mapping.get("point", [])
    if not isinstance(tables, list):
        raise ConfigError(f"{where}: write [[point]] for each point")
    own = [_point(table, f"{where}: point {n}") for n, table in enumerate(tables, 1)]
    named = {point.name: point for point in (*base.points, *own)}
    if not any(point.score for point in named.values()) and "require" not in mapping:
        raise ConfigError(
            f"{where}: no point has a score, and nothing is required: nothing matches"
        )
    threshold = mapping.get("threshold", base.threshold)
    if isinstance(threshold, bool) or not isinstance(threshold, int):
        raise ConfigError(f"{where}: threshold = {threshold!r} is not a whole number")
    require = base.require
    if "require" in mapping:
        require = _condition(mapping["require"], named, f"{where}: require")
    return MatchRules(
        tuple(named.values()), threshold, require, str(mapping.get("description", base.description))
    )


def _point(table: Any, where: str) -> Point:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: write [[point]] and its keys below")
    check_keys(table, _POINT_KEYS, where)
    if ("fields" in table) == ("parts" in table):
        raise ConfigError(f"{where}: it takes either fields (alternatives) or parts (joined)")
    norm = str(table.get("norm", "none"))
    if norm not in NORMS:
        raise ConfigError(f"{where}: no norm is called {norm}; {name_hint(norm, NORMS)}")
    score = table.get("score", 0)
    if isinstance(score, bool) or not isinstance(score, int):
        raise ConfigError(f"{where}: score = {score!r} is not a whole number")
    texts = table.get("fields", table.get("parts"))
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise ConfigError(f"{where}: fields and parts take field paths")
    paths = tuple(FieldPath.parse(text) for text in texts)
    return Point(
        name=str(table.get("name", ", ".join(texts))),
        fields=paths if "fields" in table else (),
        parts=paths if "parts" in table else (),
        norm=norm,
        score=score,
    )


def _condition(value: Any, points: Mapping[str, Point], where: str) -> Condition:
    if isinstance(value, str):
        if value not in points:
            raise ConfigError(f"{where}: no point is called {value}; {name_hint(value, points)}")
        return value
    if isinstance(value, Mapping) and len(value) == 1:
        (word, some) = next(iter(value.items()))
        if word in ("all", "any", "not"):
            parts = some if isinstance(some, list) else [some]
            return word, tuple(_condition(part, points, where) for part in parts)
    raise ConfigError(f"{where}: {value!r}: it takes a point's name, or one of all, any, not")


def names_in(condition: Condition | None) -> Iterator[str]:
    """Yield the names of the points in a condition."""
    if isinstance(condition, str):
        yield condition
    elif condition is not None:
        for part in condition[1]:
            yield from names_in(part)
