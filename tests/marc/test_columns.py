"""Columns hold what reading record by record gives."""

from __future__ import annotations

import io
import lzma
from pathlib import Path

import pymarc
import pytest

from techproc.errors import ConfigError, InputError
from techproc.marc import Loaded, arrow, columns, encode, read

PATHS = ["001", "020$a", "245$ab", "650$ax"]


def values_of(data: bytes) -> dict[str, list[list[str]]]:
    """Return what the columns should hold, by reading record by record."""
    found: dict[str, list[list[str]]] = {path: [] for path in PATHS}
    for item in read(io.BytesIO(data)):
        if isinstance(item, Loaded):
            for path in PATHS:
                tag, _, codes = path.partition("$")
                row: list[str] = []
                for field in item.record.get_fields(tag):
                    row += [field.data or ""] if field.control_field else []
                    row += [value for code, value in field.subfields if code in codes]
                found[path].append(row)
    return found


def made(*titles: str) -> bytes:
    """Return records with these titles."""
    out = b""
    for i, title in enumerate(titles):
        record = pymarc.Record(leader="00000nam a2200000 a 4500")
        record.add_field(pymarc.Field("001", data=str(i)))
        record.add_field(
            pymarc.Field("020", None, [pymarc.Subfield("a", str(i) * 10)] * (1 + i % 2))
        )
        parts = [pymarc.Subfield("a", title), pymarc.Subfield("b", "rest")]
        record.add_field(pymarc.Field("245", None, parts))
        out += encode(record)
    return out


@pytest.mark.parametrize("threads", [1, 2])
def test_damaged_records_are_in_the_columns_too(threads: int) -> None:
    """A damaged record stands in its place among the sound ones."""
    one, two, three = made("Łódź"), made("Wien", "Praha"), made("東京")
    data = one + b"00100" + two[5:] + b"\r\n" + three
    table = arrow.columns(io.BytesIO(data), PATHS, threads=threads)
    assert {name: table[name].to_pylist() for name in PATHS} == values_of(data)
    assert table["245$ab"].to_pylist()[0] == ["Łódź", "rest"]


@pytest.mark.parametrize("name", ["bad/structurally-faulty", "marc/mixed-marc8", "marc/mixed-utf8"])
def test_real_files_give_the_same_both_ways(name: str, shared_data: Path) -> None:
    """On real files, faulty ones too, columns and records agree, and so do rows and fields."""
    with lzma.open(shared_data / f"{name}.mrc.xz") as stream:
        data = stream.read(500_000)
    table = arrow.columns(io.BytesIO(data), PATHS)
    assert {path: table[path].to_pylist() for path in PATHS} == values_of(data)
    rows = [
        (row["record"], row["field"], row["tag"], row["indicators"], row["code"], row["value"])
        for batch in arrow.subfield_batches(io.BytesIO(data))
        for row in batch.to_pylist()
    ]
    expected = []
    items = [item for item in read(io.BytesIO(data)) if isinstance(item, Loaded)]
    for i, item in enumerate(items):
        for j, field in enumerate(item.record.fields):
            ind = "".join(field.indicators or "  ").encode("ascii", "replace").decode()
            pairs = [(" ", field.data)] if field.control_field else field.subfields
            for code, value in pairs:
                plain = code.encode("ascii", "replace").decode()
                expected.append((i, j, field.tag, ind, plain, value))
    assert rows == expected


def test_parquet_holds_every_subfield(tmp_path: Path) -> None:
    """The Parquet file has a row for each subfield and control field."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    with (tmp_path / "x.parquet").open("wb") as stream:
        assert arrow.write_subfields(io.BytesIO(made("A", "B")), stream) == 9
    table = pq.read_table(tmp_path / "x.parquet")
    assert table["value"].to_pylist() == [
        *("0", "0" * 10, "A", "rest", "1", "1" * 10, "1" * 10, "B", "rest")
    ]


def test_numpy_without_arrow() -> None:
    """Blocks give numpy arrays over the values."""
    block = next(columns.scan(io.BytesIO(made("A", "Bé")), ["245$a"]))
    ((values, ends, counts),) = block.numpy(0)
    assert values.decode() == "ABé"
    assert ends.tolist() == [0, 1, 4]
    assert counts.tolist() == [0, 1, 2]


def test_misuse_is_told() -> None:
    """Paths that cannot be columns and sources that are not ISO 2709 raise."""
    with pytest.raises(ConfigError, match="245/00"):
        next(columns.scan(io.BytesIO(made("A")), ["245/00"]))
    with pytest.raises(InputError, match="convert"):
        next(columns.scan(io.BytesIO(b"<record/>"), ["245"]))
