"""Makes docs/reference/ from the code: commands, policy keys, the Python interface.

python scripts/build_reference.py            write the pages
python scripts/build_reference.py --check    exit 1 when a page is not what the code says
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click

import techproc
from techproc.config import Policy, describe_keys
from techproc.marc import _plainscan
from techproc.marc.edit import mended_rules
from techproc.marc.validate import PROFILES, RULES, Rule, Validator
from techproc.marc.validate.example import SOUND, example_record
from techproc.marc.validate.profiles import ABOUT
from techproc_cli.main import cli

MENDED = mended_rules()
REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def pages() -> Iterator[tuple[str, str]]:
    """Yield (file name, text) of every generated page."""
    yield "configuration.md", configuration()
    yield "api.md", interface()
    commands = list(walk(click.Context(cli, info_name="techproc")))
    yield "cli.md", overview(commands)
    yield "validation-rules.md", rule_list()
    yield "sound-record.md", sound_record()
    for rule in RULES.values():
        yield f"rules/{rule.id.removeprefix('marc.')}.md", rule_page(rule)
    for name in cli.list_commands(click.Context(cli)):
        members = [c for c in commands if c.command_path.split()[1:2] == [name]]
        yield f"cli-{name}.md", command_page(name, members)


def walk(context: click.Context) -> Iterator[click.Context]:
    """Yield a context for each command below a group, the group's own first."""
    command = context.command
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is None or child.hidden:
            continue
        below = click.Context(child, info_name=name, parent=context)
        yield below
        yield from walk(below)


def overview(commands: list[click.Context]) -> str:
    rows = [
        f"| [`{c.command_path}`](cli-{c.command_path.split()[1]}.md) | {c.command.get_short_help_str(120)} |"
        for c in commands
    ]
    return page(
        "Commands",
        [
            "Data goes to standard output, everything else to standard error; `-` is standard input or",
            "output; `--json` prints one JSON object a line, described by the schemas in `schemas/`.",
            "",
            "Exit codes: 0 ok · 1 findings at or above `--fail-on` · 2 usage or unusable input · 3 some",
            "records rejected · 4 a source unavailable · 5 refused because it would lose data · 130",
            "interrupted.",
            "",
            "| command | what it does |",
            "|---|---|",
            *rows,
        ],
    )


def command_page(name: str, members: list[click.Context]) -> str:
    lines: list[str] = []
    for context in members:
        lines += [f"## {context.command_path}", "", "```text"]
        lines += [line.rstrip() for line in context.command.get_help(context).splitlines()]
        lines += ["```", ""]
    return page(f"techproc {name}", lines)


def configuration() -> str:
    lines = [
        "A library's policy stands in `techproc.toml`; `techproc config show` prints one to start from.",
        "The first of these that sets a key wins: a flag, the environment variable",
        "`TECHPROC_<SECTION>_<KEY>`, `./techproc.toml`, the user's configuration, the default. An unknown",
        "key is an error.",
        "",
    ]
    section = ""
    for name, value, kind, doc in describe_keys(Policy()):
        head, _, key = name.partition(".")
        if head != section:
            section = head
            about = inspect.getdoc(type(getattr(Policy(), head))) or ""
            lines += [
                "",
                f"## [{head}]",
                "",
                about,
                "",
                "| key | default | takes | meaning |",
                "|---|---|---|---|",
            ]
        shown = json.dumps(value, ensure_ascii=False)
        lines.append(f"| `{key}` | `{shown}` | {cell(kind)} | {cell(doc)} |")
    return page("Configuration", lines)


def rule_list() -> str:
    lines = [
        "What `techproc marc validate` looks for, by family. An id stays what it is: waivers, baselines and",
        "`--ignore` name it. Each rule has a page with its source and its examples, which are tests too.",
        "",
        "| profile | what it is for |",
        "|---|---|",
        *(f"| `{name}` | {about} |" for name, about in ABOUT.items()),
    ]
    others = [name for name in PROFILES if name != "default"]
    family = ""
    for rule in sorted(RULES.values(), key=lambda rule: rule.family):
        if rule.family != family:
            family = rule.family
            lines += ["", f"## {family}", "", f"| rule | default | {' | '.join(others)} | finds |"]
            lines.append("|---|---|" + "---|" * len(others) + "---|")
        levels = [PROFILES[name].get(rule.id) for name in PROFILES]
        cells = [f"[`{rule.id}`](rules/{rule.id.removeprefix('marc.')}.md)"]
        cells += [level.value if level else "" for level in levels]
        lines.append("| " + " | ".join([*cells, cell(rule.finds)]) + " |")
    return page("Validation rules", lines)


def rule_page(rule: Rule) -> str:
    record = example_record(rule.failing)
    found = [f for f in Validator.with_profile().validate(record) if f.rule == rule.id]
    levels = [
        f"{name}: {PROFILES[name][rule.id].value}" for name in PROFILES if rule.id in PROFILES[name]
    ]
    lines = [
        f"Finds: {rule.finds}.",
        "",
        f"- Family: {rule.family}",
        f"- Severity by profile: {'; '.join(levels)}",
        f"- Source: {rule.source}",
        f"- What to do: {rule.fix}",
        *(
            [
                f"- Mended, where the record says how, by `marc edit --recipe repair` (`{MENDED[rule.id]}`)"
            ]
            if rule.id in MENDED
            else []
        ),
        "",
        f"## Breaks it, at `{rule.path}`",
        "",
        "```text",
        *map(shown, rule.failing),
        "```",
        "",
        "says",
        "",
        "```text",
        *dict.fromkeys(f"{f.severity} {f.path} {shown(f.message)}; {f.fix}" for f in found),
        "```",
        "",
        "## Keeps it",
        "",
    ]
    if rule.passing:
        lines += ["```text", *map(shown, rule.passing), "```", ""]
    lines += [
        "Lines stand for the fields of their tags in a [sound record](../sound-record.md); a line that",
        "begins with `-` takes a field out."
        if rule.passing
        else "The sound record keeps it: see there.",
    ]
    if not rule.passing:
        lines[-2:] = [
            "The [sound record](../sound-record.md), in which the lines above stand for its own, keeps it."
        ]
    return page(rule.id, lines)


def sound_record() -> str:
    lines = [
        "The record in which the examples of the validation rules stand: no profile finds a fault in it.",
        "",
        "```text",
        *SOUND,
        "```",
    ]
    return page("The sound record", lines)


def shown(text: str) -> str:
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def interface() -> str:
    lines = [
        "Every public name, from the modules' `__all__`, with what its docstring says first.",
        "",
    ]
    for module in modules():
        names = getattr(module, "__all__", ())
        if not names:
            continue
        lines += [f"## {module.__name__}", "", (inspect.getdoc(module) or "").split("\n\n")[0], ""]
        for name in names:
            lines.append(f"- {entry(module, name)}")
        lines.append("")
    return page("Python interface", lines)


def modules() -> Iterator[ModuleType]:
    yield techproc
    for info in pkgutil.walk_packages(techproc.__path__, "techproc."):
        if not any(part.startswith("_") for part in info.name.split(".")):
            yield importlib.import_module(info.name)


def entry(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    if inspect.isbuiltin(value):  # of the C core, which may not be built: its twin says the same
        value = getattr(_plainscan, name, value)
    about = ""
    if inspect.isclass(value) or inspect.isfunction(value):
        first = (inspect.getdoc(value) or "").split("\n\n")[0]
        about = " ".join(first.split())
    return f"`{name}`: {about}" if about else f"`{name}`"


def page(title: str, lines: list[str]) -> str:
    note = "<!-- made from the code by scripts/build_reference.py -->"
    return "\n".join([f"# {title}", "", note, "", *lines]).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    stale = []
    wanted = dict(pages())
    for name, text in wanted.items():
        path = REFERENCE / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    for path in (*REFERENCE.glob("cli-*.md"), *REFERENCE.glob("rules/*.md")):
        if str(path.relative_to(REFERENCE)) not in wanted:
            stale.append(path.name)
            if "--check" not in arguments:
                path.unlink()
    if "--check" in arguments and stale:
        print(f"not what the code says: {', '.join(stale)}; run scripts/build_reference.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
