"""Lists of items in hand: CSV, TSV, JSON and JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techproc.errors import InputError
from techproc.findings import Finding, Severity
from techproc.lists import (
    ISBN_COLUMN,
    cell_of,
    columns_of,
    decode_list,
    heading,
    list_rows,
    name_of_list,
    read_bytes,
    too_many_cells,
    unused_columns,
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
    for each item. How tables are read is that of `techproc.lists`. A line of which nothing can be
    compared comes with a finding. Raises InputError for what is none of these.
    """
    name = name_of_list(path)
    text, about_file = decode_list(read_bytes(path), name)
    start = text.lstrip()[0]
    rows = _from_json(name, text) if start in "[{" else _from_table(name, text)
    for number, cells, findings in rows:
        item = Item.from_mapping(cells)
        control = str(cells.get("control") or "").strip()
        told = (*about_file, *findings)
        if item == Item():
            told += (_nothing_typed(name, number),)
        yield Line(number, item, control, told)
        about_file = ()


def _nothing_typed(name: str, number: int) -> Finding:
    return Finding(
        rule="list.nothing-typed",
        severity=Severity.WARNING,
        message=f"nothing of {', '.join(ELEMENTS)} is there to compare",
        file=name,
        record=number,
        fix="type what the item says, or leave the line out",
    )


_Row = tuple[int, Mapping[str, Any], tuple[Finding, ...]]


def _from_table(name: str, text: str) -> Iterator[_Row]:
    rows = list_rows(text, name)
    line, header = next(rows)
    columns = columns_of(header, ITEM_COLUMNS)
    if not columns.keys() & set(ELEMENTS):
        raise InputError(
            f"{name}, line {line}: no column is one of {', '.join(ELEMENTS)}; name them in a header"
        )
    unused = unused_columns(header, columns, name)
    for number, row in rows:
        findings: tuple[Finding, ...] = (unused,) if unused else ()
        unused = None
        if torn := too_many_cells(row, header):
            findings += (torn.at(file=name, record=number),)
        yield number, {c: cell_of(row, positions) for c, positions in columns.items()}, findings


def _from_json(name: str, text: str) -> Iterator[_Row]:
    found: Iterable[tuple[int, Any]]
    if text.lstrip()[0] == "[":
        found = enumerate(_json(text, name, 1), 1)
    else:
        lines = enumerate(text.splitlines(), 1)
        found = ((number, _json(line, name, number)) for number, line in lines if line.strip())
    for number, cells in found:
        if not isinstance(cells, dict):
            raise InputError(f"{name}, item {number}: an object with title, author… is expected")
        yield number, {_COLUMN.get(heading(key), ""): value for key, value in cells.items()}, ()


def _json(text: str, name: str, line: int) -> Any:
    """Return what a text that begins on a line says in JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = line + error.lineno - 1
        raise InputError(f"{name}, line {place}: not JSON: {error.msg}") from error
