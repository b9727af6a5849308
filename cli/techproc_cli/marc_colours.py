"""A record in colour on a terminal."""

from __future__ import annotations

import pymarc
from rich.console import Console
from rich.text import Text

from techproc.marc.fielddiff import FieldChange, RecordDiff

__all__ = ["print_changes", "print_record", "styled", "styled_changes", "visible"]


def styled(record: pymarc.Record) -> Text:
    """Return a record as coloured text: tags, indicators, subfield codes and values."""
    text = Text()
    text.append("LDR", "bold cyan").append(f"    {visible(str(record.leader))}\n")
    for field in record.fields:
        text.append(field.tag, "bold cyan")
        if field.control_field:
            text.append(f"    {visible(field.data or '')}\n")
            continue
        one, two = field.indicators or (" ", " ")
        text.append(f" {one}{two}".replace(" ", "_").replace("_", " ", 1), "yellow")
        for code, value in field.subfields:
            text.append(f" ${code} ", "bold magenta").append(visible(value))
        text.append("\n")
    return text


def visible(value: str) -> str:
    """Return text in which control characters cannot steer the terminal."""
    return "".join(
        c if c >= " " and c != "\x7f" and not "\x80" <= c < "\xa0" else "\ufffd" for c in value
    )


def print_record(record: pymarc.Record) -> None:
    """Print a record to standard output; NO_COLOR is heeded."""
    Console(highlight=False, soft_wrap=True).print(styled(record))


_SIGNS = {"before": ("-", "red"), "after": ("+", "green")}


def styled_changes(diff: RecordDiff) -> Text:
    """Return what differs between two records: a line a field, what stood there and what does."""
    text = Text()
    for change in diff.changes:
        if change.kind == "kept":
            text.append("  ~ ", "yellow").append(_line(change, "after")).append(
                " (moved)\n", "yellow"
            )
            continue
        for side, (sign, colour) in _SIGNS.items():
            if getattr(change, side) is not None:
                text.append(f"  {sign} ", colour).append(_line(change, side, colour)).append("\n")
    return text


def _line(change: FieldChange, side: str, colour: str = "") -> Text:
    """Return one field as text; the parts that differ stand out."""
    text = Text().append(change.tag, "bold cyan").append(" ")
    for part in change.subfields:
        value: str | None = getattr(part, side)
        if value is None:
            continue
        style = f"bold {colour}" if part.kind != "kept" and colour else ""
        if part.code.startswith("ind"):
            text.append(value.replace(" ", "_"), style)
        elif part.code:
            text.append(f" ${part.code} ", "bold magenta").append(visible(value), style)
        else:
            text.append("  ").append(visible(value), style)
    return text


def print_changes(diff: RecordDiff) -> None:
    """Print what differs between two records to standard output; NO_COLOR is heeded."""
    Console(highlight=False, soft_wrap=True).print(styled_changes(diff), end="")
