"""XML from strangers: no DOCTYPE, no entities, no network; bytes that are not text are kept.

A server that puts MARC-8 into its XML makes the page ill-formed. Such bytes are carried through
the parser as private-use characters, so that they can be decoded record by record afterwards.
"""

from __future__ import annotations

import re
import warnings

from lxml import etree
from pymarc.marc8 import marc8_to_unicode

from techproc.errors import SourceUnavailable
from techproc.marc.xmlparser import wary_parser

__all__ = ["has_carried", "local_name", "parse_xml", "release_carried"]

_CARRIER = 0xF700  # U+F700..U+F7FF carry the bytes 00..FF
_CARRIED = re.compile("[\uf700-\uf7ff]")
# 00-1F carried, but for 1B, with which MARC-8 changes character sets
_CARRIED_CONTROL = re.compile("[\uf700-\uf71a\uf71c-\uf71f]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z][\w.-]*)["']""")
_REFERENCE = re.compile(r"&#(?:x0*([0-9a-fA-F]{1,2})|0*([0-9]{1,3}));")


def parse_xml(data: bytes) -> tuple[etree._Element, bool]:
    """Return the root of a document, and whether bytes had to be carried through the parser.

    Raises SourceUnavailable when it is not XML, or holds a document type declaration.
    """
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<!doctype" in data[: 1 << 16].lower() or head.startswith(b"<html"):
        kind = "a web page" if b"<html" in data[: 1 << 16].lower() else "XML with a DOCTYPE"
        raise SourceUnavailable(f"it answered with {kind}, which is not read")
    carried = False
    try:
        root = etree.fromstring(data, wary_parser())
    except (etree.XMLSyntaxError, ValueError):
        try:
            root = etree.fromstring(_carry(data), wary_parser())
            carried = True
        except (etree.XMLSyntaxError, ValueError) as error:
            what = "it answered with nothing" if not data.strip() else "its answer is not XML"
            raise SourceUnavailable(f"{what} ({error})" if data.strip() else what) from error
    if root is None:
        raise SourceUnavailable("it answered with nothing")
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceUnavailable("it answered with XML with a DOCTYPE, which is not read")
    return root, carried


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace; "" for comments and instructions.

    Servers declare the SRU namespace wrongly or under any prefix, so names are matched by this.
    """
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def has_carried(text: str) -> bool:
    """Return whether a text holds bytes that were carried through the parser."""
    return _CARRIED.search(text) is not None


def release_carried(text: str) -> tuple[str, bool]:
    """Return a text with its carried bytes decoded as MARC-8, and whether that went cleanly.

    Control characters but escape, and bytes that are not MARC-8 either, become U+FFFD, and the
    second value is False.
    """
    parts = [_released(part) for part in _CARRIED_CONTROL.split(text)]
    return "�".join(part for part, _ in parts), len(parts) == 1 and parts[0][1]


def _released(text: str) -> tuple[str, bool]:
    raw = b"".join(
        bytes([ord(c) - _CARRIER]) if _CARRIED.match(c) else c.encode("utf-8") for c in text
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            decoded = marc8_to_unicode(raw, hide_utf8_warnings=True)
        except Exception:  # pymarc's tables raise several kinds for bytes they do not know
            decoded = ""
    clean = not caught and "�" not in decoded and not _ILLEGAL.search(decoded)
    if clean and (decoded or not raw):
        return decoded, True
    return raw.decode("utf-8", "replace").translate(_NO_CONTROLS), False


_NO_CONTROLS = {code: "�" for code in range(0x20) if code not in (9, 10, 13)}


def _carry(data: bytes) -> bytes:
    """Replace what XML forbids (stray bytes, control characters) by private-use characters."""
    body = re.sub(rb"^\s*(?:\xef\xbb\xbf)?\s*<\?xml.*?\?>", b"", data, count=1, flags=re.S)
    declared = _ENCODING.search(data[:200])
    text = _decoded(body, declared[1].decode("ascii") if declared else "utf-8")
    # surrogateescape gives U+DC80..U+DCFF for the bytes 80..FF
    text = re.sub("[\udc80-\udcff]", lambda m: chr(_CARRIER + ord(m.group()) - 0xDC00), text)
    text = _ILLEGAL.sub(
        lambda m: chr(_CARRIER + ord(m.group())) if ord(m.group()) < 0x20 else "�", text
    )

    def reference(match: re.Match[str]) -> str:
        code = int(match[1], 16) if match[1] else int(match[2])
        return chr(_CARRIER + code) if code < 0x20 and code not in (9, 10, 13) else match.group()

    return _REFERENCE.sub(reference, text).encode("utf-8", "replace")


def _decoded(body: bytes, declared: str) -> str:
    """Decode as declared where that is another character set; in UTF-8 stray bytes are kept."""
    if declared.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
        try:
            return body.decode(declared)
        except (LookupError, UnicodeDecodeError):
            pass
    return body.decode("utf-8", "surrogateescape")
