"""Lists as spreadsheets and scanners leave them: nothing of a line is lost unseen."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import InputError
from techproc.labels.inputs import read_labels
from techproc.lists import columns_of, decode_list, list_rows, too_many_cells
from techproc.process.intake import read_list
from techproc.sources.wanted import read_isbns
from techproc.verify.listing import read_items

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1),
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.booleans(),
)
def test_what_a_spreadsheet_saves_is_read_back(
    rows: list[list[str]], delimiter: str, encoding: str, said: bool
) -> None:
    """Any cells, any delimiter, any encoding with a mark, with and without Excel's own line."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([["isbn", "title"], *rows])
    saved = (f"sep={delimiter}\r\n" if said else "") + text.getvalue()
    decoded, findings = decode_list(saved.encode(encoding), "list.csv")
    read = [row for _, row in list_rows(decoded, "list.csv")]
    assert findings == ()
    expected = [[cell.strip() for cell in row] for row in rows]
    assert read == [["isbn", "title"], *(row for row in expected if any(row))]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "cp1252"])
def test_a_guess_at_the_encoding_is_told(codec: str) -> None:
    """UTF-16 without its mark and Windows-1252 are read, with a finding."""
    text, (finding,) = decode_list("isbn;title\r\n1;Été\r\n".encode(codec), "list.csv")
    assert "Été" in text
    assert (finding.rule, finding.file) == ("list.encoding", "list.csv")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the list is empty"),
        (b" \n\n", "the list is empty"),
        (b"\x00\x01PNG", "no text file"),
        (b"\xff\xfeA", "UTF-16 text is damaged"),
        (b"\x89PNG\x01\xe9", "no text file"),
        (b"isbn\n\x8d\x81\n", "line 2: neither UTF-8 nor Windows-1252"),
    ],
)
def test_bytes_that_are_no_list_are_refused(data: bytes, message: str) -> None:
    """Each with the file's name and what is wrong."""
    with pytest.raises(InputError, match=message) as refused:
        decode_list(data, "x.csv")
    assert "x.csv" in str(refused.value)


def test_a_quotation_mark_within_a_line_is_taken_as_it_stands() -> None:
    """People type them, and no other line is touched by it."""
    text = 'isbn,title\n1,"A" is for Alibi\n2,6" guns\n3,"two\nlines"\n4,"unclosed'
    assert [row for _, row in list_rows(text, "list.csv")][1:] == [
        ["1", "A is for Alibi"],
        ["2", '6" guns'],
        ["3", "two\nlines"],
        ["4", "unclosed"],
    ]


@pytest.mark.parametrize("rest", ["3,Dogs\n", '3,"Dogs"\n4,Birds\n'])
def test_a_quotation_mark_that_swallows_lines_is_refused(rest: str) -> None:
    """A cell that runs over the lines after it is no cell: its first line is named."""
    with pytest.raises(InputError, match=r"list\.csv, line 3: a quotation mark opens"):
        list(list_rows('isbn,title\n1,a\n2,"Cats\n' + rest, "list.csv"))


def test_a_line_of_too_many_cells_is_a_finding() -> None:
    """Empty cells at the end are the spreadsheet's; others were torn from their columns."""
    assert too_many_cells(["1", "a", "", ""], ["isbn", "title"]) is None
    finding = too_many_cells(["1", "Cats", "dogs"], ["isbn", "title"])
    assert finding is not None
    assert finding.message == "3 cells under 2 headings"


def test_columns_go_by_many_names() -> None:
    """Case, hyphens, blanks and colons do not matter; a column may stand twice."""
    assert columns_of(["ISBN_10", "Note", "isbn-13:"], {"isbn": ("isbn 10", "isbn 13")}) == {
        "isbn": (0, 2)
    }


def test_every_reader_of_lists_takes_the_same_file(tmp_path: Path) -> None:
    """The table of one command is read by the others, whatever Excel made of it."""
    path = tmp_path / "list.csv"
    lines = 'ISBN-13;Titel;Jahr;barcode\r\n="9780306406157";Émile;1762;="31234000000016"\r\n'
    path.write_bytes(b"sep=;\r\n" + lines.encode("cp1252"))
    (arrival,) = read_list(str(path), "list.csv")
    (item,) = read_items(str(path))
    assert arrival.isbn == item.item.isbn == "9780306406157"
    assert arrival.typed == item.item
    assert arrival.items[0].barcode == "31234000000016"
    assert [f.rule for f in item.findings] == ["list.encoding", "list.column"]
    assert read_isbns(path) == ["9780306406157"]
    (label,) = read_labels('sep=;\ncall_number;copy\n="QA76 .K5";2\n', "spine")
    assert label == next(iter(read_labels("call_number,copy\n\nQA76 .K5,2\n", "spine")))


@pytest.mark.parametrize(
    ("line", "rule", "said"),
    [
        ("306406152,", "isbn.form", "write it with a 0 in front: 0306406152"),
        ("97803064061579780306406157,", "isbn.form", "scanned twice"),
        ("31234000000016,", "isbn.form", "column called barcode"),
        ("9790260000438,", "isbn.ismn", "by its title"),
        ("0012345678905,", "isbn.prefix", "barcode of the book"),
        ("0306406152,9780140449136", "isbn.two", "leave the one"),
    ],
)
def test_an_isbn_that_cannot_be_used_is_told_apart(
    tmp_path: Path, line: str, rule: str, said: str
) -> None:
    """The reason and the advice are those of what was scanned."""
    path = tmp_path / "list.csv"
    path.write_text(f"isbn10,isbn13\n{line}\n,0306406152\n")
    wrong, right = read_list(str(path), "list.csv")
    assert right.isbn == "9780306406157"
    assert wrong.rejected is not None
    assert wrong.rejected.rule == rule
    assert said in str(wrong.rejected.fix)
