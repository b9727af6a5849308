"""Finding duplicates in files: the awkward inputs; the number of processes is no matter."""

from __future__ import annotations

import io
from pathlib import Path

import pymarc
import pytest

from techproc.dedupe.engine import find_in_files, find_in_records
from techproc.dedupe.features import features
from techproc.dedupe.intake import raw_items, read_features
from techproc.dedupe.view import view_bytes, view_record
from techproc.errors import InputError


def _write(path: Path, records: list[pymarc.Record]) -> Path:
    path.write_bytes(b"".join(record.as_marc() for record in records))
    return path


def test_bytes_and_records_give_the_same_features(examples):
    """The fast way over the bytes and the way over pymarc read the same."""
    seen = 0
    for raw in raw_items([examples / "catalogue.mrc"]):
        view = view_bytes(raw.data)
        if view is not None:
            record = next(iter(pymarc.MARCReader(io.BytesIO(raw.data))))
            assert view == view_record(record)
            assert read_features(raw) == features(record)
            seen += 1
    assert seen > 100


@pytest.mark.usefixtures("forking")
def test_processes_make_no_difference(examples, monkeypatch):
    """One process and two find the same clusters and pairs."""
    monkeypatch.setattr("techproc.dedupe.engine._PAIRS", 20)
    files = [examples / "vendor.mrc", examples / "catalogue.mrc"]
    outcomes = []
    for processes in (1, 2):
        run = find_in_files(files, processes=processes)
        outcomes.append((run.clusters, list(run.edges), list(run.entries), run.tally))
        run.close()
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][0]


def test_totals_add_up_with_damage(tmp_path, book):
    """Bytes that are no record are rejected and counted; the rest is matched."""
    path = _write(tmp_path / "some.mrc", [book("1"), book("2")])
    path.write_bytes(path.read_bytes() + b"this is no record" + book("3").as_marc())
    run = find_in_files([path])
    try:
        assert run.tally.rejected == 1
        assert run.tally.read == 4
        assert [cluster.records for cluster in run.clusters] == [(0, 1, 2)]
    finally:
        run.close()


def test_the_same_number_twice_and_none(book):
    """Records with one 001, and without any, are told apart by place, and that is reported."""
    run = find_in_records([book("1"), book("1"), book(None)])
    try:
        rules = [finding.rule for finding in run.findings]
        assert rules == ["dedupe.control-number-twice", "dedupe.no-control-number"]
        assert [cluster.records for cluster in run.clusters] == [(0, 1, 2)]
    finally:
        run.close()


def test_one_title_ten_thousand_times(book):
    """A title that everybody has does not bring everybody together; the key is reported."""
    made = [
        book(
            str(i), "Annual report", author="", publisher=f"Company {i},", year=str(1000 + i % 1000)
        )
        for i in range(600)
    ]
    run = find_in_records(made, block=60)
    try:
        common = [f for f in run.findings if f.rule == "dedupe.common-key"]
        assert any("title:annual report" in finding.message for finding in common)
        assert run.compared < 600 * 60
        assert all(len(cluster.records) < 7 or cluster.flags for cluster in run.clusters)
    finally:
        run.close()


@pytest.mark.parametrize("title", ["", "...", "—!?—", "[ ]", "x" * 5000, "word " * 1000])
def test_titles_of_no_use_and_too_long(book, title):
    """Empty, punctuation and endless titles are read, and never merged by themselves when empty."""
    run = find_in_records([book("1", title), book("2", title)])
    try:
        assert run.tally.read == 2
        if not any(char.isalnum() for char in title):
            assert not run.clusters
    finally:
        run.close()


def test_a_persons_word_overrules(book):
    """A pair decided different is not joined; one decided same is."""
    records = [book("1"), book("2"), book("3", "Another title altogether", author="Else, Somebody")]
    apart = find_in_records(records, decided=lambda a, b: "different")
    assert not apart.clusters
    assert "dedupe.overruled" in {finding.rule for finding in apart.findings}
    apart.close()


def test_decisions_that_contradict_hold_nothing_together(book):
    """1 is 2 and 2 is 3 but 1 is not 3: the two that were told apart are in no group together."""
    words = {("1", "2"): "same", ("2", "3"): "same", ("1", "3"): "different"}
    run = find_in_records(
        [book("1"), book("2"), book("3")], decided=lambda a, b: words[a.control, b.control]
    )
    try:
        assert [cluster.records for cluster in run.certain] == [(0, 1)]
        assert run.certain[0].flags
        assert [(edge.first, edge.second) for edge in run.refused] == [(1, 2)]
    finally:
        run.close()


def test_missing_and_empty_inputs(tmp_path):
    """A file that can't be read is named in one sentence."""
    with pytest.raises(InputError, match="nosuch"):
        find_in_files([tmp_path / "nosuch.mrc"])
    (tmp_path / "empty.mrc").write_bytes(b"")
    with pytest.raises(InputError, match=r"empty\.mrc"):
        find_in_files([tmp_path / "empty.mrc"])
