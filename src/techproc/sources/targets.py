"""SRU targets as data: ours in the package's targets.toml, the user's own beside it."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from techproc.config import name_hint, read_toml
from techproc.errors import ConfigError

__all__ = ["Target", "find_targets", "load_targets", "user_targets_file"]

_VERSIONS = ("1.1", "1.2", "2.0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One SRU server: where it is, what it speaks, what it is called there, how hard to ask it."""

    key: str
    url: str
    name: str = ""
    version: str = "1.2"
    schema: str = "marcxml"
    isbn: str = ""
    issn: str = ""
    title: str = ""
    author: str = ""
    id: str = ""
    lccn: str = ""
    page: int = 50
    batch: int = 25
    forms: str = "both"
    query: str = "cql"
    rate: float = 4.0
    burst: int = 8
    connections: int = 4
    canary: str = ""
    username: str = ""
    password_env: str = ""
    note: str = ""


def user_targets_file() -> Path:
    """Return where the user's own targets are looked for."""
    import platformdirs  # noqa: PLC0415 - only those who ask for targets need it

    return Path(platformdirs.user_config_dir("techproc")) / "targets.toml"


def load_targets(own: str | Path | None = None) -> dict[str, Target]:
    """Return all targets by key: ours, and over them those of the user's file when it is there.

    `own` names another file than the user's usual one, which then must exist. Raises ConfigError
    for a file that cannot be read, an unknown key, a wrong type or an impossible value.

    >>> load_targets()["k10plus"].isbn
    'pica.isb'
    """
    text = files("techproc.sources").joinpath("targets.toml").read_text("utf-8")
    targets = _targets(tomllib.loads(text), "targets.toml")
    path = Path(own) if own is not None else user_targets_file()
    if own is not None or path.is_file():
        mapping = read_toml(path)
        targets |= _targets(mapping, str(path))
    return targets


def find_targets(keys: Iterable[str], targets: Mapping[str, Target]) -> list[Target]:
    """Return the targets with the given keys; raises ConfigError for one that is not there."""
    found = []
    for key in keys:
        if key not in targets:
            near = difflib.get_close_matches(key, targets, n=1)
            hint = f"did you mean {near[0]}?" if near else "see techproc sources list"
            raise ConfigError(f"there is no target {key!r}; {hint}")
        found.append(targets[key])
    return found


def _targets(mapping: Mapping[str, Any], where: str) -> dict[str, Target]:
    return {key: _target(key, value, where) for key, value in mapping.items()}


def _target(key: str, table: Any, where: str) -> Target:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: {key} is not a table; write [{key}] and its keys below")
    defaults = {f.name: f.default for f in dataclasses.fields(Target) if f.name != "key"}
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name not in defaults:
            raise ConfigError(f"{where}: [{key}]: unknown key {name}; {name_hint(name, defaults)}")
        default = defaults[name]
        wanted: type = str if default is dataclasses.MISSING else type(default)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)  # noqa: PLW2901 - 4 is as good as 4.0
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise ConfigError(f"{where}: [{key}]: {name} = {value!r} is not allowed")
        values[name] = value
    if not values.get("url", "").startswith(("http://", "https://")):
        raise ConfigError(f"{where}: [{key}]: url must begin with http:// or https://")
    if "@" in values["url"].partition("://")[2].partition("/")[0]:
        raise ConfigError(
            f"{where}: [{key}]: no user or password in url; use username and password_env"
        )
    target = Target(key=key, **values)
    checks = (
        (target.version in _VERSIONS, f"version is one of {', '.join(_VERSIONS)}"),
        (target.forms in ("both", "13"), 'forms is "both" or "13"'),
        (target.query in ("cql", "pqf"), 'query is "cql" or "pqf"'),
        (target.page > 0 and target.batch > 0, "page and batch are 1 or more"),
        (1 <= target.connections <= 4, "connections is 1 to 4"),
        (target.rate >= 0 and target.burst > 0, "rate is 0 or more, burst 1 or more"),
    )
    for right, sentence in checks:
        if not right:
            raise ConfigError(f"{where}: [{key}]: {sentence}")
    return target
