"""A file that is hard on blocking: one title ten thousand times."""

from __future__ import annotations

from pathlib import Path

import pytest

from techproc.dedupe.engine import find_in_files


@pytest.fixture(scope="module")
def one_title(tmp_path_factory, book) -> Path:
    """Ten thousand records called "Annual report", each of its own company."""
    path = tmp_path_factory.mktemp("hard") / "reports.mrc"
    plain = book(
        "c00000", "Annual report", author="", publisher="Company p00000,", year="1999",
        pages="p00000 p.",
    ).as_marc()  # fmt: skip
    with path.open("wb") as out:
        for i in range(10_000):
            data = plain.replace(b"p00000", b"p%05d" % i).replace(b"c00000", b"c%05d" % i)
            out.write(data.replace(b"1999", b"%04d" % (1000 + i % 1000)))
    return path


@pytest.mark.slow
def test_ten_thousand_records_of_one_title(one_title):
    """The common keys are left out and reported; nothing runs together."""
    run = find_in_files([one_title])
    try:
        common = [f for f in run.findings if f.rule == "dedupe.common-key"]
        assert any("title:annual report" in finding.message for finding in common)
        assert run.tally.read == 10_000
        assert run.compared < 10_000 * 60
        assert all(len(cluster.records) < 7 or cluster.flags for cluster in run.clusters)
    finally:
        run.close()
