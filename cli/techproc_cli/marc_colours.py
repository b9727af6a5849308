"""A record in colour on a terminal."""

from __future__ import annotations

import pymarc
from rich.console import Console
from rich.text import Text

__all__ = ["print_record", "styled"]


def styled(record: pymarc.Record) -> Text:
    """Return a record as coloured text: tags, indicators, subfield codes and values."""
    text = Text()
    text.append("LDR", "bold cyan").append(f"    {_visible(str(record.leader))}\n")
    for field in record.fields:
        text.append(field.tag, "bold cyan")
        if field.control_field:
            text.append(f"    {_visible(field.data or '')}\n")
            continue
        one, two = field.indicators or (" ", " ")
        text.append(f" {one}{two}".replace(" ", "_").replace("_", " ", 1), "yellow")
        for code, value in field.subfields:
            text.append(f" ${code} ", "bold magenta").append(_visible(value))
        text.append("\n")
    return text


def _visible(value: str) -> str:
    """Return text in which control characters cannot steer the terminal."""
    return "".join(
        c if c >= " " and c != "\x7f" and not "\x80" <= c < "\xa0" else "\ufffd" for c in value
    )


def print_record(record: pymarc.Record) -> None:
    """Print a record to standard output; NO_COLOR is heeded."""
    Console(highlight=False, soft_wrap=True).print(styled(record))
