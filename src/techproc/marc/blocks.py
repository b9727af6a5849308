"""Cutting ISO 2709 streams into blocks of whole records, and working on several at a time.

The buffers that blocks are read into are used again and again: fresh memory costs more than
scanning what is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from techproc.errors import InputError
from techproc.marc.framing import LEADER, sniff
from techproc.marc.source import HEAD, Source, open_sources
from techproc.marc.threads import in_order

__all__ = ["Piece", "over_blocks"]

_BLOCK = 1 << 22
_MOST = 8  # times the size of a block: one without the end of a record is handed out then
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of an input, with whole records only: valid until the next one is asked for."""

    data: memoryview
    offset: int  # of its first byte in the input
    file: str


def over_blocks(
    source: str | Path | BinaryIO, work: Callable[[Piece], _T], threads: int = 1, size: int = _BLOCK
) -> Iterator[_T]:
    """Yield what `work` makes of each block of a source, in order, on as many threads as asked.

    Blocks have about `size` bytes: with millions, what is done once a block weighs little. Raises
    InputError for a source that is missing, damaged, or not ISO 2709.
    """
    with open_sources(source) as inputs:
        for plain in inputs:
            spare: list[bytearray] = []

            def work_on(block: tuple[Piece, bytearray], spare: list[bytearray] = spare) -> _T:
                piece, buffer = block
                result = work(piece)
                spare.append(buffer)
                return result

            if threads < 2:
                yield from map(work_on, _cut(plain, spare, size))
            else:
                yield from in_order(_cut(plain, spare, size), work_on, threads)
            if plain.damage is not None:
                raise InputError(f"{plain.name}: it breaks off or is damaged ({plain.damage})")


def _cut(plain: Source, spare: list[bytearray], size: int) -> Iterator[tuple[Piece, bytearray]]:
    """Yield the stream in blocks that end where a record does, with the buffers they are in.

    A buffer may be put into `spare` once no one looks at its block any more.
    """
    offset = filled = 0
    buffer = bytearray(size)
    began = ended = False
    while not ended:
        with memoryview(buffer) as view:
            while filled < len(buffer) and not ended:
                count = plain.readinto(view[filled:])
                filled += count
                ended = not count
        if not began:
            _check(plain, bytes(buffer[: min(filled, HEAD)]))
        began = True
        cut = filled if ended else _last_end(buffer, filled)
        if not cut:
            if filled < _MOST * size:
                buffer = buffer + bytearray(len(buffer))  # the record may end further on
                continue
            cut = filled
        following = spare.pop() if spare else bytearray(size)
        if filled - cut > len(following):
            following = bytearray(filled)
        following[: filled - cut] = buffer[cut:filled]
        yield Piece(memoryview(buffer)[:cut], offset, plain.name), buffer
        offset += cut
        filled -= cut
        buffer = following


def _check(plain: Source, head: bytes) -> None:
    """Raise InputError for an input that is not ISO 2709, nor beside such in an archive."""
    if sniff(head):
        if plain.archive is not None:
            plain.archive.asked = plain.archive.held = True
        return
    from techproc.marc.reading import form_by  # noqa: PLC0415 (it imports every form)

    # What an archive holds beside the records goes on as stray bytes, and is rejected as such.
    if form_by(plain, head).name not in ("iso2709", "other"):
        raise InputError(f"{plain.name}: columns are made of ISO 2709; convert it first")


def _last_end(buffer: bytearray, filled: int) -> int:
    """Return where the last record ends that another surely follows, 0 when there is none."""
    cut = filled
    while (cut := buffer.rfind(b"\x1d", 0, cut)) >= 0:
        # Only a terminator that a leader follows is surely the end of a record.
        if LEADER.match(buffer, cut + 1, filled):
            return cut + 1
    return 0
