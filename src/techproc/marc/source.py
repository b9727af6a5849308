"""Opening what is to be read: files, streams and standard input, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from techproc.errors import InputError, MissingExtra
from techproc.files import explain_os_error
from techproc.marc.archives import DAMAGE, Archive, Member, read_once, tar_members, zip_members

__all__ = ["HEAD", "Source", "open_sources"]

HEAD = 1 << 16  # bytes looked at to tell the form
_LAYERS = 4  # a .tar of .zip of .gz of … is refused beyond this
_BOMB_BYTES = 1 << 28  # outputs smaller than this are never called bombs
_BOMB_RATIO = 2000  # real records compress to between a third and a hundredth


def _read_into(stream: IO[bytes], buffer: Any) -> int:
    """Read once from a stream into a buffer; return how many bytes there were, 0 at the end.

    Once: a stream that is read until the buffer is full throws away what it has when the compressed
    data breaks off under it.
    """
    if isinstance(stream, io.BufferedIOBase):
        return stream.readinto1(buffer)  # without a copy, where the stream can
    if isinstance(stream, io.RawIOBase):
        return stream.readinto(buffer) or 0
    data = read_once(stream, len(buffer))
    buffer[: len(data)] = data
    return len(data)


class _Counted(io.RawIOBase):
    """A raw stream that counts what is read of it, to weigh against what comes out.

    `head` was read of it already, and `damage` is what came then in the place of more.
    """

    def __init__(
        self, inner: IO[bytes], head: bytes = b"", damage: Exception | None = None
    ) -> None:
        self._inner = inner
        self._head = head
        self._damage = damage
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._head:
            count = min(len(self._head), len(buffer))
            buffer[:count] = self._head[:count]
            self._head = self._head[count:]
        elif self._damage is not None:
            raise self._damage
        else:
            count = _read_into(self._inner, buffer)
        self.count += count
        return count


class Source(io.RawIOBase):
    """The decompressed bytes of one input; damage ends it, and is remembered in `damage`.

    `archive` is the archive it is a member of; `litter` says that by its name it is nothing of
    anybody's, such as what macOS adds.
    """

    def __init__(
        self,
        inner: IO[bytes],
        name: str,
        packed: _Counted | None = None,
        archive: Archive | None = None,
    ) -> None:
        self.name = name
        self.damage: str | None = None
        self.archive = archive
        self.litter = False
        self._inner = inner
        self._packed = packed
        self._count = 0

    def readable(self) -> bool:
        """Return True: that is all it is for."""
        return True

    def tell_bytes(self) -> int:
        """Return how many bytes have been handed out."""
        return self._count

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`; 0 at the end, and where the compressed data is broken."""
        if self.damage is not None:
            return 0
        try:
            count = _read_into(self._inner, buffer)
        except DAMAGE as error:
            self.damage = str(error) or type(error).__name__
            return 0
        self._count += count
        if (
            self._packed is not None
            and self._count > _BOMB_BYTES
            and self._count > _BOMB_RATIO * max(self._packed.count, 1)
        ):
            self.damage = (
                f"{self._packed.count} compressed bytes became more than {self._count}; "
                "that is a decompression bomb, not records"
            )
            return 0
        return count


def _open_zstd(stream: IO[bytes], name: str) -> IO[bytes]:
    try:
        import zstandard  # noqa: PLC0415 (an extra)
    except ImportError:
        raise MissingExtra(
            f"{name}: reading .zst needs the zstd extra; pip install 'techproc[zstd]'"
        ) from None
    return cast(IO[bytes], zstandard.ZstdDecompressor().stream_reader(stream))


def _packing(head: bytes) -> str | None:
    """Return how bytes that begin like this are compressed."""
    for magic, packing in (
        (b"\x1f\x8b", "gz"),
        (b"\xfd7zXZ\0", "xz"),
        (b"BZh", "bz2"),
        (b"\x28\xb5\x2f\xfd", "zst"),
        (b"PK\x03\x04", "zip"),
        (b"PK\x05\x06", "zip"),
    ):
        if head.startswith(magic):
            return packing
    return "tar" if head[257:262] == b"ustar" else None


def _unpack(
    stream: IO[bytes],
    name: str,
    stack: ExitStack,
    layer: int = 0,
    packed: _Counted | None = None,
    archive: Archive | None = None,
) -> Iterator[Source]:
    """Yield the plain inputs within a stream, taking off one layer of compression at a time."""
    head, damage = _read_head(stream)
    if damage is not None and not head and archive is None:
        raise InputError(f"{name}: {damage}; fetch the file again") from damage
    packing = _packing(head)
    counted = _Counted(stream, head, damage)
    if packing is None:
        yield Source(cast(IO[bytes], counted), name, packed, archive)
        return
    if layer == _LAYERS:
        raise InputError(f"{name}: compressed more than {_LAYERS} times over; unpack it first")
    below = packed or counted
    if packing in ("zip", "tar"):
        open_members = zip_members if packing == "zip" else tar_members
        members = open_members(cast(IO[bytes], counted), name, stack)
        yield from _from_archive(members, name, stack, layer, below, archive)
        return
    plain = io.BufferedReader(counted)
    inner: IO[bytes]
    if packing == "gz":
        inner = cast(IO[bytes], gzip.GzipFile(fileobj=plain, mode="rb"))
    elif packing == "xz":
        inner = lzma.LZMAFile(plain)  # noqa: SIM115 (closed by the stack)
    elif packing == "bz2":
        inner = bz2.BZ2File(plain)
    else:
        inner = _open_zstd(plain, name)
    stack.callback(inner.close)
    yield from _unpack(inner, name, stack, layer + 1, below, archive)


def _from_archive(
    members: Iterator[Member],
    name: str,
    stack: ExitStack,
    layer: int,
    packed: _Counted,
    outer: Archive | None,
) -> Iterator[Source]:
    """Yield the plain inputs within the members of an archive."""
    archive = outer or Archive()
    source: Source | None = None
    try:
        for member in members:
            label = name if member.alone else f"{name}:{member.name}"
            for source in _unpack(member.content, label, stack, layer + 1, packed, archive):
                source.litter = source.litter or member.litter
                yield source
    except DAMAGE as error:
        if source is None:
            raise InputError(f"{name}: damaged archive ({error}); fetch it again") from error
        if source.damage is None:
            source = Source(io.BytesIO(), name, archive=archive)
            source.damage = str(error)
            yield source
    if archive is not outer:
        archive.check(name)


def _read_head(stream: IO[bytes]) -> tuple[bytes, Exception | None]:
    """Read up to HEAD bytes, however few come at a time; and what ended them before, if any did."""
    parts: list[bytes] = []
    missing = HEAD
    try:
        while missing and (block := read_once(stream, missing)):
            parts.append(block)
            missing -= len(block)
    except DAMAGE as error:
        return b"".join(parts), error
    return b"".join(parts), None


@contextmanager
def open_sources(source: str | Path | BinaryIO) -> Iterator[Iterator[Source]]:
    """Open an input and give the plain byte streams in it; an archive has one for each member.

    `source` is a path, "-" for standard input, or a binary stream. Compression is told from the
    content. Raises InputError for what is missing, unreadable or a directory.
    """
    with ExitStack() as stack:
        if isinstance(source, str | Path):
            if str(source) == "-":
                name, stream = "standard input", cast(IO[bytes], sys.stdin.buffer)
            else:
                name = str(source)
                try:
                    if Path(source).is_dir():
                        raise InputError(f"{name}: it is a directory; name a file")
                    stream = stack.enter_context(Path(source).open("rb"))
                except OSError as error:
                    raise InputError(explain_os_error(source, error)) from error
        else:
            name, stream = str(getattr(source, "name", "stream")), source
        yield _unpack(stream, name, stack)
