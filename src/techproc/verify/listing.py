"""Lists of items in hand: CSV, TSV, JSON and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.verify.item import ELEMENTS, Item

__all__ = ["Line", "is_list", "read_items"]

_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")
_NAMES = {
    "title": ("title", "titel", "titre", "titulo"),
    "author": ("author", "authors", "creator", "autor", "auteur"),
    "publisher": ("publisher", "imprint", "verlag", "editeur", "editorial"),
    "date": ("date", "year", "publication date", "publication year", "jahr", "annee"),
    "edition": ("edition", "auflage"),
    "isbn": ("isbn", "isbn13", "isbn10", "isbn 13", "isbn 10", "ean"),
    "extent": ("extent", "pages", "umfang"),
    "series": ("series", "reihe", "collection title"),
    "language": ("language", "lang", "sprache", "langue"),
    "control": ("record", "control", "control number", "001", "bib", "bib id", "biblionumber"),
}
_COLUMN = {name: column for column, names in _NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: where it stands, what was typed, and the record it names, if any."""

    number: int
    item: Item
    control: str = ""


def is_list(path: str) -> bool:
    """Tell by its name whether a file is a list of items rather than MARC records."""
    return Path(path).suffix.lower() in _SUFFIXES


def read_items(path: str) -> Iterator[Line]:
    """Yield the items of a list; "-" is standard input.

    A CSV or TSV names its columns in the first line (title, author, publisher, date, edition, isbn,
    extent, series, language; record or control for the record's number); comma, semicolon, tab or
    bar may part them. JSON is an array or a line for each item. UTF-8 with or without BOM, UTF-16
    with BOM and Windows-1252 are read. Raises InputError for what is none of these.
    """
    text = _text(path)
    if not text.strip():
        raise InputError(f"{path}: the file is empty; there is nothing to verify")
    start = text.lstrip()[0]
    rows = _from_json(path, text) if start in "[{" else _from_table(path, text)
    for number, cells in rows:
        item = Item.from_mapping(cells)
        if item != Item():
            yield Line(number, item, str(cells.get("control") or "").strip())


def _text(path: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    if b"\0" in raw[:4096]:
        raise InputError(f"{path}: this is no text; give a CSV or JSON list of items")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _from_table(path: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t|", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [_column(name) for name in next(reader)]
        if not set(names) & set(ELEMENTS):
            raise InputError(
                f"{path}, line 1: no column is one of {', '.join(ELEMENTS)}; name them in a header"
            )
        for row in reader:
            cells = {name: cell for name, cell in zip(names, row, strict=False) if name and cell}
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: not a table: {error}") from error


def _from_json(path: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
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
        yield number, {_column(name): value for name, value in cells.items()}


def _column(name: str) -> str:
    return _COLUMN.get(
        " ".join(name.strip().lower().replace("_", " ").replace("-", " ").split()), ""
    )
