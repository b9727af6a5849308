"""Opening: anything compressed or not, told from its content; bombs and damage refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import InputError
from techproc.marc import Loaded, Quarantined, encode, read, source
from techproc.marc.census import take_census
from techproc.marc.columns import scan_subfields
from techproc.marc.marcxml import to_xml

RECORD = pymarc.Record(leader="00000nam a2200000 a 4500")
RECORD.add_field(pymarc.Field("001", data="1"))
ONE = encode(RECORD)


README = b"Dear customer, the checksum is below.\n"


def zip_of(members: dict[str, bytes]) -> bytes:
    """Return a zip archive of named files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def tar_of(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive of named files."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def tgz_of(members: dict[str, bytes]) -> bytes:
    """Return a compressed tar archive of named files."""
    return gzip.compress(tar_of(members))


MIXED = {
    "readme.txt": README,
    "__MACOSX/._one.mrc": b"\0\5\26\7",
    "one.mrc": ONE,
    "folder/" + "long" * 40 + "é.xml": b"<collection>" + to_xml(RECORD).encode() + b"</collection>",
    "empty.mrc": b"",
    "inner.zip": zip_of({"two.mrc": ONE * 2, "readme": README}),
    "sums.md5": b"d41d8cd98f00b204e9800998ecf8427e  one.mrc\n",
}


@pytest.mark.parametrize("pack", [zip_of, tar_of, tgz_of])
def test_what_stands_beside_records_in_an_archive_is_told(
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    """Members of any form are read; each that is none is named, kept, and no rejected record."""
    items = list(read(io.BytesIO(pack(MIXED))))
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert sum(isinstance(item, Loaded) for item in items) == 4
    beside = [item for item in items if isinstance(item, Quarantined)]
    assert all(item.beside for item in beside)
    assert [item.raw for item in beside] == [
        README, b"\0\5\26\7", b"", README, MIXED["sums.md5"]
    ]  # fmt: skip
    assert [str(item.finding.file).rpartition(":")[2] for item in beside] == [
        "readme.txt", "__MACOSX/._one.mrc", "empty.mrc", "readme", "sums.md5"
    ]  # fmt: skip
    census = take_census(items)
    assert (census.read, census.rejected) == (4, 0)
    assert census.noticed["marc.beside-records"] == 5


@pytest.mark.parametrize("pack", [zip_of, tar_of])
def test_an_archive_without_records_is_refused(
    pack: Callable[[dict[str, bytes]], bytes],
) -> None:
    """A readme alone is nothing to read."""
    with pytest.raises(InputError, match="nothing in the archive"):
        list(read(io.BytesIO(pack({"readme.txt": README, ".DS_Store": b"\0\0\0\1"}))))


def test_a_form_that_is_named_is_that_of_every_member() -> None:
    """Then content decides nothing, but for what a system put there."""
    archive = zip_of({"readme.txt": README, ".DS_Store": b"\0\0\0\1", "one.mrc": ONE})
    items = list(read(io.BytesIO(archive), form="iso2709"))
    assert [item.findings[0].rule if item.findings else "" for item in items] == [
        "marc.unreadable", "marc.beside-records", ""
    ]  # fmt: skip


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_tar_archive_is_told(form: int, data: st.DataObject) -> None:
    """What comes before the damage is read; nothing that follows it is passed over in silence."""
    whole = tar_of({f"{'a' * 60}{n}.mrc": ONE * 3 for n in range(3)}, form)
    end = len(whole.rstrip(b"\0"))
    cut = data.draw(st.integers(1, end))
    try:
        items = list(read(io.BytesIO(whole[:cut])))
    except InputError:
        assert cut < 512 + len(ONE) * 3
        return
    loaded = sum(isinstance(item, Loaded) for item in items)
    assert loaded >= whole.count(ONE, 0, cut)
    if cut < end - 1:
        assert items[-1].findings[0].rule == "marc.source-damaged"


def test_a_header_that_is_damaged_is_not_the_end() -> None:
    """tarfile takes it for the end of the archive."""
    whole = bytearray(tar_of({f"{n}.mrc": ONE for n in range(3)}))
    whole[1024 + 150] ^= 1  # in the checksum of the second member's header
    items = list(read(io.BytesIO(bytes(whole))))
    assert [isinstance(item, Loaded) for item in items] == [True, False]
    assert items[-1].findings[0].rule == "marc.source-damaged"


def test_a_member_that_cannot_be_opened_costs_itself_alone() -> None:
    """The others of the archive are read."""
    data = bytearray(zip_of({"a.mrc": ONE, "b.mrc": ONE, "c.mrc": ONE}))
    at = data.find(b"PK\1\2", data.find(b"PK\1\2") + 1)
    data[at + 8] |= 1  # the list says that the second is encrypted
    items = list(read(io.BytesIO(bytes(data))))
    assert [isinstance(item, Loaded) for item in items] == [True, False, True]
    assert "password" in items[1].findings[0].message


def test_columns_are_made_of_what_is_iso2709_in_an_archive() -> None:
    """The readme is rejected as bytes that are no record."""
    blocks = list(scan_subfields(io.BytesIO(zip_of({"readme.txt": README, "a.mrc": ONE * 2}))))
    assert sum(block.records for block in blocks) == 2
    assert [item.raw for block in blocks for item in block.rejects] == [README]


def packed_otherwise() -> bytes:
    """Return a zip archive whose member names a method (97, WavPack) that no module unpacks."""
    data = bytearray(zipped(ONE))
    data[8:10] = b"\x61\0"
    at = data.find(b"PK\1\2") + 10
    data[at : at + 2] = b"\x61\0"
    return bytes(data)


def zipped(*contents: bytes) -> bytes:
    """Return a zip archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, data in enumerate(contents):
            archive.writestr(f"{i}.mrc", data)
    return stream.getvalue()


@pytest.mark.parametrize(
    "pack",
    [bytes, gzip.compress, lzma.compress, bz2.compress, zipped, lambda d: gzip.compress(zipped(d))],
)
def test_compression_is_told_from_content(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """The name of the file says nothing; the first bytes do."""
    path = tmp_path / "download.txt"
    path.write_bytes(pack(ONE * 3))
    assert [item.number for item in read(path)] == [1, 2, 3]
    assert len(list(read(io.BytesIO(pack(ONE * 2))))) == 2


def test_each_file_of_an_archive_is_read() -> None:
    """Numbers run on through the members of a zip."""
    assert [item.number for item in read(io.BytesIO(zipped(ONE, ONE * 2)))] == [1, 2, 3]


def test_a_compressed_file_that_breaks_off_says_so() -> None:
    """What could be unpacked is read; then comes a finding that there was more."""
    data = gzip.compress(b"".join(ONE for _ in range(5000)), 1)
    found = list(read(io.BytesIO(data[: len(data) // 2])))
    assert isinstance(found[0], Loaded)
    assert isinstance(found[-1], Quarantined)
    assert found[-1].finding.rule == "marc.source-damaged"


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("count", [3, 300])
def test_no_record_before_the_break_is_lost(count: int, part: float) -> None:
    """As many come as the decompressor itself gives of the bytes that are there."""
    records = []
    for number in range(count):
        record = pymarc.Record()
        record.add_field(pymarc.Field("001", data=str(number**9)))
        records.append(encode(record))
    for pack, unpacker in (
        (gzip.compress, zlib.decompressobj(31)),
        (lzma.compress, lzma.LZMADecompressor()),
    ):
        packed = pack(b"".join(records))
        packed = packed[: int(len(packed) * part)]
        whole = unpacker.decompress(packed).count(b"\x1d")
        try:
            found = list(read(io.BytesIO(packed)))
        except InputError:
            assert whole == 0
            continue
        loaded = [str(item.record["001"]) for item in found if isinstance(item, Loaded)]
        # One more may lack nothing but its terminators.
        assert loaded == [f"=001  {number**9}" for number in range(len(loaded))]
        assert whole <= len(loaded) <= whole + 1
        assert found[-1].findings[0].rule == "marc.source-damaged"


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output out of all proportion to its input ends the reading."""
    monkeypatch.setattr(source, "_BOMB_BYTES", 1 << 20)
    data = lzma.compress(ONE + b"\n" * (200 << 20), preset=0)
    data = lzma.compress(ONE + b"\n" * (1 << 20), preset=6) if len(data) > 1 << 17 else data
    monkeypatch.setattr(source, "_BOMB_RATIO", 100)
    found = list(read(io.BytesIO(data)))
    assert isinstance(found[0], Loaded)
    assert "bomb" in found[-1].findings[0].message


def test_boxes_in_boxes_are_refused() -> None:
    """Compression without end is not followed."""
    data = ONE
    for _ in range(6):
        data = gzip.compress(data)
    with pytest.raises(InputError, match="times over"):
        list(read(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p / "missing.mrc", "no such file"),
        (lambda p: p, "directory"),
        (lambda p: _file(p, b""), "empty"),
        (lambda p: _file(p, b"\x89PNG\r\n\x1a\n" + bytes(60)), "no form of MARC"),
        (lambda p: _file(p, zipped()), "archive is empty"),
        (lambda p: _file(p, packed_otherwise()), "not known here .* another program"),
    ],
)
def test_what_cannot_be_read_is_named(
    make: Callable[[Path], Path], said: str, tmp_path: Path
) -> None:
    """The message names the file and the reason."""
    path = make(tmp_path)
    with pytest.raises(InputError, match=said) as error:
        list(read(path))
    assert path.name in str(error.value)


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "file.mrc"
    path.write_bytes(data)
    return path
