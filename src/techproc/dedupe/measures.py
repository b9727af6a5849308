"""How two records differ, as numbers: one column for each measure, many pairs at a time.

Texts are compared by rapidfuzz, sets of words by their overlap, both in C over whole columns of
pairs; everything else is numpy on coded columns. A measure that can't be taken because a side is
empty is NaN: absence is evidence of its own, and the weights have an entry for it. Every measure is
symmetric.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel, JaroWinkler

from techproc.dedupe.columns import Columns, columns_of
from techproc.dedupe.features import Features
from techproc.dedupe.rows import Places
from techproc.dedupe.sides import NAN, Column, Sides, Truth, ratio, steps

__all__ = ["MEASURES", "Places", "measure", "measure_columns"]

# The names, in the order of the matrix; the functions below say what each value means.
MEASURES: tuple[str, ...] = (
    "title", "title start", "short title", "title length",
    "title words", "title surplus", "title deficit", "title conflict", "title numbers", "parts",
    "creator", "names", "names conflict", "birth", "responsibility", "responsibility words",
    "edition", "edition words", "edition and year",
    "first year", "year", "dates", "date pattern", "earliest", "latest",
    "publisher", "place", "country", "imprint",
    "pages", "page share", "page sum", "page pattern", "page sequences", "volumes",
    "size", "series", "series number", "subjects", "illustrations", "pictures",
    "language", "kind", "sparseness",
)  # fmt: skip


def measure(first: Sequence[Features], second: Sequence[Features]) -> Column:
    """Return the matrix of measures: a row for each pair, a column for each of `MEASURES`."""
    places = np.arange(len(first), dtype=np.int64)
    return measure_columns(columns_of(first), places, columns_of(second), places)


def measure_columns(one: Columns, at: Places, other: Columns, to: Places) -> Column:
    """Return the matrix of measures of the records `one[at]` against `other[to]`."""
    out = np.empty((len(at), len(MEASURES)), dtype=np.float32, order="F")
    if not len(at):
        return out
    sides = Sides(one, at, other, to)
    found: dict[str, Any] = {}
    for part in (_titles, _names, _imprints, _dates, _editions, _extents, _forms):
        part(sides, found)
    for column, name in enumerate(MEASURES):
        out[:, column] = found[name]
    return out


def _titles(sides: Sides, found: dict[str, Any]) -> None:
    """title, short title: similarity of $a $b and of $a. title start: how far the shorter is the
    start of the longer. title words: share of the shorter's words that the other has. surplus and
    deficit: words of the longer and of the shorter that nothing in the other accounts for.
    conflict: words of title and parts that each has and nothing like them is in the other, the
    smaller count. numbers: 0 none, 1 equal, 2 one within the other, 3 one side, 4 some, 5 differ.
    """
    p, q = sides.lengths("title")
    empty = (p == 0) | (q == 0)
    same = np.equal(*sides.codes("whole text"))
    found["title"] = sides.similar("title")
    found["title start"] = sides.similar("title", start=True)
    found["title length"] = np.minimum(np.minimum(p, q), 200)
    found["short title"] = sides.similar("short title", JaroWinkler)
    m, n = sides.sizes("title")
    words = ratio(sides.shared("title"), np.minimum(m, n))
    known, back = sides.within("title", "all")
    lone, more = m - known, n - back
    surplus = np.where(m == n, np.maximum(lone, more), np.where(m > n, lone, more))
    deficit = lone + more - surplus
    known, back = sides.within("stems", "all stems")
    m, n = sides.sizes("stems")
    conflict = np.minimum(np.minimum(m - known, n - back), 10)
    found["title words"] = np.where(same & ~empty, np.float32(1), words)
    found["title surplus"] = np.where(same, 0, np.minimum(surplus, 20))
    found["title deficit"] = np.where(same, 0, np.minimum(deficit, 20))
    found["title conflict"] = np.where(same, 0, conflict)
    found["title numbers"] = _sets(sides, "numbers")
    found["parts"] = _parts(sides)


def _sets(sides: Sides, name: str) -> Column:
    """0 none, 1 equal, 2 one within the other, 3 one side only, 4 some shared, 5 none shared."""
    m, n = sides.sizes(name)
    shared = sides.shared(name)
    return steps(
        4,
        ((m == 0) & (n == 0), 0),
        ((m == 0) | (n == 0), 3),
        ((shared == m) & (shared == n), 1),
        ((shared == m) | (shared == n), 2),
        (shared == 0, 5),
    )


def _parts(sides: Sides) -> Column:
    """0 neither has parts, 1 equal, 2 one side only but within its title, 3 one side, 4 one has
    more, 5 differ.
    """
    p, q = sides.codes("parts text")
    m, n = sides.sizes("parts")
    shared = sides.shared("parts")
    less, more = m - shared, n - shared
    told, back = sides.within("parts", "all stems")
    inside = np.where(m > 0, told == m, back == n)
    numbers = sides.shared("part numbers")
    s, t = sides.sizes("part numbers")
    alike = (less == 0) & (more == 0) & (numbers == s) & (numbers == t)
    return steps(
        4,
        ((p == 0) & (q == 0), 0),
        (p == q, 1),
        (((p == 0) | (q == 0)) & inside, 2),
        ((p == 0) | (q == 0), 3),
        (alike, 1),
        ((less > 0) & (more > 0), 5),
    )


def _names(sides: Sides, found: dict[str, Any]) -> None:
    """creator: see `_creator`. names: share of the smaller set of names' words that the other has
    in its headings or responsibility. names conflict: words of names that each has and the other
    has nowhere, the smaller count. responsibility: similarity; words: share of the shorter's words.
    birth: years apart.
    """
    found["creator"] = _creator(sides)
    m, n = sides.sizes("names")
    known, back = sides.within("names", "all")
    share = np.where(
        m == n,
        np.fmax(ratio(known, m), ratio(back, n)),
        np.where(m < n, ratio(known, m), ratio(back, n)),
    )
    share[(m == 0) | (n == 0)] = NAN
    found["names"] = share
    conflict = np.minimum(np.minimum(m - known, n - back), 6).astype(np.float32)
    conflict[(m == 0) | (n == 0)] = NAN
    found["names conflict"] = conflict
    found["birth"] = sides.gap("birth", 10)
    found["responsibility"] = sides.similar("responsibility")
    found["responsibility words"] = sides.share("responsibility")


def _creator(sides: Sides) -> Column:
    """The main headings: 0 neither, 1 one, 2 one but the other names it elsewhere, 3 differ,
    4 differ but each is named in the other, 5 one is named in the other, 6 surname only agrees,
    7 initials agree, 8 given names alike, 9 equal.
    """
    (x, y), (g, h) = sides.codes("surname text"), sides.codes("given text")
    known, back = sides.within("surname", "persons")
    m, n = sides.sizes("surname")
    named, named_back = (known == m) & (m > 0), (back == n) & (n > 0)
    lone = np.where(x != 0, named, named_back)
    neither, one = (x == 0) & (y == 0), (x == 0) | (y == 0)
    near = sides.near("surname", np.flatnonzero((x != y) & ~one), 0.93)
    near |= (x == y) & (x != 0)
    return steps(
        3,
        (neither, 0),
        (one & lone, 2),
        (one, 1),
        (near & (g == h) & (x == y), 9),
        (near & (g == h), 8),
        (near, -1),
        (named & named_back, 4),
        (named | named_back, 5),
    ) + np.where(near & (g != h), 1 + _given(sides, near & (g != h)), 0)


def _given(sides: Sides, wanted: Truth) -> Column:
    """6 given names differ, 7 their initials agree or one has none, 8 the first is the same."""
    (g, h), (i, j) = sides.codes("given"), sides.codes("initial")
    first = i // 2 == j // 2
    initials = first & ((i % 2 == 1) | (j % 2 == 1))
    unsure = np.flatnonzero(wanted & (g != h) & first & ~initials)
    near = initials | sides.near("given", unsure, 0.85)
    return steps(6, ((g == 0) | (h == 0), 7), (g == h, 8), (near, 7))


def _imprints(sides: Sides, found: dict[str, Any]) -> None:
    """publisher: similarity, .95 at least when all words of one are in the other ("Macmillan" and
    "Macmillan St Martins"). place: 0 differ, 1 alike, 2 share one. country: 0 differ, 1 another
    part of the same country, 2 equal. imprint: the three together, 16 × publisher + 4 × place +
    country, each 0 not known, 1 differs, 2 near, 3 same.
    """
    inside = sides.share("publisher")
    publisher = np.fmax(
        sides.similar("publisher"), np.where(inside == 1, np.float32(0.95), 0.8 * inside)
    )
    publisher[sides.shared("publishers") > 0] = 1
    m, n = sides.sizes("place")
    place = steps(0, (sides.shared("place") > 0, 2), (sides.shared("place stems") > 0, 1))
    place[(m == 0) | (n == 0)] = NAN
    p, q = sides.codes("country")
    s, t = sides.codes("state")
    country = steps(0, (p == q, 2), ((s == t) & (s > 0), 1))
    country[(p == 0) | (q == 0)] = NAN
    step = np.where(np.isnan(publisher), 0, 1 + (publisher >= 0.6) + (publisher >= 0.9))
    found["imprint"] = 16 * step + 4 * np.nan_to_num(place + 1) + np.nan_to_num(country + 1)
    found["publisher"], found["place"], found["country"] = publisher, place, country


_SINGLE = 3  # codes of the kinds s, t and e: a single certain year
_REPRINT = 5


def _dates(sides: Sides, found: dict[str, Any]) -> None:
    """first year: between the first dates of 008. year: between the nearest of all dates; earliest,
    latest: between the first and the last of all. dates:
    0 not known, 1 the same years, 2 share a year, 3–6 apart by one, two, up to five, more years, 10
    more when both are single certain dates. date pattern: 0 not known, 1 same first year; 2 another
    first year, but it is the second of the other: a copyright or original date, 3 of a reprint;
    4 both reprints of one year; 5 apart by a year, 6 by two, 7 by up to five, 8 by up to ten,
    9 more, and 10 more when a side is a reprint, 20 when a side is a range or questionable.
    """
    first = sides.gap("year1", 60)
    found["earliest"], found["latest"] = sides.gap("earliest", 60), sides.gap("latest", 60)
    m, n = sides.sizes("years")
    shared = sides.shared("years")
    year = np.fmin(_year_gap(sides), np.where(shared > 0, np.float32(0), NAN))
    kind_a, kind_b = sides.codes("date kind")
    single = (kind_a <= _SINGLE) & (kind_a > 0) & (kind_b <= _SINGLE) & (kind_b > 0)
    step = 3.0 + (year > 1) + (year > 2) + (year > 5) + 10 * single
    dates = np.where(year == 0, np.where((shared == m) & (shared == n), 1.0, 2.0), step)
    dates[np.isnan(year)] = 0.0
    (p, q), (r, s) = sides.codes("year1"), sides.codes("year2")
    reprint = (kind_a == _REPRINT) | (kind_b == _REPRINT)
    both = (kind_a == _REPRINT) & (kind_b == _REPRINT)
    wide = ~single & ~reprint
    apart = 5 + (first > 1) + (first > 2) + (first > 5) + (first > 10) + 10 * reprint + 20 * wide
    pattern = np.where((p == s) | (q == r), np.where(reprint, 3, 2), apart)
    pattern = np.where(both & (r == s), 4, pattern)
    pattern = np.where(first == 0, 1, pattern)
    found["date pattern"] = np.where(np.isnan(first), 0, pattern)
    found["first year"], found["year"], found["dates"] = first, year, dates


def _year_gap(sides: Sides) -> Column:
    """Return the years between the nearest of two records' dates, of four each at most."""
    every = []
    for rows, at in ((sides.one.rows["years"], sides.at), (sides.other.rows["years"], sides.to)):
        starts, sizes = rows.ends[at], rows.sizes(at)
        held = []
        for k in range(min(int(sizes.max(initial=0)), 4)):
            values = np.full(len(at), NAN, dtype=np.float32)
            there = sizes > k
            values[there] = rows.values[starts[there] + k]
            held.append(values)
        every.append(held)
    out = np.full(len(sides.at), NAN, dtype=np.float32)
    for x in every[0]:
        for y in every[1]:
            out = np.fmin(out, np.abs(x - y))
    return np.minimum(out, 60)


def _editions(sides: Sides, found: dict[str, Any]) -> None:
    """edition: 0 neither, 1 equal, 2 first against none, 3 same number, 4 alike, 5 later against
    none, 6 unnumbered against none, 7 number against words, 8 words differ, 9 numbers differ.
    words: share of the shorter statement's. edition and year: the edition, 10 more when the nearest
    years are one or two apart, 20 for more, 30 for unknown.
    """
    (p, q), (x, y) = sides.codes("edition number"), sides.codes("edition text")
    one, other = (p > 0) | (x != 0), (q > 0) | (y != 0)
    number = p | q
    alike = np.zeros(len(p), dtype=bool)
    unsure = np.flatnonzero(one & other & ~((p > 0) & (q > 0)) & (x != y))
    if len(unsure):
        texts = sides.texts("edition", unsure)
        alike[unsure] = (
            process.cpdist(*texts, scorer=Indel.normalized_similarity, dtype=np.float32) > 0.6
        )
    edition = steps(
        8,
        (~one & ~other, 0),
        ((p == q) & (x == y), 1),
        ((p > 0) & (q > 0) & (p == q), 3),
        ((p > 0) & (q > 0), 9),
        (one & other & alike, 4),
        (one & other & (number > 0), 7),
        (one & other, 8),
        (number == 1, 2),
        (number > 0, 5),
        (one | other, 6),
    )
    year = found["year"]
    apart = np.where(np.isnan(year), 30, np.where(year == 0, 0, np.where(year <= 2, 10, 20)))
    found["edition"], found["edition and year"] = edition, edition + apart
    found["edition words"] = sides.share("edition")


def _extents(sides: Sides, found: dict[str, Any]) -> None:
    """pages: difference of the longest sequence, to 100. page share: the smaller by the larger.
    page sum: the least difference however the sequences are added up ("12, 300 p." and "312 p.").
    page pattern: 10 × (0 arabic equal, 1 within 2, 2 within 2 %, 3 more, 4 not known) + (0 no
    roman, 1 equal, 2 one side, 3 within two, 4 differ). page sequences: share of the fewer numbers
    of 300 $a that the other has. volumes: 0 unknown, 1 both one, 2 same number, 3 a set not counted
    yet, 4 one against several, 5 differ. size: centimetres, to 10.
    """
    p, q = sides.codes("pages")
    unknown = (p == 0) | (q == 0)
    gap = np.abs(p - q)
    share = ratio(np.minimum(p, q), np.maximum(p, q))
    share[unknown] = NAN
    (o, u), (r, s) = sides.codes("other pages"), sides.codes("roman")
    x, y = p + o, q + u
    least = np.minimum.reduce(
        [gap, np.abs(x - y), np.abs(x + r - y - s), np.abs(x - q), np.abs(p - y)]
    )
    arabic = np.select([unknown, gap == 0, gap <= 2, share >= 0.98], [4, 0, 1, 2], 3)
    roman = np.where(
        r == s, (r > 0) * 1, np.where((r == 0) | (s == 0), 2, np.where(np.abs(r - s) <= 2, 3, 4))
    )
    found["pages"] = np.where(unknown, NAN, np.minimum(gap, 100))
    found["page share"] = share
    found["page sum"] = np.where(unknown, NAN, np.minimum(least, 100))
    found["page pattern"] = 10 * arabic + roman
    found["page sequences"] = sides.share("sequences")
    v, w = sides.codes("volumes")
    volumes = np.where((v == 1) | (w == 1), 4, np.where((v == -1) | (w == -1), 3, 5))
    volumes = np.where(v == w, np.where(v == 1, 1, 2), volumes)
    found["volumes"] = np.where((v == 0) | (w == 0), 0, volumes)
    found["size"] = sides.gap("size", 10)


def _forms(sides: Sides, found: dict[str, Any]) -> None:
    """series: similarity; series number: 0 differs, 1 equal. subjects: share of the fewer.
    illustrations, of 008: 0 neither, 1 equal, 2 share some, 3 one side only, 4 differ; pictures:
    share of the kinds named in 300 $b. language: 0 same, 1 not coded on a side, 2 one is in the
    other's 041, 3 differ. kind: 0 same type and level, 1 both manuscripts (theses), 2 one is, 3 levels differ,
    4 types do. sparseness: main parts that the poorer record lacks.
    """
    found["series"] = sides.similar("series")
    found["series number"] = 1 - sides.gap("series number", 1)
    found["subjects"] = sides.share("subjects")
    p, q = sides.codes("illustrations")
    found["illustrations"] = steps(
        4,
        ((p == 0) & (q == 0), 0), (p == q, 1), ((p == 0) | (q == 0), 3), (p & q != 0, 2),
    )  # fmt: skip
    p, q = sides.codes("pictures")
    found["pictures"] = ratio(np.bitwise_count(p & q), np.bitwise_count(p | q))
    found["pictures"][(p == 0) | (q == 0)] = NAN
    p, q = sides.codes("language")
    reconciled = (p != q) & (sides.shared("languages") > 0)
    found["language"] = steps(3, (p == q, 0), ((p == 0) | (q == 0), 1), (reconciled, 2))
    (p, q), (r, s) = sides.codes("type"), sides.codes("level")
    t, text = ord("t"), ord("a")
    pair = ((p == t) & (q == text)) | ((p == text) & (q == t))
    found["kind"] = steps(4, (r != s, 3), ((p == q) & (p == t), 1), (p == q, 0), (pair, 2))
    found["sparseness"] = np.maximum(*sides.codes("lacks"))
