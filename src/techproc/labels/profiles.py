"""Splitting profiles: where the lines of a spine label break, in a small rule language.

A rule a line; the last one that fits a gap between two parts decides::

    letters | number        break between them
    letters + number        keep them on one line
    * ~ cutter              break only where the number has a blank (what holds without a rule)
    hide cutter-dot         do not print the point of a Cutter
    hide zero               do not print the placeholder 0 of the K schedules
    hide prime              do not print Dewey segmentation marks
    hide - /                do not print these signs
    wrap decimal 4          go to a new line after each four decimals
    break before - (        a new line before each of these signs, wherever they stand
    break after : /         a new line after each of them
    break before figures    a new line before the first figure
    break after point       a new line after the point of the class number
    first blank only        of the blanks only the first begins a line

`*` stands for any part; the parts are named in `techproc.labels.anatomy.ROLES`. What is hidden or
broken at stays where it is in the stored number.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from techproc.config import name_hint, read_toml
from techproc.errors import ConfigError
from techproc.labels.anatomy import ROLES, SCHEMES

__all__ = ["Profile", "builtin_profiles", "load_profiles", "parse_rules", "profile_named"]

_HIDEABLE = ("cutter-dot", "zero", "prime")
_BESIDE = {"before": ("figures",), "after": ("point",)}
_RULED = ("gaps", "hide", "wrap", "before", "after", "first_blank")
_GAP = re.compile(r"(?P<left>[\w*-]+)\s*(?P<what>[|+~])\s*(?P<right>[\w*-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one library breaks its call numbers.

    `gaps` holds (left role, action, right role) with action "|", "+" or "~"; `hide` what is not
    printed; `wrap` the decimals on a line (0: all); `before` and `after` the signs beside which a
    line begins ("figures": the first one; "point": that of the class number).
    """

    name: str
    scheme: str = "auto"
    description: str = ""
    gaps: tuple[tuple[str, str, str], ...] = ()
    hide: frozenset[str] = frozenset()
    wrap: int = 0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    first_blank: bool = False  # only the first blank begins a line
    width: int = 0  # characters a line may have, 0: any number (the paper decides)

    @property
    def prints_otherwise(self) -> bool:
        """Whether anything but the gaps between parts decides what is printed and where."""
        return bool(self.hide or self.wrap or self.before or self.after or self.first_blank)

    def action(self, left: str, right: str) -> str:
        """Return "|", "+" or "~" for the gap between two roles."""
        return self.actions()[left, right]

    def actions(self) -> Mapping[tuple[str, str], str]:
        """Return the actions of all gaps, by the roles on their two sides."""
        return _actions(self.gaps)


class _Actions(dict[tuple[str, str], str]):
    """Works an action out when a gap is first met."""

    def __init__(self, gaps: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__()
        self._gaps = gaps

    def __missing__(self, gap: tuple[str, str]) -> str:
        decided = "~"
        for left, what, right in self._gaps:
            if left in ("*", gap[0]) and right in ("*", gap[1]):
                decided = what
        self[gap] = decided
        return decided


@functools.lru_cache(maxsize=256)
def _actions(gaps: tuple[tuple[str, str, str], ...]) -> _Actions:
    return _Actions(gaps)


def parse_rules(text: str, *, where: str = "rules") -> dict[str, Any]:
    """Return what rules describe, as keywords of `Profile`.

    Raises ConfigError naming the line for a rule that is none and a part that does not exist.

    >>> parse_rules("letters | number\\nwrap decimal 4")
    {'gaps': (('letters', '|', 'number'),), 'wrap': 4}
    >>> parse_rules("letter | number")
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: rules, line 1: no part is called letter; did you mean letters?
    """
    found: dict[str, Any] = {}
    rule: tuple[str, Any]
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.partition("#")[0].strip()
        place = f"{where}, line {number}"
        words = line.split()
        if not line:
            continue
        if gap := _GAP.fullmatch(line):
            rule = ("gaps", (_gap(gap, place),))
        elif words[0] == "hide" and len(words) > 1:
            if wrong := [w for w in words[1:] if w[0].isalnum() and w not in _HIDEABLE]:
                raise ConfigError(
                    f"{place}: hide takes {', '.join(_HIDEABLE)} or signs, not {wrong[0]}"
                )
            rule = ("hide", frozenset(w for word in words[1:] for w in _signs(word, _HIDEABLE)))
        elif words[:2] == ["wrap", "decimal"] and len(words) == 3 and words[2].isdecimal():
            rule = ("wrap", int(words[2]))
        elif words[0] == "break" and len(words) > 2 and words[1] in _BESIDE:
            if wrong := [w for w in words[2:] if w[0].isalnum() and w not in _BESIDE[words[1]]]:
                raise ConfigError(
                    f"{place}: break {words[1]} takes {_BESIDE[words[1]][0]} or signs, "
                    f"not {wrong[0]}"
                )
            rule = (words[1], tuple(words[2:]))
        elif words == ["first", "blank", "only"]:
            rule = ("first_blank", True)
        else:
            raise ConfigError(
                f"{place}: {line!r} is no rule; a rule is PART | PART, PART + PART, PART ~ PART, "
                "hide PART, wrap decimal N, break before SIGN, break after SIGN or first blank only"
            )
        _add(found, *rule)
    return found


def _add(found: dict[str, Any], key: str, value: Any) -> None:
    """Add what one rule says to what those before it say."""
    if isinstance(value, tuple):
        found[key] = found.get(key, ()) + value
    elif isinstance(value, frozenset):
        found[key] = found.get(key, frozenset()) | value
    else:
        found[key] = value


def _signs(word: str, names: tuple[str, ...]) -> Iterable[str]:
    """Return a name as it is, and signs one by one: what is hidden is hidden by the character."""
    return (word,) if word in names else word


def _gap(gap: re.Match[str], place: str) -> tuple[str, str, str]:
    for role in (gap["left"], gap["right"]):
        if role != "*" and role not in ROLES:
            raise ConfigError(f"{place}: no part is called {role}; {name_hint(role, ROLES)}")
    return gap["left"], gap["what"], gap["right"]


def load_profiles(path: str | Path) -> dict[str, Profile]:
    """Return the built-in profiles with those of a TOML file laid over them.

    Each table is a profile: `scheme`, `description`, `rules` (a string), `extends` (a profile whose
    rules come first), `width` (characters a line may have). Raises ConfigError.
    """
    mapping = read_toml(path)
    return _profiles_from(mapping, str(path), builtin_profiles())


@functools.cache
def builtin_profiles() -> dict[str, Profile]:
    """Return the profiles that come with the package, by name."""
    text = files("techproc.labels").joinpath("profiles.toml").read_text("utf-8")
    return _profiles_from(tomllib.loads(text), "profiles.toml", {})


def profile_named(name: str, profiles: Mapping[str, Profile] | None = None) -> Profile:
    """Return a profile; "auto" is one that reads each number by the scheme it looks like.

    >>> profile_named("lcc")
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: no splitting profile is called lcc; did you mean lc?
    """
    known = builtin_profiles() if profiles is None else profiles
    if name in known:
        return known[name]
    raise ConfigError(f"no splitting profile is called {name}; {name_hint(name, known)}")


def _profiles_from(
    mapping: Mapping[str, Any], where: str, base: Mapping[str, Profile]
) -> dict[str, Profile]:
    found = dict(base)
    allowed = {"scheme", "description", "rules", "extends", "width"}
    for name, table in mapping.items():
        place = f"{where}: [{name}]"
        if not isinstance(table, Mapping):
            raise ConfigError(f"{where}: {name} is a profile: write [{name}]")
        if unknown := sorted(set(table) - allowed):
            raise ConfigError(
                f"{place}: unknown key {unknown[0]}; known: {', '.join(sorted(allowed))}"
            )
        for key in sorted(allowed - {"width"}):
            if not isinstance(table.get(key, ""), str):
                raise ConfigError(f"{place}: {key} is a text, not {table[key]!r}")
        parent = profile_named(table["extends"], found) if "extends" in table else None
        scheme = table.get("scheme", parent.scheme if parent else "auto")
        if scheme not in (*SCHEMES, "auto"):
            raise ConfigError(f"{place}: scheme takes auto, {', '.join(SCHEMES)}, not {scheme!r}")
        rules = parse_rules(table.get("rules", ""), where=f"{place} rules")
        if parent:
            own, rules = rules, {key: getattr(parent, key) for key in _RULED}
            for key, value in own.items():
                _add(rules, key, value)
        width = table.get("width", parent.width if parent else 0)
        if isinstance(width, bool) or not isinstance(width, int) or width < 0:
            raise ConfigError(f"{place}: width is a number of characters, not {width!r}")
        found[name] = Profile(
            name=name,
            scheme=scheme,
            description=table.get("description", ""),
            width=width,
            **rules,
        )
    return found
