"""MARC-8's decoder in Python: the same functions as the C core has, with the same results."""

from __future__ import annotations

import re

from techproc.marc._marc8tables import (
    ANSEL,
    ASCII,
    CONTROLS,
    EACC,
    REPLACEMENT,
    TECHNIQUE_1,
    compose,
    expand,
    tables,
)

__all__ = ["marc8_decode", "marc8_record"]

_PIECE = re.compile("[\xe0-\xfe]+[^\xe0-\xfe]?|[\x80-\xff]", re.DOTALL)
_NCR = re.compile(r"&#x([0-9A-Fa-f]{1,6});")


def _expand(match: re.Match[str]) -> str:
    return expand(match.group())


def marc8_decode(data: bytes, references: bool) -> tuple[str, int]:
    """Return the text of a MARC-8 value, and how many of its characters could not be explained."""
    escaped = b"\x1b" in data
    text = _decode_escaped(data) if escaped else _PIECE.sub(_expand, data.decode("latin-1"))
    errors = text.count(REPLACEMENT)
    if references and "&#x" in text:
        text = _NCR.sub(_dereference, text)
    return text, errors


def marc8_record(data: bytes | memoryview, at: int, final: bool) -> tuple[bytes, bytes] | None:
    """Return None: without the C core every record in MARC-8 is taken apart by the reader."""
    return None


def _dereference(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    # Controls would break the record's structure; surrogates and beyond are no characters.
    if code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return match.group()
    return chr(code)


def _designate(data: bytes, at: int, sets: list[int]) -> int:
    """Take in the escape sequence whose ESC is at `at`; return the place after it, or `at`."""
    tail = data[at + 1 : at + 5]
    if tail[:1] and tail[0] in TECHNIQUE_1:
        sets[0] = TECHNIQUE_1[tail[0]]
        return at + 2
    i = 1 if tail[:1] == b"$" else 0
    half = 0
    if tail[i : i + 1] and tail[i] in b"(,":
        i += 1
    elif tail[i : i + 1] and tail[i] in b")-":
        half = 1
        i += 1
    elif i == 0:
        return at
    if tail[i : i + 1] == b"!":
        i += 1
    if not tail[i : i + 1] or tail[i] not in tables():
        return at
    sets[half] = tail[i]
    return at + 2 + i


def _decode_escaped(data: bytes) -> str:
    """Decode a value that switches sets, one character at a time."""
    known = tables()
    sets = [ASCII, ANSEL]
    out: list[str] = []
    marks = ""
    at = 0
    while at < len(data):
        byte = data[at]
        if byte == 0x1B:
            after = _designate(data, at, sets)
            if after > at:
                at = after
                continue
            char, mark, step = REPLACEMENT, False, 1
        elif byte in CONTROLS:
            char, mark, step = CONTROLS[byte], False, 1
        elif byte & 0x7F <= 0x20:
            char, mark, step = (chr(byte) if byte < 0x80 else REPLACEMENT), False, 1
        else:
            final = sets[byte >> 7]
            step = 3 if final == EACC else 1
            code = 0
            for unit in data[at : at + step]:
                code = code << 8 | unit & 0x7F
            if final == EACC and data[at] & 0x80 == 0 and code not in known[final]:
                code = int.from_bytes(data[at : at + 3], "big")  # vendors' odd codes
            char, mark = known[final].get(code, (REPLACEMENT, False))
        at += step
        if mark:
            marks += char
        elif marks:
            out.append(compose(char + marks))
            marks = ""
        else:
            out.append(char)
    return "".join(out) + marks
