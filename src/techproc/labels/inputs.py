"""Labels from what people have: a list with a number on each line, or a table (CSV) with a heading.

Columns are known by name, in any order: kind, call_number, profile, prefix, suffix, enumeration,
copy, year, title, author, name, barcode, symbology, caption, text. A row is a spine label, a
barcode label or text by its `kind`, and without one by what the command prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Final, Literal

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.labels.barcodes import SYMBOLOGIES
from techproc.labels.items import BarcodeLabel, Label, SpineLabel, TextLabel, Unprintable
from techproc.lists import heading, list_rows, mangled, too_many_cells

__all__ = ["COLUMNS", "Kind", "read_labels"]

Kind = Literal["spine", "barcode", "text"]
COLUMNS: Final = (
    "kind", "call_number", "profile", "prefix", "suffix", "enumeration", "copy", "year",
    "title", "author", "name", "barcode", "symbology", "caption", "text",
)  # fmt: skip
_OTHER_NAMES: Final = {
    "callnumber": "call_number", "itemcallnumber": "call_number", "callno": "call_number",
    "call_no": "call_number", "call_no.": "call_number", "shelfmark": "call_number",
    "volume": "enumeration", "copynumber": "copy", "copy_number": "copy",
    "value": "barcode", "item_barcode": "barcode",
}  # fmt: skip
_NEEDED: Final = {"spine": "call_number", "barcode": "barcode", "text": "text"}
_SPINE: Final = tuple(f.name for f in fields(SpineLabel))


def read_labels(text: str, kind: Kind, *, name: str = "list") -> Iterator[Label]:
    """Yield the labels of a list or table; `kind` is that of rows that do not say.

    A text whose first line names known columns is a table, read as `techproc.lists` reads tables;
    else each line is a call number or a barcode. Empty lines are passed over. A row that has
    nothing to print, an unknown kind or more cells than the heading comes as `Unprintable`. Raises
    InputError for an unknown column.

    >>> [label.call_number for label in read_labels("call_number,copy\\nQA76 .K5,2\\n", "spine")]
    ['QA76 .K5']
    """
    rows = list_rows(text, name)
    columns = [_column(cell) for cell in next(rows, (0, [""]))[1]]
    if not set(_NEEDED.values()) & set(columns):
        if len(columns) > 1 and set(COLUMNS) & set(columns):
            raise InputError(f"{name}: no column is called {' or '.join(_NEEDED.values())}")
        yield from _lines(text.splitlines(), kind, name)
        return
    if unknown := [cell for cell in columns if cell not in COLUMNS]:
        raise InputError(f"{name}: no column is called {unknown[0]!r}; known: {', '.join(COLUMNS)}")
    for line, row in rows:
        place = f"{name}, line {line}"
        if torn := too_many_cells(row, columns):
            yield _refused(torn.message, place)
        else:
            yield _label(dict(zip(columns, row, strict=False)), kind, place)


def _column(cell: str) -> str:
    plain = heading(cell).replace(" ", "_")
    return _OTHER_NAMES.get(plain, plain)


def _lines(lines: Iterable[str], kind: Kind, name: str) -> Iterator[Label]:
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            place = f"{name}, line {number}"
            if kind == "spine":
                yield SpineLabel(call_number=text, place=place)
            elif kind == "barcode":
                yield BarcodeLabel(value=text, place=place)
            else:
                yield TextLabel(lines=(text,), place=place)


def _label(row: dict[str, str], default: Kind, place: str) -> Label:
    kind = row.get("kind", "").casefold() or default
    needed = _NEEDED.get(kind)
    if needed is None:
        return _refused(f"kind takes spine, barcode or text, not {kind!r}", place)
    if not row.get(needed):
        return _refused(f"the {needed.replace('_', ' ')} is empty", place)
    if kind == "spine":
        spine = {column: value for column, value in row.items() if column in _SPINE}
        spine["name"] = row.get("name") or row.get("barcode", "")
        return SpineLabel(**spine, place=place)
    if kind == "barcode":
        return _barcode(row, place)
    return TextLabel(lines=tuple(row["text"].splitlines()), name=row.get("name", ""), place=place)


def _barcode(row: dict[str, str], place: str) -> BarcodeLabel | Unprintable:
    symbology = row.get("symbology", "").casefold()
    if symbology not in ("", *SYMBOLOGIES, "qr"):
        known = ", ".join((*SYMBOLOGIES, "qr"))
        return _refused(f"no symbology is called {symbology}; known: {known}", place)
    value = row["barcode"]
    if mangled(value):
        fix = "make the column text, type the number again and save the table anew"
        return _refused(f"a spreadsheet has cut the barcode down to {value}", place, fix)
    texts = {
        column: row[column] for column in ("caption", "text", "title", "name") if column in row
    }
    return BarcodeLabel(value=value, symbology=symbology, place=place, **texts)


def _refused(message: str, place: str, fix: str = "correct the row") -> Unprintable:
    return Unprintable(finding=Finding(rule="label.bad-row", message=message, fix=fix), name=place)
