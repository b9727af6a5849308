"""The features of a run, packed one after the other in a temporary file that is mapped into memory.

A million records' features are some gigabyte: too much for objects, little for a file. The system
keeps in memory what is in use and drops the rest under pressure, and processes started later share
the mapping, so nothing is copied to them.
"""

from __future__ import annotations

import marshal
import mmap
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from types import TracebackType

from techproc.dedupe.features import Features

__all__ = ["FeatureStore", "pack", "unpack"]

_ALL = attrgetter(*(field.name for field in fields(Features)))


def pack(features: Features) -> bytes:
    """Return features as bytes, for this run only: the form depends on the version of Python."""
    return marshal.dumps(_ALL(features))


def unpack(data: bytes | memoryview) -> Features:
    """Return the features that were packed.

    >>> import pymarc
    >>> from techproc.dedupe.features import features
    >>> one = features(pymarc.Record())
    >>> unpack(pack(one)) == one
    True
    """
    return Features(*marshal.loads(data))


class FeatureStore:
    """Packed features by position; filled once, then frozen and read."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="techproc-dedupe-")  # noqa: SIM115
        self._ends = array("q", [0])
        self._map: mmap.mmap | None = None

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, packed: bytes) -> int:
        """Add the packed features of one record; return its position."""
        self._file.write(packed)
        self._ends.append(self._ends[-1] + len(packed))
        return len(self._ends) - 2

    def freeze(self) -> None:
        """Make what was added readable; nothing more can be added."""
        self._file.flush()
        if self._ends[-1]:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def __getitem__(self, position: int) -> Features:
        if self._map is None:
            raise IndexError(position)
        found = unpack(self._map[self._ends[position] : self._ends[position + 1]])
        return found.at(position) if found.record != position else found

    def take(self, positions: Iterable[int]) -> Sequence[Features]:
        """Return the features at several positions."""
        return [self[position] for position in positions]

    def close(self) -> None:
        """Give the file back."""
        if self._map is not None:
            self._map.close()
            self._map = None
        self._file.close()

    def __enter__(self) -> FeatureStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
