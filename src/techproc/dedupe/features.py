"""What is compared of a record: every part normalised once, so that a pair costs little."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import pymarc

from techproc.dedupe.carrier import read_carrier, route_of
from techproc.dedupe.extent import (
    edition_number,
    pages_and_volumes,
    place_key,
    publisher_key,
    size_in_cm,
)
from techproc.dedupe.quality import quality_of
from techproc.dedupe.view import View, view_record
from techproc.identifiers import isbn, issn, lccn, oclc
from techproc.marc.keys import build_keys
from techproc.text import fold, strip_isbd, without_article

__all__ = ["Features", "features", "features_of"]

# A longer text says nothing more about identity, and comparing costs the product of the lengths.
_LONGEST = 400
_YEAR = re.compile(r"1[4-9]\d\d|20\d\d")
_NUMBERS = re.compile(r"\d+")
_SEQUENCES = re.compile(r"[0-9]{1,6}")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        start=1,
    )
}
_PART_ROMAN = re.compile(
    r"\b(?:pt|part|vol|v|volume|bd|band|tome?|t|book|bk|ser|series|no|number|nr|teil|heft)\s+"
    r"([ivxl]+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)
_PART_WORDS = (
    (re.compile(r"\b(?:parts?|pts?|teil|parte|partie|del)\b"), "pt"),
    (re.compile(r"\b(?:volumes?|vols?|v|band|bd|tome?|t|tomo)\b"), "v"),
    (re.compile(r"\b(?:numbers?|no|nr|nos|num)\b"), "no"),
    (re.compile(r"\b(?:series|ser)\b"), "ser"),
)
_EDITION_NOISE = frozenset(
    [
        "edition",
        "ed",
        "eds",
        "editions",
        "aufl",
        "auflage",
        "edicion",
        "edizione",
        "izd",
        "the",
        "of",
        "a",
        "ausg",
        "ausgabe",
        "und",
        "and",
    ]
)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class Features:
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
        return replace(self, record=record)


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
    body = view.first("008")
    language = body[35:38].strip(" |#").lower() if len(body) >= 38 else ""
    short, rest, parts, resp, nonfiling = _title(view)
    title = _without_article(short, nonfiling, language)
    whole = f"{title} {rest}".strip()
    part_text = _part_form(parts)
    name = _main_name(view)
    others, words = _names(view)
    edition = view.values("250", "ab")
    statement = fold(" ".join(edition))[:_LONGEST]
    imprint = view.data.get("260") or [f for f in view.data.get("264", ()) if f[0][1:] in "1 0"]
    imprint = imprint or view.data.get("264", [])
    publishers = tuple(
        dict.fromkeys(
            key
            for _, subs in imprint
            for c, value in subs
            if c == "b" and (key := publisher_key(value))
        )
    )
    dates = " ".join(value for _, subs in imprint for c, value in subs if c in "cg")
    year1, year2 = _year(body[7:11]), _year(body[11:15])
    years = {int(year) for year in _YEAR.findall(dates)} | {y for y in (year1, year2) if y}
    extent = " ".join(view.values("300", "a"))
    pages, other, roman, volumes = pages_and_volumes(extent)
    isbns, cancelled = _isbns(view)
    lccns = frozenset(n for v in view.values("010", "a") if (n := lccn.normalize(v)))
    oclcs = _oclcs(view)
    issns = frozenset(n for v in view.values("022", "a") if (n := issn.normalize(v)))
    vernacular = _vernacular(view)
    numbers = _title_numbers(f"{whole} {part_text}")
    surname = name[0]
    carrier, sure, claims = read_carrier(view)
    return Features(
        record=number,
        control=view.first("001").strip(),
        route=_route(view, volumes),
        level=view.leader[7:8],
        type=view.leader[6:7],
        carrier=carrier,
        carrier_sure=sure,
        claims=claims,
        language="" if language in ("und", "mul", "zxx", "xxx") else language,
        languages=frozenset(v.strip().lower() for v in view.values("041", "abd")),
        country=body[15:18].strip(" |#") if len(body) >= 18 else "",
        title=whole[:_LONGEST],
        short_title=title[:_LONGEST],
        remainder=rest[:_LONGEST],
        parts=part_text[:_LONGEST],
        part_numbers=_title_numbers(part_text),
        numbers=numbers,
        vernacular=vernacular[:_LONGEST],
        uniform=fold(" ".join(view.values("130", "anp") or view.values("240", "anp")))[:_LONGEST],
        responsibility=resp[:_LONGEST],
        surname=surname,
        given=name[1],
        heading=name[2][:_LONGEST],
        birth=name[3],
        names=others,
        name_words=words,
        edition=" ".join(w for w in statement.split() if w not in _EDITION_NOISE),
        edition_number=edition_number(edition[0]) if edition else 0,
        publishers=publishers,
        places=frozenset(
            key
            for _, subs in imprint
            for c, value in subs
            if c == "a" and (key := place_key(value))
        ),
        year1=year1,
        year2=year2,
        date_kind=body[6:7],
        years=frozenset(years),
        pages=pages,
        other_pages=other,
        roman=roman,
        volumes=volumes,
        extent=fold(extent)[:_LONGEST],
        size=size_in_cm(" ".join(view.values("300", "c"))),
        series=fold(
            " ".join(
                view.values("490", "av") or view.values("440", "av") or view.values("830", "av")
            )
        )[:_LONGEST],
        subjects=_subjects(view),
        series_number=_series_number(view),
        illustrations=body[18:22].strip(" |#")
        if view.leader[6:7] in "at" and len(body) >= 22
        else "",
        pictures=fold(" ".join(view.values("300", "b")))[:_LONGEST],
        sequences=frozenset(map(int, _SEQUENCES.findall(extent)[:20])),
        isbns=isbns,
        cancelled=cancelled,
        issns=issns,
        lccns=lccns,
        oclcs=oclcs,
        links=_links(view),
        encoding_level=view.leader[17:18],
        scale=fold(" ".join(view.values("255", "a")))[:_LONGEST],
        publisher_numbers=frozenset(_solid(v) for v in view.values("028", "a")),
        documents=_documents(view),
        reports=frozenset(_solid(v) for tag in ("027", "088") for v in view.values(tag, "a")),
        coordinates=_solid(
            " ".join(view.values("034", "defg")) or " ".join(view.values("255", "c"))
        )[:_LONGEST],
        quality=quality_of(view),
        changed=view.first("005").strip(),
        keys=build_keys(
            isbns=sorted(isbns | cancelled),
            issns=sorted(issns),
            lccns=sorted(lccns),
            oclcs=sorted(oclcs),
            title=f"{whole} {part_text}".strip(),
            vernacular=vernacular,
            creator=surname or (min(others) if others else ""),
            years=years,
            publisher=publishers[0] if publishers else "",
            pages=pages,
        ),
    )


def _title(view: View) -> tuple[str, str, str, str, int]:
    for indicators, subs in view.fields("245"):
        short = " ".join(value for code, value in subs if code in "af")
        rest = " ".join(value for code, value in subs if code in "bk")
        parts = " ".join(value for code, value in subs if code in "np")
        resp = " ".join(value for code, value in subs if code == "c")
        # Old records write "Title : rest / by somebody" into $a.
        if not resp and " / " in short:
            short, _, resp = short.partition(" / ")
        second = indicators[1:2]
        skip = int(second) if second.isascii() and second.isdigit() else 0
        if not (0 < skip < len(short) and not short[skip - 1].isalnum()):
            skip = 0
        return short, fold(rest), fold(parts), fold(resp), skip
    return "", "", "", "", 0


def _without_article(short: str, nonfiling: int, language: str) -> str:
    return fold(short[nonfiling:] if nonfiling else without_article(short, language))


def _part_form(parts: str) -> str:
    for pattern, word in _PART_WORDS:
        parts = pattern.sub(word, parts)
    return parts


def _main_name(view: View) -> tuple[str, str, str, str]:
    """Return (surname or body, given names, whole heading, year of birth) of 1XX."""
    for tag, kind in (("100", "p"), ("110", "c"), ("111", "m")):
        for _, subs in view.fields(tag):
            text = " ".join(
                value for code, value in subs if code in "abcnq"[: 2 if kind == "c" else 1]
            )
            birth = next((y[0] for code, v in subs if code == "d" and (y := _YEAR.findall(v))), "")
            family, _, given = text.partition(",") if kind == "p" else (text, "", "")
            return (
                fold(family)[:120],
                fold(given)[:120],
                fold(text),
                birth if kind == "p" else "",
            )
    return "", "", "", ""


def _names(view: View) -> tuple[frozenset[str], frozenset[str]]:
    found: set[str] = set()
    words: set[str] = set()
    for tag in ("100", "110", "111", "700", "710", "711"):
        for _, subs in view.fields(tag):
            if any(code == "t" for code, _ in subs):
                continue
            text = next((value for code, value in subs if code == "a"), "")
            name, others = _name(text, tag in ("100", "700"))
            if name:
                found.add(name)
                words.update(others)
    return frozenset(found), frozenset(words)


@lru_cache(maxsize=1 << 14)
def _name(text: str, personal: bool) -> tuple[str, tuple[str, ...]]:
    """Return the surname or the body's name, and the words of the whole."""
    whole = fold(text)
    name = fold(text.partition(",")[0]) if personal else whole
    return name[:120], tuple(whole.split()[:12])


def _title_numbers(text: str) -> frozenset[str]:
    found = {number.lstrip("0") or "0" for number in _NUMBERS.findall(text)}
    for word in _PART_ROMAN.findall(text):
        found.add(_NUMBER_WORDS.get(word) or str(_roman(word)))
    return frozenset(found)


def _roman(word: str) -> int:
    total, last = 0, 0
    for char in reversed(word):
        value = _ROMAN_VALUES[char]
        total += value if value >= last else -value
        last = max(last, value)
    return total


def _year(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 1000 < int(text) < 2100 else 0


def _isbns(view: View) -> tuple[frozenset[str], frozenset[str]]:
    valid: set[str] = set()
    cancelled: set[str] = set()
    for _, subs in view.fields("020"):
        for code, value in subs:
            if code in "az" and (number := isbn.normalize(value)):
                (valid if code == "a" else cancelled).add(number)
    return frozenset(valid), frozenset(cancelled - valid)


def _oclcs(view: View) -> frozenset[str]:
    found = {
        number
        for value in view.values("035", "a")
        if value[:7].lower() == "(ocolc)" and (number := oclc.normalize(value))
    }
    control = view.first("001").strip()
    if control[:3] in ("ocm", "ocn", "on1") or view.first("003").strip() == "OCoLC":
        number = oclc.normalize(control)
        if number:
            found.add(number)
    return frozenset(found)


def _vernacular(view: View) -> str:
    for _, subs in view.fields("880"):
        if any(code == "6" and value.startswith("245") for code, value in subs):
            return fold(" ".join(value for code, value in subs if code in "abnp"))
    return ""


def _subjects(view: View) -> frozenset[str]:
    found: set[str] = set()
    for tag in ("600", "610", "611", "630", "650", "651"):
        for indicators, subs in view.fields(tag):
            if indicators[1:2] == "6":
                continue
            for code, value in subs:
                if code in "axz":
                    found.add(_subject(value))
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def _subject(value: str) -> str:
    return strip_isbd(value).lower()


def _links(view: View) -> frozenset[str]:
    found: set[str] = set()
    for tag in ("775", "776", "780", "785"):
        for _, subs in view.fields(tag):
            for code, value in subs:
                if code == "w":
                    number = oclc.normalize(value) if value[:7].lower() == "(ocolc)" else None
                    found.add(f"{tag}:" + (f"oclc:{number}" if number else f"id:{value.strip()}"))
                elif code == "z" and (number := isbn.normalize(value)):
                    found.add(f"{tag}:isbn:{number}")
                elif code == "x" and (number := issn.normalize(value)):
                    found.add(f"{tag}:issn:{number}")
    return frozenset(found)


def _solid(text: str) -> str:
    return fold(text).replace(" ", "")


def _documents(view: View) -> frozenset[str]:
    """Return the government document numbers, each behind the scheme that it belongs to."""
    found: set[str] = set()
    for indicators, subs in view.fields("086"):
        scheme = indicators[:1].strip() or "".join(value for code, value in subs if code == "2")
        found.update(f"{scheme}:{_solid(value)}" for code, value in subs if code == "a")
    return frozenset(found)


def _series_number(view: View) -> str:
    """Return the last number of the first series: of $v, or of what stands in $a."""
    for tag in ("490", "440", "830"):
        for _, subs in view.fields(tag):
            volume = " ".join(value for code, value in subs if code == "v")
            text = volume or " ".join(value for code, value in subs if code == "a")
            numbers = _NUMBERS.findall(text)
            return numbers[-1].lstrip("0")[:9] if numbers else ""
    return ""


def _route(view: View, volumes: int) -> str:
    route = route_of(view)
    return "multipart" if route == "monograph" and volumes not in (0, 1) else route
