r"""Records as tables, in two layouts, and back.

*Paths*: a row a record; the columns are `record` (its number), `control` (001), `check` and the
field paths that were chosen. Repeated values stand in one cell, a line each. Changed cells become a
patch (`changes`) that can be shown and then applied to the records.

*Fields*: a row a field, `record`, `control`, `tag`, `ind1`, `ind2`, `content`; the whole record, in
order, with nothing left out. Content is written as in .mrk, `$aTitle :$brest /`, with `{dollar}`
for a dollar sign; a blank indicator is an empty cell, blanks of the leader and control fields are
`\`. `records_from` turns such a table back into records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pymarc

from techproc.errors import ConfigError, DataLossRefused, InputError
from techproc.findings import Finding
from techproc.lists import mangled
from techproc.marc._textrecords import Draft, RefusedError
from techproc.marc.carrying import is_control
from techproc.marc.control import control_number
from techproc.marc.loaded import Loaded
from techproc.marc.mnemonics import expand, protect
from techproc.marc.mrk import parse_field
from techproc.marc.path import FieldPath, Place

__all__ = [
    "FIELD_COLUMNS",
    "Change",
    "add_row",
    "apply_change",
    "changes",
    "field_rows",
    "path_columns",
    "path_rows",
    "record_rows",
    "records_from",
]

FIELD_COLUMNS = ("record", "control", "tag", "ind1", "ind2", "content")
_ALWAYS = ("record", "control", "check")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that differs from its record: values before and after, one for each place."""

    record: int
    control: str
    path: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the change as the JSON object that `marc table apply --json` prints."""
        return {
            "record": self.record,
            "control": self.control,
            "path": self.path,
            "before": list(self.before),
            "after": list(self.after),
        }


def path_columns(paths: Sequence[FieldPath]) -> list[str]:
    """Return the header of the paths layout; raises ConfigError for a path named twice."""
    names = [path.text for path in paths]
    if len(set(names)) < len(names):
        raise ConfigError("a path is asked for twice; name each once")
    return [*_ALWAYS, *names]


def path_rows(items: Iterable[Loaded], paths: Sequence[FieldPath]) -> Iterator[list[str]]:
    """Yield a row for each record: its number, control number, check and the values of each path.

    Raises DataLossRefused when a value holds a line break, which is what parts values in a cell.
    """
    for item in items:
        cells = [_cell(path, item) for path in paths]
        yield [str(item.number), _control(item.record), _check(cells), *cells]


def _cell(path: FieldPath, item: Loaded) -> str:
    values = path.values(item.record)
    if any("\n" in value or "\r" in value for value in values):
        raise DataLossRefused(
            f"record {item.number}: {path} holds a line break, which parts values in a cell; "
            "use the fields layout"
        )
    return "\n".join(_visible(value) for value in values)


def _visible(value: str) -> str:
    """Return a value without control characters, which no spreadsheet holds."""
    if value.isprintable():
        return value
    return "".join(protect(c) if c < " " or c == "\x7f" else c for c in value)


def _check(cells: Sequence[str]) -> str:
    """Return eight digits by which a record that has changed since is told."""
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:8]


def _control(record: pymarc.Record) -> str:
    return _visible(control_number(record))


def changes(
    items: Iterable[Loaded], rows: Iterable[Mapping[str, str]], file: str | None = None
) -> Iterator[tuple[Loaded, list[Change], list[Finding]]]:
    """Yield every record with the changes that a table asks for, and what stands against others.

    Rows may come in another order, and be fewer than the records. A cell is a change when it
    differs from the record's values. Left out, with a finding: rows whose record is not there or
    has changed since the table was made (`table.stale`), numbers that Excel ruined
    (`table.mangled`), cells with another number of values (`table.count`: a value can be neither
    added nor taken away here) and values that fixed positions cannot hold (`table.value`).

    Raises InputError when the table lacks the columns `record`, `control`, `check`, or names two
    rows for a record; ConfigError for a column that is no field path.
    """
    wanted: dict[str, Mapping[str, str]] = {}
    paths: list[FieldPath] | None = None
    for row in rows:
        if paths is None:
            if missing := [name for name in _ALWAYS if name not in row]:
                raise InputError(f"{file or 'table'}: no column {', '.join(missing)}")
            paths = [FieldPath.parse(name) for name in row if name not in _ALWAYS]
        if row["record"] in wanted:
            raise InputError(f"{file or 'table'}: two rows for record {row['record']}")
        wanted[row["record"]] = row
    for item in items:
        row_of = wanted.pop(str(item.number), None)
        if row_of is None:
            yield item, [], []
        else:
            yield item, *_compare(item, row_of, paths or [])
    for number, row in wanted.items():
        raise InputError(
            f"{file or 'table'}: there is no record {number} ({row['control']}); "
            "is this the file that the table was made from?"
        )


def _compare(
    item: Loaded, row: Mapping[str, str], paths: Sequence[FieldPath]
) -> tuple[list[Change], list[Finding]]:
    now = [_cell(path, item) for path in paths]
    control = _control(item.record)

    def finding(rule: str, message: str, path: str | None = None) -> Finding:
        return Finding(rule=rule, message=message, record=item.number, control=control, path=path)

    if row["check"] != _check(now) or row["control"].strip() != control:
        message = "the record is not the one that the row was made from, or has changed since"
        return [], [finding("table.stale", message)]
    found: list[Change] = []
    against: list[Finding] = []
    for path, before in zip(paths, now, strict=True):
        after = row[path.text].replace("\r\n", "\n")
        if after == before:
            continue
        old, new = before.split("\n"), after.split("\n")
        places = path.places(item.record)
        if mangled(after) and not mangled(before):
            message = f"{after!r}: Excel made a number of {before!r} and lost digits"
            against.append(finding("table.mangled", message, path.text))
        elif not places or len(old) != len(new) or not after:
            message = f"{len(places)} value(s) cannot become {len(new) if after else 0}"
            against.append(finding("table.count", message, path.text))
        elif problem := _unwritable(places, new):
            against.append(finding("table.value", problem, path.text))
        else:
            found.append(Change(item.number, control, path.text, tuple(old), tuple(new)))
    return found, against


def _unwritable(places: Sequence[Place], values: Sequence[str]) -> str | None:
    """Return why values cannot stand in places, or None."""
    for place, value in zip(places, values, strict=True):
        if place.span is not None and len(value) != len(place.text):
            return f"{value!r} has {len(value)} characters, the positions hold {len(place.text)}"
        if place.indicator is not None and len(value) != len(place.text):
            return f"{value!r} is no indicator"
        if place.field is None:
            if place.span is None and len(value) != 24:
                return f"a leader has 24 characters, not {len(value)}"
        elif place.indicator is None and place.subfield is None and not place.field.control_field:
            return f"{place.field.tag} is a data field: a column by subfield can be changed"
    return None


def apply_change(record: pymarc.Record, change: Change) -> None:
    """Write a change into its record; unchanged values are left as they are."""
    places = FieldPath.parse(change.path).places(record)
    for place, before, after in zip(places, change.before, change.after, strict=True):
        if before != after:
            place.write(expand(after)[0] if "{" in after and after != before else after)


def field_rows(items: Iterable[Loaded]) -> Iterator[list[str]]:
    """Yield a row for the leader and for each field of each record, nothing left out."""
    for item in items:
        yield from record_rows(item.record, item.number)


def record_rows(record: pymarc.Record, number: int) -> Iterator[list[str]]:
    """Yield a row for the leader and for each field of one record."""
    start = [str(number), _control(record)]
    yield [*start, "LDR", "", "", _fixed(str(record.leader))]
    for field in record.fields:
        if field.control_field:
            yield [*start, field.tag, "", "", _fixed(field.data or "")]
        else:
            one, two = ("" if i == " " else i for i in field.indicators or (" ", " "))
            content = "".join(f"${code}{protect(value)}" for code, value in field.subfields)
            yield [*start, field.tag, one, two, content]


def _fixed(text: str) -> str:
    return protect(text).replace(" ", "\\")


def records_from(
    rows: Iterable[Mapping[str, str]], file: str | None = None
) -> Iterator[tuple[int, pymarc.Record | None, list[Finding]]]:
    """Yield (number, record, findings) for each run of rows of the fields layout.

    The record is None when its rows are none, and the finding says why. Raises InputError when a
    column is missing.
    """
    number: str = ""
    gathered: list[Mapping[str, str]] = []
    for row in rows:
        if missing := [name for name in ("record", "tag", "content") if name not in row]:
            raise InputError(f"{file or 'table'}: no column {', '.join(missing)}")
        if row["record"] != number and gathered:
            yield _record_from(number, gathered, file)
            gathered = []
        number = row["record"]
        gathered.append(row)
    if gathered:
        yield _record_from(number, gathered, file)


def add_row(row: Mapping[str, str], draft: Draft) -> None:
    """Add the leader or the field that a row writes; raises RefusedError when it doesn't."""
    # Excel takes the zeros off a tag that it thinks a number.
    tag, content = row["tag"].strip(), row["content"]
    tag = tag and tag.zfill(3)
    indicators = [row.get(name) or " " for name in ("ind1", "ind2")]
    if mangled(content):
        raise RefusedError("table.mangled", f"{content!r}: Excel lost digits of a number")
    if len(tag) != 3 or not tag.isascii() or not tag.isalnum():
        raise RefusedError("marc.tag", f"{tag!r} is not a tag")
    if any(len(indicator) > 1 for indicator in indicators):
        raise RefusedError("marc.indicator", f"{tag}: indicators {indicators} are too long")
    if tag == "LDR":
        draft.set_leader(expand(content.replace("\\", " "))[0])
        return
    is_text = is_control(tag) or (content and not content.startswith("$"))
    if is_text and tag.isdigit() and not is_control(tag):
        raise RefusedError("marc.mrk-line", f"{tag}: $ and a subfield code begin its content")
    if is_text:
        field = pymarc.Field(tag)
        field.control_field = True
        field.data = expand(content.replace("\\", " "))[0]
    else:
        field = parse_field(tag, "\\\\" + content, draft)
        field.indicators = pymarc.Indicators(indicators[0], indicators[1])
    draft.record.fields.append(field)


def _record_from(
    number: str, rows: Sequence[Mapping[str, str]], file: str | None
) -> tuple[int, pymarc.Record | None, list[Finding]]:
    at = int(number) if number.isdecimal() else 0
    where = {"file": file, "record": at or None}
    draft = Draft()
    try:
        if at == 0:
            raise RefusedError("table.number", f"{number!r} is no record number")
        if sum(row["tag"] == "LDR" for row in rows) != 1:
            raise RefusedError("marc.no-leader", "a record has one row LDR")
        for row in rows:
            add_row(row, draft)
    except RefusedError as problem:
        return at, None, [problem.finding.at(**where)]
    return at, draft.record, [finding.at(**where) for finding in draft.findings]
