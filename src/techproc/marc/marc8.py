"""MARC-8 to Unicode and back: ASCII, ANSEL, Greek, Hebrew, Cyrillic, Arabic and East Asian (EACC).

Source: MARC 21 Specifications, "Character Sets and Encoding Options: MARC-8" (Library of Congress).
The code tables are pymarc's. Each subfield starts in ASCII (G0) and ANSEL (G1), as the
specification has it, and is written so that it ends there too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from techproc.errors import NotEncodable

__all__ = ["REPLACEMENT", "decode", "encode"]

REPLACEMENT = "\ufffd"  # stands for bytes that no table explains

_ASCII, _ANSEL, _EACC = 0x42, 0x45, 0x31
_C1 = {0x88: "\x98", 0x89: "\x9c", 0x8D: "\u200d", 0x8E: "\u200c"}  # non-sorting marks, joiners
_TECHNIQUE_1 = {0x67: 0x67, 0x62: 0x62, 0x70: 0x70, 0x73: _ASCII}  # ESC g, b, p, s
# The order in which sets are tried when a character is in several; EACC, the largest, last.
_ORDER = (0x32, 0x4E, 0x51, 0x33, 0x34, 0x53, 0x62, 0x70, 0x67, _EACC)
_NCR = re.compile(r"&#x([0-9A-Fa-f]{1,6});")


@cache
def _tables() -> dict[int, dict[int, tuple[str, bool]]]:
    """Return the sets by their final byte: code (7 bits, or 24) to (character, is a mark)."""
    from pymarc import marc8_mapping  # noqa: PLC0415 (17,000 lines of tables)

    tables: dict[int, dict[int, tuple[str, bool]]] = {}
    for final, codes in marc8_mapping.CODESETS.items():
        mask = 0xFFFFFF if final == _EACC else 0x7F
        tables[final] = {
            code & mask: (chr(value), bool(mark))
            for code, (value, mark) in codes.items()
            if code not in _C1
        }
    for code, value in marc8_mapping.ODD_MAP.items():  # made by some library systems
        tables[_EACC].setdefault(code, (chr(value), False))
    return tables


class _Pieces(dict[str, str]):
    """What a run of ANSEL marks with its letter, or one ANSEL byte, is in Unicode; remembered."""

    def __missing__(self, piece: str) -> str:
        ansel = _tables()[_ANSEL]
        marks, base = "", ""
        for char in piece:
            code = ord(char)
            if code < 0x80:
                base = char
            elif code in _C1:
                base = _C1[code]
            else:
                value, mark = ansel.get(code & 0x7F, (REPLACEMENT, False))
                if mark:
                    marks += value
                else:
                    base = value
        made = unicodedata.normalize("NFC", base + marks) if marks else base
        if len(self) > 20_000:
            self.clear()
        self[piece] = made
        return made


_PIECES = _Pieces()
_PIECE = re.compile("[\xe0-\xfe]+[^\xe0-\xfe]?|[\x80-\xff]")


def _expand(match: re.Match[str]) -> str:
    return _PIECES[match.group()]


def decode(data: bytes, *, references: bool = True) -> tuple[str, int]:
    """Return the text of a MARC-8 value, and how many of its characters could not be explained.

    Letters with marks come precomposed where Unicode has them. `references` also turns numeric
    character references (`&#x2019;`), LC's way of carrying what MARC-8 lacks, into characters.
    Bytes in no table become U+FFFD and are counted.

    >>> decode(b"Dvo\\xe9r\\xe2ak, Anton\\xe2in")
    ('Dvořák, Antonín', 0)
    >>> decode(b"\\x1b(NpUSSKIJ\\x1b(B jazyk")[0]
    'Пусский jazyk'
    """
    if b"\x1b" in data:
        text = _decode_escaped(data)
    elif data.isascii():
        text = data.decode("ascii")
    else:
        text = _PIECE.sub(_expand, data.decode("latin-1"))
    errors = text.count(REPLACEMENT)
    if references and "&#x" in text:
        text = _NCR.sub(_dereference, text)
    return text, errors


def _dereference(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    # Controls would break the record's structure; surrogates and beyond are no characters.
    if code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return match.group()
    return chr(code)


def _designate(data: bytes, at: int, sets: list[int]) -> int:
    """Take in the escape sequence whose ESC is at `at`; return the place after it, or `at`."""
    tail = data[at + 1 : at + 5]
    if tail[:1] and tail[0] in _TECHNIQUE_1:
        sets[0] = _TECHNIQUE_1[tail[0]]
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
    if not tail[i : i + 1] or tail[i] not in _tables():
        return at
    sets[half] = tail[i]
    return at + 2 + i


def _decode_escaped(data: bytes) -> str:
    """Decode a value that switches sets, one character at a time."""
    tables = _tables()
    sets = [_ASCII, _ANSEL]
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
        elif byte in _C1:
            char, mark, step = _C1[byte], False, 1
        elif byte & 0x7F <= 0x20:
            char, mark, step = (chr(byte) if byte < 0x80 else REPLACEMENT), False, 1
        else:
            final = sets[byte >> 7]
            step = 3 if final == _EACC else 1
            code = 0
            for unit in data[at : at + step]:
                code = code << 8 | unit & 0x7F
            if final == _EACC and data[at] & 0x80 == 0 and code not in tables[final]:
                code = int.from_bytes(data[at : at + 3], "big")  # vendors' odd codes
            char, mark = tables[final].get(code, (REPLACEMENT, False))
        at += step
        if mark:
            marks += char
        elif marks:
            out.append(unicodedata.normalize("NFC", char + marks))
            marks = ""
        else:
            out.append(char)
    return "".join(out) + marks


@cache
def _codes() -> dict[str, tuple[tuple[int, bytes, bool], ...]]:
    """Return for each character the sets that have it: (final byte, its bytes, is a mark)."""
    tables = _tables()
    found: dict[str, list[tuple[int, bytes, bool]]] = {}
    for final in (_ASCII, _ANSEL, *_ORDER):
        width = 3 if final == _EACC else 1
        high = 0x80 if final == _ANSEL else 0
        # Of several EACC codes for one character the lowest is the traditional, main form.
        for code, (char, mark) in sorted(tables[final].items()):
            if final == _EACC and code > 0x7F0000 - 1:
                continue
            places = found.setdefault(char, [])
            if all(place[0] != final for place in places):
                places.append((final, (code | high).to_bytes(width, "big"), mark))
    for code, char in _C1.items():
        found[char] = [(_ANSEL, bytes([code]), False)]
    return {char: tuple(places) for char, places in found.items()}


_WIDE_MARKS = {"\u0361": ("\ufe20", "\ufe21"), "\u0360": ("\ufe22", "\ufe23")}


def _take_apart(char: str) -> str:
    """Return `char` as MARC-8 has it: one letter of its tables with marks, or unchanged."""
    if char in _codes():
        return char
    parts = unicodedata.decomposition(char)
    if not parts or parts.startswith("<"):
        return char
    first, *rest = (chr(int(part, 16)) for part in parts.split())
    taken = _take_apart(first) + "".join(rest)
    return taken if all(part in _codes() for part in taken) else char


def _clusters(text: str) -> list[tuple[str, str]]:
    """Return the text as letters, each with the marks that stand over and under it."""
    clusters: list[tuple[str, str]] = []
    codes = _codes()
    pending = ""  # the second half of a mark over two letters
    for place, char in enumerate(text):
        for part in _take_apart(char):
            if part in _WIDE_MARKS and clusters and text[place + 1 : place + 2].isalpha():
                first, second = _WIDE_MARKS[part]
                clusters[-1] = (clusters[-1][0], clusters[-1][1] + first)
                pending = second
                continue
            mark = any(place[2] for place in codes.get(part, ()))
            if mark and clusters:
                clusters[-1] = (clusters[-1][0], clusters[-1][1] + part)
            else:
                clusters.append((part, pending))
                pending = ""
    return clusters


def encode(text: str, *, references: bool = True) -> bytes:
    """Return text in MARC-8, with the escapes that it needs, ending in ASCII again.

    What MARC-8 lacks is written as a numeric character reference (`&#x2019;`), as LC does, or,
    with `references` false, raises NotEncodable naming the characters.

    >>> encode("Dvořák, Antonín")
    b'Dvo\\xe9r\\xe2ak, Anton\\xe2in'
    >>> encode("価格")
    b'\\x1b$132]!DU\\x1b(B'
    >>> decode(encode("Пусский")) == ("Пусский", 0)
    True
    """
    if text.isascii() and "\x1b" not in text:
        return text.encode("ascii")
    codes = _codes()
    out = bytearray()
    current = _ASCII
    lacking: set[str] = set()

    def emit(char: str) -> None:
        nonlocal current
        if char == " " and current != _EACC:  # every set but EACC has the blank
            out.append(0x20)
            return
        places = codes[char]
        place = next((p for p in places if p[0] == current), None) or places[0]
        final, data, _ = place
        if final not in (current, _ANSEL):
            out.extend(b"\x1b$1" if final == _EACC else b"\x1b(" + bytes([final]))
            if final in (0x62, 0x67, 0x70):  # designated by ESC and the letter alone
                del out[-2]
            elif current in (0x62, 0x67, 0x70) and final == _ASCII:
                out[-2:] = b"s"
            current = final
        out.extend(data)

    def refer(char: str) -> None:
        lacking.add(char)
        for digit in f"&#x{ord(char):X};":
            emit(digit)

    for base, marks in _clusters(text):
        held = codes.get(base, ())
        stands_alone = any(place[2] for place in held)  # a mark without a letter before it
        if not held or base == "\x1b" or stands_alone:
            refer(base)
            for mark in marks:
                refer(mark)
            continue
        for mark in marks:
            emit(mark)
        emit(base)
    if current != _ASCII:
        out.extend(b"\x1bs" if current in (0x62, 0x67, 0x70) else b"\x1b(B")
    if lacking and not references:
        named = ", ".join(f"{char} (U+{ord(char):04X})" for char in sorted(lacking))
        raise NotEncodable(
            f"MARC-8 has no {named}; write UTF-8, or allow numeric character references"
        )
    return bytes(out)
