"""Inputs made to exhaust or deceive the reader: refused in bounded time and memory.

Each is read in a process of its own whose memory and CPU time are limited; what it must say is
counted: the sound records beside the bad bytes are read, and the rest is told.
"""

from __future__ import annotations

import bz2
import functools
import gzip
import json
import lzma
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pymarc
import pytest

from techproc.marc import encode
from techproc.marc.marcxml import to_xml

READ = """
import json, resource, sys
megabytes, seconds = int(sys.argv[2]), int(sys.argv[3])
from techproc.marc import Loaded, read
from techproc.errors import InputError
import lxml.etree, zstandard, techproc.marc.marcxml  # what is imported late is no part of the limit
resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (seconds,) * 2)
loaded, told = 0, []
try:
    for item in read(sys.argv[1]):
        loaded += isinstance(item, Loaded)
        told += [f.rule for f in item.findings]
except InputError as error:
    told.append(str(error))
print(json.dumps([loaded, sorted(set(told))]))
"""
RECORD = pymarc.Record(leader="00000nam a2200000 a 4500", fields=[pymarc.Field("001", data="1")])
ONE = encode(RECORD)
XML = to_xml(RECORD).encode()
MEGABYTE = 1 << 20


def reading(path: Path, megabytes: int = 700, seconds: int = 60) -> tuple[int, list[str]]:
    """Return how many records a file holds and the rules of its findings, read within limits."""
    command = [sys.executable, "-c", READ, path, megabytes, seconds]
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    loaded, told = json.loads(done.stdout)
    return loaded, told


def write(path: Path, *parts: bytes, times: int = 1) -> Path:
    """Write a file of the parts, the second of them many times."""
    first, middle, *last = parts
    with path.open("wb") as stream:
        stream.write(first)
        for _ in range(times):
            stream.write(middle)
        for part in last:
            stream.write(part)
    return path


@pytest.mark.parametrize("size", [32, pytest.param(1024, marks=pytest.mark.slow)])
def test_a_gigabyte_without_a_terminator(size: int, tmp_path: Path) -> None:
    """Handed out in pieces; the record before it is read, and memory does not grow."""
    path = write(tmp_path / "x.mrc", ONE, b"x" * MEGABYTE, times=size)
    assert reading(path) == (1, ["marc.stray-bytes", "marc.unreadable"])


def test_a_million_directory_entries(tmp_path: Path) -> None:
    """No record has them; the next record is found."""
    head = b"99999nam a2299999   4500"
    path = write(
        tmp_path / "x.mrc", head, b"001000400000", b"\x1e123\x1e\x1d", ONE, times=1_000_000
    )
    loaded, told = reading(path)
    assert loaded == 1
    assert "marc.stray-bytes" in told


@pytest.mark.parametrize("fields", [b"\x1e" * 2_000_000, b"\x1e\x1f" * 1_000_000])
def test_millions_of_terminators_in_one_record(fields: bytes, tmp_path: Path) -> None:
    """A directory and terminators that cannot belong together are not matched one by one."""
    head = b"00040nam a2224025   4500" + b"001000100000" * 2000
    path = write(tmp_path / "x.mrc", head, fields, b"\x1d", ONE)
    loaded, told = reading(path)
    assert loaded == 1
    assert told == ["marc.directory"]


@pytest.mark.parametrize("length", [b"99999", b"00026", b"00000", b"-0001"])
def test_lengths_that_lie(length: bytes, tmp_path: Path) -> None:
    """In 30 bytes a length of 99999, and others: nothing is allocated by them."""
    path = write(tmp_path / "x.mrc", length + b"nam a2200037   4500\x1e1\x1e\x1d", ONE)
    loaded, told = reading(path, seconds=5)
    assert loaded == 1
    assert told


def _zip(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.mrc", "w", force_zip64=True) as stream,
    ):
        stream.write(ONE)
        for _ in range(512):
            stream.write(bytes(MEGABYTE))


def _packed(opener: Callable[..., object]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with opener(path, "wb") as stream:  # type: ignore[attr-defined]
            stream.write(ONE)
            for _ in range(512):
                stream.write(bytes(MEGABYTE))

    return make


def _zst(path: Path) -> None:
    import zstandard  # noqa: PLC0415 (an extra)

    with path.open("wb") as plain, zstandard.ZstdCompressor().stream_writer(plain) as stream:
        stream.write(ONE)
        for _ in range(512):
            stream.write(bytes(MEGABYTE))


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        _packed(gzip.open),
        _packed(bz2.open),
        _packed(functools.partial(lzma.open, preset=0)),
        _zip,
        _zst,
    ],
    ids=["gz", "bz2", "xz", "zip", "zst"],
)
def test_compression_bombs(make: Callable[[Path], None], tmp_path: Path) -> None:
    """Half a gigabyte of nothing: the record is read, memory stays flat, and it is told."""
    make(tmp_path / "bomb")
    loaded, told = reading(tmp_path / "bomb")
    assert loaded == 1
    assert set(told) <= {"marc.padding", "marc.source-damaged"}
    assert told


@pytest.mark.parametrize(
    "parts",
    [
        (b"", b"["),
        (b"[", b'{"a":'),
        (b'[{"leader":"00000nam a2200000 a 4500","fields":', b"["),
        (b'{"fields":[{"245":{"ind1":" ","ind2":" ","subfields":', b'[{"a":'),
    ],
)
def test_deep_json(parts: tuple[bytes, bytes], tmp_path: Path) -> None:
    """Nesting without end is no record, and does not exhaust the stack."""
    loaded, told = reading(write(tmp_path / "x.json", *parts, times=1_000_000))
    assert loaded == 0
    assert told


@pytest.mark.parametrize(
    "token",
    [
        b"<record>",
        b"<record><leader>",
        b"<!--",
        b"<![CDATA[",
        b"<record><!--",
        b'<subfield code="a">',
        b"<a:record ",
        b"</record>",
        b"&lol;",
    ],
)
def test_xml_that_opens_without_end(token: bytes, tmp_path: Path) -> None:
    """A million tags, comments or sections that are never closed: the record is found or told."""
    path = write(
        tmp_path / "x.xml", b"<collection>" + XML, token, XML + b"</collection>", times=1_000_000
    )
    loaded, _ = reading(path)
    assert loaded >= 1


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    """A billion laughs, a file of the system, a parameter entity: quarantined, nothing fetched."""
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    declared = f'<!DOCTYPE c [{laughs}<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>'
    bad = "".join(
        f'<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">{name}</controlfield></record>'
        for name in ("&l9;", "&f;")
    )
    path = tmp_path / "x.xml"
    path.write_bytes(declared.encode() + b"<c>" + bad.encode() + XML + b"</c>")
    assert reading(path, seconds=10) == (1, ["marc.xml-unreadable"])
