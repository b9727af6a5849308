"""Finding the records that may hold an ISBN in raw ISO 2709, without building any of them.

A subfield $a or $z that begins with nine or more digits may be an ISBN; the nine digits that its
10 and 13 digit forms share are its core. This lets through too much and never too little: what it
finds is read properly afterwards.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import numpy as np

__all__ = ["IsbnIndex", "core_of", "may_hold"]

_BLOCK = 1 << 20
_END = b"\x1d"
_NUMBER = re.compile(
    rb"\x1f[az][^0-9\x1d-\x1f]{0,24}([0-9](?:[^0-9A-WYZa-wyz\x1d-\x1f]{0,4}[0-9Xx]){8,})"
)
_NOT_DIGITS = bytes(set(range(256)) - set(b"0123456789"))


def core_of(isbn: str) -> int:
    """Return the nine digits shared by both forms of an ISBN given as 13 digits.

    >>> core_of("9780306406157")
    30640615
    """
    return int(isbn[3:12])


def _spans(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, bytes) of runs of whole records, about a mebibyte each."""
    rest, offset = b"", 0
    while block := stream.read(_BLOCK):
        data = rest + block
        cut = data.rfind(_END) + 1
        if cut:
            yield offset, data[:cut]
            offset += cut
        rest = data[cut:]
    if rest:
        yield offset, rest


def _found(data: bytes) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield (position, possible cores) of everything in `data` that looks like an ISBN."""
    for match in _NUMBER.finditer(data):
        digits = match[1].translate(None, _NOT_DIGITS)
        short = int(digits[:9]) if len(digits) >= 9 else -1
        if len(digits) >= 12:
            yield match.start(), (short, int(digits[3:12]))
        elif short >= 0:
            yield match.start(), (short,)


def _bounds(data: bytes, position: int) -> tuple[int, int]:
    start = data.rfind(_END, 0, position) + 1
    end = data.find(_END, position) + 1
    return start, end or len(data)


def may_hold(stream: BinaryIO, cores: frozenset[int]) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, raw record) for the records of a stream that may hold one of the cores."""
    for offset, data in _spans(stream):
        last = -1
        for position, possible in _found(data):
            if position >= last and not cores.isdisjoint(possible):
                start, last = _bounds(data, position)
                yield offset + start, data[start:last]


class IsbnIndex:
    """Where in a file the records stand that may hold an ISBN: 20 bytes for each, sorted.

    Built in one pass over the file, which then must stay as it is; `fresh` tells.
    """

    def __init__(self, path: Path) -> None:
        import numpy as np  # noqa: PLC0415 - only questions to files need it

        self._path = path
        self._seen = self._state()
        cores, starts, lengths = array("Q"), array("Q"), array("L")
        with path.open("rb") as stream:
            for offset, data in _spans(stream):
                for position, possible in _found(data):
                    start, end = _bounds(data, position)
                    for core in possible:
                        cores.append(core)
                        starts.append(offset + start)
                        lengths.append(end - start)
        keys = np.array(cores, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        self._cores: np.ndarray = keys[order]
        self._starts = np.array(starts, dtype=np.uint64)[order]
        self._lengths = np.array(lengths, dtype=np.uint64)[order]

    def _state(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_mtime_ns, status.st_size

    def fresh(self) -> bool:
        """Return whether the file is still the one that was indexed."""
        return self._state() == self._seen

    def may_hold(self, cores: frozenset[int]) -> Iterator[tuple[int, bytes]]:
        """Yield (offset, raw record) for the records that may hold one of the cores, in order."""
        places: dict[int, int] = {}
        for core in cores:
            key = self._cores.dtype.type(core)
            first = int(self._cores.searchsorted(key, "left"))
            for at in range(first, int(self._cores.searchsorted(key, "right"))):
                places[int(self._starts[at])] = int(self._lengths[at])
        with self._path.open("rb") as stream:
            for start in sorted(places):
                stream.seek(start)
                yield start, stream.read(places[start])
