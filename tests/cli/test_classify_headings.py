"""`classify headings suggest`, `train` and `evaluate` at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from techproc.marc import Loaded, read, write


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, examples: Path) -> Path:
    """Two records without headings, the second without a title too, and one that has them."""
    path = tmp_path_factory.mktemp("bare") / "bare.mrc"
    records = [i.record for i in read(examples / "catalogue.mrc") if isinstance(i, Loaded)]
    with_headings = [r for r in records if r.get_fields("650")][:3]
    for record in with_headings[:2]:
        record.fields = [f for f in record.fields if f.tag[0] != "6"]
    with_headings[1].fields = [f for f in with_headings[1].fields if f.tag != "245"]
    write(with_headings, path)
    return path


def suggest(techproc: Callable[..., Any], *more: Any) -> Any:
    return techproc("classify", "headings", "suggest", *more)


def test_records_with_headings_are_left_alone(techproc: Callable[..., Any], bare: Path) -> None:
    """Only those without are asked for; all of them with --blind. No title is a finding."""
    ran = suggest(techproc, bare, "--json")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 2
    assert "1 have LCSH headings and were left alone" in ran.err
    assert "heading.no-title" in ran.err
    assert len(suggest(techproc, bare, "--json", "--blind").out.splitlines()) == 3


def test_as_many_as_wanted(techproc: Callable[..., Any], examples: Path) -> None:
    """--top gives so many; without it there are at most five; --confidence leaves out."""
    file = examples / "copy-source.mrc"
    five = [
        json.loads(x)
        for x in suggest(techproc, file, "--blind", "--top", 5, "--json").out.splitlines()
    ]
    unlimited = suggest(techproc, file, "--blind", "--json", "--confidence", 0).out
    some = [json.loads(x) for x in unlimited.splitlines()]
    assert max(len(each["suggestions"]) for each in five) == 5
    for one, other in zip(some, five, strict=True):
        assert one["suggestions"] == other["suggestions"][: len(one["suggestions"])]
    for line in suggest(techproc, file, "--blind", "--json").out.splitlines():
        assert all(each["main_confidence"] >= 0.1 for each in json.loads(line)["suggestions"])
    sure = suggest(techproc, file, "--blind", "--confidence", 1)
    assert "heading.nothing-to-suggest" in sure.err


def test_for_reading(techproc: Callable[..., Any], examples: Path) -> None:
    """Tag, heading and confidence, then what speaks for it."""
    ran = suggest(techproc, examples / "copy-source.mrc", "--blind")
    assert ran.code == 0
    assert "\n  650 " in ran.out
    assert "nearest records: " in ran.out


def test_train(techproc: Callable[..., Any], examples: Path, tmp_path: Path) -> None:
    """What is learned is used; it is not written over; what teaches nothing is refused."""
    own = tmp_path / "own.headings"
    learn = (
        "classify",
        "headings",
        "train",
        examples / "catalogue.mrc",
        "-o",
        own,
        "--name",
        "ours",
    )
    assert techproc(*learn).code == 0
    assert techproc(*learn).code == 5
    assert techproc(*learn, "--force").code == 0
    ran = suggest(
        techproc, examples / "catalogue.mrc", "--blind", "--index", own, "--top", 1, "--json"
    )
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert all("ours" in s["index"] for each in found for s in each["suggestions"])
    more = ("classify", "headings", "train", examples / "copy-source.mrc", "-o", tmp_path / "more")
    ran = techproc(*more, "--add-to", own, "--json")
    told = json.loads(ran.out)
    assert 0 < told["learned"] < told["records"]
    assert techproc(*more, "--add-to", own, "--alone").code == 2
    empty = tmp_path / "empty.mrc"
    empty.write_bytes(b"")
    ran = techproc("classify", "headings", "train", empty, "-o", tmp_path / "none")
    assert ran.code != 0
    assert not (tmp_path / "none").exists()


def test_other_files_as_index(techproc: Callable[..., Any], examples: Path, tmp_path: Path) -> None:
    """A file that is no heading index, or is not there, is told in one line."""
    vendor = examples / "vendor.mrc"
    ran = suggest(techproc, vendor, "--index", vendor)
    assert ran.code == 2
    assert "not a heading index" in ran.err
    assert suggest(techproc, vendor, "--index", tmp_path / "none").code == 2


def test_evaluate(techproc: Callable[..., Any], bare: Path, examples: Path) -> None:
    """Records with headings alone are scored; without any there is nothing to score."""
    ran = techproc("classify", "headings", "evaluate", bare, "--json")
    assert ran.code == 0
    assert [json.loads(line)["records"] for line in ran.out.splitlines()] == [1, 1]
    assert "1 of 3 records have LCSH headings" in ran.err
    table = techproc("classify", "headings", "evaluate", examples / "catalogue.mrc").out
    assert "main heading" in table
    assert "precision" in table
    record = b"00043nam a22000371  4500001000200000\x1e7\x1e\x1d"
    record = b"%05d" % len(record) + record[5:]
    none = techproc("classify", "headings", "evaluate", "-", stdin=record)
    assert none.code == 2
    assert "no record has an LCSH heading" in none.err


def test_other_records_of_the_work_in_a_catalogue(
    techproc: Callable[..., Any], examples: Path, tmp_path: Path
) -> None:
    """With --catalog the headings of another edition count; the record's own there do not."""
    records = [i.record for i in read(examples / "catalogue.mrc") if isinstance(i, Loaded)]
    held = next(r for r in records if any(f.indicator2 == "0" for f in r.get_fields("650")))
    write([held], tmp_path / "held.mrc")
    catalogue = tmp_path / "c.sqlite"
    assert techproc("catalog", "import", catalogue, tmp_path / "held.mrc").code == 0
    more = ("--blind", "--json", "--catalog", catalogue)
    ran = suggest(techproc, tmp_path / "held.mrc", *more)
    assert ran.code == 0
    assert "same work" not in ran.out
    held["001"].data = "another"
    write([held], tmp_path / "new.mrc")
    found = json.loads(suggest(techproc, tmp_path / "new.mrc", *more).out)["suggestions"]
    assert found[0]["evidence"][0]["kind"] == "same work"
    assert found[0]["confidence"] > 0.5
