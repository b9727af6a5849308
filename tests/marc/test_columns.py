"""Columns hold what reading record by record gives."""

from __future__ import annotations

import io
import lzma
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import ConfigError, InputError
from techproc.marc import Loaded, _plainscan, arrow, columns, encode, framing, marc8, read


@pytest.fixture(scope="module", params=["as built", "Python"], autouse=True)
def core(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run everything here with the C core, where it was built, and with its Python twin."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "Python":
            patch.setattr(columns, "gather", _plainscan.gather)
            patch.setattr(columns, "subfields", _plainscan.subfields)
        yield


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


def _same(data: bytes) -> None:
    """Check values, findings and rejects against reading record by record."""
    items = list(read(io.BytesIO(data)))
    expected = [finding for item in items for finding in item.findings]
    found = list(columns.scan(io.BytesIO(data), [*PATHS, "245"]))
    assert [finding for each in found for finding in each.findings] == expected
    rows = list(columns.scan_subfields(io.BytesIO(data)))
    assert [finding for each in rows for finding in each.findings] == expected
    rejects = [item for item in items if not isinstance(item, Loaded)]
    assert [item for each in found for item in each.rejects] == rejects
    assert [item for each in rows for item in each.rejects] == rejects
    table = arrow.columns(io.BytesIO(data), [*PATHS, "245"])
    assert {path: table[path].to_pylist() for path in PATHS} == values_of(data)
    whole = [
        ["\x1f".join(["".join(f.indicators), *(c + v for c, v in f.subfields)]) for f in fields]
        for fields in (item.record.get_fields("245") for item in items if isinstance(item, Loaded))
    ]
    assert table["245"].to_pylist() == whole
    told = [
        (bytes(codes[i : i + 1]), bytes(values[a:b]).decode())
        for each in rows
        for (*_, codes, ends, values), _ in each.parts
        for i, (a, b) in enumerate(pairwise(memoryview(ends).cast("B").cast("i")))
    ]
    assert told == [
        (code.encode("ascii", "replace"), value)
        for item in items
        if isinstance(item, Loaded)
        for field in item.record.fields
        for code, value in ([(" ", field.data)] if field.control_field else field.subfields)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["bad/structurally-faulty", "marc/mixed-marc8", "marc/mixed-utf8", "marc/mixed-from-xml"],
)
def test_whole_files_give_the_same_both_ways(name: str, shared_data: Path) -> None:
    """Whole files, as they are and with a byte in each five thousand changed (seeded)."""
    data = lzma.decompress((shared_data / f"{name}.mrc.xz").read_bytes())
    _same(data)
    seeded = random.Random(7)
    damaged = bytearray(data[: 8 << 20])
    for _ in range(len(damaged) // 5000):
        damaged[seeded.randrange(len(damaged))] = seeded.choice(b"\x1f\x1e\x1d\x1b 0z\xe9\xc3\x81")
    _same(bytes(damaged))


TEXTS = [
    "Łódź",
    "Dvořák, Antonín",
    "Größe Ærø façade",
    "Война и мир",
    "СССР",
    "— «ещё»",
    "Ã©",
    "Ωmega",
]


def _flat(text: str, encoding: str) -> bytes:
    if encoding == "marc-8":
        return marc8.encode(text)
    return text.encode(encoding, "ignore")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["utf-8", "marc-8", "cp1252", "koi8-r", "cp1251"]),
            st.sampled_from(b"a ap"),
            st.lists(
                st.tuples(
                    st.sampled_from([b"a", b"b", b"x", b"", b" ", b"\xe9"]),
                    st.one_of(st.sampled_from(TEXTS), st.text("éèüЖжя ab", max_size=6)),
                ),
                min_size=1,
                max_size=4,
            ),
            st.binary(max_size=2),
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=400, deadline=None)
def test_records_in_any_encoding_are_what_read_gives(
    records: list[tuple[str, int, list[tuple[bytes, str]], bytes]],
) -> None:
    """Whatever the leader says, and with subfields that have no code or an odd one."""
    data = b""
    for encoding, flag, parts, more in records:
        fields = [
            b"1234",
            b"10" + b"".join(b"\x1f" + c + _flat(t, encoding) for c, t in parts) + more,
            b"  \x1fa" + _flat(parts[0][1], encoding) + b"\x1fx" + more,
        ]
        fields = [field.replace(b"\x1d", b"") + b"\x1e" for field in fields]
        entries, start = b"", 0
        for tag, field in zip((b"001", b"245", b"650"), fields, strict=True):
            entries += tag + b"%04d%05d" % (len(field), start)
            start += len(field)
        body = entries + b"\x1e" + b"".join(fields) + b"\x1d"
        base = 25 + len(entries)
        data += b"%05dnam %c22%05d a 4500" % (24 + len(body), flag, base) + body
    if framing.sniff(data[: 1 << 16]):
        _same(data)


SOUND = made("Łódź", "Wien", "東京") + made("Plain")


@given(
    st.lists(
        st.tuples(
            st.integers(0, 4 * len(SOUND)),
            st.integers(0, 40),
            st.sampled_from([b"", b"\x1d", b"\x1e", b"\x1f", b"9", b" \r\n", b"\xff", SOUND[:30]]),
        ),
        max_size=4,
    ),
    st.sampled_from([1 << 8, 1 << 10, 1 << 20]),
    st.sampled_from([1, 2]),
)
@settings(max_examples=200, deadline=None)
def test_whatever_was_damaged_columns_are_what_read_gives(
    edits: list[tuple[int, int, bytes]], block: int, threads: int
) -> None:
    """Values, rows, findings with their places, and what was rejected: however it is cut."""
    data = SOUND * 4
    for place, size, new in edits:
        data = data[:place] + new + data[place + size :]
    if not framing.sniff(data[: 1 << 16]):
        return
    items = list(read(io.BytesIO(data)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_COLUMNS_OF", block)
        patch.setattr(columns, "_ROWS_OF", block)
        found = list(columns.scan(io.BytesIO(data), PATHS, threads=threads))
        rows = list(columns.scan_subfields(io.BytesIO(data), threads=threads))
        table = arrow.columns(io.BytesIO(data), PATHS, threads=threads)
    expected = [finding for item in items for finding in item.findings]
    for scanned in (found, rows):
        assert [finding for each in scanned for finding in each.findings] == expected
        assert [item for each in scanned for item in each.rejects] == [
            item for item in items if not isinstance(item, Loaded)
        ]
    assert {name: table[name].to_pylist() for name in PATHS} == values_of(data)
    texts = [
        bytes(values[a:b]).decode()
        for each in rows
        for (*_, ends, values), _ in each.parts
        for a, b in pairwise(memoryview(ends).cast("B").cast("i"))
    ]
    assert texts == [
        value
        for item in items
        if isinstance(item, Loaded)
        for field in item.record.fields
        for value in (
            [field.data] if field.control_field else [value for _, value in field.subfields]
        )
    ]


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
    assert bytes(values).decode() == "ABé"
    assert ends.tolist() == [0, 1, 4]
    assert counts.tolist() == [0, 1, 2]


def test_misuse_is_told() -> None:
    """Paths that cannot be columns and sources that are not ISO 2709 raise."""
    with pytest.raises(ConfigError, match="245/00"):
        next(columns.scan(io.BytesIO(made("A")), ["245/00"]))
    with pytest.raises(InputError, match="convert"):
        next(columns.scan(io.BytesIO(b"<record/>"), ["245"]))
    with pytest.raises(InputError, match="empty"):
        next(columns.scan(io.BytesIO(b""), ["245"]))
