"""Parquet files of our own making are read by others as what was written."""

from __future__ import annotations

import io
import lzma
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.marc import arrow
from techproc.marc.parquet import ParquetWriter
from techproc.marc.rows import Rows


def rows_of(made: list[tuple[int, int, str, str, str, str]]) -> Rows:
    """Return rows of these records, fields, tags, indicators, codes and values."""
    record, field, tags, indicators, codes, values = zip(*made, strict=True)
    encoded = [value.encode() for value in values]
    return Rows(
        np.array(record, np.int32),
        np.array(field, np.int32),
        np.array([tag.encode() for tag in tags], "S3"),
        np.array([each.encode() for each in indicators], "S2"),
        np.array([code.encode() for code in codes], "S1"),
        np.cumsum([0, *map(len, encoded)], dtype=np.int32),
        b"".join(encoded),
    )


CHARACTERS = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
ROW = st.tuples(
    st.integers(0, 2**31 - 1),
    st.integers(0, 9000),
    st.text(CHARACTERS, min_size=3, max_size=3),
    st.text(CHARACTERS, min_size=2, max_size=2),
    st.text(CHARACTERS, min_size=1, max_size=1),
    st.text(max_size=40),
)


@given(
    st.lists(
        st.tuples(st.lists(ROW, min_size=1, max_size=6), st.sampled_from([1, 40, 200])), max_size=3
    )
)
@settings(max_examples=100, deadline=None)
def test_what_is_read_is_what_was_written(
    groups: list[tuple[list[tuple[int, int, str, str, str, str]], int]],
) -> None:
    """Any numbers, labels and values, in groups of any size."""
    stream = io.BytesIO()
    writer = ParquetWriter(stream)
    for made, times in groups:
        writer.write(rows_of(made * times))
    writer.close()
    expected = [row for made, times in groups for row in made * times]
    table = pq.read_table(io.BytesIO(stream.getvalue()))
    assert table.num_rows == writer.rows == len(expected)
    names = ("record", "field", "tag", "indicators", "code", "value")
    assert [tuple(row[name] for name in names) for row in table.to_pylist()] == expected


def test_more_labels_than_a_byte_can_number() -> None:
    """A tag has a number of two hundred and fifty-six, and more."""
    made = [(i, 0, f"{i:03}", "  ", "a", "x") for i in range(999)]
    stream = io.BytesIO()
    writer = ParquetWriter(stream)
    writer.write(rows_of(made))
    writer.close()
    table = pq.read_table(io.BytesIO(stream.getvalue()))
    assert table["tag"].to_pylist() == [tag for _, _, tag, *_ in made]


def test_pages_can_be_compressed() -> None:
    """Each page is compressed on its own, by what the caller hands in."""
    made = [(i, 0, "245", "  ", "a", "the same " * 3) for i in range(999)]
    stream = io.BytesIO()
    compress = pa.Codec("snappy").compress
    writer = ParquetWriter(stream, "snappy", lambda page: compress(page, asbytes=True))
    writer.write(rows_of(made))
    writer.close()
    assert len(stream.getvalue()) < 5000
    table = pq.read_table(io.BytesIO(stream.getvalue()))
    assert table["value"].to_pylist() == [value for *_, value in made]


@pytest.mark.parametrize("name", ["marc/lc-books-2016-dev", "bad/structurally-faulty"])
def test_a_real_file_is_the_same_as_in_arrow(name: str, shared_data: Path) -> None:
    """Every row of a real file, faulty ones too, by way of Parquet and by way of Arrow."""
    with lzma.open(shared_data / f"{name}.mrc.xz") as stream:
        data = stream.read(2_000_000)
    out = io.BytesIO()
    count = arrow.write_subfields(io.BytesIO(data), out)
    table = pq.read_table(io.BytesIO(out.getvalue()))
    table.validate(full=True)
    batches = pa.Table.from_batches(list(arrow.subfield_batches(io.BytesIO(data))))
    assert table.num_rows == batches.num_rows == count
    for column in table.column_names:
        assert table[column].to_pylist() == batches[column].to_pylist()
