"""What the benchmarks measure does not get worse: false alarms that nobody judged, faults not found."""

from __future__ import annotations

import random
import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[3] / "benchmarks"


@pytest.mark.slow
def test_every_error_on_sound_records_was_judged_and_is_real(shared_data: Path) -> None:
    """Under 2 % of the records have one; of 100 findings drawn at most one is not surely real."""
    made: dict[str, Any] = runpy.run_path(str(SCRIPTS / "validate_verdicts.py"))
    findings, counts = made["drawn"](shared_data / "marc" / "lc-books-2016-dev.mrc.xz")
    known = made["recorded"]()
    verdicts = [known[made["key"](finding)][0] for finding, _ in findings]
    assert len(verdicts) == 100
    assert verdicts.count("real") >= 99
    assert counts["error"] < counts["records"] / 50


@pytest.mark.slow
def test_planted_faults_are_found_at_their_place(shared_data: Path) -> None:
    """99 of 100, of every kind."""
    made: dict[str, Any] = runpy.run_path(str(SCRIPTS / "validate_recall.py"))
    kinds = made["KINDS"]
    validator = made["Validator"].with_profile()
    records = made["clean_records"](validator, 1200)
    tries = [
        made["trial"](kinds[name], name, records, number, random.Random(number), validator)
        for name in kinds
        for number in range(40)
    ]
    planted = [found for found in tries if found is not None]
    assert len(planted) > 800
    assert sum(bool(found) for found in planted) >= 0.99 * len(planted)
