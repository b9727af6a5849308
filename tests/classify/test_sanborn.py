"""A library's own Cutter-Sanborn table is read and looked up by its rule."""

import pytest

from techproc.classify.sanborn import SanbornTable
from techproc.errors import InputError


@pytest.mark.parametrize("separator", [",", "\t"])
def test_a_table_is_read_with_or_without_a_head(tmp_path, separator):
    """CSV and tab-separated files, numbers with or without their letter, in any order."""
    path = tmp_path / "table.txt"
    path.write_text(separator.join(("Name", "No")) + f"\nSno{separator}S673\nSmi{separator}643\n")
    table = SanbornTable.load(path)
    assert [table.number(name) for name in ("Smith", "Snow", "Szabo")] == ["S643", "S673", "S673"]


def test_the_last_name_not_after_the_heading_counts():
    """Forenames divide a surname; what is before the table's first name of a letter has no number."""
    table = SanbornTable.of([("Smith, J", "648"), ("Smith", "645"), ("Ta", "111")])
    assert table.number("Smith, Adam") == "S645"
    assert table.number("Smith, John") == "S648"
    for text in ("Sabo", "Rabe", "東京", ""):
        with pytest.raises(ValueError, match=r"nothing|Latin"):
            table.number(text)


@pytest.mark.parametrize("text", ["", "Name,No\n", "Smi,643\nSno\n", "Smi,643\nSno,six\n"])
def test_a_file_that_is_no_table_is_refused(tmp_path, text):
    """The message names the file and the line."""
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=r"bad\.csv"):
        SanbornTable.load(path)
    with pytest.raises(InputError, match=r"none\.csv"):
        SanbornTable.load(tmp_path / "none.csv")
