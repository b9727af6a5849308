"""Files of rules in TOML: those that ship with a package, by name, and a library's own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from techproc.config import name_hint, read_toml
from techproc.errors import ConfigError

__all__ = ["check_keys", "preset_names", "preset_text", "read_rules"]


@cache
def preset_names(package: str) -> tuple[str, ...]:
    """Return the names of the rules that ship in the `presets` folder of a package.

    >>> preset_names("techproc.marc.overlay")
    ('careful', 'evergreen', 'folio', 'koha')
    """
    folder = resources.files(package).joinpath("presets")
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir()))


def preset_text(name: str, package: str) -> str:
    """Return the TOML text of a preset of a package, to be shown or copied."""
    return resources.files(package).joinpath("presets", f"{name}.toml").read_text("utf-8")


def read_rules(source: str | Path, package: str, what: str) -> dict[str, Any]:
    """Return the tables of a preset of a package, by its name, or of a TOML file.

    Raises ConfigError for a file that cannot be read, and for a name that is no preset; `what` says
    in the message what was looked for ("overlay preset").
    """
    name, known = str(source), preset_names(package)
    if name in known:
        with resources.as_file(
            resources.files(package).joinpath("presets", f"{name}.toml")
        ) as path:
            return read_toml(path)
    if not Path(name).exists() and not any(sign in name for sign in "./\\"):
        raise ConfigError(f"no {what} is called {name}; {name_hint(name, known)}")
    return read_toml(name)


def check_keys(table: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raise ConfigError for a key of a table that is not known, with the nearest one that is.

    >>> check_keys({"feilds": 1}, ("fields", "action"), "rules.toml: rule 1")
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: rules.toml: rule 1: unknown key feilds; did you mean fields?
    """
    for key in table:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key}; {name_hint(key, known)}")
