"""`techproc config`."""

from __future__ import annotations

import json

import click

from techproc.config import Policy, describe_keys
from techproc_cli.groups import CommandGroup
from techproc_cli.options import config_option, emit_json, json_option, policy_layers

__all__ = ["config"]


@click.group(cls=CommandGroup)
def config() -> None:
    """Show the policy in force and where each key comes from.

    \b
    Example:
      techproc config show > techproc.toml
    """


@config.command()
@config_option
@json_option
def show(config_file: str | None, as_json: bool) -> None:
    """Print every key with its value and meaning, as a techproc.toml to start from.

    \b
    Example:
      techproc config show > techproc.toml
    """
    layers = policy_layers(config_file)
    keys = list(describe_keys(layers[-1][1]))
    origins = _origins(layers)
    if as_json:
        emit_json(
            {"key": name, "value": value, "type": kind, "doc": doc, "from": origins[name]}
            for name, value, kind, doc in keys
        )
        return
    section = ""
    for name, value, kind, doc in keys:
        head, _, key = name.partition(".")
        if head != section:
            click.echo(f"{'' if not section else chr(10)}[{head}]")
            section = head
        click.echo(f"# {doc} ({kind})")
        origin = "" if origins[name] == "default" else f"  # from {origins[name]}"
        click.echo(f"{key} = {json.dumps(value, ensure_ascii=False)}{origin}")


def _origins(layers: list[tuple[str, Policy]]) -> dict[str, str]:
    """Return which layer gave each key the value it has."""
    origins: dict[str, str] = {}
    before: dict[str, object] = {}
    for layer, policy in layers:
        for name, value, _, _ in describe_keys(policy):
            if name not in before or before[name] != value:
                before[name], origins[name] = value, layer
    return origins
