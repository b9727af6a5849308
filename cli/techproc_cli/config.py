"""`techproc config`."""

from __future__ import annotations

import json

import click

from techproc.config import describe_keys
from techproc_cli.options import config_option, emit_json, json_option, policy_files, read_policy

__all__ = ["config"]


@click.group()
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
    policy = read_policy(config_file)
    if as_json:
        emit_json(
            {"key": name, "value": value, "type": kind, "doc": doc}
            for name, value, kind, doc in describe_keys(policy)
        )
        return
    for path in policy_files(config_file):
        click.echo(f"# from {path}")
    section = ""
    for name, value, kind, doc in describe_keys(policy):
        head, _, key = name.partition(".")
        if head != section:
            click.echo(f"{'' if not section else chr(10)}[{head}]")
            section = head
        click.echo(f"# {doc} ({kind})")
        click.echo(f"{key} = {json.dumps(value, ensure_ascii=False)}")
