"""The members of zip and tar archives, one after the other."""

from __future__ import annotations

import gzip
import io
import lzma
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, Any, cast

from techproc.errors import InputError

__all__ = ["DAMAGE", "Archive", "Member", "read_once", "tar_members", "zip_members"]

DAMAGE = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    OSError,
)
# What systems put into archives by themselves.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\._|(?:\.DS_Store|Thumbs\.db|desktop\.ini)$)")
_PAX = re.compile(rb"[0-9]+ (?:(path)=([^\n]*)|(size)=([0-9]+))\n")
_LONGEST = 1 << 16  # bytes of what a tar archive says about a member


def read_once(stream: IO[bytes], size: int) -> bytes:
    """Return what one reading of a stream gives, up to `size` bytes; none at the end."""
    read: Callable[[int], bytes | None] = getattr(stream, "read1", stream.read)
    return read(size) or b""


@dataclass(slots=True)
class Archive:
    """What is known of an archive while its members are read.

    Whoever looks for records in a member sets `asked`, and `held` when it holds some.
    """

    asked: bool = False
    held: bool = False

    def check(self, name: str) -> None:
        """Raise InputError when it was looked through for records and held none."""
        if self.asked and not self.held:
            raise InputError(f"{name}: nothing in the archive is a form of MARC that is known")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; `alone` when there is no other."""

    name: str
    content: IO[bytes]
    alone: bool = False

    @property
    def litter(self) -> bool:
        """True when by its name it is nobody's, but was put there by a system."""
        return _LITTER.search(self.name) is not None


def zip_members(stream: IO[bytes], name: str, stack: ExitStack) -> Iterator[Member]:
    """Yield the files of a zip archive; raises one of `DAMAGE` when its list cannot be read."""
    # A zip's contents list stands at its end: what cannot seek is spooled, on disk when large.
    spool = tempfile.SpooledTemporaryFile(max_size=1 << 24)  # noqa: SIM115 (closed by the stack)
    stack.callback(spool.close)
    while block := stream.read(1 << 20):
        spool.write(block)
    spool.seek(0)
    archive = stack.enter_context(zipfile.ZipFile(cast(IO[bytes], spool)))
    files = [file for file in archive.infolist() if not file.is_dir()]
    if not any(file.file_size for file in files):
        raise InputError(f"{name}: the archive is empty")
    for file in files:
        alone = len(files) == 1
        try:
            with _open_file(archive, file) as content:
                yield Member(file.filename, content, alone)
        except zipfile.BadZipFile as error:
            if alone:
                raise InputError(f"{name}: {error}") from error
            yield Member(file.filename, cast(IO[bytes], _Unreadable(error)))


def _open_file(archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> IO[bytes]:
    """Open a file in a zip archive; raises BadZipFile where that cannot be done."""
    if file.flag_bits & 1:
        raise zipfile.BadZipFile("encrypted; unpack it with its password first")
    try:
        return archive.open(file)
    except NotImplementedError as error:  # zipfile's word for ways of packing that it has not
        raise zipfile.BadZipFile(
            f"packed in a way that is not known here ({error}); unpack it with another program"
        ) from error


class _Unreadable(io.RawIOBase):
    """In the place of a file that cannot be opened."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        raise self._error


class _TarContent(io.RawIOBase):
    """The content of one member of a tar archive, which is read from the archive's stream."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._left = size
        self._padding = -size % tarfile.BLOCKSIZE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._left:
            return 0
        data = read_once(self._stream, min(len(buffer), self._left))
        if not data:
            raise EOFError("the tar archive breaks off")
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def skip(self) -> None:
        """Go on to where the next header is."""
        while self.read(1 << 16):
            pass
        self._left, self._padding = self._padding, 0
        self.readall()


def tar_members(stream: IO[bytes], _name: str, _stack: ExitStack) -> Iterator[Member]:
    """Yield the files of a tar archive as it streams; raises one of `DAMAGE` where it is damaged.

    By hand: `tarfile` takes a damaged header for the end, and loses what was read before a break.
    """
    said: dict[bytes, bytes] = {}  # what headers of their own say about the member that follows
    while any(header := _TarContent(stream, tarfile.BLOCKSIZE).readall()):
        try:
            info = tarfile.TarInfo.frombuf(header, "utf-8", "replace")
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"a header of the tar archive is damaged: {error}") from error
        size = int(said.get(b"size", info.size))
        if size < 0:
            raise tarfile.ReadError("a member of the tar archive has a size below 0")
        content = _TarContent(stream, size)
        if info.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE) and size < _LONGEST:
            text = content.readall()
            pairs = [(p or s, v or n) for p, v, s, n in _PAX.findall(text)]
            said |= dict(pairs) if info.type == tarfile.XHDTYPE else {b"path": text.rstrip(b"\0")}
        else:
            if info.type in tarfile.REGULAR_TYPES:
                path = said.get(b"path")
                name = info.name if path is None else path.decode("utf-8", "replace")
                yield Member(name, cast(IO[bytes], content))
            said = {}
        content.skip()
