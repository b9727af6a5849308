"""`techproc catalog` as its users meet it: what is found, what is not, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techproc import marc

Techproc = Callable[..., Any]


@pytest.fixture
def catalogue(techproc: Techproc, tmp_path: Path, examples: Path) -> Path:
    """Return a catalogue of the example records."""
    file = tmp_path / "catalogue.sqlite"
    assert techproc("catalog", "import", file, examples / "catalogue.mrc", "-q").code == 0
    return file


def test_a_number_and_words_find_their_records(techproc: Techproc, catalogue: Path) -> None:
    """An item's barcode, a control number, words in any order."""
    by_barcode = techproc("catalog", "search", catalogue, "31234000000024").out
    control = by_barcode.split("\t")[0]
    assert control
    assert techproc("catalog", "search", catalogue, control).out == by_barcode
    assert "green tea" in techproc("catalog", "search", catalogue, "tea", "cooking").out


@pytest.mark.parametrize("words", ["nosuchwordatall", "!!!", '"', "NEAR(a b)", "title:cooking"])
def test_nothing_found_is_said(techproc: Techproc, catalogue: Path, words: str) -> None:
    """On standard error; signs are no query language and no error."""
    ran = techproc("catalog", "search", catalogue, words)
    assert (ran.code, ran.out) == (0, "")
    assert "no record has all of these words" in ran.err


@pytest.mark.parametrize("command", [["search", "cooking"], ["shelflist"]])
def test_a_limit_below_one_is_refused(
    techproc: Techproc, catalogue: Path, command: list[str]
) -> None:
    """It would mean all, or all but some."""
    name, *words = command
    assert techproc("catalog", name, catalogue, *words, "--limit", "0").code == 2
    assert techproc("catalog", name, catalogue, *words, "--limit", "-3").code == 2
    assert len(techproc("catalog", name, catalogue, *words, "--limit", "1").out.splitlines()) == 1


def test_the_shelf_list_begins_where_it_is_told(techproc: Techproc, catalogue: Path) -> None:
    """At a call number or the first after it, in shelf order."""
    every = techproc("catalog", "shelflist", catalogue).out.splitlines()
    later = techproc("catalog", "shelflist", catalogue, "--from", "TX714").out.splitlines()
    assert later == every[-len(later) :]
    assert later[0].startswith("TX")
    assert not every[-len(later) - 1].startswith("TX71")


def test_damaged_records_are_told_and_the_others_kept(
    techproc: Techproc, tmp_path: Path, examples: Path
) -> None:
    """Exit code 3; the export gives back what was imported, byte for byte."""
    whole = (examples / "catalogue.mrc").read_bytes()
    (tmp_path / "damaged.mrc").write_bytes(whole + whole[:100])
    file = tmp_path / "catalogue.sqlite"
    ran = techproc("catalog", "import", file, tmp_path / "damaged.mrc")
    assert ran.code == 3
    assert "damaged.mrc, record 297" in ran.err
    exported = techproc("catalog", "export", file, "-o", tmp_path / "out.mrc")
    assert exported.code == 0
    assert (tmp_path / "out.mrc").read_bytes() == whole


def test_a_file_that_is_no_catalogue_is_named(
    techproc: Techproc, tmp_path: Path, examples: Path
) -> None:
    """With what makes one; exit code 2."""
    for file in (tmp_path / "none.sqlite", examples / "catalogue.mrc"):
        ran = techproc("catalog", "stats", file)
        assert ran.code == 2
        assert f"{file}: " in ran.err
        assert "techproc catalog import" in ran.err


def test_a_barcode_on_two_items_is_told(techproc: Techproc, tmp_path: Path, examples: Path) -> None:
    """Within a file and against what is there: a warning that names the records."""
    entry = next(e for e in marc.read(examples / "catalogue.mrc") if isinstance(e, marc.Loaded))
    entry.record["001"].data = "another"
    (tmp_path / "again.mrc").write_bytes(marc.encode(entry.record))
    file = tmp_path / "catalogue.sqlite"
    first = techproc("catalog", "import", file, examples / "catalogue.mrc")
    assert "catalog.barcode-twice" not in first.err
    ran = techproc("catalog", "import", file, tmp_path / "again.mrc")
    assert ran.code == 0
    assert ran.err.count("catalog.barcode-twice") == 1
    assert "another" in ran.err
