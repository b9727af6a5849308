"""Lists of items in all the dress they come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from techproc.errors import InputError
from techproc.verify.item import Item
from techproc.verify.listing import is_list, read_items


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "Title,Year,ISBN,Barcode\nÉmile,1762,0306406152,1\n".encode()),
        ("a.csv", "\ufeffTitel;Jahr;ISBN-13\r\nÉmile;1762;0306406152\r\n".encode()),
        ("a.tsv", "title\tdate\tisbn\nÉmile\t1762\t0306406152\n".encode("utf-16")),
        ("a.csv", "title,date,isbn\nÉmile,1762,0306406152\n".encode("cp1252")),
        ("a.json", '[{"title": "Émile", "year": 1762, "isbn": "0306406152"}]'.encode()),
        ("a.jsonl", '{"title": "Émile", "date": "1762", "isbn": "0306406152"}\n'.encode()),
    ],
)
def test_one_item_in_every_form(tmp_path: Path, name: str, content: bytes) -> None:
    """Encodings, delimiters, header names and JSON all give the same item."""
    path = tmp_path / name
    path.write_bytes(content)
    (line,) = read_items(str(path))
    assert line.item == Item(title="Émile", date="1762", isbn="0306406152")
    assert is_list(str(path))


def test_the_control_number_and_the_line_are_kept(tmp_path: Path) -> None:
    """A record column names the record; blank lines are no items."""
    path = tmp_path / "a.csv"
    path.write_text("record,title\n123,Emma\n,\n124,Persuasion\n")
    assert [(line.number, line.control) for line in read_items(str(path))] == [
        (2, "123"),
        (4, "124"),
    ]


def test_no_line_and_no_column_is_passed_over_in_silence(tmp_path: Path) -> None:
    """A misspelt heading is named, and a line of which nothing can be compared."""
    path = tmp_path / "a.csv"
    path.write_text("title,edtion,barcode\nEmma,2nd ed.,1\n,,2\n")
    first, second = read_items(str(path))
    assert [f.message for f in first.findings] == ["columns not used: edtion, barcode"]
    assert (second.item, second.number) == (Item(), 3)
    assert [f.rule for f in second.findings] == ["list.nothing-typed"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02", "no text"),
        (b"a,b\n1,2\n", "line 1: no column is one of"),
        (b'{"title": \n', "line 1: not JSON"),
        (b'{"title": "Emma"}\n\n{"title" "Emma"}\n', "line 3: not JSON"),
        (b'[{"title": "Emma"},\n{"title" "Emma"}]', "line 2: not JSON"),
        (b"[1, 2]", "an object with title"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Each refusal names the file and what is wrong."""
    path = tmp_path / "items.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        list(read_items(str(path)))
    assert "items.csv" in str(refused.value)


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    """The operating system's errors come as plain sentences."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match=r"it is a directory|no such file"):
            list(read_items(str(path)))
