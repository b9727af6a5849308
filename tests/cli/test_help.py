"""Every command has help with an example, a reference page, and JSON that its schema describes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from techproc_cli.groups import LazyGroup
from techproc_cli.main import cli
from techproc_cli.marc import marc

ROOT = Path(__file__).parents[2]


def walk(context: click.Context) -> Iterator[click.Context]:
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            below = click.Context(child, info_name=name, parent=context)
            yield below
            yield from walk(below)


ALL = list(walk(click.Context(cli, info_name="techproc")))


@pytest.mark.parametrize("context", ALL, ids=[context.command_path for context in ALL])
def test_help_ends_in_an_example(context: click.Context) -> None:
    """The help says what the command does and shows it at work."""
    text = context.command.get_help(context)
    assert "Example" in text
    assert f"techproc {context.command_path.split()[1]}" in text.split("Example", 1)[1]
    assert not [
        option
        for option in context.command.params
        if isinstance(option, click.Option) and not option.help
    ]


@pytest.mark.parametrize("context", ALL, ids=[context.command_path for context in ALL])
def test_each_command_has_its_place_in_the_reference(context: click.Context) -> None:
    """docs/reference has the page, and the page has the command."""
    page = ROOT / "docs" / "reference" / f"cli-{context.command_path.split()[1]}.md"
    assert f"## {context.command_path}\n" in page.read_text("utf-8")


@pytest.mark.parametrize("context", ALL, ids=[context.command_path for context in ALL])
def test_json_output_has_a_schema(context: click.Context) -> None:
    """A command with --json has a schema of its name."""
    if not any(parameter.name == "as_json" for parameter in context.command.params):
        return
    name = "-".join(context.command_path.split()[1:]).removesuffix("-find")  # dedupe's default
    schemas = {path.name for path in (ROOT / "docs" / "reference" / "schemas").iterdir()}
    assert any(schema.startswith(name) for schema in schemas), name


@pytest.mark.parametrize("group", [cli, marc], ids=["techproc", "techproc marc"])
def test_the_table_of_commands_says_what_their_help_says(group: LazyGroup) -> None:
    """The one-line help in a lazy table begins the command's own."""
    context = click.Context(group)
    for name, (_, text) in group.table.items():
        own = " ".join(group.get_command(context, name).help.split())  # type: ignore[union-attr]
        assert own.startswith(text.removesuffix(".")), name


@pytest.mark.parametrize("context", ALL, ids=[context.command_path for context in ALL])
def test_no_default_is_shown_that_says_nothing(context: click.Context) -> None:
    """An option that is empty by default does not say so."""
    assert 'default: ""' not in context.command.get_help(context)


def test_a_group_lists_its_commands_with_their_whole_help() -> None:
    """No sentence ends in dots where the line ends."""
    for context in ALL:
        if isinstance(context.command, click.Group):
            assert "..." not in context.command.get_help(context).partition("Commands:")[2]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (["lables"], "did you mean labels?"),
        (["marc", "validat"], "did you mean validate?"),
        (["sources", "xyz"], "known: check, list, scan, search"),
    ],
)
def test_a_command_that_there_is_not_is_told_with_the_nearest(typed: list[str], hint: str) -> None:
    """A slip of the fingers costs no look into the help."""
    ran = CliRunner().invoke(cli, typed)
    assert ran.exit_code == 2
    assert hint in ran.stderr


def test_help_loads_nothing_heavy() -> None:
    """`techproc --help` imports neither numpy nor pymarc nor the network."""
    code = (
        "import sys; sys.argv = ['techproc', '--help']\n"
        "from techproc_cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pymarc', 'lxml', 'requests', 'uharfbuzz', 'rich', 'rapidfuzz'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_reference_is_what_the_code_says() -> None:
    """The generated pages are up to date."""
    script = ROOT / "scripts" / "build_reference.py"
    ran = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
