"""The features of many records in columns, so that pairs are compared whole columns at a time."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.features import Features
from techproc.dedupe.rows import NOISE, Rows, Texts, Value, columns

__all__ = ["NUMBERS", "ROWS", "TEXTS", "Columns", "Row", "columns_from", "columns_of", "row_of"]

Numbers = NDArray[np.int32]
_KINDS = {kind: code for code, kind in enumerate("stecrmqpniku", start=1)}
_PICTURES = (
    "map", "port", "plate", "pl", "table", "diagr", "facsim", "music", "front", "col", "chart",
    "photo", "plan", "ill", "geneal", "graph",
)  # fmt: skip
_NOISE = re.compile(rf"\b(?:{'|'.join(NOISE)})\b")

# One int32 for each record; 0 means not known. Names that end in "text" are hashes.
NUMBERS = (
    "year1", "year2", "birth", "pages", "other pages", "roman", "volumes", "size",
    "date kind", "country", "state", "language", "type", "level", "lacks",
    "whole text", "parts text", "surname text", "given text", "given", "initial",
    "edition number", "edition text", "earliest", "latest", "series number",
    "illustrations", "pictures",
)  # fmt: skip
# A set for each record, as hashes or numbers, and of what (see `rows.columns`).
_SETS = {
    "title": "w", "parts": "s", "all": "w", "stems": "n", "all stems": "s", "numbers": "i",
    "part numbers": "i", "surname": "w", "names": "w", "persons": "w", "responsibility": "w",
    "publisher": "s", "publishers": "i", "place": "i", "place stems": "s", "years": "d",
    "sequences": "d", "subjects": "i", "edition": "w", "languages": "i", "isbn": "i", "issn": "i",
    "lccn": "i", "oclc": "i",
}  # fmt: skip
ROWS = tuple(_SETS)
TEXTS = ("title", "short title", "responsibility", "series", "surname", "given", "publisher",
         "edition")  # fmt: skip
_KINDS_OF = "".join(_SETS.values()) + "t" * len(TEXTS)
_PACK = struct.Struct(f"{len(NUMBERS)}i").pack

Row = tuple[bytes, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers, sets and texts of records, by position."""

    numbers: dict[str, Numbers]
    rows: dict[str, Rows]
    texts: dict[str, Texts]

    def __len__(self) -> int:
        return len(self.numbers["year1"])


def columns_of(records: Iterable[Features]) -> Columns:
    """Return the columns of records."""
    return columns_from([row_of(record) for record in records])


def columns_from(made: Sequence[Row]) -> Columns:
    """Return the columns that rows make."""
    matrix = np.frombuffer(b"".join([numbers for numbers, _ in made]), dtype=np.int32)
    every = columns(_KINDS_OF, [values for _, values in made])
    return Columns(
        dict(
            zip(
                NUMBERS,
                np.ascontiguousarray(matrix.reshape(len(made), len(NUMBERS)).T),
                strict=True,
            )
        ),
        {name: Rows.read(*column) for name, column in zip(ROWS, every[: len(ROWS)], strict=True)},
        {name: Texts.read(*column) for name, column in zip(TEXTS, every[len(ROWS) :], strict=True)},
    )


def _text(text: str) -> int:
    """Return a text's hash as a positive number, 0 for none."""
    return ((crc32(text.encode("utf-8", "replace")) & 0x7FFFFFFF) or 1) if text else 0


def row_of(r: Features) -> Row:
    """Return what the columns hold of one record: its numbers, then sets and texts, in order."""
    first = r.given.partition(" ")[0]
    years, title, parts = r.years, r.title, r.parts
    both = f"{title} {parts}"
    persons = (r.responsibility, *r.name_words)
    every = (title, parts, r.series, *persons)
    publishers, country = r.publishers, r.country
    numbers = _PACK(
        r.year1,
        r.year2,
        int(r.birth or 0),
        r.pages,
        r.other_pages,
        r.roman,
        r.volumes,
        r.size,
        _KINDS.get(r.date_kind, 0),
        0 if country == "xx" else _packed(country),
        ord(country[2]) if len(country) == 3 else 0,
        _packed(r.language),
        _packed(r.type),
        _packed(r.level),
        _lacks(r),
        _text(f"{title}|{parts}") if title else 0,
        _text(parts),
        _text(r.surname),
        _text(r.given),
        _text(first),
        ord(first[0]) * 2 + (len(first) == 1) if first else 0,
        r.edition_number,
        _text(r.edition),
        min(years, default=0),
        max(years, default=0),
        int(r.series_number or 0),
        _letters(r.illustrations),
        _pictured(r.pictures),
    )
    return numbers, (
        title,
        parts,
        every,
        both if both.isascii() else _NOISE.sub("", both),
        every,
        r.numbers,
        r.part_numbers,
        r.surname,
        r.names,
        persons,
        r.responsibility,
        publishers,
        publishers,
        r.places,
        r.places,
        years,
        r.sequences,
        r.subjects,
        r.edition,
        (r.language, *r.languages),
        r.isbns,
        r.issns,
        r.lccns,
        r.oclcs,
        title,
        r.short_title,
        r.responsibility,
        r.series,
        r.surname,
        r.given,
        publishers[0] if publishers else "",
        r.edition,
    )


@lru_cache(maxsize=1 << 12)
def _packed(text: str) -> int:
    """Return up to three characters as one number, 0 for none."""
    return int.from_bytes(text.encode("utf-8")[:3], "big")


@lru_cache(maxsize=1 << 12)
def _letters(text: str) -> int:
    """Return the letters a to z of a text as bits."""
    bits = 0
    for char in text:
        if "a" <= char <= "z":
            bits |= 1 << (ord(char) - 97)
    return bits


@lru_cache(maxsize=1 << 14)
def _pictured(text: str) -> int:
    """Return as bits what kinds of illustration 300 $b names."""
    bits = 0
    for word in text.split():
        for i, start in enumerate(_PICTURES):
            if word.startswith(start):
                bits |= 1 << i
                break
    return bits


def _lacks(r: Features) -> int:
    """Count the main parts that a record lacks."""
    return (
        (not r.surname) + (not r.publishers) + (not r.years) + (not r.pages)
        + (not r.responsibility) + (not r.size) + (not r.places)
    )  # fmt: skip
