"""Cutting files into pieces that workers read by themselves.

A plain ISO 2709 file is cut by bytes: a record belongs to the piece in which its first byte lies,
and the piece ends where a record does (0x1D), so that no worker reads what another one does. Any
other file, compressed ones too, is one piece.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from techproc.dedupe.intake import Part, parts
from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.marc.forms import detect
from techproc.marc.source import HEAD

__all__ = ["Split", "plan_splits", "read_split"]

_END = b"\x1d"
_SIZE = 16 << 20


@dataclass(frozen=True, slots=True)
class Split:
    """A piece of a file: bytes `start` to `stop` of ISO 2709, or the whole of another form (0, 0)."""

    index: int
    file: str
    start: int = 0
    stop: int = 0


def plan_splits(paths: Iterable[str | Path], size: int = _SIZE) -> list[Split]:
    """Return the pieces of all files, in order; raises InputError for a file that is missing or empty."""
    found: list[Split] = []
    for path in paths:
        try:
            total = Path(path).stat().st_size
            with Path(path).open("rb") as stream:
                head = stream.read(HEAD)
        except OSError as error:
            raise InputError(explain_os_error(path, error)) from error
        if not head:
            raise InputError(f"{path}: it is empty")
        form = detect(head)
        cuts = range(0, total, size) if form is not None and form.name == "iso2709" else ()
        for start in cuts:
            found.append(Split(len(found), str(path), start, min(start + size, total)))
        if not cuts:
            found.append(Split(len(found), str(path)))
    return found


def read_split(split: Split) -> Iterator[Part]:
    """Yield the records of a piece."""
    if not split.stop:
        yield from parts([split.file])
        return
    with (
        Path(split.file).open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        start = _boundary(data, split.start)
        stop = _boundary(data, split.stop)
        if stop > start:
            yield Part(split.file, data[start:stop])


def _boundary(data: mmap.mmap, place: int) -> int:
    """Return where the first record begins that begins at a place or after it."""
    if place == 0 or place >= len(data):
        return min(place, len(data))
    found = data.find(_END, place - 1)
    return len(data) if found < 0 else found + 1
