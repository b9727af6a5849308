"""Outputs that are whole or not there: written beside, flushed, then moved into place.

And nothing is left open that could not be got ready.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from techproc.errors import OutputError, OutputExists

__all__ = ["atomic_output", "closed_on_error", "existing_output", "explain_os_error"]


_BUFFER = 1 << 18  # bytes that go to the system at a time


def explain_os_error(path: str | Path, error: OSError) -> str:
    """Return one plain sentence for what an operating system error means and what to do."""
    advice = {
        errno.ENOENT: "there is no such file or directory; check the spelling",
        errno.EACCES: "permission is denied; choose another place or ask its owner",
        errno.EPERM: "permission is denied; choose another place or ask its owner",
        errno.EROFS: "the place is read-only; choose another one",
        errno.ENOSPC: "the disk is full; free some space and run the command again",
        errno.EDQUOT: "the disk quota is used up; free some space and run the command again",
        errno.EISDIR: "it is a directory; name a file",
        errno.ENOTDIR: "part of the path is a file, not a directory",
        errno.EFBIG: "the file would be larger than this place allows",
        errno.ENAMETOOLONG: "the name is too long",
    }
    reason = advice.get(error.errno or 0, error.strerror or str(error))
    return f"{path}: {reason}"


def existing_output(path: Path, *, force: bool) -> None:
    """Raise OutputExists when `path` is a file that is there already and `force` is not set."""
    if path.is_dir():
        raise OutputError(f"{path}: it is a directory; name a file")
    if path.is_file() and not force:
        raise OutputExists(f"{path} is there already; name another file, or --force replaces it")


class _Closeable(Protocol):
    def close(self) -> None: ...


@contextmanager
def closed_on_error(opened: _Closeable) -> Iterator[None]:
    """Close what was opened when the block that gets it ready raises."""
    try:
        yield
    except BaseException:
        opened.close()
        raise


@contextmanager
def _explained(target: Path) -> Iterator[None]:
    """Turn what the system says of writing a file into an OutputError."""
    try:
        yield
    except BrokenPipeError:
        raise  # a reader of our standard output has gone; that is not this file's fault
    except OSError as error:
        raise OutputError(explain_os_error(target, error)) from error


@contextmanager
def atomic_output(path: str | Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """Yield a binary file that becomes `path` when the block ends, and never half of it.

    The bytes go to a hidden file beside `path`, are flushed to the disk and moved into place in one
    step; when the block raises, the hidden file is removed and `path` is as it was. What a symbolic
    link points to is replaced, not the link; a device or a pipe (/dev/null, /dev/stdout) is written
    to as it is.

    Raises OutputExists when `path` is there already and `force` is false, OutputError when the
    place cannot be written.
    """
    target = Path(path)
    with _explained(target):
        existing_output(target, force=force)
        special = target.exists() and not target.is_file()
    if special:
        with _explained(target), target.open("wb", buffering=_BUFFER) as stream:
            yield stream
        return
    target = Path(os.path.realpath(target))
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with _explained(target):
            with beside.open("xb", buffering=_BUFFER) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            # A file that appeared meanwhile is not overwritten either.
            existing_output(target, force=force)
            beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
