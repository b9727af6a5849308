"""The records of a run in temporary files that are mapped into memory: their columns, and features.

A million records are some gigabyte: too much for objects, little for files. The system keeps in
memory what is in use and drops the rest under pressure, and processes started later share the
mapping, so nothing is copied to them.
"""

from __future__ import annotations

import marshal
import mmap
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.columns import NUMBERS, ROWS, TEXTS, Columns
from techproc.dedupe.features import Features
from techproc.dedupe.rows import Rows, Texts

__all__ = ["ColumnStore", "FeatureStore", "Spool", "pack", "unpack"]


def pack(features: Features) -> bytes:
    """Return features as bytes, for this run only: the form depends on the version of Python.

    All but their position, which whoever keeps them knows.
    """
    return marshal.dumps(features[1:])


def unpack(data: bytes | memoryview, record: int = 0) -> Features:
    """Return the features that were packed, of the record at a position.

    >>> import pymarc
    >>> from techproc.dedupe.features import features
    >>> one = features(pymarc.Record(), 7)
    >>> unpack(pack(one), 7) == one
    True
    """
    return Features(record, *marshal.loads(data))


class FeatureStore:
    """Packed features by position; filled once, then frozen and read."""

    def __init__(self) -> None:
        self._data = Spool()
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def append(self, packed: bytes) -> int:
        """Add the packed features of one record; return its position."""
        self.extend(packed, np.array([len(packed)]))
        return len(self) - 1

    def extend(self, packed: bytes, sizes: NDArray[np.int64]) -> None:
        """Add the packed features of several records, of the sizes given."""
        self._ends.frombytes((np.cumsum(sizes, dtype=np.int64) + self._data.size).tobytes())
        self._data.write(packed)

    def freeze(self) -> None:
        """Make what was added readable; nothing more can be added."""
        self._data.freeze()

    def __getitem__(self, position: int) -> Features:
        packed = self._data.view[self._ends[position] : self._ends[position + 1]]
        return unpack(packed, position)

    def take(self, positions: Iterable[int]) -> Sequence[Features]:
        """Return the features at several positions."""
        return [self[position] for position in positions]

    def close(self) -> None:
        """Give the file back."""
        self._data.close()

    def __enter__(self) -> FeatureStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class ColumnStore:
    """The columns of all records, filled part by part, then frozen and read."""

    def __init__(self) -> None:
        self._numbers = {name: Spool() for name in NUMBERS}
        self._rows = {name: (Spool(), Spool()) for name in ROWS}
        self._texts = {name: (Spool(), Spool()) for name in TEXTS}
        for _, ends in (*self._rows.values(), *self._texts.values()):
            ends.write(bytes(8))

    def append(self, part: Columns) -> None:
        """Add the columns of the records that come next."""
        for name, spool in self._numbers.items():
            spool.write(part.numbers[name].tobytes())
        for name, (values, ends) in self._rows.items():
            rows = part.rows[name]
            ends.write((rows.ends[1:] + values.size // 4).tobytes())
            values.write(rows.values.tobytes())
        for name, (data, ends) in self._texts.items():
            texts = part.texts[name]
            ends.write((texts.ends[1:] + data.size).tobytes())
            data.write(texts.data)

    def freeze(self) -> Columns:
        """Return the columns of everything that was added; nothing more can be."""
        for spool in self._spools():
            spool.freeze()
        return Columns(
            {name: np.frombuffer(spool.view, np.int32) for name, spool in self._numbers.items()},
            {
                name: Rows(
                    np.frombuffer(values.view, np.uint32), np.frombuffer(ends.view, np.int64)
                )
                for name, (values, ends) in self._rows.items()
            },
            {
                name: Texts(data.view, np.frombuffer(ends.view, np.int64))
                for name, (data, ends) in self._texts.items()
            },
        )

    def close(self) -> None:
        """Give the files back; columns that are still in use keep theirs."""
        for spool in self._spools():
            spool.close()

    def _spools(self) -> Iterator[Spool]:
        yield from self._numbers.values()
        for pair in (*self._rows.values(), *self._texts.values()):
            yield from pair


class Spool:
    """A temporary file that is written from end to end, then mapped."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="techproc-dedupe-")  # noqa: SIM115
        self._map: mmap.mmap | None = None
        self.size = 0
        self.view: memoryview = memoryview(b"")

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes at the end."""
        self.size += self._file.write(data)

    def freeze(self) -> None:
        """Make what was written readable as `view`; nothing more can be written."""
        self._file.flush()
        if self.size:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
            self.view = memoryview(self._map)

    def close(self) -> None:
        """Give the file back."""
        # A view that is still in use keeps its pages; the file itself has no name to leave behind.
        self.view, self._map = memoryview(b""), None
        self._file.close()
