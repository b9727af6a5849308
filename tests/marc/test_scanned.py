"""Scanned records are `pymarc.Record`s to every caller."""

from __future__ import annotations

import copy
import io
import lzma
import pickle
from pathlib import Path

import pymarc
import pytest

from techproc.marc import Loaded, encode, read

RECORD = pymarc.Record(leader="00000nam a2200000 a 4500")
RECORD.add_field(
    pymarc.Field("001", data="1"),
    pymarc.Field("020", None, [pymarc.Subfield("a", "0306406152")]),
    pymarc.Field("020", None, [pymarc.Subfield("a", "9780306406157")]),
    pymarc.Field("245", pymarc.Indicators("1", "0"), [pymarc.Subfield("a", "Łódź /")]),
)
RAW = encode(RECORD)


@pytest.fixture
def record() -> pymarc.Record:
    """A record as it comes from the reader."""
    item = next(iter(read(io.BytesIO(RAW))))
    assert isinstance(item, Loaded)
    return item.record


def test_it_is_a_pymarc_record(record: pymarc.Record) -> None:
    """Everything of pymarc's works on it, and its fields are pymarc's."""
    assert isinstance(record, pymarc.Record)
    assert type(record["245"]) is pymarc.Field
    assert record.title == "Łódź /"
    assert record.isbn == "0306406152"
    assert [f["a"] for f in record.get_fields("020")] == ["0306406152", "9780306406157"]
    assert "245" in record
    assert "999" not in record
    assert record.get("999") is None
    with pytest.raises(KeyError):
        record["999"]
    assert record.as_marc() == RAW
    assert record.as_dict() == RECORD.as_dict() | {"leader": str(record.leader)}
    assert [field.tag for field in record] == ["001", "020", "020", "245"]


def test_fields_are_the_records_own(record: pymarc.Record) -> None:
    """A field that was handed out before the others is the same object afterwards."""
    title = record["245"]
    title["a"] = "Changed /"
    assert record["245"] is title
    assert record.fields[3] is title
    assert pymarc.Record(encode(record)).title == "Changed /"


def test_edits_of_every_kind_are_written(record: pymarc.Record) -> None:
    """Adding, removing and replacing fields, and changing the leader, all count."""
    record.leader.encoding_level = "7"
    record.remove_fields("020")
    record.add_ordered_field(pymarc.Field("100", None, [pymarc.Subfield("a", "Someone")]))
    back = pymarc.Record(encode(record))
    assert [field.tag for field in back.fields] == ["001", "100", "245"]
    assert back.leader[17] == "7"


def test_a_leader_alone_may_change(record: pymarc.Record) -> None:
    """Editing only the leader is an edit."""
    record.leader[5:6] = "c"
    assert encode(record)[5:6] == b"c"


def test_copies_and_pickles_are_records(record: pymarc.Record) -> None:
    """Copies do not share fields with the original."""
    for other in (copy.deepcopy(record), pickle.loads(pickle.dumps(record))):
        assert isinstance(other, pymarc.Record)
        assert other.as_marc() == RAW
        other["245"]["a"] = "Other"
        assert record["245"]["a"] == "Łódź /"


@pytest.mark.parametrize("name", ["lc-books-2016-dev", "mixed-utf8", "mixed-marc8"])
def test_real_files_come_back_byte_for_byte(name: str, shared_data: Path) -> None:
    """Valid records are the same after reading and writing, untouched or rebuilt."""
    with lzma.open(shared_data / "marc" / f"{name}.mrc.xz") as stream:
        data = stream.read(600_000)
    same = rebuilt = sound = 0
    for item in read(io.BytesIO(data[: data.rfind(b"\x1d") + 1])):
        if not isinstance(item, Loaded) or item.findings or item.record.leader[9] not in "a ":
            continue
        encoding = "utf-8" if item.record.leader[9] == "a" else "marc-8"
        sound += 1
        same += encode(item.record, encoding) == item.raw
        item.record.fields = list(item.record.fields)
        rebuilt += encode(item.record, encoding) == item.raw
    assert same == sound > 100
    assert rebuilt >= 0.98 * sound


@pytest.mark.parametrize("name", ["lc-books-2016-dev", "mixed-utf8"])
def test_it_reads_what_pymarc_reads(name: str, shared_data: Path) -> None:
    """On sound records every field is what pymarc makes of it."""
    with lzma.open(shared_data / "marc" / f"{name}.mrc.xz") as stream:
        data = stream.read(400_000)
    checked = 0
    for item in read(io.BytesIO(data[: data.rfind(b"\x1d") + 1])):
        if isinstance(item, Loaded) and not item.findings:
            assert item.raw is not None
            assert str(item.record) == str(pymarc.Record(item.raw))
            checked += 1
    assert checked > 100
