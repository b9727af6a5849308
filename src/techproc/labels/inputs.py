"""Labels from what people have: a list with a number on each line, or a table (CSV) with a heading.

Columns are known by name, in any order: kind, call_number, profile, prefix, suffix, enumeration,
copy, year, title, author, name, barcode, symbology, caption, text. A row is a spine label, a
barcode label or text by its `kind`, and without one by what the command prints.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Final, Literal

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.labels.barcodes import SYMBOLOGIES
from techproc.labels.items import BarcodeLabel, Label, SpineLabel, TextLabel, Unprintable

__all__ = ["COLUMNS", "Kind", "decode_list", "read_labels"]

Kind = Literal["spine", "barcode", "text"]
COLUMNS: Final = (
    "kind", "call_number", "profile", "prefix", "suffix", "enumeration", "copy", "year",
    "title", "author", "name", "barcode", "symbology", "caption", "text",
)  # fmt: skip
_OTHER_NAMES: Final = {
    "callnumber": "call_number", "call number": "call_number", "itemcallnumber": "call_number",
    "volume": "enumeration", "copynumber": "copy", "value": "barcode", "item barcode": "barcode",
}  # fmt: skip
_SPINE: Final = tuple(f.name for f in fields(SpineLabel))


def decode_list(data: bytes, name: str) -> str:
    """Return the text of a list in UTF-8 or UTF-16; raises InputError for bytes that are neither.

    >>> decode_list(b"\\xef\\xbb\\xbfQA76", "list.txt")
    'QA76'
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{name}, line {line}: not UTF-8; save the list as UTF-8") from error
    if "\0" in text:
        raise InputError(f"{name}: not a list of text; name a CSV or text file")
    if not text.strip():
        raise InputError(f"{name}: the list is empty")
    return text


def read_labels(text: str, kind: Kind, *, name: str = "list") -> Iterator[Label]:
    """Yield the labels of a list or table; `kind` is that of rows that do not say.

    A text whose first line names known columns is a table; else each line is a call number or a
    barcode. Empty lines are passed over. A row that has nothing to print, an unknown kind or more
    cells than the heading comes as `Unprintable`. Raises InputError for an unknown column.

    >>> [label.call_number for label in read_labels("call_number,copy\\nQA76 .K5,2\\n", "spine")]
    ['QA76 .K5']
    """
    first = text.splitlines()[0] if text else ""
    delimiter = max("\t;,", key=first.count)
    heading = [_column(cell) for cell in next(csv.reader([first], delimiter=delimiter), [])]
    if not {"call_number", "barcode", "text"} & set(heading):
        yield from _lines(text.splitlines(), kind)
        return
    if unknown := [cell for cell in heading if cell not in COLUMNS]:
        raise InputError(f"{name}: no column is called {unknown[0]!r}; known: {', '.join(COLUMNS)}")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(rows)
    for row in rows:
        if any(cell.strip() for cell in row):
            place = f"{name}, line {rows.line_num}"
            if len(row) > len(heading):
                yield _refused(f"{len(row)} cells under {len(heading)} headings", place)
                continue
            yield _label(dict(zip(heading, row, strict=False)), kind, place)


def _column(cell: str) -> str:
    plain = cell.strip().casefold()
    return _OTHER_NAMES.get(plain, plain)


def _lines(lines: Iterable[str], kind: Kind) -> Iterator[Label]:
    for line in lines:
        if text := line.strip():
            if kind == "spine":
                yield SpineLabel(call_number=text)
            elif kind == "barcode":
                yield BarcodeLabel(value=text)
            else:
                yield TextLabel(lines=(text,))


def _label(row: dict[str, str], default: Kind, place: str) -> Label:
    kind = row.get("kind", "").strip().casefold() or default
    needed = {"spine": "call_number", "barcode": "barcode", "text": "text"}.get(kind)
    if needed is None:
        return _refused(f"kind takes spine, barcode or text, not {kind!r}", place)
    symbology = row.get("symbology", "").strip().casefold()
    if kind == "barcode" and symbology not in ("", *SYMBOLOGIES, "qr"):
        known = ", ".join((*SYMBOLOGIES, "qr"))
        return _refused(f"no symbology is called {symbology}; known: {known}", place)
    if not row.get(needed, "").strip():
        return _refused(f"the {needed.replace('_', ' ')} is empty", place)
    if kind == "spine":
        spine = {column: value for column, value in row.items() if column in _SPINE}
        spine["name"] = row.get("name") or row.get("barcode", "")
        return SpineLabel(**spine)
    if kind == "barcode":
        barcode = {c: row[c] for c in ("caption", "text", "title", "name") if c in row}
        return BarcodeLabel(value=row["barcode"].strip(), symbology=symbology, **barcode)
    return TextLabel(lines=tuple(row["text"].splitlines()), name=row.get("name", ""))


def _refused(message: str, place: str) -> Unprintable:
    return Unprintable(
        finding=Finding(rule="label.bad-row", message=message, fix="correct the row"), name=place
    )
