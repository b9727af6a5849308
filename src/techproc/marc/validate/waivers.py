"""Findings that a library has looked at and lives with: a file of waivers, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techproc.config import read_toml
from techproc.errors import ConfigError
from techproc.findings import Finding

__all__ = ["Waiver", "Waivers"]

_KEYS = ("rule", "path", "control", "reason")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver: a rule, at a path (any without one), in one record (any without one).

    In `rule`, `path` and `control` a `*` stands for any characters.
    """

    rule: str
    reason: str
    path: str = "*"
    control: str = "*"

    def covers(self, finding: Finding) -> bool:
        """Return True for a finding that it speaks of.

        >>> waiver = Waiver("marc.isbn", "publisher's misprint", path="020*")
        >>> waiver.covers(Finding(rule="marc.isbn", message="", path="020$a"))
        True
        """
        return (
            _fits(self.rule, finding.rule)
            and _fits(self.path, finding.path or "")
            and _fits(self.control, finding.control or "")
        )


def _fits(pattern: str, text: str) -> bool:
    if "*" not in pattern:
        return pattern == text
    spelt = ".*".join(map(re.escape, pattern.split("*")))
    return re.fullmatch(spelt, text, re.DOTALL) is not None


class Waivers:
    """Waivers, and how often each was used."""

    def __init__(self, waivers: tuple[Waiver, ...] = ()) -> None:
        self.used = dict.fromkeys(waivers, 0)

    @classmethod
    def read(cls, path: str | Path) -> Waivers:
        """Read a TOML file of `[[waiver]]` tables with rule, reason, and maybe path and control.

        Raises ConfigError, naming the file and the waiver, for an unknown key or a missing one.
        """
        table = read_toml(path)
        entries = table.get("waiver")
        if set(table) - {"waiver"} or not isinstance(entries, list):
            raise ConfigError(f"{path}: waivers are written as [[waiver]] tables, and nothing else")
        return cls(tuple(_waiver(e, f"{path}: waiver {n}") for n, e in enumerate(entries, 1)))

    def excuses(self, finding: Finding) -> bool:
        """Return True for a finding that some waiver covers."""
        for waiver in self.used:
            if waiver.covers(finding):
                self.used[waiver] += 1
                return True
        return False

    @property
    def unused(self) -> list[Waiver]:
        """The waivers that covered nothing: what they were for is mended, or they are misspelt."""
        return [waiver for waiver, count in self.used.items() if not count]


def _waiver(entry: Mapping[str, Any], where: str) -> Waiver:
    unknown = sorted(set(entry) - set(_KEYS))
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]}; known: {', '.join(_KEYS)}")
    for key in ("rule", "reason"):
        if not entry.get(key):
            raise ConfigError(f"{where}: {key} is missing")
    if not all(isinstance(value, str) for value in entry.values()):
        raise ConfigError(f"{where}: every value is a string")
    return Waiver(**entry)
