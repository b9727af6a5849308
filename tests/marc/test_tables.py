"""Tables: what Excel would ruin is guarded, whole records come back, changed cells are patches."""

from __future__ import annotations

import gc
import io
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.errors import ConfigError, DataLossRefused, InputError
from techproc.lists import mangled
from techproc.marc import Loaded, read
from techproc.marc.path import FieldPath
from techproc.marc.sheets import guard, kind_of, read_rows, row_writer, unguard
from techproc.marc.tables import (
    FIELD_COLUMNS,
    apply_change,
    changes,
    field_rows,
    path_columns,
    path_rows,
    records_from,
)

KINDS = ["csv", "xlsx", "parquet"]


def made(number: int = 1, *fields: Field) -> Loaded:
    """Return a record as if read."""
    record = pymarc.Record()
    record.leader = pymarc.Leader("00000nam a2200000 i 4500")
    record.fields = [Field("001", data=f"b{number}"), *fields]
    return Loaded(record=record, number=number, offset=0, length=0, form="iso2709")


def saved(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write a table."""
    with path.open("wb") as stream, row_writer(kind_of(path), stream, header) as writer:
        for row in rows:
            writer.write(row)
    return path


def content(record: pymarc.Record) -> object:
    """Return everything that a record holds."""
    return str(record.leader), [
        (f.tag, f.data) if f.control_field else (f.tag, tuple(f.indicators), list(f.subfields))
        for f in record.fields
    ]


@given(st.text(max_size=200))
def test_guarded_values_come_back(text: str) -> None:
    """Whatever is guarded for Excel is read back the same."""
    try:
        assert unguard(guard(text)) == text
    except DataLossRefused:
        assert text[:1] in "=+-@"


@pytest.mark.parametrize(
    "text",
    ["9780306406157", "31234000123456", "0012", "1-2", "3/4", "=1+1", "+49", "-x", "@a", "1E5",
     "MAR1", "1.50", "12:30", "TRUE", " x", "x ", "2016-10", "$5.00", "50%", "August 1978.",
     "1901-", "(1993)", "12 p", "März 1978", "3 févr. 1978", "9.78E+12", "1 000", "001"],
)  # fmt: skip
def test_what_excel_changes_is_guarded(text: str) -> None:
    """ISBNs, barcodes, leading zeros, dates, fractions and formulas are guarded."""
    assert guard(text) == f'="{text}"'


@pytest.mark.parametrize(
    "text",
    [
        "Title", "12", "QA76.73.P98", "$aTitle", "", "030640615X", "[1993]", "c1999", "1st",
        "020$a", "v. 3", "1995 ed.", "Vermont 1978",
    ],
)  # fmt: skip
def test_what_excel_keeps_is_left_alone(text: str) -> None:
    """Ordinary text and short numbers are written as they are."""
    assert guard(text) == text


def test_long_values_of_several_lines_are_guarded_in_pieces() -> None:
    """A text within a formula has no line break and 255 characters at most."""
    assert guard("-1\n-2") == '="-1"&CHAR(10)&"-2"'
    assert guard("-" + "x" * 300) == '="-' + "x" * 254 + '"&"' + "x" * 46 + '"'
    with pytest.raises(DataLossRefused):
        guard("=" + "x" * 9_000)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_can_be_left_in_the_middle(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops reading gets no complaint from what is let go of."""
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    rows = read_rows(saved(tmp_path / f"t.{kind}", ["a", "b"], [["1", "2"], ["3", "4"]]))
    assert next(iter(rows)) == {"a": "1", "b": "2"}
    del rows
    gc.collect()
    assert complaints == []


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_spreadsheet_program_changes_nothing(
    kind: str, shared_data: Path, tmp_path: Path
) -> None:
    """Real values, opened and saved by a spreadsheet program, are none of them changed."""
    names = (
        "001 020$a 035$a 245$ab 260$c 300$a 362$a 440$v 490$v 500$a 505$a 700$d 866$a 008 LDR/06"
    )
    paths = [FieldPath.parse(name) for name in names.split()]
    source = shared_data / "marc" / "mixed-utf8.mrc.xz"
    items = [item for item in islice(read(source), 3_000) if isinstance(item, Loaded)]
    table = saved(tmp_path / f"t.{kind}", path_columns(paths), path_rows(items, paths))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "saved")]
    if kind == "csv":
        command += ["--infilter=CSV:44,34,76,1"]  # commas, quotes, UTF-8, from the first line
    subprocess.run([*command, str(table)], check=True, capture_output=True, timeout=300)
    found = list(changes(items, read_rows(tmp_path / "saved" / "t.xlsx")))
    assert len(found) == len(items) > 2_900
    assert [(made, against) for _, made, against in found if made or against] == []


def test_mangled_numbers_are_recognised() -> None:
    """Scientific notation is what Excel leaves of an ISBN."""
    assert mangled("9.78031E+12")
    assert mangled("9,78031E+12")
    assert not mangled("9780306406157")


@pytest.mark.parametrize("kind", KINDS)
def test_cells_survive_each_kind(kind: str, tmp_path: Path) -> None:
    """Every cell is text and comes back as it was."""
    row = ["9780306406157", "=1+1", "0012", "é海", 'a "b", c;d', "one\ntwo", "", " x "]
    header = [f"c{i}" for i in range(len(row))]
    path = saved(tmp_path / f"t.{kind}", header, [row])
    assert list(read_rows(path)) == [dict(zip(header, row, strict=True))]


SHEET_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab $\\{}=-09é\u0301\x1b\t"),
        st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\r\n\ufffe\uffff"),
    ),
    max_size=10,
)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["020", "245", "880", "CAT"]),
            st.sampled_from([" ", "0", "1", "\\"]),
            st.lists(st.tuples(st.sampled_from("ab96"), SHEET_TEXT), max_size=3),
        ),
        max_size=5,
    )
)
@pytest.mark.parametrize("kind", KINDS)
def test_whole_records_survive_the_fields_layout(
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
    fields: list[tuple[str, str, list[tuple[str, str]]]],
) -> None:
    """Indicators, subfield order, repeats and identifiers come back from a table of fields."""
    items = [
        made(number, *(
            Field(tag, Indicators(one, " "), [Subfield(*pair) for pair in subfields])
            for tag, one, subfields in fields
        ))
        for number in (1, 2)
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("t") / f"t.{kind}"
    saved(path, FIELD_COLUMNS, field_rows(items))
    back = list(records_from(read_rows(path)))
    assert [number for number, _, _ in back] == [1, 2]
    for item, (_, record, findings) in zip(items, back, strict=True):
        assert record is not None
        assert content(record) == content(item.record)
        assert not findings


def test_rows_that_are_no_record_are_told() -> None:
    """A ruined number or a bad tag rejects its record and no other."""
    rows = [
        {"record": "1", "tag": "LDR", "content": "00000nam a2200000 i 4500"},
        {"record": "1", "tag": "020", "ind1": "", "ind2": "", "content": "9.78E+12"},
        {"record": "2", "tag": "LDR", "content": "00000nam a2200000 i 4500"},
        {"record": "2", "tag": "1", "content": "x"},
        {"record": "3", "tag": "LDR", "content": "00000nam a2200000 i 4500"},
        {"record": "3", "tag": "245", "ind1": "10", "ind2": "", "content": "$ax"},
    ]
    back = list(records_from(rows))
    assert [record is None for _, record, _ in back] == [True, False, True]
    assert back[0][2][0].rule == "table.mangled"
    assert back[1][1] is not None
    assert back[1][1]["001"].data == "x"  # Excel took the zeros of the tag
    assert back[2][2][0].rule == "marc.indicator"


PATHS = [FieldPath.parse(p) for p in ("020$a", "245$a", "245@2", "008/35-37")]


def batch() -> list[Loaded]:
    """Return two records with repeats."""
    return [
        made(
            number,
            Field("008", data="160101s2016    nyua    o     000 1 eng d"),
            Field("020", Indicators(" ", " "), [Subfield("a", "9780306406157")]),
            Field("020", Indicators(" ", " "), [Subfield("a", "0306406152")]),
            Field("245", Indicators("1", "4"), [Subfield("a", "The sea")]),
        )
        for number in (1, 2)
    ]


def edited(**cells: str) -> list[dict[str, str]]:
    """Return the rows of the batch with cells of the first changed."""
    header = path_columns(PATHS)
    rows = [dict(zip(header, row, strict=True)) for row in path_rows(batch(), PATHS)]
    rows[0].update(cells)
    return rows


def test_an_unchanged_table_changes_nothing() -> None:
    """Rows as they were exported, in any order, are no changes."""
    for _, found, against in changes(batch(), reversed(edited())):
        assert (found, against) == ([], [])


def test_changed_cells_become_a_patch() -> None:
    """The patch says what was and what will be; applying it changes that alone."""
    rows = edited(**{"245$a": "A sea", "020$a": "9780306406157\n030640615X", "008/35-37": "ger"})
    items = batch()
    ((item, found, against), (_, none, _)) = changes(items, rows)
    assert not against
    assert not none
    assert [(c.path, c.before, c.after) for c in found] == [
        ("020$a", ("9780306406157", "0306406152"), ("9780306406157", "030640615X")),
        ("245$a", ("The sea",), ("A sea",)),
        ("008/35-37", ("eng",), ("ger",)),
    ]
    for change in found:
        apply_change(item.record, change)
    assert FieldPath.parse("020$a").values(item.record) == ["9780306406157", "030640615X"]
    assert item.record["008"].data == "160101s2016    nyua    o     000 1 ger d"
    assert item.record["245"]["a"] == "A sea"


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"020$a": "9.78031E+12"}, "table.mangled"),
        ({"020$a": "9780306406157"}, "table.count"),
        ({"245$a": ""}, "table.count"),
        ({"245@2": "12"}, "table.value"),
        ({"008/35-37": "english"}, "table.value"),
        ({"check": "00000000"}, "table.stale"),
        ({"control": "b9"}, "table.stale"),
    ],
)
def test_changes_that_cannot_be_are_findings(cells: dict[str, str], rule: str) -> None:
    """What cannot be applied is told, not guessed at."""
    _, found, against = next(changes(batch(), edited(**cells)))
    assert not found
    assert [finding.rule for finding in against] == [rule]


def test_misuse_of_tables() -> None:
    """Columns missing, rows doubled, records that are not there and unknown kinds are refused."""
    with pytest.raises(InputError, match="no column"):
        list(changes(batch(), [{"245$a": "x"}]))
    with pytest.raises(InputError, match="two rows"):
        list(changes(batch(), edited() + edited()))
    with pytest.raises(InputError, match="no record 2"):
        list(changes(batch()[:1], edited()))
    with pytest.raises(ConfigError):
        path_columns([PATHS[0], PATHS[0]])
    with pytest.raises(InputError):
        kind_of("table.doc")
    with pytest.raises(DataLossRefused):
        list(path_rows([made(1, Field("500", subfields=[Subfield("a", "a\nb")]))],
                       [FieldPath.parse("500$a")]))  # fmt: skip


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_files_that_are_no_tables(name: str, tmp_path: Path) -> None:
    """Rubbish, emptiness and absence are InputErrors."""
    path = tmp_path / name
    with pytest.raises(InputError):
        list(read_rows(path))
    path.write_bytes(b"\xff\xfe\x00rubbish")
    with pytest.raises(InputError):
        list(read_rows(path))


def test_semicolons_of_excel_in_other_locales(tmp_path: Path) -> None:
    """A CSV that Excel saved with semicolons is read."""
    path = tmp_path / "t.csv"
    path.write_bytes(
        "\ufeffrecord;245$a\r\n1;Über; sea\r\n".replace("Über; sea", '"Über; sea"').encode()
    )
    assert list(read_rows(path)) == [{"record": "1", "245$a": "Über; sea"}]


@pytest.mark.slow
def test_real_records_survive_the_fields_layout(shared_data: Path, tmp_path: Path) -> None:
    """1,000 mixed real records come back whole from CSV and Parquet."""
    items = []
    for item in read(shared_data / "marc" / "mixed-utf8.mrc.xz"):
        if isinstance(item, Loaded):
            items.append(item)
        if len(items) == 1000:
            break
    for kind in ("csv", "parquet"):
        path = saved(tmp_path / f"t.{kind}", FIELD_COLUMNS, field_rows(items))
        back = list(records_from(read_rows(path)))
        assert len(back) == len(items)
        for item, (_, record, _) in zip(items, back, strict=True):
            assert record is not None
            assert content(record) == content(item.record)


def test_plain_csv_has_no_guards() -> None:
    """Without guards there are no formulas and no byte order mark."""
    stream = io.BytesIO()
    with row_writer("csv", stream, ["a"], guarded=False) as writer:
        writer.write(["0012"])
    assert stream.getvalue() == b"a\r\n0012\r\n"


def test_a_spreadsheets_own_first_line_is_passed_over(tmp_path: Path) -> None:
    """Excel's `sep=;` names the mark between cells, and is no header."""
    path = tmp_path / "a.csv"
    path.write_text("sep=;\na;b\n1;x,y,z\n", "utf-8")
    assert list(read_rows(path)) == [{"a": "1", "b": "x,y,z"}]


def test_an_open_quotation_mark_takes_in_no_rows(tmp_path: Path) -> None:
    """The table is refused: the rows within the mark would pass for unchanged."""
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"x\n2,"y"\n', "utf-8")
    with pytest.raises(InputError, match="no CSV file"):
        list(read_rows(path))
