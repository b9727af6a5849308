"""MARC-in-JSON: one document, an array of them, or several in a row; read as it streams."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import pymarc

from techproc.findings import Finding
from techproc.marc._jsonrecord import losses, render_record
from techproc.marc.forms import Form, WriteOptions
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.ndjson import BEGINS, MOST, item

__all__ = ["FORM"]

_BLOCK = 1 << 16
_MARGIN = 1 << 10  # more than a record's beginning has before its colon
_BETWEEN = re.compile(rb"[\s,\[\]]*")
_BRACKET = re.compile(rb'["{}]')
_IN_STRING = re.compile(rb'["\\]')


def sniff(head: bytes) -> bool:
    """Return True when the input begins as a JSON object, or an array of them."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"{"):
        return head[1:].lstrip().startswith((b'"', b"}"))
    return head.startswith(b"[") and head[1:].lstrip().startswith((b"{", b"]"))


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield a record or a quarantined piece for each object on the outermost level.

    What stands between objects besides commas, brackets and blanks is quarantined, and so is an
    object that does not end.
    """
    number = options.first
    for text, padded, offset in _pieces(stream):
        yield item(text, padded, offset=offset, number=number, form="json", options=options)
        number += 1


class _Window:
    """The part of a stream that is being looked at."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.bytes = b""
        self.offset = 0  # of the first byte

    def more(self) -> bool:
        """Read on; return False at the end."""
        block = self._stream.read(_BLOCK)
        self.bytes += block
        return bool(block)

    def drop(self, count: int) -> None:
        """Forget the first bytes."""
        self.bytes = self.bytes[count:]
        self.offset += count

    def after_separators(self, at: int) -> int:
        """Return where the blanks, commas and brackets that begin at `at` end."""
        while True:
            match = _BETWEEN.match(self.bytes, at)
            at = match.end() if match else at
            if at < len(self.bytes) or not self.more():
                return at

    def after_object(self) -> int:
        """Return where the object that begins the window ends; at its end when it does not.

        It ends before another record begins in it: then it is broken, or around them.
        """
        at, depth, in_string = 0, 0, False
        another = BEGINS.search(self.bytes, 1)
        while True:
            match = (_IN_STRING if in_string else _BRACKET).search(self.bytes, at)
            if another and (match is None or match.start() >= another.start()):
                return another.start()
            if match is None:
                at = len(self.bytes)
                if at > MOST or not self.more():
                    return at
                another = BEGINS.search(self.bytes, max(at - _MARGIN, 1))
                continue
            token, at = match.group(), match.end()
            if token == b"\\":  # whatever follows is no quotation mark
                if at == len(self.bytes):
                    self.more()
                at = min(at + 1, len(self.bytes))
            elif token == b'"':
                in_string = not in_string
            else:
                depth += 1 if token == b"{" else -1
                if depth == 0:
                    return at

    def after_rubbish(self) -> int:
        """Return where the next object begins."""
        while True:
            found = self.bytes.find(b"{")
            if found >= 0:
                return found
            if len(self.bytes) > MOST or not self.more():
                return len(self.bytes)


def _pieces(stream: BinaryIO) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield (object or rubbish, the same with what separates it from the next, offset)."""
    window = _Window(stream)
    window.more()
    window.drop(window.after_separators(3 if window.bytes.startswith(b"\xef\xbb\xbf") else 0))
    while window.bytes or window.more():
        is_object = window.bytes.startswith(b"{")
        end = window.after_object() if is_object else window.after_rubbish()
        following = window.after_separators(end)
        yield window.bytes[:end], window.bytes[:following], window.offset
        window.drop(following)


class Writer:
    """Writes an array, a record a line."""

    def __init__(self, stream: BinaryIO, _options: WriteOptions) -> None:
        self._stream = stream
        self._opening = b"["

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write one record of the array."""
        self._stream.write(self._opening + b"\n" + render_record(record).encode())
        self._opening = b","
        return ()

    def finish(self) -> None:
        """Close the array; without records it is an empty one."""
        self._stream.write(b"[]\n" if self._opening == b"[" else b"\n]\n")


FORM = Form(
    name="json",
    title="MARC-in-JSON, one document or an array (.json)",
    suffixes=(".json",),
    sniff=sniff,
    read=read,
    write=Writer,
    losses=losses,
)
