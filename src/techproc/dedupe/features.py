"""What is compared of a record: every part normalised once, so that a pair costs little."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import pymarc

from techproc.dedupe.carrier import read_carrier, route_of
from techproc.dedupe.extent import (
    edition_number,
    pages_and_volumes,
    place_key,
    publisher_key,
    size_in_cm,
)
from techproc.dedupe.headings import main_name, names_of, subject_of
from techproc.dedupe.numbering import (
    documents_of,
    isbns_of,
    links_of,
    oclcs_of,
    series_number,
    solid,
)
from techproc.dedupe.quality import quality_of
from techproc.dedupe.titles import (
    part_form,
    read_title,
    title_numbers,
    title_without_article,
    vernacular_of,
)
from techproc.dedupe.view import View, view_record
from techproc.identifiers import issn, lccn
from techproc.marc.keys import build_keys
from techproc.marc.scanner import ask
from techproc.text import fold

__all__ = ["Features", "features", "features_of"]

# A longer text says nothing more about identity, and comparing costs the product of the lengths.
_LONGEST = 400
_YEAR = re.compile(r"1[4-9]\d\d|20\d\d")
_SEQUENCES = re.compile(r"[0-9]{1,6}")
_EDITION_NOISE = frozenset((
    "edition", "ed", "eds", "editions", "aufl", "auflage", "edicion", "edizione", "izd", "the",
    "of", "a", "ausg", "ausgabe", "und", "and",
))  # fmt: skip
_NONE: frozenset[str] = frozenset()
_SUBJECTS = ("600", "610", "611", "630", "650", "651")

# What is asked of every record (see `marc.scanner.ask`), in the order that `features_of` takes it.
_ASKED = (
    (("245",), "af", "t1"),
    (("245",), "bk", "t1"),
    (("245",), "np", "t1"),
    (("245",), "c", "t1"),
    (("100",), "d", "l1"),
    (("250",), "ab", "l"),
    (("300",), "a", "l"),
    (("300",), "b", "t"),
    (("300",), "c", "t"),
    (("020",), "a", "l"),
    (("020",), "z", "l"),
    (("010",), "a", "l"),
    (("022",), "a", "l"),
    (("035",), "a", "l"),
    (("041",), "abd", "l"),
    (("130",), "anp", "t"),
    (("240",), "anp", "t"),
    (("490",), "av", "t"),
    (("440",), "av", "t"),
    (("830",), "av", "t"),
    (_SUBJECTS, "axz", "lo"),
    (("255",), "a", "t"),
    (("034",), "defg", "t"),
    (("255",), "c", "t"),
    (("028",), "a", "l"),
    (("027", "088"), "a", "l"),
)
_IMPRINT = ((("260",), "b", "l"), (("260",), "cg", "t"), (("260",), "a", "l"))


class Features(NamedTuple):
    """The compared parts of one record; texts are folded, absent parts are empty, 0 or "".

    `record` is the position in the run and `control` its 001. `route` decides which rules apply;
    `links` are the identifiers in 775, 776, 780 and 785, each with its tag.
    """

    record: int
    control: str
    route: str
    level: str
    type: str
    carrier: str
    carrier_sure: bool  # said by more than a code in 008 or 007
    claims: frozenset[str]  # every carrier that some part of the record claims
    language: str
    languages: frozenset[str]
    country: str
    title: str  # $a $b without article, up to 400 characters
    short_title: str  # $a
    remainder: str  # $b
    parts: str  # $n $p
    part_numbers: frozenset[str]
    numbers: frozenset[str]  # numbers in the whole title
    vernacular: str
    uniform: str  # 130 or 240
    responsibility: str
    surname: str
    given: str
    heading: str  # 1XX as a whole
    birth: str
    names: frozenset[str]  # surnames and corporate names of 1XX and 7XX
    name_words: frozenset[str]
    edition: str
    edition_number: int
    publishers: tuple[str, ...]
    places: frozenset[str]
    year1: int
    year2: int
    date_kind: str
    years: frozenset[int]
    pages: int
    other_pages: int
    roman: int
    volumes: int
    extent: str
    size: int
    series: str
    subjects: frozenset[str]
    series_number: str
    illustrations: str
    pictures: str  # 300 $b
    sequences: frozenset[int]  # the numbers of 300 $a
    isbns: frozenset[str]
    cancelled: frozenset[str]
    issns: frozenset[str]
    lccns: frozenset[str]
    oclcs: frozenset[str]
    links: frozenset[str]
    encoding_level: str
    scale: str
    publisher_numbers: frozenset[str]
    documents: frozenset[str]  # 086, each with its scheme
    reports: frozenset[str]  # 027 and 088
    coordinates: str  # 034 $d-$g, else 255 $c
    quality: tuple[float, ...]
    changed: str  # 005
    keys: tuple[str, ...]

    def at(self, record: int) -> Features:
        """Return the same features at another position of the run."""
        return self if self.record == record else self._replace(record=record)


def features(record: pymarc.Record, number: int = 0) -> Features:
    """Return the features of a pymarc record; `number` is its position in the run.

    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("245", pymarc.Indicators("0", "4"),
    ...     [pymarc.Subfield("a", "The sea :"), pymarc.Subfield("b", "a history.")]))
    >>> features(record).title, features(record).keys
    ('sea a history', ('title:sea history',))
    """
    return features_of(view_record(record), number)


def features_of(view: View, number: int = 0) -> Features:
    """Return the features of a record's view."""
    (
        short, remainder, parts, responsibility, born, edition, extents, pictures, dimensions,
        given_isbns, cancelled_isbns, lccns, issns, oclcs, languages, uniform, translated, series,
        older_series, traced_series, subjects, scale, bounds, spoken_bounds, publisher_numbers,
        reports,
    ) = ask(view.data, _ASKED)  # fmt: skip
    publishers, places, dates = _imprint(view)
    leader, body = view.leader, view.first("008")
    kind = leader[6:7]
    language = body[35:38].strip(" |#").lower() if len(body) >= 38 else ""
    short, responsibility, skip = read_title(view, short or "", responsibility or "")
    title, rest = title_without_article(short, skip, language), fold(remainder or "")
    whole = f"{title} {rest}".strip()
    part_text = part_form(fold(parts)) if parts else ""
    surname, given, heading = main_name(view)
    others, words = names_of(view)
    year1, year2 = _year(body[7:11]), _year(body[11:15])
    years = {int(year) for year in _YEAR.findall(dates)} | {y for y in (year1, year2) if y}
    extent = " ".join(extents)
    (pages, other, roman, volumes), sequences, folded_extent = _extent(extent)
    isbns, cancelled = isbns_of(given_isbns, cancelled_isbns)
    known_lccns = frozenset([n for v in lccns if (n := lccn.normalize(v))])
    known_issns = frozenset([n for v in issns if (n := issn.normalize(v))]) if issns else _NONE
    known_oclcs = oclcs_of(view, oclcs)
    vernacular = vernacular_of(view) if "880" in view.data else ""
    part_numbers = title_numbers(part_text) if part_text else _NONE
    carrier, sure, claims = read_carrier(view, extents, dimensions or "")
    return Features(
        record=number,
        control=view.first("001").strip(),
        route=_route(view, volumes),
        level=leader[7:8],
        type=kind,
        carrier=carrier,
        carrier_sure=sure,
        claims=claims,
        language="" if language in ("und", "mul", "zxx", "xxx") else language,
        languages=frozenset([v.strip().lower() for v in languages]) if languages else _NONE,
        country=body[15:18].strip(" |#") if len(body) >= 18 else "",
        title=whole[:_LONGEST],
        short_title=title[:_LONGEST],
        remainder=rest[:_LONGEST],
        parts=part_text[:_LONGEST],
        part_numbers=part_numbers,
        numbers=title_numbers(f"{whole} {part_text}"),
        vernacular=vernacular[:_LONGEST],
        uniform=_folded(uniform, translated),
        responsibility=fold(responsibility)[:_LONGEST],
        surname=surname,
        given=given,
        heading=heading[:_LONGEST],
        birth=next((y[0] for v in born if (y := _YEAR.findall(v))), "") if born else "",
        names=others,
        name_words=words,
        edition=_edition(" ".join(edition)) if edition else "",
        edition_number=edition_number(edition[0]) if edition else 0,
        publishers=publishers,
        places=places,
        year1=year1,
        year2=year2,
        date_kind=body[6:7],
        years=frozenset(years),
        pages=pages,
        other_pages=other,
        roman=roman,
        volumes=volumes,
        extent=folded_extent,
        size=size_in_cm(dimensions or ""),
        series=_folded(series, older_series, traced_series),
        subjects=frozenset(map(subject_of, subjects)),
        series_number=series_number(view),
        illustrations=body[18:22].strip(" |#") if kind in "at" and len(body) >= 22 else "",
        pictures=_folded(pictures),
        sequences=sequences,
        isbns=isbns,
        cancelled=cancelled,
        issns=known_issns,
        lccns=known_lccns,
        oclcs=known_oclcs,
        links=links_of(view),
        encoding_level=leader[17:18],
        scale=_folded(scale),
        publisher_numbers=frozenset(map(solid, publisher_numbers)) if publisher_numbers else _NONE,
        documents=documents_of(view),
        reports=frozenset(map(solid, reports)) if reports else _NONE,
        coordinates=solid(bounds or spoken_bounds or "")[:_LONGEST],
        quality=quality_of(view),
        changed=view.first("005").strip(),
        keys=build_keys(
            isbns=sorted(isbns | cancelled),
            issns=sorted(known_issns),
            lccns=sorted(known_lccns),
            oclcs=sorted(known_oclcs),
            title=f"{whole} {part_text}".strip(),
            vernacular=vernacular,
            creator=surname or (min(others) if others else ""),
            years=years,
            publisher=publishers[0] if publishers else "",
            pages=pages,
        ),
    )


def _imprint(view: View) -> tuple[tuple[str, ...], frozenset[str], str]:
    """Return the publishers' keys, each once, those of the places, and the dates as they stand.

    Of 260; else of 264, where one with a second indicator that is a copyright date, or names a
    distributor or manufacturer, counts only if there is no other.
    """
    data = view.data
    if "260" not in data:
        every = data.get("264")
        if every is None:
            return (), _NONE, ""
        data = {"260": [one for one in every if one[0][1:] in "1 0"] or every}
    names, dates, places = ask(data, _IMPRINT)
    return (
        tuple(dict.fromkeys([key for name in names if (key := publisher_key(name))])),
        frozenset([key for place in places if (key := place_key(place))]),
        dates or "",
    )


def _folded(*texts: str | None) -> str:
    """Return the first text there is, folded and cut."""
    for text in texts:
        if text is not None:
            return fold(text)[:_LONGEST]
    return ""


@lru_cache(maxsize=1 << 12)
def _edition(text: str) -> str:
    """Return an edition statement without the words that all of them have."""
    return " ".join([w for w in fold(text)[:_LONGEST].split() if w not in _EDITION_NOISE])


@lru_cache(maxsize=1 << 15)
def _extent(text: str) -> tuple[tuple[int, int, int, int], frozenset[int], str]:
    """Return pages and volumes, the numbers, and the folded text of 300 $a."""
    numbers = frozenset(map(int, _SEQUENCES.findall(text)[:20]))
    return pages_and_volumes(text), numbers, fold(text)[:_LONGEST]


def _year(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 1000 < int(text) < 2100 else 0


def _route(view: View, volumes: int) -> str:
    route = route_of(view)
    return "multipart" if route == "monograph" and volumes not in (0, 1) else route
