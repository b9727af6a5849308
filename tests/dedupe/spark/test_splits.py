"""Files cut into pieces: every record in exactly one, whatever the cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techproc.dedupe.intake import cut, raw_items
from techproc.dedupe.spark.splits import plan_splits, read_split
from techproc.errors import InputError
from techproc.marc import Loaded, read, write


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(size=st.integers(200, 60_000))
def test_pieces_hold_every_record_once_and_in_order(examples: Path, size: int) -> None:
    """One of the files has a record that breaks off."""
    files = [examples / "vendor.mrc", examples / "catalogue.mrc"]
    whole = [(raw.file, raw.data) for raw in raw_items(files)]
    pieces = plan_splits(files, size)
    assert [piece.index for piece in pieces] == list(range(len(pieces)))
    found = [
        (raw.file, raw.data) for piece in pieces for part in read_split(piece) for raw in cut(part)
    ]
    assert found == whole


def test_other_forms_are_one_piece(examples: Path, tmp_path: Path) -> None:
    records = [item.record for item in read(examples / "vendor.mrc") if isinstance(item, Loaded)]
    write(records, tmp_path / "vendor.xml", form="marcxml")
    (piece,) = plan_splits([tmp_path / "vendor.xml"], 1_000)
    assert (piece.start, piece.stop) == (0, 0)
    assert sum(1 for part in read_split(piece) for _ in cut(part)) == len(records)


def test_a_file_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        plan_splits([tmp_path / "none.mrc"])
    (tmp_path / "empty.mrc").touch()
    with pytest.raises(InputError, match="empty"):
        plan_splits([tmp_path / "empty.mrc"])
