"""Whole files through a validator: the same findings, in order, however many processes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.findings import Finding
from techproc.marc import Loaded, Quarantined, ReadOptions, RecordWriter, read
from techproc.marc.runs import cut, read_block
from techproc.marc.validate import Validator
from techproc.marc.validate.registry import Fault
from techproc.marc.validate.run import validate_file

DEFAULT = Validator.with_profile()


def one_by_one(data: bytes) -> tuple[int, list[Finding], list[bytes]]:
    """Return how many items there are, what there is to say of them, and the rejects."""
    count, said, rejects = 0, list[Finding](), []
    for item in read(io.BytesIO(data)):
        count += 1
        said += item.findings
        if isinstance(item, Quarantined):
            rejects.append(item.raw)
        else:
            said += [
                finding.at(file="a file", record=item.number, offset=item.offset)
                for finding in DEFAULT.validate(item.record)
            ]
    return count, said, rejects


def together(
    data: bytes, jobs: int, validator: Validator = DEFAULT
) -> tuple[int, list[Finding], list[bytes]]:
    """Return the same of the file as a whole."""
    count, said, rejects = 0, list[Finding](), []
    for part in validate_file(io.BytesIO(data), validator, jobs=jobs, file="a file"):
        count += part.read
        rejects += [item.raw for item in part.rejects]
        for item in part.checked:
            said += [*item.noticed, *item.found]
    return count, said, rejects


def sample(fixtures: Path) -> bytes:
    """Return records in UTF-8 and in MARC-8, with a stray run and a broken leader among them."""
    plain = (fixtures / "forms" / "sample.mrc").read_bytes()
    stream = io.BytesIO()
    with RecordWriter(stream, "iso2709", encoding="marc-8") as writer:
        for item in read(io.BytesIO(plain)):
            assert isinstance(item, Loaded)
            writer.write(item.record)
    return plain + b"\n" + stream.getvalue() + b"no record\x1d" + plain[:5] + b"x" + plain[6:]


@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_the_findings_are_those_of_one_record_after_the_other(fixtures: Path, jobs: int) -> None:
    """And so are their order, the totals and what is rejected."""
    data = sample(fixtures) * 150
    assert together(data, jobs) == one_by_one(data)


class Deadly(Validator):
    """Ends every process but the one that it was made in."""

    first = os.getpid()

    def faults(self, record: pymarc.Record) -> tuple[str | None, list[Fault]]:
        if os.getpid() != self.first:
            os._exit(1)
        return super().faults(record)


@pytest.mark.usefixtures("forking")
def test_a_process_that_is_killed_costs_no_record(fixtures: Path) -> None:
    """What it was to do is done by the first one."""
    data = sample(fixtures) * 150
    assert together(data, 2, Deadly(DEFAULT.severities)) == one_by_one(data)


@pytest.mark.parametrize("form", ["marcxml", "ndjson", "mrk"])
def test_other_forms_are_validated_too(fixtures: Path, form: str) -> None:
    """Record by record."""
    stream = io.BytesIO()
    with RecordWriter(stream, form) as writer:
        for item in read(io.BytesIO((fixtures / "forms" / "sample.mrc").read_bytes())):
            assert isinstance(item, Loaded)
            writer.write(item.record)
    assert together(stream.getvalue(), 2) == one_by_one(stream.getvalue())


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=3), st.integers(0, 30)), max_size=4)
)
@settings(max_examples=60)
def test_blocks_hold_what_a_stream_holds(changes: list[tuple[int, bytes, int]]) -> None:
    """Whatever the damage: the items read of blocks are those of the stream."""
    data = (Path(__file__).parents[2] / "fixtures" / "forms" / "sample.mrc").read_bytes() * 3
    for place, mark, length in changes:
        data = data[:place] + mark + data[place + length :]
    options = ReadOptions(file="a file")
    items = [
        (item.number, item.offset, item.padding, item.findings, item.raw)
        for block in cut(io.BytesIO(data), options)
        for item in read_block(block, options)
    ]
    if items:
        whole = [
            (
                item.number,
                item.offset,
                item.padding,
                [f.at(file="a file") for f in item.findings],
                item.raw,
            )
            for item in read(io.BytesIO(data), form="iso2709")
        ]
        assert [(*one[:3], list(one[3]), one[4]) for one in items] == whole
