"""Options that several commands share, each declared once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
import platformdirs

from techproc.config import Policy, describe_keys, load_policy, policy_from
from techproc.errors import ConfigError

__all__ = [
    "config_option",
    "emit_json",
    "environment_policy",
    "fail_on_option",
    "force_option",
    "json_option",
    "output_option",
    "policy_files",
    "policy_layers",
    "quiet_option",
    "read_policy",
]

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
force_option = click.option("--force", is_flag=True, help="Replace outputs that are there already.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress, no summary.")
output_option = click.option(
    "-o", "--output", default="-", metavar="FILE", help="Write to FILE; - is standard output."
)
fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    show_default=True,
    help="Exit code 1 for findings of this severity or a graver one.",
)
config_option = click.option(
    "--config",
    "config_file",
    metavar="FILE",
    help="Read the policy from FILE instead of ./techproc.toml.",
)


def emit_json(objects: Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON object a line."""
    for item in objects:
        click.echo(json.dumps(item, ensure_ascii=False))


def policy_files(config_file: str | None) -> list[Path]:
    """Return the policy files in force, the weakest first."""
    if config_file:
        return [Path(config_file)]
    user = Path(platformdirs.user_config_dir("techproc")) / "techproc.toml"
    return [path for path in (user, Path("techproc.toml")) if path.is_file()]


def policy_layers(config_file: str | None) -> list[tuple[str, Policy]]:
    """Return the policy as it grows: by default, after each file, and with the environment."""
    layers = [("default", Policy())]
    for path in policy_files(config_file):
        layers.append((str(path), load_policy(path, base=layers[-1][1])))
    layers.append(("environment", environment_policy(os.environ, layers[-1][1])))
    return layers


def read_policy(config_file: str | None) -> Policy:
    """Return the policy from the files and the environment; flags are laid over it by commands."""
    return policy_layers(config_file)[-1][1]


def environment_policy(environment: Mapping[str, str], base: Policy) -> Policy:
    """Return `base` with TECHPROC_SECTION_KEY variables laid over it."""
    for name, value, _, _ in describe_keys(base):
        section, _, key = name.partition(".")
        variable = f"TECHPROC_{section}_{key}".upper()
        if variable in environment:
            typed = _typed(environment[variable], value, variable)
            base = policy_from({section: {key: typed}}, where=variable, base=base)
    return base


def _typed(text: str, like: object, variable: str) -> Any:
    """Return the text of a variable as a value of the same type as the key's present value."""
    if isinstance(like, bool):
        if text.lower() in ("1", "true", "yes", "0", "false", "no"):
            return text.lower() in ("1", "true", "yes")
        raise ConfigError(f"{variable} = {text!r} is not allowed; it takes true or false")
    if isinstance(like, tuple):
        return [part for part in text.split(",") if part]
    if isinstance(like, int | float):
        try:
            return type(like)(text)
        except ValueError:
            raise ConfigError(f"{variable} = {text!r} is not a number") from None
    return text
