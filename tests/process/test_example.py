"""The example batch comes to what examples/README.md says, line by line."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest

from techproc import marc
from techproc.process import RunReport, process

ROW = re.compile(
    r"\| ((?:trolley|vendor)\.\w+ (?:line|record) \d+) \| (.*?) \| (\w+) \| ([\w-]+) \| (.*?) \|"
)
EXAMPLES = Path(__file__).parents[2] / "examples"
TABLE = [
    match.groups()
    for match in map(ROW.match, (EXAMPLES / "README.md").read_text("utf-8").splitlines())
    if match
]
NOW = datetime.datetime(2026, 1, 5, 9, 0)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    return process(
        [str(EXAMPLES / "trolley.csv"), str(EXAMPLES / "vendor.mrc")],
        tmp_path_factory.mktemp("run") / "out",
        catalog=EXAMPLES / "catalogue.mrc",
        source_files=[str(EXAMPLES / "copy-source.mrc")],
        now=NOW,
    )


@pytest.fixture(scope="module")
def arrivals(run: RunReport) -> dict[str, dict[str, Any]]:
    report = json.loads((run.folder / "report.json").read_text("utf-8"))
    return {f"{Path(a['file']).name} {a['name'].split(' ', 1)[1]}": a for a in report["arrivals"]}


def test_the_table_covers_every_arrival(arrivals: dict[str, dict[str, Any]]) -> None:
    """No line of the trolley and no record of the vendor is left out of the table."""
    assert [row[0] for row in TABLE] == list(arrivals)


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_each_arrival_comes_to_what_the_table_says(
    row: tuple[str, ...], arrivals: dict[str, dict[str, Any]]
) -> None:
    """Outcome, match and the finding that explains it are as stated."""
    name, _, outcome, match, rule = row
    arrival = arrivals[name]
    rules = [finding["rule"] for finding in arrival["findings"]]
    assert (arrival["disposition"], arrival["match"]["kind"]) == (outcome, match), rules
    assert not rule or rule in rules


def test_the_files_hold_what_the_totals_say(run: RunReport) -> None:
    """records.mrc, review.mrc and rejects.jsonl have as many entries as were counted."""
    tally = run.tally
    tally.check()
    records = list(marc.read(run.folder / "records.mrc"))
    assert len(records) == run.records
    assert len(list(marc.read(run.folder / "review.mrc"))) == tally.review
    rejects = (run.folder / "rejects.jsonl").read_text("utf-8").splitlines()
    assert len(rejects) == tally.rejected


def test_a_rejected_record_is_kept_byte_for_byte(run: RunReport) -> None:
    """What could not be read stands in rejects.mrc exactly as it came."""
    assert (run.folder / "rejects.mrc").read_bytes() in (EXAMPLES / "vendor.mrc").read_bytes()


def test_every_written_item_has_its_call_number_once(run: RunReport) -> None:
    """No call number is given to two records, and none that stands in the catalogue is reused."""
    held = {
        f["o"]
        for entry in marc.read(EXAMPLES / "catalogue.mrc")
        if isinstance(entry, marc.Loaded)
        for f in entry.record.get_fields("952")
    }
    report = json.loads((run.folder / "report.json").read_text("utf-8"))
    given = [
        arrival["call_number"]["number"]
        for arrival in report["arrivals"]
        if arrival["disposition"] == "written" and arrival["call_number"]
    ]
    assert len(given) > 60
    assert len(given) == len(set(given))
    assert not held.intersection(given)


def test_a_second_run_gives_the_same_bytes(run: RunReport, tmp_path: Path) -> None:
    """Nothing in the outputs depends on the clock, on hashing or on the folder."""
    again = process(
        [str(EXAMPLES / "trolley.csv"), str(EXAMPLES / "vendor.mrc")],
        tmp_path / "out",
        catalog=EXAMPLES / "catalogue.mrc",
        source_files=[str(EXAMPLES / "copy-source.mrc")],
        now=NOW,
    )
    for path in sorted(run.folder.iterdir()):
        assert (again.folder / path.name).read_bytes() == path.read_bytes(), path.name
