"""Reading what arrives: lists of ISBNs with what was typed from the item, and MARC files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

from pymarc import Record

from techproc import marc
from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.findings import Finding, Severity
from techproc.identifiers import isbn
from techproc.lists import (
    BARCODE_COLUMN,
    cell_of,
    columns_of,
    decode_list,
    list_rows,
    mangled,
    too_many_cells,
    unused_columns,
)
from techproc.marc import Loaded
from techproc.marc.estimate import expected_records
from techproc.marc.items import LocalItem, Profile, read_items, uncarried, unread
from techproc.process.arrival import Arrival
from techproc.verify import Item
from techproc.verify.listing import ITEM_COLUMNS

__all__ = ["check_input", "count_arrivals", "read_arrivals", "read_list"]

_LISTS = (".csv", ".tsv", ".txt")
_COLUMNS = {
    **{column: names for column, names in ITEM_COLUMNS.items() if column != "control"},
    "barcode": BARCODE_COLUMN,
    "copy": ("copy", "copy number", "copynumber", "copy no"),
    "location": ("location", "shelving location", "collection"),
    "price": ("price", "cost"),
}
_ITEM = {"barcode", "copy", "location", "price"}
_TYPED = {f.name for f in fields(Item)} & set(_COLUMNS)
_COMPARE = "compare with the item in hand; nothing is repaired"
# rule, what is said of the number, what to do
_PROBLEMS = {
    "empty": ("isbn.form", "is no ISBN", _COMPARE),
    "length": ("isbn.form", "has {count} digits; an ISBN has 10 or 13", _COMPARE),
    "check-digit": ("isbn.check-digit", "has a wrong check digit", _COMPARE),
    "ismn": (
        "isbn.ismn",
        "is the number of printed music (ISMN), not an ISBN",
        "catalogue the item by its title",
    ),
    "prefix": (
        "isbn.prefix",
        "begins with neither 978 nor 979, as an ISBN does",
        "scan the barcode of the book, not that of the price or the shop",
    ),
}


def read_arrivals(
    paths: Sequence[str],
    names: Sequence[str] | None = None,
    profile: Profile | None = None,
    tell: Callable[[Finding], None] = lambda finding: None,
) -> Iterator[Arrival]:
    """Yield what arrives from lists (.csv, .tsv, .txt) and MARC files, numbered from 1.

    `names` are what to call the files in findings and reports, the paths themselves without it.
    `profile` names the item fields of the MARC files; without it whichever a record carries are
    read. `tell` is handed what an archive holds beside the records, which is no arrival. Raises
    InputError for a file that cannot be used at all.
    """
    number = 0
    for path, name in zip(paths, names or paths, strict=True):
        listed = _is_list(path)
        arrivals = read_list(path, name) if listed else _read_marc(path, name, profile, tell)
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


def _read_marc(
    path: str, name: str, profile: Profile | None, tell: Callable[[Finding], None]
) -> Iterator[Arrival]:
    for entry in marc.read(path):
        if not isinstance(entry, Loaded):
            if entry.beside:
                member = str(entry.finding.file).removeprefix(path)
                tell(entry.finding.at(file=f"{name}{member}"))
                continue
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
            raw=entry.raw or b"",
            sound=entry.as_it_came,
            findings=(*entry.findings, *_about_items(entry.record, profile)),
        )


def _about_items(record: Record, profile: Profile | None) -> Iterator[Finding]:
    """Yield what the item fields of a delivered record have that its items do not."""
    if left := uncarried(record, profile):
        shown = "; ".join(f"{path} {value}" for path, value in left[:5])
        yield Finding(
            rule="item.not-carried",
            severity=Severity.WARNING,
            message=f"the item field that is written has no place for {shown}"
            + ("; …" if len(left) > 5 else ""),
            path=left[0][0],
            fix="add it when the record is loaded",
        )
    if kept := unread(record, profile):
        yield Finding(
            rule="item.unread",
            severity=Severity.INFO,
            message=f"{kept[0].tag} without barcode and call number is kept as it is; no item is "
            "made of it",
            path=kept[0].tag,
            fix="delete it if it is an item",
        )


def _first_isbn(entry: Loaded) -> str:
    for field in entry.record.get_fields("020"):
        for value in field.get_subfields("a"):
            if number := isbn.parse(value).isbn13:
                return number
    return ""


def read_list(path: str, name: str) -> Iterator[Arrival]:
    """Yield the arrivals of a list of ISBNs; `name` is what to call the file.

    The first line names the columns; a .txt without such a line is one ISBN a line. How tables are
    read is that of `techproc.lists`; what it guesses about the file comes with the first arrival.

    Raises InputError for a file that is missing, empty, no text, or without an ISBN column.
    """
    text, about_file = _text(path, name)
    rows = list_rows(text, name)
    header_line, header = next(rows)
    columns = columns_of(header, _COLUMNS)
    if "isbn" not in columns:
        if Path(path).suffix.lower() != ".txt" or not _looks_like_number(header):
            raise InputError(
                f"{name}, line {header_line}: no column is called isbn "
                f"(found: {', '.join(cell for cell in header if cell)}); "
                "the first line must name the columns, for example isbn,barcode,title"
            )
        columns = {"isbn": (0,)}
        rows = list_rows(text, name)
        header = ["isbn"]
    if unused := unused_columns(header, columns, name):
        about_file += (unused,)
    count = 0
    for line, row in rows:
        arrival = _arrival(name, line, row, columns)
        findings = arrival.findings if count else (*about_file, *arrival.findings)
        if torn := too_many_cells(row, header):
            findings += (torn.at(file=name, record=line),)
        count += 1
        yield replace(arrival, findings=findings)
    if not count:
        raise InputError(f"{name}: there is a header but no line under it")


def _text(path: str, name: str) -> tuple[str, tuple[Finding, ...]]:
    try:
        return decode_list(Path(path).read_bytes(), name)
    except OSError as error:
        raise InputError(explain_os_error(name, error)) from error


def _arrival(name: str, line: int, row: list[str], columns: dict[str, tuple[int, ...]]) -> Arrival:
    cells = {column: cell_of(row, positions) for column, positions in columns.items()}
    typed = Item(**{column: cells[column] for column in _TYPED & cells.keys()})
    given = [row[at] for at in columns["isbn"] if at < len(row) and row[at]]
    number, problem = _isbn(given)
    return Arrival(
        number=0,
        file=name,
        place=line,
        isbn=number,
        typed=typed,
        items=(LocalItem(**{column: cells[column] for column in _ITEM & cells.keys()}),),
        rejected=problem.at(file=name, record=line) if problem else None,
    )


def _isbn(given: list[str]) -> tuple[str, Finding | None]:
    """Return the 13 digits of a line's ISBN, or why it cannot be used; it is never repaired."""
    if not given:
        return "", Finding(
            rule="isbn.missing",
            message="the line has no ISBN",
            path="isbn",
            fix="type the ISBN, or catalogue the book by hand",
        )
    numbers = {number for text in given if (number := isbn.normalize(text))}
    if len(numbers) > 1:
        return "", Finding(
            rule="isbn.two",
            message=f"the line has two ISBNs: {' and '.join(given)}",
            path="isbn",
            fix="leave the one that is on the item",
        )
    return (number, None) if (number := isbn.normalize(given[0])) else ("", _unusable(given[0]))


def _unusable(text: str) -> Finding:
    """Return what is wrong with an ISBN, and what to do."""
    if mangled(text):
        return Finding(
            rule="isbn.rounded",
            message=f"{text} is a number that a spreadsheet has rounded; its digits are lost",
            path="isbn",
            fix="set the column's format to text, scan the ISBN again and export anew",
        )
    parsed = isbn.parse(text)
    digits = parsed.digits
    rule, said, fix = _PROBLEMS[parsed.problem or "empty"]
    if len(digits) == 9 and isbn.is_valid(f"0{digits}"):
        fix = f"if it is an SBN, from before 1970, write it with a 0 in front: 0{digits}"
    elif len(digits) == 14:
        fix = "it has the form of an item's barcode: put it into a column called barcode"
    elif digits[: len(digits) // 2] * 2 == digits and isbn.is_valid(digits[: len(digits) // 2]):
        fix = "it was scanned twice: delete one half"
    return Finding(
        rule=rule,
        message=f"{text} {said.format(count=len(digits))}",
        path="isbn",
        fix=fix,
    )


def _looks_like_number(row: list[str]) -> bool:
    return len(row) == 1 and sum(char.isdigit() for char in row[0]) >= 9
