"""Cutting an XML document into its innermost `record` elements, as bytes, without parsing it."""

from __future__ import annotations

import io
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import IO

from techproc.marc.transcoding import Transcoded

__all__ = ["LIMIT", "XmlFrame", "xml_frames"]

LIMIT = 16 << 20  # an element longer than this is no record
_BLOCK = 1 << 20
_MARK = re.compile(rb"<!--|<!\[CDATA\[|<(?:[\w.-]+:)?record(?=[\s>/])|</(?:[\w.-]+:)?record\s*>")
# What has its place in a record only.
_PARTS = re.compile(rb"</?(?:[\w.-]+:)?(?:leader|controlfield|datafield|subfield)[\s>/]")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>")
_BEGINNING = 1 << 12  # within which the root's start tag is looked for
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}  # within which no tag is one
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


@dataclass(frozen=True, slots=True)
class XmlFrame:
    """One element of the document: its place, its bytes, and those bytes ready for parsing."""

    offset: int
    raw: bytes
    encoding: str | None  # as the document declares it, None for UTF-8
    problem: str | None = None

    @property
    def data(self) -> bytes:
        """The element's bytes."""
        return self.raw


def xml_frames(stream: IO[bytes]) -> Iterator[XmlFrame]:
    """Yield the innermost `record` elements of a document, and what of records is in none.

    That is an unfinished last one, and parts of records outside, where a tag is missing; and at the
    end, where the document has none, whatever is left. Offsets count bytes of the document; of its
    UTF-8 form where it is in UTF-16.
    """
    head = stream.read(_BLOCK) or b""
    encoding: str | None = None
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        stream = io.BufferedReader(Transcoded(head, stream, "utf-16"))
        head = stream.read(_BLOCK)
    else:
        declared = _DECLARED.match(head.lstrip(b"\xef\xbb\xbf\r\n\t "))
        if declared and declared.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii"):
            encoding = declared.group(1).decode("ascii")
    yield from _cut(head, stream, encoding)


def _take_usual(
    buffer: bytes, opened: int, name: bytes, offset: int, encoding: str | None
) -> Generator[XmlFrame, None, tuple[int, int]]:
    """Take the elements from `opened` on that are whole and hold no mark but their own two.

    Returns where to look on, and where an element is open (-1: none).
    """
    start, end = b"<" + name, b"</" + name + b">"
    while True:
        inside = opened + len(start)
        # The next mention of the word must be the end tag's: one look ahead, however many open.
        stop = buffer.find(b"record", inside) - len(end) + len(b"record>")
        if stop < inside or buffer[stop : stop + len(end)] != end:
            return inside, opened
        if buffer.find(b"<!", inside, stop) >= 0:
            return inside, opened
        stop += len(end)
        yield XmlFrame(offset + opened, buffer[opened:stop], encoding)
        after = stop
        while buffer[after : after + 1].isspace():
            after += 1
        following = after + len(start)
        if buffer[after:following] != start or buffer[following : following + 1] not in b" \n>":
            return stop, -1
        if following >= len(buffer):
            return stop, -1
        opened = after


class _Outside:
    """What stands between the elements: of interest where it should stand within one."""

    def __init__(self, head: bytes, encoding: str | None) -> None:
        self._encoding = encoding
        root = _ROOT.search(_COMMENT.sub(b"", head[:_BEGINNING]))
        closes = root and not root.group().endswith(b"/>") and b"</" + root.group(1)
        self._end = closes or b""
        self.closed = not closes or closes.rpartition(b":")[2].removeprefix(b"</") == b"record"

    def frames(self, piece: bytes, offset: int) -> Iterator[XmlFrame]:
        """Yield a piece when parts of records are in it."""
        self.closed = self.closed or self._end in piece
        if _PARTS.search(piece):
            yield XmlFrame(
                offset, piece, self._encoding,
                "parts of a record outside of any: a start or end tag is missing",
            )  # fmt: skip


def _cut(  # noqa: PLR0912, PLR0915 (one kind of mark after the other)
    buffer: bytes, stream: IO[bytes], encoding: str | None
) -> Iterator[XmlFrame]:
    outside = _Outside(buffer, encoding)
    offset = 0  # of the buffer's beginning
    at = 0
    opened = -1
    done = 0  # up to here all is yielded, or of no interest
    ended = False
    absent: set[bytes] = set()  # what closes comments and the like, and is not to come any more
    while True:
        mark = _MARK.search(buffer, at)
        closing = _CLOSED_BY.get(mark.group()) if mark else None
        if mark and closing:
            closed = -1 if closing in absent else buffer.find(closing, mark.end())
            if closed >= 0 or ended:
                if closed < 0:  # it is never closed: what follows may hold records all the same
                    absent.add(closing)
                at = mark.end() if closed < 0 else closed + len(closing)
                if opened < 0 <= closed:
                    yield from outside.frames(buffer[done : mark.start()], offset + done)
                    done = at
                continue
        if mark is None or closing or (mark.end() > len(buffer) - 1 and not ended):
            if ended:
                break
            # Keep what is open, or the last bytes, where a mark may straddle the edge.
            keep = opened if opened >= 0 else max(at, len(buffer) - 64)
            if mark and closing and opened < 0:
                keep = min(keep, mark.start())
            if len(buffer) - keep > LIMIT:
                yield XmlFrame(
                    offset + keep, buffer[keep:], encoding,
                    f"an element goes on for more than {LIMIT} bytes",
                )  # fmt: skip
                keep, opened, done = len(buffer), -1, len(buffer)
            if mark is None:
                at = max(at, len(buffer) - 64)
            if done < keep:
                yield from outside.frames(buffer[done:keep], offset + done)
            block = stream.read(_BLOCK)
            ended = not block
            buffer = buffer[keep:] + block
            offset += keep
            at = max(at - keep, 0)
            done = max(done - keep, 0)
            opened = 0 if opened >= 0 else -1
            if opened == 0 and at == 0:
                at = 1
            continue
        at = mark.end()
        found = mark.group()
        if not found.startswith(b"</"):
            # An inner one: what was open is a wrapper, or is not closed.
            yield from outside.frames(buffer[done : mark.start()], offset + done)
            opened = mark.start()
            at, opened = yield from _take_usual(buffer, opened, found[1:], offset, encoding)
            done = opened if opened >= 0 else at
        elif opened >= 0:
            yield XmlFrame(offset + opened, buffer[opened:at], encoding)
            opened, done = -1, at
    if opened >= 0:
        yield XmlFrame(
            offset + opened, buffer[opened:], encoding, "the document breaks off within the element"
        )
        return
    yield from outside.frames(buffer[done:], offset + done)
    if not outside.closed:
        yield XmlFrame(
            offset + len(buffer), b"", encoding, "the document breaks off: its end tag is missing"
        )
