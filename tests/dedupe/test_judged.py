"""Pairs of real records of many libraries, judged by reading them: serials, maps, documents, books.

`mixed-verdicts.csv` names them by control number, or by place (#5342) where there is none or several
records have it. 171 are what the program had put among the uncertain pairs, or would have merged,
while its rules were written; 129 are all others that it would merge by itself and a random sample of
the uncertain rest, read afterwards. They are a test against falling back.
"""

from __future__ import annotations

import csv
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from techproc.dedupe.engine import find_in_files

DATA = Path(__file__).parents[3] / "shared" / "data" / "marc" / "mixed-utf8.mrc.xz"
VERDICTS = Path(__file__).parents[1] / "fixtures" / "dedupe" / "mixed-verdicts.csv"


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="the mixed records are not beside the project")
def test_pairs_that_a_person_judged():
    """None that is different would be merged, and none that is the same is called distinct."""
    with VERDICTS.open(encoding="utf-8", newline="") as lines:
        verdicts = {(row["a"], row["b"]): row["verdict"] for row in csv.DictReader(lines)}
    run = find_in_files([DATA])
    try:
        names = [(entry.control, f"#{entry.number}") for entry in run.entries]
        bands = {}
        for edge in run.edges:
            for pair in product(names[edge.first], names[edge.second]):
                bands[pair] = bands[pair[::-1]] = edge.band
        found = Counter((verdict, bands.get(pair, "no")) for pair, verdict in verdicts.items())
    finally:
        run.close()
    assert found["different", "match"] == 0
    assert found["same", "no"] == 0
