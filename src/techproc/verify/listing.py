"""Lists of items in hand: CSV, TSV, JSON and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.lists import (
    ISBN_COLUMN,
    cell_of,
    columns_of,
    decode_list,
    heading,
    list_rows,
    read_bytes,
    too_many_cells,
)
from techproc.verify.item import ELEMENTS, Item

__all__ = ["ITEM_COLUMNS", "Line", "is_list", "read_items"]

_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")
# What the columns of an item are called.
ITEM_COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "titel", "titre", "titulo"),
    "author": ("author", "authors", "creator", "autor", "auteur"),
    "publisher": ("publisher", "imprint", "verlag", "editeur", "editorial"),
    "date": ("date", "year", "publication date", "publication year", "jahr", "annee"),
    "edition": ("edition", "auflage"),
    "isbn": ISBN_COLUMN,
    "extent": ("extent", "pages", "umfang"),
    "series": ("series", "reihe", "collection title"),
    "language": ("language", "lang", "sprache", "langue"),
    "control": ("record", "control", "control number", "001", "bib", "bib id", "biblionumber"),
}
_COLUMN = {name: column for column, names in ITEM_COLUMNS.items() for name in names}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: where it stands, what was typed, and the record it names, if any.

    `findings` are about the line; the first line has those about the whole file.
    """

    number: int
    item: Item
    control: str = ""
    findings: tuple[Finding, ...] = ()


def is_list(path: str) -> bool:
    """Tell by its name whether a file is a list of items rather than MARC records."""
    return Path(path).suffix.lower() in _SUFFIXES


def read_items(path: str) -> Iterator[Line]:
    """Yield the items of a list; "-" is standard input.

    A CSV or TSV names its columns in the first line (title, author, publisher, date, edition, isbn,
    extent, series, language; record or control for the record's number). JSON is an array or a line
    for each item. How tables are read is that of `techproc.lists`. Raises InputError for what is
    none of these.
    """
    text, about_file = decode_list(read_bytes(path), path)
    start = text.lstrip()[0]
    rows = _from_json(path, text) if start in "[{" else _from_table(path, text)
    for number, cells, findings in rows:
        item = Item.from_mapping(cells)
        if item != Item():
            control = str(cells.get("control") or "").strip()
            yield Line(number, item, control, (*about_file, *findings))
            about_file = ()


_Row = tuple[int, Mapping[str, Any], tuple[Finding, ...]]


def _from_table(path: str, text: str) -> Iterator[_Row]:
    rows = list_rows(text, path)
    line, header = next(rows)
    columns = columns_of(header, ITEM_COLUMNS)
    if not columns.keys() & set(ELEMENTS):
        raise InputError(
            f"{path}, line {line}: no column is one of {', '.join(ELEMENTS)}; name them in a header"
        )
    for number, row in rows:
        torn = too_many_cells(row, header)
        cells = {column: cell_of(row, positions) for column, positions in columns.items()}
        yield number, cells, (torn.at(file=path, record=number),) if torn else ()


def _from_json(path: str, text: str) -> Iterator[_Row]:
    try:
        if text.lstrip()[0] == "[":
            found = list(enumerate(json.loads(text), 1))
        else:
            lines = enumerate(text.splitlines(), 1)
            found = [(number, json.loads(line)) for number, line in lines if line.strip()]
    except json.JSONDecodeError as error:
        raise InputError(f"{path}, line {error.lineno}: not JSON: {error.msg}") from error
    for number, cells in found:
        if not isinstance(cells, dict):
            raise InputError(f"{path}, item {number}: an object with title, author… is expected")
        yield number, {_COLUMN.get(heading(name), ""): value for name, value in cells.items()}, ()
