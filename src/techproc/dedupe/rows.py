"""Rows of numbers and of texts, one after the other: what records hold several of.

A set of words is a row of their hashes, rising. How much two rows share is counted for many pairs
at once: in C where it was built, else with numpy, with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

try:
    from techproc.dedupe import _rows as _core

    if not hasattr(_core, "hashes"):
        raise ImportError("the C core is of an older build")
except ImportError:
    _core = None  # type: ignore[assignment]

__all__ = [
    "NOISE", "Places", "Rows", "Texts", "Value", "columns", "columns_plainly", "hashes",
    "hashes_plainly", "overlap", "overlap_plainly", "similarities", "skeleton",
]  # fmt: skip

Places: TypeAlias = NDArray[np.int64]
Counts: TypeAlias = NDArray[np.int32]
Value: TypeAlias = str | Iterable[str] | Iterable[int]  # what a record has in a column
# Words that say nothing of what a title is about.
NOISE = (
    "the", "a", "an", "of", "and", "in", "on", "to", "for", "with", "by", "from", "at", "as", "its",
    "his", "her", "or", "ed", "etc",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """`values[ends[i]:ends[i + 1]]` is row i, in rising order, each number once."""

    values: NDArray[np.uint32]
    ends: Places

    @classmethod
    def read(cls, values: bytes, ends: bytes) -> Rows:
        """Return the rows of a column, as `columns` gives it."""
        return cls(np.frombuffer(values, np.uint32), np.frombuffer(ends, np.int64))

    def sizes(self, at: Places) -> Counts:
        """Return how many numbers the rows have."""
        out: Counts = (self.ends[at + 1] - self.ends[at]).astype(np.int32)
        return out


@dataclass(frozen=True, slots=True)
class Texts:
    """UTF-8 texts one after the other: `data[ends[i]:ends[i + 1]]` is text i."""

    data: Any  # bytes, or what is mapped
    ends: Places

    @classmethod
    def read(cls, data: bytes, ends: bytes) -> Texts:
        """Return the texts of a column, as `columns` gives it."""
        return cls(data, np.frombuffer(ends, np.int64))

    def take(self, at: Places) -> list[str]:
        """Return the texts at some places, each read once however often it is asked for."""
        wanted, back = np.unique(at, return_inverse=True)
        data = self.data
        bounds = zip(self.ends[wanted].tolist(), self.ends[wanted + 1].tolist(), strict=True)
        found = np.empty(len(wanted), dtype=object)
        found[:] = [str(data[start:stop], "utf-8", "surrogatepass") for start, stop in bounds]
        out: list[str] = found[back].tolist()
        return out


def _ends(lengths: Sequence[int]) -> Places:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)


def skeleton(word: str) -> bytes:
    """Return a word, in UTF-8, without what misprints and spellings change most.

    Vowels after the first letter, y and h, doubled letters and a last s are left out of words of
    letters; short words and numbers stand for themselves.

    >>> skeleton("gynaecology") == skeleton("gynecologys"), skeleton("catfish"), skeleton("of")
    (True, b'ctfs', b'of')
    """
    given = word.encode("utf-8", "replace")
    if not 4 <= len(given) <= 64 or any(48 <= byte < 58 for byte in given):
        return given
    kept = bytearray(given[:1])
    for byte in given[1:]:
        if byte not in b"aeiouyh" and byte != kept[-1]:
            kept.append(byte)
    if kept.endswith(b"s") and len(kept) > 2 and given.endswith(b"s"):
        del kept[-1]
    return bytes(kept)


def columns(kinds: str, records: list[tuple[Value, ...]]) -> list[tuple[bytes, bytes]]:
    """Return columns of records that have a value for each kind, as values and where each ends.

    `t` is a text, in UTF-8; the others are sets, as rising uint32, of one text or several: hashes of
    `w` words, `s` skeletons of words, `n` those without `NOISE`, `i` whole items, the same on any
    machine; `d` is a set of numbers. Ends are int64, with a leading 0.

    >>> values, ends = columns("w", [("to be or not to be",), ((),)])[0]
    >>> len(values) // 4, np.frombuffer(ends, np.int64).tolist()
    (4, [0, 4, 4])
    >>> columns("s", [("noblewomen of heian",)]) == columns("s", [("noblewoman of heian",)])
    True
    """
    if _core is not None:
        return _core.columns(kinds, records)
    return columns_plainly(kinds, records)


def columns_plainly(kinds: str, records: list[tuple[Value, ...]]) -> list[tuple[bytes, bytes]]:
    """Return the same as `columns` without the compiled core."""
    out = []
    for kind, values in zip(kinds, zip(*records, strict=True), strict=True):
        made = [_value(kind, value) for value in values]
        ends = _ends([len(one) if kind == "t" else len(one) // 4 for one in made])
        out.append((b"".join(made), ends.tobytes()))
    return out


def _value(kind: str, value: Any) -> bytes:
    if kind == "t":
        return str(value).encode("utf-8", "replace")
    items = (value,) if isinstance(value, str) else tuple(value)
    if kind == "d":
        return np.array(sorted({*items}), dtype=np.uint32).tobytes()
    separator = "\x1f" if kind == "i" else " "
    parts = [part for text in items for part in text.split(separator)]
    if kind == "n":
        parts = [part for part in parts if part not in NOISE]
    if kind in "sn":
        return _row(map(skeleton, parts))
    return _row(part.encode("utf-8", "replace") for part in parts)


_MOST = 4096  # words of a text that count


def _row(some: Iterable[bytes]) -> bytes:
    found = dict.fromkeys(_hash(word) for word in some if word)
    return np.array(sorted(islice(found, _MOST)), dtype=np.uint32).tobytes()


@lru_cache(maxsize=1 << 16)
def _hash(word: bytes) -> int:
    """Return the FNV-1a hash of a word, its upper half folded into the lower."""
    found = _fnv(word)
    return (found ^ (found >> 32)) & 0xFFFFFFFF


def _fnv(word: bytes) -> int:
    found = 14695981039346656037
    for byte in word:
        found = ((found ^ byte) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
    return found


def hashes(texts: list[str]) -> NDArray[np.uint64]:
    """Return the 64-bit hash of each text, the same on any machine.

    >>> hashes(["a", "b", "a"]).tolist() == hashes_plainly(["a", "b", "a"]).tolist()
    True
    """
    if _core is None:
        return hashes_plainly(texts)
    return np.frombuffer(_core.hashes(texts), dtype=np.uint64)


def hashes_plainly(texts: list[str]) -> NDArray[np.uint64]:
    """Return the same as `hashes` without the compiled core."""
    found = np.array([_fnv(text.encode("utf-8", "replace")) for text in texts], dtype=np.uint64)
    # What sets two keys apart is often their last byte: it has to reach all bits.
    found = (found ^ (found >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    out: NDArray[np.uint64] = found ^ (found >> np.uint64(33))
    return out


def overlap(one: Rows, at: Places, other: Rows, to: Places) -> Counts:
    """Return how many numbers row `at[i]` of the first shares with row `to[i]` of the second.

    >>> some = [("war and peace",), ("peace and quiet",), ("sea",)]
    >>> rows = Rows.read(*columns("w", some)[0])
    >>> overlap(rows, np.array([0, 0]), rows, np.array([1, 2])).tolist()
    [2, 0]
    """
    if _core is None:
        return overlap_plainly(one, at, other, to)
    parts = (one.values, one.ends, at, other.values, other.ends, to)
    return np.frombuffer(_core.overlaps(*map(np.ascontiguousarray, parts)), dtype=np.int32)


_ASKED = ("whole", "start", "equal")


def similarities(
    one: Texts, at: Places, other: Texts, to: Places, what: str
) -> NDArray[np.float32]:
    """Return how alike text `at[i]` of the first and text `to[i]` of the second are.

    1 less the share of characters to be taken out or put in (Indel): of the "whole" texts, or of as
    much of their "start" as both have; "equal" looks for equal ones alone. It is −1 where the core
    can't tell: of texts not in ASCII, of long ones, of unequal ones, of all where it was not built.

    >>> some = Texts.read(*columns("t", [("sea horses",), ("sea horse",)])[0])
    >>> similarities(some, np.array([0, 0]), some, np.array([0, 1]), "equal").tolist()[1]
    -1.0
    """
    if _core is None:
        return np.full(len(at), -1, dtype=np.float32)
    ends, places, others, to = map(np.ascontiguousarray, (one.ends, at, other.ends, to))
    found = _core.similarities(one.data, ends, places, other.data, others, to, _ASKED.index(what))
    return np.frombuffer(bytearray(found), dtype=np.float32)


def overlap_plainly(one: Rows, at: Places, other: Rows, to: Places) -> Counts:
    """Return the same as `overlap` without the compiled core."""
    (x, p), (y, q) = _spread(one, at), _spread(other, to)
    # Pair and number together in one key: both columns rise, so that each is looked up in the other.
    mine, theirs = (p << 32) | x, (q << 32) | y
    if not len(theirs):
        return np.zeros(len(at), dtype=np.int32)
    place = np.minimum(np.searchsorted(theirs, mine), len(theirs) - 1)
    out: Counts = np.bincount(p[theirs[place] == mine], minlength=len(at)).astype(np.int32)
    return out


def _spread(rows: Rows, at: Places) -> tuple[Places, Places]:
    """Return the values of the rows one after the other, and for each the place of its pair."""
    starts, sizes = rows.ends[at], rows.ends[at + 1] - rows.ends[at]
    owner = np.repeat(np.arange(len(at), dtype=np.int64), sizes)
    before = np.cumsum(sizes) - sizes
    inside = np.arange(len(owner), dtype=np.int64) - before[owner]
    return rows.values[starts[owner] + inside].astype(np.int64), owner
