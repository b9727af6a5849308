"""A PDF written as it grows: objects go out at once, so memory does not grow with the pages.

No clock and no chance enter the file: the same labels give the same bytes. Lengths are points
(1/72 inch), written to a thousandth, which is 0.0004 mm.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache
from typing import BinaryIO, Final

__all__ = ["MM", "PdfWriter", "number", "text_string"]

MM: Final = 72 / 25.4  # points in a millimetre


@lru_cache(maxsize=4096)
def number(value: float) -> bytes:
    """Return a number as PDF writes it: three decimals at most, none in vain.

    >>> number(12.5), number(-0.0001), number(3)
    (b'12.5', b'0', b'3')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return b"0" if text in ("-0", "") else text.encode("ascii")


def text_string(text: str) -> bytes:
    """Return text as a PDF text string in UTF-16.

    >>> text_string("A")
    b'<FEFF0041>'
    """
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode("ascii") + b">"


class PdfWriter:
    """Writes the objects of one PDF file to a stream, which need not be seekable."""

    def __init__(self, stream: BinaryIO, *, title: str = "") -> None:
        self._stream = stream
        self._at = 0
        self._offsets: list[int] = [0]
        self._digest = hashlib.sha256()
        self._pages: list[int] = []
        self._parent = self.reserve()
        self.title = title
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._digest.update(data)
        self._at += len(data)

    def reserve(self) -> int:
        """Return the number of an object that will be written later."""
        self._offsets.append(0)
        return len(self._offsets) - 1

    def add(self, body: bytes, at: int | None = None) -> int:
        """Write an object and return its number; `at` is a reserved number."""
        at = at or self.reserve()
        self._offsets[at] = self._at
        self._write(b"%d 0 obj\n%b\nendobj\n" % (at, body))
        return at

    def add_stream(self, data: bytes, extra: bytes = b"", at: int | None = None) -> int:
        """Write a compressed stream and return its number."""
        packed = zlib.compress(data, 6)
        head = b"<< /Length %d /Filter /FlateDecode %b>>" % (len(packed), extra)
        return self.add(b"%b\nstream\n%b\nendstream" % (head, packed), at)

    def add_page(self, content: bytes, width: float, height: float, resources: int) -> None:
        """Write a page of so many points with its content; `resources` is an object number."""
        body = self.add_stream(content)
        page = self.add(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %b %b] "
            b"/Resources %d 0 R /Contents %d 0 R >>"
            % (self._parent, number(width), number(height), resources, body)
        )
        self._pages.append(page)

    @property
    def pages(self) -> int:
        """The number of pages so far."""
        return len(self._pages)

    def finish(self) -> None:
        """Write page tree, catalogue and cross-reference; printing at true size is asked for."""
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self.add(
            b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(self._pages), kids), self._parent
        )
        info = self.add(
            b"<< /Producer (techproc) /Title %b >>" % text_string(self.title or "Labels")
        )
        root = self.add(
            b"<< /Type /Catalog /Pages %d 0 R /ViewerPreferences "
            b"<< /PrintScaling /None /DisplayDocTitle true /PickTrayByPDFSize true >> >>"
            % self._parent
        )
        start = self._at
        table = b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets[1:])
        count = len(self._offsets)
        name = self._digest.hexdigest()[:32].encode("ascii")
        self._write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, table))
        self._write(
            b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>] >>\n"
            b"startxref\n%d\n%%%%EOF\n" % (count, root, info, name, name, start)
        )
