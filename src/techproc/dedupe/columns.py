"""The features of many records in columns, so that pairs are compared whole columns at a time."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.features import Features
from techproc.dedupe.rows import Rows, Texts, rows_of, stems, texts_of, words

__all__ = ["NUMBERS", "ROWS", "TEXTS", "Columns", "Row", "columns_from", "columns_of", "row_of"]

Numbers = NDArray[np.int32]
_KINDS = {kind: code for code, kind in enumerate("stecrmqpniku", start=1)}
_PICTURES = (
    "map", "port", "plate", "pl", "table", "diagr", "facsim", "music", "front", "col", "chart",
    "photo", "plan", "ill", "geneal", "graph",
)  # fmt: skip
_NOISE = re.compile(
    r"\b(?:the|a|an|of|and|in|on|to|for|with|by|from|at|as|its|his|her|or|ed|etc)\b"
)

# One int32 for each record; 0 means not known. Names that end in "text" are hashes.
NUMBERS = (
    "year1", "year2", "birth", "pages", "other pages", "roman", "volumes", "size",
    "date kind", "country", "state", "language", "type", "level", "lacks",
    "whole text", "parts text", "surname text", "given text", "given", "initial",
    "edition number", "edition text", "earliest", "latest", "series number",
    "illustrations", "pictures",
)  # fmt: skip
# A set for each record, as hashes or numbers.
ROWS = (
    "title", "parts", "all", "stems", "all stems", "numbers", "part numbers", "surname", "names",
    "persons", "responsibility", "publisher", "publishers", "place", "place stems", "years", "sequences",
    "subjects", "edition", "languages", "isbn", "issn", "lccn", "oclc",
)  # fmt: skip
TEXTS = ("title", "short title", "responsibility", "series", "surname", "given", "publisher",
         "edition")  # fmt: skip

Row = tuple[list[int], list[bytes], list[str]]


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
    matrix = np.array([row[0] for row in made], dtype=np.int32).reshape(len(made), len(NUMBERS))
    return Columns(
        dict(zip(NUMBERS, np.ascontiguousarray(matrix.T), strict=True)),
        {name: rows_of([row[1][i] for row in made]) for i, name in enumerate(ROWS)},
        {name: texts_of(row[2][i] for row in made) for i, name in enumerate(TEXTS)},
    )


def _text(text: str) -> int:
    """Return a text's hash as a positive number, 0 for none."""
    return ((crc32(text.encode("utf-8", "replace")) & 0x7FFFFFFF) or 1) if text else 0


def _set(some: Iterable[str]) -> bytes:
    """Return a set of whole texts as a row."""
    return words("\x1f".join(some), "\x1f")


def row_of(r: Features) -> Row:
    """Return what the columns hold of one record: its numbers, sets and texts, in their order."""
    first = r.given.split(maxsplit=1)[0] if r.given else ""
    years = sorted(r.years)
    names, persons = " ".join(r.names), f"{r.responsibility} {' '.join(r.name_words)}"
    title = f"{r.title} {r.parts}"
    every = f"{title} {persons} {r.series}"
    numbers = [
        r.year1,
        r.year2,
        int(r.birth or 0),
        r.pages,
        r.other_pages,
        r.roman,
        r.volumes,
        r.size,
        _KINDS.get(r.date_kind, 0),
        0 if r.country == "xx" else _packed(r.country),
        ord(r.country[2]) if len(r.country) == 3 else 0,
        _packed(r.language),
        _packed(r.type),
        _packed(r.level),
        _lacks(r),
        _text(f"{r.title}|{r.parts}") if r.title else 0,
        _text(r.parts),
        _text(r.surname),
        _text(r.given),
        _text(first),
        ord(first[0]) * 2 + (len(first) == 1) if first else 0,
        r.edition_number,
        _text(r.edition),
        years[0] if years else 0,
        years[-1] if years else 0,
        int(r.series_number or 0),
        _letters(r.illustrations),
        _pictured(r.pictures),
    ]
    rows = [
        words(r.title),
        stems(r.parts),
        words(every),
        stems(_NOISE.sub("", title)),
        stems(every),
        _set(r.numbers),
        _set(r.part_numbers),
        words(r.surname),
        words(names),
        words(persons),
        words(r.responsibility),
        stems(" ".join(r.publishers)),
        _set(r.publishers),
        _set(r.places),
        stems(" ".join(r.places)),
        array("I", years).tobytes(),
        array("I", sorted(r.sequences)).tobytes(),
        _set(r.subjects),
        words(r.edition),
        _set({*r.languages, r.language} if r.language else r.languages),
        *(_set(numbers) for numbers in (r.isbns, r.issns, r.lccns, r.oclcs)),
    ]
    texts = [
        r.title, r.short_title, r.responsibility, r.series, r.surname, r.given,
        r.publishers[0] if r.publishers else "", r.edition,
    ]  # fmt: skip
    return numbers, rows, texts


def _packed(text: str) -> int:
    """Return up to three characters as one number, 0 for none."""
    return int.from_bytes(text.encode("utf-8")[:3], "big")


def _letters(text: str) -> int:
    """Return the letters a to z of a text as bits."""
    bits = 0
    for char in text:
        if "a" <= char <= "z":
            bits |= 1 << (ord(char) - 97)
    return bits


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
