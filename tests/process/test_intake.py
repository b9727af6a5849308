"""Lists of ISBNs: no line is lost, whatever is in its cells."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Record, Subfield

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.identifiers import isbn
from techproc.marc import encode
from techproc.process.intake import count_arrivals, read_arrivals, read_list

CELL = st.one_of(
    st.sampled_from(["9780306406157", "0306406152", "0306406153", "", "9.78E+12", "x"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
)


def saved(path: Path, rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["title", "isbn", "barcode"])
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8")
    return str(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1), st.sampled_from(",;\t|"))
def test_every_line_that_holds_anything_arrives(
    tmp_path: Path, rows: list[list[str]], delimiter: str
) -> None:
    """Each arrives once, in order, with a valid ISBN or a reason for its rejection."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    path = saved(tmp_path / "list.csv", rows, delimiter)
    if not filled:
        with pytest.raises(InputError, match="no line under it"):
            list(read_list(path, path))
        return
    arrivals = list(read_arrivals([path]))
    assert [a.number for a in arrivals] == list(range(1, len(filled) + 1))
    assert count_arrivals([path]) == len(filled)
    for row, arrival in zip(filled, arrivals, strict=True):
        assert arrival.typed.title == row[0].strip()
        assert arrival.items[0].barcode == row[2].strip()
        assert (arrival.rejected is None) == (isbn.normalize(arrival.isbn) == arrival.isbn != "")
        if arrival.isbn and row[1].isascii() and row[1].isalnum():
            assert arrival.isbn == isbn.normalize(row[1])


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    """What the list holds beside the known columns is not dropped in silence."""
    path = tmp_path / "list.csv"
    path.write_text("ISBN,Vendor code,Notes\n0306406152,ABC,first\n0306406152,DEF,second\n")
    first, second = read_list(str(path), "list.csv")
    assert [f.message for f in first.findings] == ["columns not used: Vendor code, Notes"]
    assert second.findings == ()


def test_windows_1252_is_a_finding(tmp_path: Path) -> None:
    """The guess at the encoding names the line that is not UTF-8."""
    path = tmp_path / "list.csv"
    path.write_bytes("isbn,title\n0306406152,Plain\n0306406152,Été – “quoted”\n".encode("cp1252"))
    first, second = read_list(str(path), "list.csv")
    assert second.typed.title == "Été – “quoted”"
    assert [(f.rule, f.record) for f in first.findings] == [("list.encoding", 3)]


def test_a_record_brings_all_its_items(examples: Path) -> None:
    """Barcodes in the item fields of delivered records arrive with them."""
    arrivals = list(read_arrivals([str(examples / "catalogue.mrc")], ["held"]))
    assert len(arrivals) == 296
    assert all(a.items and a.items[0].barcode and a.file == "held" for a in arrivals)


def test_what_items_do_not_carry_is_told(tmp_path: Path) -> None:
    """An item field is written anew; what it has no place for would go without a word."""
    record = Record(fields=[
        Field("245", Indicators("0", "0"), [Subfield("a", "Emma")]),
        Field("952", Indicators(" ", " "), [Subfield("p", "1"), Subfield("e", "Vendor")]),
        Field("952", Indicators(" ", " "), [Subfield("a", "MAIN"), Subfield("y", "BK")]),
    ])  # fmt: skip
    path = tmp_path / "vendor.mrc"
    path.write_bytes(encode(record))
    (arrival,) = read_arrivals([str(path)])
    assert [(f.rule, f.path) for f in arrival.findings] == [
        ("item.not-carried", "952$e"),
        ("item.unread", "952"),
    ]
    assert "952$e Vendor" in arrival.findings[0].message


def test_what_an_archive_holds_beside_the_records_is_told_and_no_arrival(tmp_path: Path) -> None:
    """A readme in a vendor's delivery is not a record that was rejected."""
    record = Record(fields=[Field("245", Indicators("0", "0"), [Subfield("a", "Emma")])])
    path = tmp_path / "delivery.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "Our records of November\n" * 20)
        archive.writestr("one.mrc", encode(record))
    told: list[Finding] = []
    (arrival,) = read_arrivals([str(path)], ["delivery"], tell=told.append)
    assert (arrival.number, arrival.rejected) == (1, None)
    assert [(f.rule, f.file) for f in told] == [("marc.beside-records", "delivery:readme.txt")]
