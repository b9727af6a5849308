"""Reading what arrives: lists of ISBNs with what was typed from the item, and MARC files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

from techproc import marc
from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.findings import Finding, Severity
from techproc.identifiers import isbn
from techproc.marc import Loaded
from techproc.marc.estimate import expected_records
from techproc.marc.items import LocalItem, Profile, read_items
from techproc.process.arrival import Arrival
from techproc.verify import Item

__all__ = ["check_input", "count_arrivals", "read_arrivals", "read_list"]

_LISTS = (".csv", ".tsv", ".txt")
_COLUMNS = {
    "isbn": ("isbn", "isbn13", "isbn10", "ean", "ean13"),
    "barcode": ("barcode", "item barcode", "item id", "itemid"),
    "copy": ("copy", "copy number", "copy no"),
    "location": ("location", "shelving location", "collection"),
    "price": ("price", "cost"),
    "title": ("title",),
    "author": ("author", "creator", "authors"),
    "publisher": ("publisher",),
    "date": ("date", "year", "publication date", "publication year"),
    "edition": ("edition",),
    "extent": ("extent", "pages"),
    "series": ("series",),
    "language": ("language",),
}
_ITEM = {"barcode", "copy", "location", "price"}
_TYPED = {f.name for f in fields(Item)} & set(_COLUMNS)
_PROBLEMS = {
    "empty": "is no ISBN",
    "length": "has too few or too many digits for an ISBN (10 or 13)",
    "check-digit": "has a wrong check digit",
    "ismn": "is the number of printed music (ISMN), not an ISBN",
    "prefix": "begins with neither 978 nor 979",
}
# What a spreadsheet leaves of a 13-digit number: 9.78E+12, 9,78031E+12.
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{2}")


def read_arrivals(
    paths: Sequence[str], names: Sequence[str] | None = None, profile: Profile | None = None
) -> Iterator[Arrival]:
    """Yield what arrives from lists (.csv, .tsv, .txt) and MARC files, numbered from 1.

    `names` are what to call the files in findings and reports, the paths themselves without it.
    `profile` names the item fields of the MARC files; without it whichever a record carries are
    read. Raises InputError for a file that cannot be used at all.
    """
    number = 0
    for path, name in zip(paths, names or paths, strict=True):
        arrivals = read_list(path, name) if _is_list(path) else _read_marc(path, name, profile)
        for arrival in arrivals:
            number += 1
            yield replace(arrival, number=number)


def check_input(path: str) -> None:
    """Raise InputError unless a file is there and is a list of ISBNs or MARC, as far as it shows.

    All inputs are checked before the first is processed: what is wrong with the last one should
    not come out after an hour.
    """
    if _is_list(path):
        next(read_list(path, path))
    elif not any(isinstance(entry, Loaded) for entry in marc.read(path)):
        raise InputError(f"{path}: there is no MARC record in it that can be read")


def count_arrivals(paths: Sequence[str]) -> int | None:
    """Return how many arrivals there will be, or None where only reading it all would tell."""
    lists = [path for path in paths if _is_list(path)]
    records = expected_records(path for path in paths if path not in lists)
    if records is None:
        return None
    return records + sum(1 for path in lists for _ in read_list(path, path))


def _is_list(path: str) -> bool:
    return Path(path).suffix.lower() in _LISTS


def _read_marc(path: str, name: str, profile: Profile | None) -> Iterator[Arrival]:
    for entry in marc.read(path):
        if not isinstance(entry, Loaded):
            yield Arrival(
                number=0, file=name, place=entry.number, raw=entry.raw, rejected=entry.finding
            )
            continue
        yield Arrival(
            number=0,
            file=name,
            place=entry.number,
            isbn=_first_isbn(entry),
            items=tuple(read_items(entry.record, profile)),
            record=entry.record,
            raw=entry.raw or b"" if entry.as_it_came else b"",
            findings=entry.findings,
        )


def _first_isbn(entry: Loaded) -> str:
    for field in entry.record.get_fields("020"):
        for value in field.get_subfields("a"):
            if number := isbn.parse(value).isbn13:
                return number
    return ""


def read_list(path: str, name: str) -> Iterator[Arrival]:
    """Yield the arrivals of a list of ISBNs; `name` is what to call the file.

    The first line names the columns; a .txt without such a line is one ISBN a line. Comma,
    semicolon, tab or bar may part the columns; UTF-8 (with or without BOM), UTF-16 with BOM and
    Windows-1252 are read, the last with a finding because it is a guess.

    Raises InputError for a file that is missing, empty, no text, or without an ISBN column.
    """
    text, guessed = _decode(path, name)
    rows = _rows(name, text)
    try:
        header_line, header = next(rows)
    except StopIteration:
        raise InputError(f"{name}: the file is empty; it should list ISBNs") from None
    columns = _columns(header)
    if "isbn" not in columns:
        if Path(path).suffix.lower() != ".txt" or not _looks_like_number(header):
            raise InputError(
                f"{name}, line {header_line}: no column is called isbn "
                f"(found: {', '.join(cell.strip() for cell in header if cell.strip())}); "
                "the first line must name the columns, for example isbn,barcode,title"
            )
        columns = {"isbn": 0}
        rows = _rows(name, text)
        header = ["isbn"]
    ignored = [cell for n, cell in enumerate(header) if n not in columns.values() and cell.strip()]
    about_file = [*guessed]
    if ignored:
        about_file.append(
            Finding(
                rule="list.column",
                severity=Severity.INFO,
                message=f"columns not used: {', '.join(ignored)}",
                file=name,
            )
        )
    count = 0
    for line, row in rows:
        arrival = _arrival(name, line, row, columns)
        if not count and about_file:
            arrival = replace(arrival, findings=(*about_file, *arrival.findings))
        count += 1
        yield arrival
    if not count:
        raise InputError(f"{name}: there is a header but no line under it")


def _arrival(name: str, line: int, row: list[str], columns: dict[str, int]) -> Arrival:
    cells = {
        column: row[position].strip() if position < len(row) else ""
        for column, position in columns.items()
    }
    typed = Item(**{column: cells[column] for column in _TYPED & cells.keys()})
    number, problem = _isbn(cells["isbn"])
    return Arrival(
        number=0,
        file=name,
        place=line,
        isbn=number,
        typed=typed,
        items=(LocalItem(**{column: cells[column] for column in _ITEM & cells.keys()}),),
        rejected=problem.at(file=name, record=line) if problem else None,
    )


def _isbn(text: str) -> tuple[str, Finding | None]:
    """Return the 13 digits of an ISBN, or why it cannot be used; it is never repaired."""
    # A spreadsheet that was told to keep text may have left ="9780…".
    bare = text.removeprefix("=").strip('"').strip()
    if not bare:
        return "", Finding(
            rule="isbn.missing",
            message="the line has no ISBN",
            path="isbn",
            fix="type the ISBN, or catalogue the book by hand",
        )
    if _ROUNDED.fullmatch(bare):
        return "", Finding(
            rule="isbn.rounded",
            message=f"{bare} is a number that a spreadsheet has rounded; its digits are lost",
            path="isbn",
            fix="set the column's format to text, scan the ISBN again and export anew",
        )
    parsed = isbn.parse(bare)
    if parsed.isbn13:
        return parsed.isbn13, None
    return "", Finding(
        rule="isbn.check-digit" if len(parsed.digits) in (10, 13) else "isbn.form",
        message=f"{bare} {_PROBLEMS[parsed.problem or 'empty']}",
        path="isbn",
        fix="compare with the item in hand; nothing is repaired",
    )


def _decode(path: str, name: str) -> tuple[str, list[Finding]]:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(explain_os_error(name, error)) from error
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), []
        except UnicodeDecodeError as error:
            raise InputError(f"{name}: the UTF-16 text is damaged ({error.reason})") from error
    if b"\0" in data[:4096]:
        raise InputError(f"{name}: this is no text file; a list of ISBNs or a MARC file is wanted")
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        if any(byte < 9 for byte in data[:4096]):
            raise InputError(
                f"{name}: this is no text file; a list of ISBNs or a MARC file is wanted"
            ) from error
        line = data.count(b"\n", 0, error.start) + 1
        return data.decode("cp1252", errors="replace"), [
            Finding(
                rule="list.encoding",
                severity=Severity.WARNING,
                message=f"not UTF-8 (line {line}); read as Windows-1252",
                file=name,
                record=line,
                confidence=0.9,
                fix="look at the accented letters; save the list as UTF-8 to be sure",
            )
        ]


def _rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of the lines that hold anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(1 << 20)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"{name}, line {line}: not a readable table ({error})") from error
        if any(cell.strip() for cell in row):
            yield line, row


def _columns(header: list[str]) -> dict[str, int]:
    known = {alias: column for column, aliases in _COLUMNS.items() for alias in aliases}
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        name = re.sub(r"[\s_-]+", " ", cell.strip().lower())
        column = known.get(name) or known.get(name.replace(" ", ""))
        if column:
            found.setdefault(column, position)
    return found


def _looks_like_number(row: list[str]) -> bool:
    return len(row) == 1 and sum(char.isdigit() for char in row[0]) >= 9
