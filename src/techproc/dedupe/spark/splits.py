"""Cutting files into pieces that workers read by themselves.

A plain ISO 2709 file is cut by bytes: a record belongs to the piece in which its first byte lies,
and the piece ends where a record does (0x1D), so that no worker reads what another one does. A
Parquet file is cut by its row groups; its column `record` holds a record of ISO 2709 in each row. Any
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
_NO_RECORD = b"-" + _END  # neither a record nor padding
_PARQUET = b"PAR1"
_COLUMN = "record"  # of a Parquet file
_SIZE = 16 << 20


@dataclass(frozen=True, slots=True)
class Split:
    """A piece of a file: bytes `start` to `stop` of ISO 2709, the row groups from `start` to `stop` of
    Parquet, or the whole of another form (0, 0).
    """

    index: int
    file: str
    start: int = 0
    stop: int = 0
    parquet: bool = False


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
        if head.startswith(_PARQUET):
            for group in range(_groups(path)):
                found.append(Split(len(found), str(path), group, group + 1, parquet=True))
            continue
        form = detect(head)
        cuts = range(0, total, size) if form is not None and form.name == "iso2709" else ()
        for start in cuts:
            found.append(Split(len(found), str(path), start, min(start + size, total)))
        if not cuts:
            found.append(Split(len(found), str(path)))
    return found


def _groups(path: str | Path) -> int:
    """Return how many row groups a Parquet file of records has; InputError when it holds none."""
    import pyarrow as pa  # noqa: PLC0415 - the extra `spark` brings it
    from pyarrow import parquet  # noqa: PLC0415

    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            kind = schema.field(_COLUMN).type if _COLUMN in schema.names else None
            if kind not in (pa.binary(), pa.large_binary()):
                raise InputError(
                    f"{path}: no column {_COLUMN!r} of type binary; put a record of ISO 2709 in each row"
                )
            if not file.metadata.num_rows:
                raise InputError(f"{path}: it is empty")
            return int(file.num_row_groups)
    except pa.ArrowException as error:
        raise InputError(f"{path}: no Parquet file that can be read ({error})") from error


def _rows(split: Split) -> Iterator[Part]:
    from pyarrow import parquet  # noqa: PLC0415

    with parquet.ParquetFile(split.file) as file:
        table = file.read_row_groups(list(range(split.start, split.stop)), columns=[_COLUMN])
    # A row without a record is one that cannot be read: it is told and counted.
    data = b"".join(value or _NO_RECORD for value in table.column(0).to_pylist())
    if data:
        yield Part(split.file, data)


def read_split(split: Split) -> Iterator[Part]:
    """Yield the records of a piece."""
    if split.parquet:
        yield from _rows(split)
        return
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
