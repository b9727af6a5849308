"""How two records differ, as numbers: one column for each measure, many pairs at a time.

Strings are compared by rapidfuzz in C over whole columns of pairs, numbers by numpy, sets in plain
loops. A measure that can't be taken because a side is empty is NaN: absence is evidence of its own,
and the weights have an entry for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel, JaroWinkler, Levenshtein

from techproc.dedupe.columns import Columns, columns_of
from techproc.dedupe.features import Features

__all__ = ["MEASURES", "Places", "measure", "measure_columns"]

Column = NDArray[np.float32]
Places = NDArray[np.int64]
_NAN = float("nan")
_NOISE = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "and",
        "in",
        "on",
        "to",
        "for",
        "with",
        "by",
        "from",
        "at",
        "as",
        "its",
        "his",
        "her",
        "or",
        "ed",
        "etc",
    ]
)

# The names, in the order of the matrix; the functions below say what each value means.
MEASURES: tuple[str, ...] = (
    "title", "title start", "short title", "title length",
    "title words", "title surplus", "title deficit", "title conflict", "title numbers", "parts",
    "creator", "names", "birth", "responsibility", "responsibility words",
    "edition", "edition and year",
    "first year", "year", "dates", "date pattern",
    "publisher", "place", "country", "imprint",
    "pages", "page share", "page sum", "page pattern", "volumes",
    "size", "series", "subjects", "illustrations",
    "language", "carrier", "kind", "sparseness",
)  # fmt: skip


def measure(first: Sequence[Features], second: Sequence[Features]) -> Column:
    """Return the matrix of measures: a row for each pair, a column for each of `MEASURES`."""
    places = np.arange(len(first), dtype=np.int64)
    return measure_columns(columns_of(first), places, columns_of(second), places)


def measure_columns(one: Columns, at: Places, other: Columns, to: Places) -> Column:
    """Return the matrix of measures of the records `one[at]` against `other[to]`."""
    out = np.empty((len(at), len(MEASURES)), dtype=np.float32)
    if not len(at):
        return out
    a = [one.records[i] for i in at.tolist()]
    b = [other.records[i] for i in to.tolist()]
    sides = _Sides(one, at, other, to)
    found: dict[str, Any] = {}
    _titles(sides, a, b, found)
    _names(a, b, found)
    found["birth"] = np.minimum(sides.gap("birth"), 10)
    found["responsibility"] = sides.similar("responsibility", Indel.normalized_similarity)
    found["series"] = sides.similar("series", Indel.normalized_similarity)
    _imprints(sides, a, b, found)
    _dates(sides, a, b, found)
    _extents(sides, found)
    found["subjects"] = [_share(x.subjects, y.subjects) for x, y in zip(a, b, strict=True)]
    found["illustrations"] = [
        _illustrations(x.illustrations, y.illustrations) for x, y in zip(a, b, strict=True)
    ]
    _forms(sides, a, b, found)
    for column, name in enumerate(MEASURES):
        out[:, column] = found[name]
    return out


class _Sides:
    """The two sides of the pairs, column by column."""

    def __init__(self, one: Columns, at: Places, other: Columns, to: Places) -> None:
        self.one, self.at, self.other, self.to = one, at, other, to
        self.places = (at.tolist(), to.tolist())

    def numbers(self, name: str) -> tuple[Column, Column]:
        return self.one.numbers[name][self.at], self.other.numbers[name][self.to]

    def codes(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        return self.one.codes[name][self.at], self.other.codes[name][self.to]

    def texts(self, name: str) -> tuple[list[str], list[str]]:
        x, y = self.one.texts[name], self.other.texts[name]
        return [x[i] for i in self.places[0]], [y[i] for i in self.places[1]]

    def lengths(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        return self.one.lengths[name][self.at], self.other.lengths[name][self.to]

    def gap(self, name: str) -> Column:
        x, y = self.numbers(name)
        out: Column = np.abs(x - y)
        return out

    def similar(self, name: str, scorer: Any) -> Column:
        x, y = self.texts(name)
        out: Column = process.cpdist(x, y, scorer=scorer, dtype=np.float32)
        p, q = self.lengths(name)
        out[(p == 0) | (q == 0)] = np.nan
        return out


def _titles(
    sides: _Sides, a: Sequence[Features], b: Sequence[Features], found: dict[str, Any]
) -> None:
    """title, short title: similarity of $a $b and of $a. title start: how far the shorter is the
    start of the longer. title words: share of the shorter's words that the other has. surplus and
    deficit: words of the longer and the shorter that nothing in the other accounts for. conflict:
    words that each has and nothing like them is in the other, the smaller count.
    """
    found["title"] = sides.similar("title", Indel.normalized_similarity)
    found["short title"] = sides.similar("short_title", JaroWinkler.normalized_similarity)
    x, y = sides.texts("title")
    p, q = sides.lengths("title")
    sizes = np.minimum(p, q)
    cut = sizes.tolist()
    start = process.cpdist(
        [text[:n] for text, n in zip(x, cut, strict=True)],
        [text[:n] for text, n in zip(y, cut, strict=True)],
        scorer=Indel.normalized_similarity,
        dtype=np.float32,
    )
    start[sizes == 0] = np.nan
    found["title start"], found["title length"] = start, np.minimum(sizes, 200)
    rows = [_title_words(r, s) for r, s in zip(a, b, strict=True)]
    for name, column in zip(
        ("title words", "title surplus", "title deficit", "title conflict"),
        zip(*rows, strict=True),
        strict=True,
    ):
        found[name] = column  # noqa: PERF403  (it goes to what is there)
    found["title numbers"] = [_sets(r.numbers, s.numbers) for r, s in zip(a, b, strict=True)]
    found["parts"] = [_parts(r, s) for r, s in zip(a, b, strict=True)]


_SAME = (1.0, 0.0, 0.0, 0.0)
_NO_TITLE = (_NAN, 0.0, 0.0, 0.0)


def _title_words(a: Features, b: Features) -> tuple[float, float, float, float]:
    if a.title == b.title and a.parts == b.parts:
        return _SAME if a.title else _NO_TITLE
    x, y = _words(a.title), _words(b.title)
    # Of two equally long titles the one that files first is taken as the shorter.
    if (len(x), a.title, a.parts) > (len(y), b.title, b.parts):
        a, b, x, y = b, a, y, x
    if not x:
        return _NO_TITLE
    more, less = y - x, x - y
    if a.parts or b.parts:
        parts_a, parts_b = _words(a.parts), _words(b.parts)
        lone_a, lone_b = (less | parts_a) - y - parts_b, (more | parts_b) - x - parts_a
    else:
        parts_a = parts_b = frozenset()
        lone_a, lone_b = less, more
    surplus = deficit = 0
    conflict = 0
    if more or less or lone_a or lone_b:
        told_a = _words(a.responsibility) | a.name_words | _words(a.series)
        told_b = _words(b.responsibility) | b.name_words | _words(b.series)
        surplus = len(more - told_a - parts_a)
        deficit = len(less - told_b - parts_b)
        lone_a, lone_b = lone_a - told_b - _NOISE, lone_b - told_a - _NOISE
        if lone_a and lone_b:
            conflict = min(_unmatched(lone_a, lone_b), _unmatched(lone_b, lone_a), 10)
    return len(x & y) / len(x), min(surplus, 20), min(deficit, 20), conflict


def _unmatched(words: frozenset[str], others: frozenset[str]) -> int:
    """Count the words that have no like word among the others; misprints and plurals are like."""
    count = 0
    for word in words:
        limit = 2 if len(word) > 7 else 1 if len(word) > 3 and not word.isdigit() else 0
        # Misprints spare the first letter nearly always; looking no further keeps this cheap.
        if not limit or not any(
            other[0] == word[0]
            and -limit <= len(other) - len(word) <= limit
            and Levenshtein.distance(word, other, score_cutoff=limit) <= limit
            for other in others
        ):
            count += 1
    return count


@lru_cache(maxsize=1 << 17)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _share(x: frozenset[str], y: frozenset[str]) -> float:
    """Return the share of the smaller set that the other has."""
    return len(x & y) / min(len(x), len(y)) if x and y else _NAN


def _sets(x: frozenset[str], y: frozenset[str]) -> float:
    """0 none, 1 equal, 2 one within the other, 3 one side only, 4 some shared, 5 none shared."""
    if x == y:
        return 1.0 if x else 0.0
    if not x or not y:
        return 3.0
    if x <= y or y <= x:
        return 2.0
    return 4.0 if x & y else 5.0


def _parts(a: Features, b: Features) -> float:
    """0 neither has parts, 1 equal, 2 one side only but within its title, 3 one side, 4 one has
    more, 5 differ.
    """
    if a.parts == b.parts:
        return 1.0 if a.parts else 0.0
    if not a.parts or not b.parts:
        lone, other = (a, b) if a.parts else (b, a)
        return 2.0 if _words(lone.parts) <= _words(other.title) else 3.0
    x, y = _words(a.parts), _words(b.parts)
    more, less = _unmatched(x - y, y - x), _unmatched(y - x, x - y)
    if not more and not less and a.part_numbers == b.part_numbers:
        return 1.0
    return 5.0 if more and less else 4.0


def _names(a: Sequence[Features], b: Sequence[Features], found: dict[str, Any]) -> None:
    """creator: see `_creator`. names: share of the shorter list of names that the other has in its
    headings or responsibility. responsibility words: share of the shorter statement's words.
    """
    found["creator"] = [_creator(x, y) for x, y in zip(a, b, strict=True)]
    found["names"] = [_shared_names(x, y) for x, y in zip(a, b, strict=True)]
    found["responsibility words"] = [
        _share(_words(x.responsibility), _words(y.responsibility))
        if x.responsibility != y.responsibility
        else (1.0 if x.responsibility else _NAN)
        for x, y in zip(a, b, strict=True)
    ]


def _creator(a: Features, b: Features) -> float:
    """The main headings: 0 neither, 1 one, 2 one but the other names it elsewhere, 3 differ,
    4 differ but each is named in the other, 5 one is named in the other, 6 surname only agrees,
    7 initials agree, 8 given names alike, 9 equal.
    """
    x, y = a.surname, b.surname
    if x == y:
        if a.given == b.given:
            return 9.0 if x else 0.0
        return _given(a.given, b.given)
    if not x or not y:
        lone, other = (a, b) if x else (b, a)
        return 2.0 if _named(lone.surname, other) else 1.0
    if JaroWinkler.similarity(x, y) > 0.93:
        return 8.0 if a.given == b.given else _given(a.given, b.given)
    one, two = _named(x, b), _named(y, a)
    return 4.0 if one and two else 5.0 if one or two else 3.0


@lru_cache(maxsize=1 << 14)
def _given(one: str, other: str) -> float:
    if not one or not other:
        return 7.0
    x, y = one.split(maxsplit=1)[0], other.split(maxsplit=1)[0]
    if x == y:
        return 8.0
    near = x.startswith(y) or y.startswith(x) or JaroWinkler.similarity(x, y) > 0.85
    return 7.0 if near else 6.0


def _named(name: str, other: Features) -> bool:
    if name in other.names:
        return True
    words = _words(name)
    return words <= other.name_words or words <= _words(other.responsibility)


def _shared_names(a: Features, b: Features) -> float:
    x, y = a.names, b.names
    if not x or not y:
        return _NAN
    if x == y:
        return 1.0
    if len(x) == len(y):
        return max(_found(x, b), _found(y, a))
    return _found(x, b) if len(x) < len(y) else _found(y, a)


def _found(names: frozenset[str], other: Features) -> float:
    return sum(_named(name, other) for name in names) / len(names)


def _imprints(
    sides: _Sides, a: Sequence[Features], b: Sequence[Features], found: dict[str, Any]
) -> None:
    """publisher: best similarity of any with any. place: 0 differ, 1 alike, 2 share one. country:
    0 differ, 1 another part of the same country, 2 equal. imprint: the three together, 16 ×
    publisher + 4 × place + country, each 0 not known, 1 differs, 2 near, 3 same.
    """
    publisher = np.array(
        [_publishers(x.publishers, y.publishers) for x, y in zip(a, b, strict=True)], np.float32
    )
    place = np.array([_places(x.places, y.places) for x, y in zip(a, b, strict=True)], np.float32)
    p, q = sides.codes("country")
    s, t = sides.codes("state")
    country = np.where(p == q, 2.0, np.where((s == t) & (s > 0), 1.0, 0.0)).astype(np.float32)
    country[(p == 0) | (q == 0)] = np.nan
    step = np.where(np.isnan(publisher), 0, 1 + (publisher >= 0.6) + (publisher >= 0.9))
    found["imprint"] = 16 * step + 4 * np.nan_to_num(place + 1) + np.nan_to_num(country + 1)
    found["publisher"], found["place"], found["country"] = publisher, place, country


def _publishers(x: tuple[str, ...], y: tuple[str, ...]) -> float:
    if not x or not y:
        return _NAN
    if len(x) == 1 == len(y):
        return _publisher(x[0], y[0])
    return max(_publisher(p, q) for p in x[:3] for q in y[:3])


@lru_cache(maxsize=1 << 16)
def _publisher(x: str, y: str) -> float:
    if x == y:
        return 1.0
    p, q = _words(x), _words(y)
    # A family name alone stands for the firm: "Macmillan" and "Macmillan St Martins".
    inside = len(p & q) / min(len(p), len(q)) if p and q else 0.0
    plain: float = Indel.normalized_similarity(x, y)
    return max(plain, 0.95 if inside == 1 else 0.8 * inside)


def _places(x: frozenset[str], y: frozenset[str]) -> float:
    if not x or not y:
        return _NAN
    if not x.isdisjoint(y):
        return 2.0
    return 1.0 if any(_like(p, q) for p in x for q in y) else 0.0


@lru_cache(maxsize=1 << 15)
def _like(x: str, y: str) -> bool:
    return Levenshtein.normalized_similarity(x, y) > 0.75


_SINGLE = 3  # codes of the kinds s, t and e: a single certain year
_REPRINT = 5


def _dates(
    sides: _Sides, a: Sequence[Features], b: Sequence[Features], found: dict[str, Any]
) -> None:
    """first year: between the first dates of 008. year: between the nearest of all dates. dates:
    0 not known, 1 the same years, 2 share a year, 3–6 apart by one, two, up to five, more years, 10
    more when both are single certain dates. date pattern: 0 not known, 1 same first year; 2 another
    first year, but it is the second of the other: a copyright or original date, 3 of a reprint;
    4 both reprints of one year; 5 apart by a year, 6 by two, 7 by up to five, 8 by up to ten,
    9 more, and 10 more when a side is a reprint, 20 when a side is a range or questionable.
    edition: see `_edition`. edition and year: the edition, 10 more when years are one or two apart,
    20 for more, 30 for unknown.
    """
    first = np.minimum(sides.gap("year1"), 60)
    year = np.array([_year_gap(x.years, y.years) for x, y in zip(a, b, strict=True)], np.float32)
    kind_a, kind_b = sides.codes("date_kind")
    single = (kind_a <= _SINGLE) & (kind_a > 0) & (kind_b <= _SINGLE) & (kind_b > 0)
    same = np.array([x.years == y.years for x, y in zip(a, b, strict=True)])
    step = 3.0 + (year > 1) + (year > 2) + (year > 5) + 10 * single
    dates = np.where(year == 0, np.where(same, 1.0, 2.0), step)
    dates[np.isnan(year)] = 0.0
    (p, q), (r, s) = sides.numbers("year1"), sides.numbers("year2")
    reprint = (kind_a == _REPRINT) | (kind_b == _REPRINT)
    both = (kind_a == _REPRINT) & (kind_b == _REPRINT)
    wide = ~single & ~reprint
    pattern = (
        5.0 + (first > 1) + (first > 2) + (first > 5) + (first > 10) + 10 * reprint + 20 * wide
    )
    pattern = np.where((p == s) | (q == r), np.where(reprint, 3.0, 2.0), pattern)
    pattern = np.where(both & (r == s), 4.0, pattern)
    pattern = np.where(first == 0, 1.0, pattern)
    pattern[np.isnan(first)] = 0.0
    edition = np.array([_edition(x, y) for x, y in zip(a, b, strict=True)], np.float32)
    apart = np.where(np.isnan(year), 30, np.where(year == 0, 0, np.where(year <= 2, 10, 20)))
    found["first year"], found["year"], found["dates"] = first, year, dates
    found["date pattern"], found["edition"] = pattern, edition
    found["edition and year"] = edition + apart


def _year_gap(x: frozenset[int], y: frozenset[int]) -> float:
    if not x or not y:
        return _NAN
    if not x.isdisjoint(y):
        return 0.0
    return min(60, *(abs(p - q) for p in x for q in y))


def _edition(a: Features, b: Features) -> float:
    """0 neither, 1 equal, 2 first against none, 3 same number, 4 alike, 5 later against none,
    6 unnumbered against none, 7 number against words, 8 words differ, 9 numbers differ.
    """
    if a.edition == b.edition and a.edition_number == b.edition_number:
        return 1.0 if a.edition or a.edition_number else 0.0
    if (a.edition or a.edition_number) and (b.edition or b.edition_number):
        if a.edition_number and b.edition_number:
            return 3.0 if a.edition_number == b.edition_number else 9.0
        if Indel.normalized_similarity(a.edition, b.edition) > 0.6:
            return 4.0
        return 7.0 if a.edition_number or b.edition_number else 8.0
    number = a.edition_number or b.edition_number
    return 2.0 if number == 1 else 5.0 if number else 6.0


def _extents(sides: _Sides, found: dict[str, Any]) -> None:
    """pages: difference of the longest sequence, to 100. page share: the smaller by the larger.
    page sum: the least difference however the sequences are added up ("12, 300 p." and "312 p.").
    page pattern: 10 × (0 arabic equal, 1 within 2, 2 within 2 %, 3 more, 4 not known) + (0 no
    roman, 1 equal, 2 one side, 3 within two, 4 differ). volumes: 0 unknown, 1 both one, 2 same
    number, 3 a set not counted yet, 4 one against several, 5 differ. size: centimetres, to 10.
    """
    p, q = sides.numbers("pages")
    gap = np.abs(p - q)
    found["pages"] = np.minimum(gap, 100)
    share = np.minimum(p, q) / np.maximum(p, q)
    found["page share"] = share
    (o, u), (r, s) = sides.codes("other_pages"), sides.codes("roman")
    x, y = p + o, q + u
    least = np.minimum.reduce(
        [gap, np.abs(x - y), np.abs(x + r - y - s), np.abs(x - q), np.abs(p - y)]
    )
    found["page sum"] = np.minimum(least, 100)
    arabic = np.where(gap == 0, 0, np.where(gap <= 2, 1, np.where(share >= 0.98, 2, 3)))
    arabic = np.where(np.isnan(gap), 4, arabic)
    roman = np.where(
        r == s, (r > 0) * 1, np.where((r == 0) | (s == 0), 2, np.where(np.abs(r - s) <= 2, 3, 4))
    )
    found["page pattern"] = 10 * arabic + roman
    v, w = sides.codes("volumes")
    one = (v == 1) | (w == 1)
    volumes = np.where(one, 4, np.where((v == -1) | (w == -1), 3, 5))
    volumes = np.where(v == w, np.where(v == 1, 1, 2), volumes)
    found["volumes"] = np.where((v == 0) | (w == 0), 0, volumes)
    found["size"] = np.minimum(sides.gap("size"), 10)


@lru_cache(maxsize=1 << 12)
def _illustrations(one: str, other: str) -> float:
    """0 neither, 1 equal, 2 share some, 3 one side only, 4 differ."""
    x, y = frozenset(one) - {" "}, frozenset(other) - {" "}
    if x == y:
        return 1.0 if x else 0.0
    if not x or not y:
        return 3.0
    return 2.0 if x & y else 4.0


def _forms(
    sides: _Sides, a: Sequence[Features], b: Sequence[Features], found: dict[str, Any]
) -> None:
    """language: 0 same, 1 not coded on a side, 2 one is in the other's 041, 3 differ. carrier: 0
    same, 1 print and electronic, 2 print and microform, 3 otherwise different. kind: 0 same type
    and level, 1 both manuscripts (theses), 2 one is, 3 levels differ, 4 types do. sparseness: main
    parts that the poorer record lacks.
    """
    p, q = sides.codes("language")
    language = np.where(p == q, 0.0, np.where((p == 0) | (q == 0), 1.0, 3.0))
    for i in np.flatnonzero(language == 3).tolist():
        if a[i].language in b[i].languages or b[i].language in a[i].languages:
            language[i] = 2.0
    found["language"] = language
    p, q = sides.codes("carrier")
    low, high = np.minimum(p, q), np.maximum(p, q)
    electronic = (low <= 2) & (high <= 2)
    micro = (low == 0) & (high == 4)
    found["carrier"] = np.where(p == q, 0, np.where(electronic, 1, np.where(micro, 2, 3)))
    (p, q), (r, s) = sides.codes("type"), sides.codes("level")
    t, text = ord("t"), ord("a")
    pair = ((p == t) & (q == text)) | ((p == text) & (q == t))
    kind = np.where(p == q, np.where(p == t, 1, 0), np.where(pair, 2, 4))
    found["kind"] = np.where(r != s, 3, kind)
    p, q = sides.codes("sparse")
    found["sparseness"] = np.maximum(p, q)
