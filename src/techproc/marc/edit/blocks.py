"""An ISO 2709 stream cut into runs of records, with every byte that stands between them."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

from techproc.marc.framing import Frame, Window, next_frame
from techproc.marc.scanner import run

__all__ = ["Block", "Framed", "Tee", "blocks"]

_LARGEST = 100_000
_RUN = 400  # records to a block, and a few more


@dataclass(frozen=True, slots=True)
class Framed:
    """A frame, with the bytes before it (at the beginning of the stream) and after it that are no
    records."""

    frame: Frame
    leading: bytes
    padding: bytes


@dataclass(slots=True)
class Block:
    """Consecutive records from number `first` on: the bytes of plain ones, frames for others."""

    first: int
    items: list[bytes | Framed]


class Tee(io.RawIOBase):
    """A stream that keeps what has been read of it until it is taken."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self._kept: deque[bytes] = deque()
        self._start = 0  # where in the stream the first of the kept blocks begins

    def readable(self) -> bool:
        """Return True: that is what it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`, and keep what it was given."""
        data = self._inner.read(len(buffer)) or b""
        buffer[: len(data)] = data
        if data:
            self._kept.append(bytes(data))
        return len(data)

    def take(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end` of the stream; those before are not asked again."""
        parts = []
        while self._kept:
            block = self._kept[0]
            if self._start < end:
                parts.append(block[max(start - self._start, 0) : end - self._start])
            if self._start + len(block) > end:
                break
            self._kept.popleft()
            self._start += len(block)
        return b"".join(parts)

    def forget(self, before: int) -> None:
        """Let go of the bytes before a place; they are not asked for again."""
        self.take(before, before)


def blocks(stream: BinaryIO, first: int, *, scan: bool = True) -> Iterator[Block]:
    """Yield the blocks of a stream: together they hold every byte of it, in order.

    `first` is the number of the first record. Without `scan` every record comes as a frame.
    """
    tee = Tee(stream)
    window = Window(cast(IO[bytes], tee))
    leading = window.skip_leading()
    block = Block(first, [])
    while window.ensure(1):
        found: list[tuple[bytes, bool]] = []
        if not leading and scan:
            window.ensure(_LARGEST)
            found, after = run(window.data, window.at, window.ended, _RUN)
        if found:
            tee.forget(window.offset + after)
            window.at = after
            block.items += [raw for raw, _ in found]
        else:
            frame = next_frame(window, leading)
            before = tee.take(frame.offset - leading, frame.offset)
            end = frame.offset + len(frame.raw)
            block.items.append(Framed(frame, before, tee.take(end, end + frame.padding)))
            leading = 0
        if len(block.items) >= _RUN:
            yield block
            block = Block(block.first + len(block.items), [])
    if block.items:
        yield block
