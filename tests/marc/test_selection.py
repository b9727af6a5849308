"""Records passed on: filtered, sampled and split without loss, with the bytes they came in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import ConfigError, DataLossRefused, OutputExists
from techproc.marc import Loaded, read
from techproc.marc.census import take_census
from techproc.marc.path import FieldPath
from techproc.marc.selection import Passing, sample, select, split_by, split_every
from techproc.marc.where import Where


@pytest.fixture(scope="module")
def items(fixtures: Path) -> list[Loaded]:
    return [i for i in read(fixtures / "forms" / "sample.mrc") if isinstance(i, Loaded)]


@pytest.fixture(scope="module")
def raw(fixtures: Path) -> bytes:
    return (fixtures / "forms" / "sample.mrc").read_bytes()


def test_passing_keeps_the_bytes(items: list[Loaded], raw: bytes) -> None:
    """Records whose form stays the same come out byte for byte."""
    stream = io.BytesIO()
    passing = Passing(stream, "iso2709")
    for item in items:
        assert passing.write(item) == ()
    passing.close()
    assert stream.getvalue() == raw
    assert passing.records == len(items)


def test_select_and_its_inverse_are_everything(items: list[Loaded]) -> None:
    """A record is in one of the two."""
    where = Where.parse("880")
    kept, others = list(select(items, where)), list(select(items, where, invert=True))
    assert 0 < len(kept) < len(items)
    assert sorted(i.number for i in kept + others) == [i.number for i in items]


def test_sample_is_repeatable_and_in_order(items: list[Loaded]) -> None:
    """The same seed draws the same; a larger sample than there is is everything."""
    assert sample(items, 3, seed=5) == sample(items, 3, seed=5)
    numbers = [i.number for i in sample(items, 3, seed=5)]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 3
    assert sample(items, 99, seed=5) == items


@settings(max_examples=40)
@given(st.integers(0, 2000))
def test_samples_favour_none(items: list[Loaded], seed: int) -> None:
    """Whatever the seed, the sample has its size and no record twice."""
    assert len({i.number for i in sample(items, 2, seed)}) == 2


def test_split_every(items: list[Loaded], raw: bytes, tmp_path: Path) -> None:
    """The parts put together are the whole."""
    made = split_every(iter(items), 2, tmp_path / "part", "iso2709")
    assert [count for _, count in made] == [2, 2, 1]
    assert [path.name for path, _ in made] == ["part-0001.mrc", "part-0002.mrc", "part-0003.mrc"]
    assert b"".join(path.read_bytes() for path, _ in made) == raw
    with pytest.raises(OutputExists):
        split_every(iter(items), 2, tmp_path / "part", "iso2709")
    with pytest.raises(ConfigError):
        split_every(iter(items), 0, tmp_path / "other", "iso2709")


def test_split_by(items: list[Loaded], raw: bytes, tmp_path: Path) -> None:
    """Each record goes to the file of its value; none is lost."""
    made = split_by(items, FieldPath.parse("008/35-37"), tmp_path / "by", "iso2709")
    assert sum(count for _, count in made) == len(items)
    assert sorted(path.name for path, _ in made) == [
        "by-chi.mrc", "by-eng.mrc", "by-ger.mrc", "by-jpn.mrc",
    ]  # fmt: skip
    assert sum(path.stat().st_size for path, _ in made) == len(raw)


def test_split_by_refuses_names_that_collide(items: list[Loaded], tmp_path: Path) -> None:
    """Two values that would share a file are refused, and no file appears."""
    items[0].record["001"].data = "a/b"
    items[1].record["001"].data = "a?b"
    with pytest.raises(DataLossRefused):
        split_by(items[:2], FieldPath.parse("001"), tmp_path / "x", "iso2709")
    assert list(tmp_path.iterdir()) == []


def test_a_form_that_cannot_carry_a_record_is_refused(fixtures: Path) -> None:
    """The loss is named; with `lossy` it is reported and the work goes on."""
    item = next(iter(read(fixtures / "forms" / "sample.mrc")))
    assert isinstance(item, Loaded)
    item.record["245"].add_subfield("b", "one $x two")
    with pytest.raises(DataLossRefused, match=r"245\$b"):
        Passing(io.BytesIO(), "line").write(item)
    lost = Passing(io.BytesIO(), "line", lossy=True).write(item)
    assert [(f.rule, f.path, f.record) for f in lost] == [("convert.line", "245$b", 1)]


def test_census(fixtures: Path) -> None:
    """Records and rejects are counted by kind."""
    good = (fixtures / "forms" / "sample.mrc").read_bytes()
    census = take_census(read(io.BytesIO(good + b"\x1erubbish\x1d" + good)))
    assert census.read == 11
    assert census.rejected == 1
    assert sum(census.by_reason.values()) == 1
    assert sum(census.encodings.values()) == 10
    assert census.as_json()["types"] == {"a": 10}
