"""Finding where one ISO 2709 record ends and the next begins, in files that may be damaged.

A stream is cut into frames that follow each other without a gap: records (or what may be one) and
stray bytes. Blank bytes between records belong to the frame before them as its padding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol

__all__ = ["LEADER", "LIMIT", "Frame", "Readable", "Window", "frames", "next_frame", "sniff"]

# One directory entry and the start of another, or the directory's end.
_ENTRIES = rb"[0-9A-Za-z]{3}[0-9]{9}(?:[0-9A-Za-z]{3}[0-9]{9}|\x1e)"
# What follows the length in most leaders, byte by byte: two codes, "22", the base address, "45".
_USUAL = rb"[A-Za-z #*-]{2}[ -~]{3}22[ -~]{8}45[0-9 ]{2}"
# A leader and what must follow it. Where its numbers are none, "22" and "45" must stand in place.
LEADER = re.compile(
    rb"(?:[0-9 ]{5}(?=[ -~]{5}22|[ -~]{15}45)[A-Za-z #*-]{2}[ -~]{5}[0-9 ]{5}[ -~]{7}"
    rb"|[ -~]{5}" + _USUAL + rb")" + _ENTRIES
)
_NUMBERS = re.compile(rb"[0-9]{9,}")  # the length and place in a directory entry, at least
_SHORN = re.compile(_USUAL + _ENTRIES)  # a leader whose length was left out
_BLANKED = re.compile(rb" {24}(?:[0-9A-Za-z]{3}[0-9]{9})+\x1e")
LIMIT = 4 << 20  # a run longer than this without a terminator is no record
_BLOCK = 1 << 20
# Line ends, blanks, NUL, Ctrl-Z, terminators of nothing, and the marks that files begin with.
_PADDING = re.compile(rb"(?:[\r\n\t \x00\x1a\x1d\x1e]+|\xef\xbb\xbf)*")


def sniff(head: bytes) -> bool:
    """Say whether bytes look like ISO 2709: a leader, or terminators and delimiters in place.

    >>> sniff(b"00042nam a2200037   4500001000400000\\x1e123\\x1e\\x1d"), sniff(b"<record/>")
    (True, False)
    """
    start = head.lstrip(b"\xef\xbb\xbf\r\n\t \x00\x1a")
    if not start:
        return False
    if LEADER.match(start) or (start[:5].isdigit() and b"\x1e" in start):
        return True
    return LEADER.search(head) is not None or (b"\x1e" in head and b"\x1f" in head)


class Readable(Protocol):
    """What a window is opened on."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A run of bytes of the input: a record, or bytes that are none (`stray`)."""

    offset: int
    raw: bytes
    stray: bool = False
    padding: int = 0
    leading: int = 0  # padding before it, at the very beginning of the input


class Window:
    """The part of the stream that is in memory."""

    def __init__(self, stream: Readable, block: int = _BLOCK) -> None:
        self.stream = stream
        self.block = block  # how much is read at a time
        self.data = b""
        self.at = 0  # where in `data` the next frame starts
        self.offset = 0  # where in the stream `data` starts
        self.ended = False

    def ensure(self, size: int) -> bool:
        """Have at least `size` bytes from `at` on, if the stream has them."""
        while len(self.data) - self.at < size and not self.ended:
            parts = [self.data[self.at :]]
            self.offset += self.at
            self.at = 0
            wanted = max(self.block, size - len(parts[0]))
            while wanted > 0:
                block = self.stream.read(wanted)
                if not block:
                    self.ended = True
                    break
                parts.append(block)
                wanted -= len(block)
            self.data = b"".join(parts)
        return len(self.data) - self.at >= size

    def skip_leading(self) -> int:
        """Step over a byte order mark and blank bytes at the beginning; return how many."""
        self.ensure(1)
        return self.skip_padding()

    def skip_padding(self) -> int:
        """Step over blank bytes; return how many there were."""
        skipped = 0
        while True:
            found = _PADDING.match(self.data, self.at)
            end = found.end() if found else self.at
            skipped += end - self.at
            self.at = end
            # A byte order mark may straddle the end of what is in memory.
            if len(self.data) - end < 3 and not self.ended:
                self.ensure(3)
                continue
            # Blanks may also be the beginning of a leader whose length was left out.
            for size in range(min(5, skipped), 0, -1):
                start = self.at - size
                if start >= 0 and LEADER.match(self.data, start):
                    self.at = start
                    return skipped - size
            # So may 24 of them before a directory.
            if skipped >= 24 <= self.at and _BLANKED.match(self.data, self.at - 24):
                self.at -= 24
                return skipped - 24
            return skipped

    def take(self, size: int) -> tuple[int, bytes]:
        """Take `size` bytes; return their offset in the stream and the bytes."""
        start = self.at
        self.at += size
        return self.offset + start, self.data[start : self.at]


def frames(stream: IO[bytes]) -> Iterator[Frame]:
    """Cut a stream into frames: together with their padding they hold every byte of it.

    Memory stays bounded: what goes on for more than LIMIT bytes without a record terminator is
    handed out in pieces as stray bytes.
    """
    window = Window(stream)
    leading = window.skip_leading()
    while window.ensure(1):
        yield next_frame(window, leading)
        leading = 0


def next_frame(window: Window, leading: int = 0) -> Frame:
    """Take the next frame, and the padding after it, from where the window stands."""
    size, stray = _measure(window)
    offset, raw = window.take(size)
    return Frame(offset, raw, stray, window.skip_padding(), leading)


def _measure(window: Window) -> tuple[int, bool]:
    """Return the size of the next frame, and whether its bytes are stray."""
    window.ensure(5)
    digits = window.data[window.at : window.at + 5]
    declared = int(digits) if digits.isdigit() and len(digits) == 5 else 0
    if window.ensure(declared) and declared:
        end = window.data.find(b"\x1d", window.at, window.at + declared)
        if end == window.at + declared - 1:
            return declared, False  # as it should be
    window.ensure(100_000)
    data, at = window.data, window.at
    end = data.find(b"\x1d", at)
    while end < 0 and not window.ended and len(window.data) - window.at < LIMIT:
        seen = len(window.data) - window.at
        window.ensure(seen + 1)
        data, at = window.data, window.at
        end = data.find(b"\x1d", at + seen)
    stop = end + 1 if end >= 0 else len(data)
    starts_well = bool(LEADER.match(data, at) or _SHORN.match(data, at))
    # The next record's leader before any terminator: this one lacks its own, or is no record.
    following = _find_leader(data, at + (36 if starts_well else 1), stop)
    if following >= 0:
        return following - at, not starts_well
    if end < 0:
        return _unterminated(window, starts_well)
    if starts_well:
        # A terminator within the data: the length, or the directory, says where the record ends.
        for size in (declared, _extent(data, at)):
            whole = at + size
            ends = stop < whole <= len(data) and data[whole - 1] == 0x1D
            if ends and _find_leader(data, stop, whole) < 0:
                return size, False
    return stop - at, False


def _find_leader(data: bytes, start: int, stop: int) -> int:
    """Return where the first leader from `start` on is, -1 for none.

    Looks only near numbers like a directory's, which is many times faster on what has none.
    """
    at = start
    while numbers := _NUMBERS.search(data, at, stop):
        # They begin with the entry's tag, or in the leader before it, where that ends in digits.
        near = max(start, numbers.start() - 27)
        found = LEADER.search(data, near, min(stop, numbers.start() + 48))
        if found:
            return found.start()
        at = numbers.end()
    return -1


def _unterminated(window: Window, starts_well: bool) -> tuple[int, bool]:
    """Measure what no terminator ends: the file's last record, or an endless run."""
    size = len(window.data) - window.at
    if window.ended:
        return size, False
    # A leader may straddle the end of what is in memory: leave that much for the next look.
    return size - 64, True


def _extent(data: bytes, at: int) -> int:
    """Return the length that a record has by its directory, 0 when that makes no sense."""
    end = data.find(b"\x1e", at, at + 12 * 2000)
    if end < 0 or (end - at - 24) % 12:
        return 0
    longest = 0
    for place in range(at + 24, end, 12):
        entry = data[place + 3 : place + 12]
        if not entry.isdigit():
            return 0
        longest = max(longest, int(entry[:4]) + int(entry[4:]))
    return end + 1 - at + longest + 1
