"""The features of many records in columns, so that pairs are compared whole columns at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.features import Features

__all__ = ["Columns", "columns_of"]

Numbers = NDArray[np.float32]
Codes = NDArray[np.int32]
_CARRIERS = ("print", "electronic", "online", "disc", "microform")
_KINDS = {kind: code for code, kind in enumerate("stecrmqpniku", start=1)}


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers (NaN for what is not known), codes and texts of records, by position."""

    records: Sequence[Features]
    numbers: dict[str, Numbers]
    codes: dict[str, Codes]
    texts: dict[str, list[str]]
    lengths: dict[str, Codes]

    def __len__(self) -> int:
        return len(self.records)


def columns_of(records: Sequence[Features]) -> Columns:
    """Return the columns of records."""

    def numbers(take: Callable[[Features], float]) -> Numbers:
        column = np.fromiter(map(take, records), dtype=np.float32, count=len(records))
        column[column == 0] = np.nan
        return column

    def codes(take: Callable[[Features], Any]) -> Codes:
        return np.fromiter(map(take, records), dtype=np.int32, count=len(records))

    texts = {
        name: [getattr(r, name) for r in records]
        for name in ("title", "short_title", "responsibility", "series")
    }
    return Columns(
        records=records,
        numbers={
            "year1": numbers(lambda r: r.year1),
            "year2": numbers(lambda r: r.year2),
            "birth": numbers(lambda r: int(r.birth or 0)),
            "pages": numbers(lambda r: r.pages),
            "size": numbers(lambda r: r.size),
        },
        codes={
            "other_pages": codes(lambda r: r.other_pages),
            "roman": codes(lambda r: r.roman),
            "volumes": codes(lambda r: r.volumes),
            "date_kind": codes(lambda r: _KINDS.get(r.date_kind, 0)),
            "country": codes(lambda r: _country(r.country)),
            "state": codes(lambda r: ord(r.country[2]) if len(r.country) == 3 else 0),
            "language": codes(lambda r: _packed(r.language)),
            "carrier": codes(lambda r: _CARRIERS.index(r.carrier) if r.carrier in _CARRIERS else 9),
            "type": codes(lambda r: _packed(r.type)),
            "level": codes(lambda r: _packed(r.level)),
            "sparse": codes(_lacks),
        },
        texts=texts,
        lengths={name: codes_of_lengths(column) for name, column in texts.items()},
    )


def codes_of_lengths(texts: Sequence[str]) -> Codes:
    """Return the length of every text."""
    return np.fromiter(map(len, texts), dtype=np.int32, count=len(texts))


def _packed(text: str) -> int:
    """Return up to four characters as one number, 0 for none."""
    return int.from_bytes(text.encode("utf-8")[:3], "big")


def _country(text: str) -> int:
    return 0 if text == "xx" else _packed(text)


def _lacks(r: Features) -> int:
    """Count the main parts that a record lacks."""
    return (
        (not r.surname) + (not r.publishers) + (not r.years) + (not r.pages)
        + (not r.responsibility) + (not r.size) + (not r.places)
    )  # fmt: skip
