"""Match keys: short strings that two records of one publication are likely to share.

The catalogue stores and indexes them to find an arrival's candidates; duplicate detection blocks
on them. A shared key proves nothing: it only says that two records are worth comparing. A key may
be shared by thousands ("Annual report"), so whoever looks one up must cap what it brings back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from techproc.text import fold

if TYPE_CHECKING:
    from techproc.marc.description import Description

__all__ = ["build_keys", "match_keys"]

_TITLE_LENGTH = 60
_PREFIX_WORDS = 3
_STOPWORDS = frozenset(
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
        "der",
        "die",
        "das",
        "le",
        "la",
        "les",
        "el",
        "und",
        "et",
        "de",
        "des",
    ]
)


def match_keys(description: Description) -> tuple[str, ...]:
    """Return the match keys of a described record, each once, the surest kinds first.

    Kinds: `isbn:` (13 digits), `issn:`, `lccn:`, `oclc:` the identifiers, cancelled ISBNs too;
    `title:` the whole folded title and `vern:` its form in the original script; `at:` creator,
    start of title and year; `aw:` the same without the year, which finds other editions; `ty:`
    start of title and year; `ey:` end of title and year, for titles that begin otherwise or with a
    slip; `ap:` creator and pages; `py:` publisher, year and pages; `ay:` creator and year where no
    pages are counted, as of sets. A record without a usable title has no title keys.
    """
    d = description
    creator = next((name for name in d.creators if name.main), None) or next(iter(d.creators), None)
    years = (d.date.year1, d.date.year2, d.date.copyright)
    return build_keys(
        isbns=[isbn.isbn13 for isbn in d.isbns if isbn.isbn13],
        issns=d.issns,
        lccns=[d.lccn] if d.lccn else (),
        oclcs=[d.oclc] if d.oclc else (),
        title=fold(" ".join((d.title, d.subtitle, *d.parts))),
        vernacular=fold(d.vernacular_title or ""),
        creator=fold(creator.text.split(",", 1)[0]) if creator else "",
        years=[year for year in years if year],
        publisher=fold(d.publishers[0]) if d.publishers else "",
        pages=d.pages or 0,
    )


def build_keys(
    *,
    isbns: Iterable[str] = (),
    issns: Iterable[str] = (),
    lccns: Iterable[str] = (),
    oclcs: Iterable[str] = (),
    title: str = "",
    vernacular: str = "",
    creator: str = "",
    years: Iterable[int] = (),
    publisher: str = "",
    pages: int = 0,
) -> tuple[str, ...]:
    """Return the keys that these parts make; texts come folded (`techproc.text.fold`).

    >>> build_keys(isbns=["9780306406157"], title="war and peace", creator="tolstoy",
    ...            years=[1996], publisher="norton", pages=1150)  # doctest: +NORMALIZE_WHITESPACE
    ('isbn:9780306406157', 'title:war peace', 'at:tolstoy|war pea|1996', 'aw:tolstoy|war pea',
     'ty:war peace|1996', 'ap:tolstoy|1150', 'py:norton|1996|1150')
    >>> build_keys(title="", creator="tolstoy")
    ()
    """
    keys = [f"isbn:{isbn}" for isbn in isbns]
    keys += [f"issn:{issn}" for issn in issns]
    keys += [f"lccn:{lccn}" for lccn in lccns]
    keys += [f"oclc:{oclc}" for oclc in oclcs]
    words = [word for word in title.split() if word not in _STOPWORDS] or title.split()
    name = creator.partition(" ")[0]
    lead = name if len(name) > 2 else creator
    every = sorted(set(years))
    if words:
        keys.append("title:" + " ".join(words)[:_TITLE_LENGTH])
        start, opening = " ".join(words[:2])[:7], " ".join(words[:_PREFIX_WORDS])[:_TITLE_LENGTH]
        dates = every[:3]
        if lead:
            keys += [f"at:{lead}|{start}|{year}" for year in dates]
            keys.append(f"aw:{lead}|{start}")
            if not pages:
                keys += [f"ay:{lead}|{year}" for year in dates[:2]]
        keys += [f"ty:{opening}|{year}" for year in dates]
        if dates and len(words) > _PREFIX_WORDS:
            keys.append(f"ey:{' '.join(words[-_PREFIX_WORDS:])[:_TITLE_LENGTH]}|{dates[0]}")
    if vernacular:
        keys.append("vern:" + vernacular[:_TITLE_LENGTH])
    if pages:
        if lead and pages > 9:
            keys.append(f"ap:{lead}|{pages}")
        if publisher:
            first = next((w for w in publisher.split() if len(w) > 2 and w not in _STOPWORDS), "")
            if first:
                keys += [f"py:{first}|{year}|{pages}" for year in every[:2]]
    return tuple(dict.fromkeys(keys))
