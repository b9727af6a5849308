"""Opening: anything compressed or not, told from its content; bombs and damage refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pymarc
import pytest

from techproc.errors import InputError
from techproc.marc import Loaded, Quarantined, encode, read, source

RECORD = pymarc.Record(leader="00000nam a2200000 a 4500")
RECORD.add_field(pymarc.Field("001", data="1"))
ONE = encode(RECORD)


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
