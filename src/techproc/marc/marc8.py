"""MARC-8 to Unicode and back: ASCII, ANSEL, Greek, Hebrew, Cyrillic, Arabic and East Asian (EACC).

Source: MARC 21 Specifications, "Character Sets and Encoding Options: MARC-8" (Library of Congress).
Each subfield starts in ASCII (G0) and ANSEL (G1), as the specification has it, and is written so
that it ends there too. Decoding is done in C where that was built, else in Python.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from techproc.errors import NotEncodable
from techproc.marc import _plainmarc8
from techproc.marc._marc8tables import (
    ANSEL,
    ASCII,
    EACC,
    REPLACEMENT,
    characters,
    compose,
    expand,
    packed,
)
from techproc.marc.scanner import COMPILED
from techproc.marc.scanner import core as scan_core

__all__ = ["REPLACEMENT", "core", "decode", "encode"]


@cache
def core() -> Any:
    """Return the module that decodes: the scanner's C core (with its tables) or `_plainmarc8`."""
    if not COMPILED:
        return _plainmarc8
    scan_core.marc8_load(*packed(), expand, compose)
    return scan_core


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
    if data.isascii() and b"\x1b" not in data and b"&#x" not in data:
        return data.decode("ascii"), 0
    text, errors = core().marc8_decode(data, references)
    return text, errors


_WIDE_MARKS = {"\u0361": ("\ufe20", "\ufe21"), "\u0360": ("\ufe22", "\ufe23")}


def _take_apart(char: str) -> str:
    """Return `char` as MARC-8 has it: one letter of its tables with marks, or unchanged."""
    if char in characters():
        return char
    parts = unicodedata.decomposition(char)
    if not parts or parts.startswith("<"):
        return char
    first, *rest = (chr(int(part, 16)) for part in parts.split())
    taken = _take_apart(first) + "".join(rest)
    return taken if all(part in characters() for part in taken) else char


def _clusters(text: str) -> list[tuple[str, str]]:
    """Return the text as letters, each with the marks that stand over and under it."""
    clusters: list[tuple[str, str]] = []
    codes = characters()
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
    codes = characters()
    out = bytearray()
    current = ASCII
    lacking: set[str] = set()

    def emit(char: str) -> None:
        nonlocal current
        if char == " " and current != EACC:  # every set but EACC has the blank
            out.append(0x20)
            return
        places = codes[char]
        place = next((p for p in places if p[0] == current), None) or places[0]
        final, data, _ = place
        if final not in (current, ANSEL):
            out.extend(b"\x1b$1" if final == EACC else b"\x1b(" + bytes([final]))
            if final in (0x62, 0x67, 0x70):  # designated by ESC and the letter alone
                del out[-2]
            elif current in (0x62, 0x67, 0x70) and final == ASCII:
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
    if current != ASCII:
        out.extend(b"\x1bs" if current in (0x62, 0x67, 0x70) else b"\x1b(B")
    if lacking and not references:
        named = ", ".join(f"{char} (U+{ord(char):04X})" for char in sorted(lacking))
        raise NotEncodable(
            f"MARC-8 has no {named}; write UTF-8, or allow numeric character references"
        )
    return bytes(out)
