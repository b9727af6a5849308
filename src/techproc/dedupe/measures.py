"""How two records differ, as numbers: one column for each measure, many pairs at a time.

Strings are compared by rapidfuzz in C over whole columns of pairs; sets and numbers in plain loops
and numpy. A measure that can't be taken because a side is empty is NaN: absence is evidence of its
own, and the weights have an entry for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel, JaroWinkler, Levenshtein, Postfix, Prefix

from techproc.dedupe.features import Features

__all__ = ["MEASURES", "measure"]

Column = NDArray[np.float32]
Pairs = tuple[Sequence[Features], Sequence[Features]]
_NAN = float("nan")
_NOISE = frozenset("the a an of and in on to for with by from at as its his her or ed etc".split())


def _similar(first: list[str], second: list[str], scorer: Any, empty: bool = True) -> Column:
    out: Column = process.cpdist(first, second, scorer=scorer, dtype=np.float32)
    if empty:
        for i, (x, y) in enumerate(zip(first, second, strict=True)):
            if not x or not y:
                out[i] = _NAN
    return out


def _texts(records: Sequence[Features], name: str) -> list[str]:
    return [getattr(record, name) for record in records]


def _numbers(records: Sequence[Features], name: str) -> Column:
    return np.array([getattr(record, name) for record in records], dtype=np.float32)


def _each(function: Callable[[Features, Features], float]) -> Callable[[Pairs], Column]:
    def column(pairs: Pairs) -> Column:
        return np.fromiter(map(function, *pairs), dtype=np.float32, count=len(pairs[0]))

    return column


def _title(pairs: Pairs) -> Column:
    a, b = (_texts(side, "title") for side in pairs)
    return _similar(a, b, Indel.normalized_similarity)


def _title_start(pairs: Pairs) -> Column:
    """How far the shorter title is the start of the longer, in its own length."""
    a, b = (_texts(side, "title") for side in pairs)
    first, second = [], []
    for x, y in zip(a, b, strict=True):
        size = min(len(x), len(y))
        first.append(x[:size])
        second.append(y[:size])
    return _similar(first, second, Indel.normalized_similarity)


def _short_title(pairs: Pairs) -> Column:
    a, b = (_texts(side, "short_title") for side in pairs)
    return _similar(a, b, JaroWinkler.normalized_similarity)


def _title_words(a: Features, b: Features) -> float:
    """Share of the shorter title's words that the other has."""
    x, y = _words(a.title), _words(b.title)
    return len(x & y) / min(len(x), len(y)) if x and y else _NAN


def _title_surplus(a: Features, b: Features) -> float:
    """Words of the longer title that nothing in the other record accounts for."""
    x, y = _words(a.title), _words(b.title)
    if len(x) > len(y):
        a, b, x, y = b, a, y, x
    left = y - x
    if not left:
        return 0.0
    return min(len(left - _words(a.responsibility) - _words(a.parts) - _words(a.uniform)), 20)


def _title_deficit(a: Features, b: Features) -> float:
    """Words of the shorter title that nothing in the other record accounts for."""
    x, y = _words(a.title), _words(b.title)
    if len(x) > len(y):
        a, b, x, y = b, a, y, x
    left = x - y
    if not left:
        return 0.0
    return min(len(left - _words(b.responsibility) - _words(b.parts) - _words(b.series)), 20)


def _title_length(pairs: Pairs) -> Column:
    return np.array(
        [min(len(a.title), len(b.title)) for a, b in zip(*pairs, strict=True)], dtype=np.float32
    )


@lru_cache(maxsize=1 << 16)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _title_numbers(a: Features, b: Features) -> float:
    """0 none, 1 equal, 2 one within the other, 3 one side only, 4 some shared, 5 none shared."""
    x, y = a.numbers, b.numbers
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
    more, less = _unmatched(x, y), _unmatched(y, x)
    if not more and not less and a.part_numbers == b.part_numbers:
        return 1.0
    return 5.0 if more and less else 4.0


@lru_cache(maxsize=1 << 16)
def _unmatched(words: frozenset[str], others: frozenset[str]) -> int:
    """Count the words that have no like word among the others; misprints and plurals are like."""
    left = words - others
    if not left:
        return 0
    spare = others - words
    return sum(
        not (
            len(word) > 3
            and not word.isdigit()
            and any(Levenshtein.distance(word, other, score_cutoff=2) <= 1 + (len(word) > 7) for other in spare)
        )
        for word in left
    )


def _title_conflict(a: Features, b: Features) -> float:
    """Words that each title and parts has and nothing in the other record accounts for: the
    smaller count of the two sides.
    """
    x, y = _words(a.title) | _words(a.parts), _words(b.title) | _words(b.parts)
    if x == y:
        return 0.0
    x = x - _words(b.responsibility) - _words(b.series) - b.name_words - _NOISE
    y = y - _words(a.responsibility) - _words(a.series) - a.name_words - _NOISE
    return min(_unmatched(x, y), _unmatched(y, x), 10)


def _language(a: Features, b: Features) -> float:
    """0 same, 1 not coded on a side, 2 one is among the other's 041, 3 differ."""
    if a.language == b.language:
        return 0.0
    if not a.language or not b.language:
        return 1.0
    return 2.0 if a.language in b.languages or b.language in a.languages else 3.0


def _carrier(a: Features, b: Features) -> float:
    """0 same, 1 print and electronic, 2 print and microform, 3 otherwise different."""
    if a.carrier == b.carrier:
        return 0.0
    both = {a.carrier, b.carrier}
    if both <= {"print", "electronic", "online"}:
        return 1.0
    return 2.0 if both == {"print", "microform"} else 3.0


def _kind(a: Features, b: Features) -> float:
    """0 same type and level, 1 both manuscript (theses), 2 one manuscript, 3 levels differ, 4 types do."""
    if a.level != b.level:
        return 3.0
    if a.type == b.type:
        return 1.0 if a.type == "t" else 0.0
    return 2.0 if {a.type, b.type} == {"a", "t"} else 4.0


def _imprint(a: Features, b: Features) -> float:
    """Publisher, place and country together: 100 × publisher + 10 × place + country, each 0 not
    known, 1 differs, 2 near, 3 same.
    """
    publisher, place, country = _publisher(a, b), _place(a, b), _country(a, b)
    p = 0 if publisher != publisher else 3 if publisher >= 0.9 else 2 if publisher >= 0.6 else 1  # noqa: PLR0124
    q = 0 if place != place else int(place) + 1  # noqa: PLR0124
    r = 0 if country != country else int(country) + 1  # noqa: PLR0124
    return _IMPRINTS[p, q, r]


_IMPRINTS = {
    (p, q, r): float(16 * p + 4 * q + r) for p in range(4) for q in range(4) for r in range(4)
}


def _dates(a: Features, b: Features) -> float:
    """How surely the dates differ: 0 not known; 1 equal; 2 share a year; 3 to 6 apart by one, two,
    up to five, more years with a range, question or reprint on a side; 13 to 16 the same with
    single certain dates on both.
    """
    if not a.years or not b.years:
        return 0.0
    if a.years == b.years:
        return 1.0
    if not a.years.isdisjoint(b.years):
        return 2.0
    gap = min(abs(x - y) for x in a.years for y in b.years)
    step = 3.0 if gap == 1 else 4.0 if gap == 2 else 5.0 if gap <= 5 else 6.0
    return step + 10 * (a.date_kind in "ste" and b.date_kind in "ste")


def _edition_year(a: Features, b: Features) -> float:
    """The edition's measure (0–9), plus 10 for years one or two apart, 20 for more, 30 for unknown."""
    gap = _year_gap(a, b)
    return _edition(a, b) + (30 if gap != gap else 0 if not gap else 10 if gap <= 2 else 20)  # noqa: PLR0124


def _sparseness(a: Features, b: Features) -> float:
    """How many of the main parts the poorer record lacks."""
    return float(max(_lacks(a), _lacks(b)))


def _lacks(r: Features) -> int:
    return (
        (not r.surname) + (not r.publishers) + (not r.years) + (not r.pages) + (not r.responsibility)
        + (not r.size) + (not r.places)
    )  # fmt: skip


def _creator(a: Features, b: Features) -> float:
    """The main headings: 0 neither, 1 one, 2 one but the other names it elsewhere, 3 differ,
    4 differ but each is named in the other, 5 one is named in the other, 6 surname only agrees,
    7 initials agree, 8 given names alike, 9 equal.
    """
    if not a.surname and not b.surname:
        return 0.0
    if not a.surname or not b.surname:
        lone, other = (a, b) if a.surname else (b, a)
        return 2.0 if _named(lone.surname, other) else 1.0
    if a.surname == b.surname or JaroWinkler.similarity(a.surname, b.surname) > 0.93:
        if a.given == b.given:
            return 9.0 if a.surname == b.surname else 8.0
        if not a.given or not b.given:
            return 7.0
        x, y = a.given.split()[0], b.given.split()[0]
        if x == y or x.startswith(y) or y.startswith(x):
            return 8.0 if x == y else 7.0
        return 7.0 if JaroWinkler.similarity(x, y) > 0.85 else 6.0
    one, two = _named(a.surname, b), _named(b.surname, a)
    return 4.0 if one and two else 5.0 if one or two else 3.0


def _named(name: str, other: Features) -> bool:
    words = _words(name)
    return name in other.names or words <= other.name_words or words <= _words(other.responsibility)


def _names(a: Features, b: Features) -> float:
    """Share of the shorter list of names found in the other's names or responsibility."""
    x, y = a.names, b.names
    if not x or not y:
        return _NAN
    if len(x) > len(y):
        a, b, x, y = b, a, y, x
    return sum(_named(name, b) for name in x) / len(x)


def _birth(a: Features, b: Features) -> float:
    if not a.birth or not b.birth:
        return _NAN
    return min(abs(int(a.birth) - int(b.birth)), 10)


def _responsibility(pairs: Pairs) -> Column:
    a, b = (_texts(side, "responsibility") for side in pairs)
    return _similar(a, b, Indel.normalized_similarity)


def _responsibility_words(a: Features, b: Features) -> float:
    x, y = _words(a.responsibility), _words(b.responsibility)
    return len(x & y) / min(len(x), len(y)) if x and y else _NAN


def _edition(a: Features, b: Features) -> float:
    """0 neither, 1 equal, 2 first against none, 3 same number, 4 alike, 5 later against none,
    6 unnumbered against none, 7 number against words, 8 words differ, 9 numbers differ.
    """
    if not a.edition and not b.edition and not a.edition_number and not b.edition_number:
        return 0.0
    if a.edition == b.edition and a.edition_number == b.edition_number:
        return 1.0
    if (a.edition or a.edition_number) and (b.edition or b.edition_number):
        if a.edition_number and b.edition_number:
            return 3.0 if a.edition_number == b.edition_number else 9.0
        if Indel.normalized_similarity(a.edition, b.edition) > 0.6:
            return 4.0
        return 7.0 if a.edition_number or b.edition_number else 8.0
    number = a.edition_number or b.edition_number
    return 2.0 if number == 1 else 5.0 if number else 6.0


def _revised(a: Features, b: Features) -> float:
    return float(a.revised) + float(b.revised)


def _year_gap(a: Features, b: Features) -> float:
    """Years between the nearest dates of the two, whatever dates they give."""
    if not a.years or not b.years:
        return _NAN
    if not a.years.isdisjoint(b.years):
        return 0.0
    return min(min(abs(x - y) for x in a.years for y in b.years), 60)


def _first_year_gap(a: Features, b: Features) -> float:
    if not a.year1 or not b.year1:
        return _NAN
    return min(abs(a.year1 - b.year1), 60)


def _date_kinds(a: Features, b: Features) -> float:
    """0 same kind and dates, 1 same kind, 2 different kinds, 3 one is a reprint, 4 both are."""
    reprints = (a.date_kind == "r") + (b.date_kind == "r")
    if reprints:
        return 2.0 + reprints
    if a.date_kind == b.date_kind:
        return 0.0 if a.year2 == b.year2 else 1.0
    return 2.0


def _publisher(a: Features, b: Features) -> float:
    """Best similarity of any publisher with any of the other's."""
    if not a.publishers or not b.publishers:
        return _NAN
    return max(_publishers(x, y) for x in a.publishers[:3] for y in b.publishers[:3])


@lru_cache(maxsize=1 << 16)
def _publishers(x: str, y: str) -> float:
    if x == y:
        return 1.0
    p, q = _words(x), _words(y)
    small = min(len(p), len(q))
    # A family name alone stands for the firm: "Macmillan" and "Macmillan St Martins".
    inside = len(p & q) / small if small else 0.0
    plain: float = Indel.normalized_similarity(x, y)
    return max(plain, 0.95 if inside == 1 else 0.8 * inside)


def _place(a: Features, b: Features) -> float:
    """0 differ, 1 alike, 2 share one; NaN when a side has none."""
    if not a.places or not b.places:
        return _NAN
    if not a.places.isdisjoint(b.places):
        return 2.0
    near = any(Levenshtein.normalized_similarity(x, y) > 0.75 for x in a.places for y in b.places)
    return 1.0 if near else 0.0


def _country(a: Features, b: Features) -> float:
    """0 differ, 1 same country but not state or part, 2 equal."""
    if not a.country or not b.country or "xx" in (a.country, b.country):
        return _NAN
    if a.country == b.country:
        return 2.0
    return 1.0 if len(a.country) == len(b.country) == 3 and a.country[2] == b.country[2] else 0.0


def _pages(a: Features, b: Features) -> float:
    """Difference of the longest page sequence in pages, up to 100."""
    if not a.pages or not b.pages:
        return _NAN
    return min(abs(a.pages - b.pages), 100)


def _page_share(a: Features, b: Features) -> float:
    if not a.pages or not b.pages:
        return _NAN
    return min(a.pages, b.pages) / max(a.pages, b.pages)


def _other_pages(a: Features, b: Features) -> float:
    """Difference when all sequences are added up: "12, 300 p." and "312 p." are alike."""
    if not a.pages or not b.pages:
        return _NAN
    plain = abs(a.pages - b.pages)
    x, y = a.pages + a.other_pages, b.pages + b.other_pages
    p, q = x + a.roman, y + b.roman
    return min(plain, abs(x - y), abs(p - q), abs(x - b.pages), abs(a.pages - y), 100)


def _roman(a: Features, b: Features) -> float:
    """0 neither, 1 equal, 2 one side, 3 within two, 4 differ; NaN without pages."""
    if not a.pages or not b.pages:
        return _NAN
    if a.roman == b.roman:
        return 1.0 if a.roman else 0.0
    if not a.roman or not b.roman:
        return 2.0
    return 3.0 if abs(a.roman - b.roman) <= 2 else 4.0


def _volumes(a: Features, b: Features) -> float:
    """0 unknown, 1 both one, 2 same number, 3 a set not counted yet, 4 one against several, 5 differ."""
    x, y = a.volumes, b.volumes
    if not x or not y:
        return 0.0
    if x == y:
        return 1.0 if x == 1 else 2.0
    if -1 in (x, y):
        return 4.0 if 1 in (x, y) else 3.0
    return 4.0 if 1 in (x, y) else 5.0


def _size(a: Features, b: Features) -> float:
    if not a.size or not b.size:
        return _NAN
    return min(abs(a.size - b.size), 10)


def _series(pairs: Pairs) -> Column:
    a, b = (_texts(side, "series") for side in pairs)
    return _similar(a, b, Indel.normalized_similarity)


def _series_presence(a: Features, b: Features) -> float:
    return float(bool(a.series)) + float(bool(b.series))


def _subjects(a: Features, b: Features) -> float:
    x, y = a.subjects, b.subjects
    return len(x & y) / min(len(x), len(y)) if x and y else _NAN


def _illustrations(a: Features, b: Features) -> float:
    """0 neither, 1 equal, 2 share some, 3 one side only, 4 differ."""
    x, y = frozenset(a.illustrations) - {" "}, frozenset(b.illustrations) - {" "}
    if x == y:
        return 1.0 if x else 0.0
    if not x or not y:
        return 3.0
    return 2.0 if x & y else 4.0


def _uniform(a: Features, b: Features) -> float:
    if not a.uniform or not b.uniform:
        return _NAN
    return 1.0 if a.uniform == b.uniform else 0.0


def _form(a: Features, b: Features) -> float:
    """Literary form: 0 differ, 1 fiction coded alike or in the old way."""
    fold = {"1": "f", "f": "f", "j": "f", "0": "0", " ": "0", "|": "?", "#": "0"}
    x, y = fold.get(a.form, a.form), fold.get(b.form, b.form)
    return _NAN if "?" in (x, y) else float(x == y)


def _extent(pairs: Pairs) -> Column:
    a, b = (_texts(side, "extent") for side in pairs)
    return _similar(a, b, Indel.normalized_similarity)


def _thesis(a: Features, b: Features) -> float:
    return float(a.thesis) + float(b.thesis)


def _heading(pairs: Pairs) -> Column:
    a, b = (_texts(side, "heading") for side in pairs)
    return _similar(a, b, Indel.normalized_similarity)


def _remainder(a: Features, b: Features) -> float:
    """0 neither has other title information, 1 one has, 2 both have."""
    return float(bool(a.remainder)) + float(bool(b.remainder))


MEASURES: dict[str, Callable[[Pairs], Column]] = {
    "title": _title,
    "title start": _title_start,
    "short title": _short_title,
    "title words": _each(_title_words),
    "title surplus": _each(_title_surplus),
    "title deficit": _each(_title_deficit),
    "title length": _title_length,
    "other title": _each(_remainder),
    "title numbers": _each(_title_numbers),
    "parts": _each(_parts),
    "title conflict": _each(_title_conflict),
    "language": _each(_language),
    "carrier": _each(_carrier),
    "kind": _each(_kind),
    "imprint": _each(_imprint),
    "dates": _each(_dates),
    "edition and year": _each(_edition_year),
    "sparseness": _each(_sparseness),
    "creator": _each(_creator),
    "heading": _heading,
    "names": _each(_names),
    "birth": _each(_birth),
    "responsibility": _responsibility,
    "responsibility words": _each(_responsibility_words),
    "edition": _each(_edition),
    "revised": _each(_revised),
    "year": _each(_year_gap),
    "first year": _each(_first_year_gap),
    "date kind": _each(_date_kinds),
    "publisher": _each(_publisher),
    "place": _each(_place),
    "country": _each(_country),
    "pages": _each(_pages),
    "page share": _each(_page_share),
    "page sum": _each(_other_pages),
    "roman pages": _each(_roman),
    "volumes": _each(_volumes),
    "extent": _extent,
    "size": _each(_size),
    "series": _series,
    "series given": _each(_series_presence),
    "subjects": _each(_subjects),
    "illustrations": _each(_illustrations),
    "uniform title": _each(_uniform),
    "literary form": _each(_form),
}


def measure(first: Sequence[Features], second: Sequence[Features]) -> Column:
    """Return the matrix of measures: a row for each pair, a column for each of `MEASURES`."""
    if not first:
        return np.empty((0, len(MEASURES)), dtype=np.float32)
    pairs = (first, second)
    return np.column_stack([take(pairs) for take in MEASURES.values()])
