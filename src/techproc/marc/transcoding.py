"""Streams in encodings that are no superset of ASCII, read as UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import IO, Any

__all__ = ["Transcoded"]


class Transcoded(io.RawIOBase):
    """UTF-16 (or another encoding that is not ASCII's superset) turned into UTF-8 on the way."""

    def __init__(self, head: bytes, stream: IO[bytes], encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._head = head
        self._stream = stream
        self._ready = b""

    def readable(self) -> bool:
        """Return True: that is all it is for."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with what follows; 0 at the end."""
        while not self._ready:
            block = self._head or self._stream.read(1 << 16)
            self._head = b""
            self._ready = self._decoder.decode(block, final=not block).encode("utf-8", "replace")
            if not block:
                break
        data = self._ready[: len(buffer)]
        self._ready = self._ready[len(data) :]
        buffer[: len(data)] = data
        return len(data)
