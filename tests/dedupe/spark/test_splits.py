"""Files cut into pieces: every record in exactly one, whatever the cut."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from techproc.dedupe.features import Features
from techproc.dedupe.intake import Raw, cut, raw_items, read_features
from techproc.dedupe.spark.splits import plan_splits, read_split
from techproc.errors import InputError
from techproc.findings import Finding
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


def test_row_groups_of_parquet_are_pieces(examples: Path, tmp_path: Path) -> None:
    """The column `record` holds the records; one of them breaks off."""
    items = list(raw_items([examples / "vendor.mrc"]))
    path = tmp_path / "vendor.parquet"
    table = pa.table({"id": list(range(len(items))), "record": [bytes(raw.data) for raw in items]})
    parquet.write_table(table, path, row_group_size=10)
    pieces = plan_splits([path])
    assert len(pieces) == -(-len(items) // 10) > 1
    found = [raw.data for piece in pieces for part in read_split(piece) for raw in cut(part)]
    assert found == [raw.data for raw in items]


def test_rows_without_a_record_are_counted(examples: Path, tmp_path: Path) -> None:
    """One that is empty or breaks off is rejected, or read as it is, and the next is whole."""
    sound = [bytes(raw.data) for raw in raw_items([examples / "catalogue.mrc"])][:3]
    path = tmp_path / "t.parquet"
    rows = [sound[0], None, sound[1], b"", sound[2][:-1], sound[0]]
    parquet.write_table(pa.table({"record": pa.array(rows, pa.binary())}), path)
    (piece,) = plan_splits([path])
    found = [read_features(raw) for part in read_split(piece) for raw in cut(part)]
    told = [one.rule if isinstance(one, Finding) else one.control for one in found]
    first, second, third = map(_control, sound)
    assert told == [first, "marc.unreadable", second, "marc.unreadable", third, first]


def _control(raw: bytes) -> str:
    features = read_features(Raw("t", 1, raw))
    assert isinstance(features, Features)
    return features.control


def test_parquet_without_records_is_told(tmp_path: Path) -> None:
    """The message names the column that is wanted; a damaged file is told too."""
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"marc": [b"x"]}), path)
    with pytest.raises(InputError, match="no column 'record'"):
        plan_splits([path])
    parquet.write_table(pa.table({"record": pa.array([], pa.binary())}), path)
    with pytest.raises(InputError, match="empty"):
        plan_splits([path])
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="no Parquet file"):
        plan_splits([path])


def test_a_file_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        plan_splits([tmp_path / "none.mrc"])
    (tmp_path / "empty.mrc").touch()
    with pytest.raises(InputError, match="empty"):
        plan_splits([tmp_path / "empty.mrc"])
