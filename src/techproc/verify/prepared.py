"""One side of a comparison, read once: an item or a record with everything made comparable.

Comparing one item with forty candidates prepares each side once; `techproc.verify.compare` then
costs a few dozen microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pymarc import Record

from techproc.identifiers import isbn
from techproc.identifiers.isbn import Isbn
from techproc.marc.carrier import carrier_of
from techproc.marc.dates import PublicationDate, parse_date
from techproc.marc.description import Description, describe
from techproc.marc.extent import pages_of
from techproc.text import fold
from techproc.verify._extent import roman_pages, volumes_of
from techproc.verify._languages import language_code
from techproc.verify._words import squeezed
from techproc.verify.editions import EditionStatement, parse_edition, without_edition
from techproc.verify.item import Item
from techproc.verify.names import NameKey, corporate_key, parse_names, person_key
from techproc.verify.publishers import NOBODY, PublisherKeys, publisher_keys
from techproc.verify.titleforms import Title, title_of_record, typed_title, without_designation

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An item or record, ready to compare; `shown` is each element as it stands there."""

    typed: bool
    control: str
    shown: dict[str, str]
    title: Title | None
    names: tuple[NameKey, ...]
    said: frozenset[str]  # the words of the statement of responsibility and of all names
    edition: EditionStatement | None  # None: not known; a silent statement: known to have none
    publishers: PublisherKeys
    date: PublicationDate
    years: frozenset[int]
    printed_later: bool
    isbns: dict[str, str]  # 13 digits → kind: "", "print", "electronic", "cancelled", …
    bad_isbn: bool
    registrants: frozenset[str]
    carrier: str  # "" when an item does not say
    pages: int | None
    front: int
    volumes: int | None
    large_print: bool
    series: tuple[str, ...]
    language: str


def prepare(side: Item | Record | Description | Prepared) -> Prepared:
    """Return an item, record or description made comparable; what is prepared stays as it is.

    >>> prepare(Item(title="Emma", isbn="0306406152")).isbns
    {'9780306406157': ''}
    """
    if isinstance(side, Prepared):
        return side
    if isinstance(side, Item):
        return _from_item(side)
    return _from_description(side if isinstance(side, Description) else describe(side))


def _from_item(item: Item) -> Prepared:
    language = language_code(item.language)
    found = [isbn.parse(part) for part in item.isbn.replace("|", ";").split(";") if part.strip()]
    extent = item.extent.lower()
    date = parse_date(item.date)
    typed = squeezed(item.title)
    whole, _, responsibility = typed.partition(" / ")
    title, designation = without_designation(whole)
    stated = item.edition or without_edition(title)[1]
    edition = parse_edition(stated) if stated else None
    author = squeezed(item.author) or responsibility
    carrier = ""
    if item.extent or designation:
        carrier = carrier_of("", extent=item.extent, designation=designation)
    kinds = {_kind(i) for i in found if i.valid}
    if kinds == {"electronic"} or (edition and "electronic" in edition.concepts):
        carrier = "online"
    return Prepared(
        typed=True,
        control="",
        shown={name: getattr(item, name) for name in _SHOWN} | {"edition": stated},
        title=typed_title(typed, language),
        names=parse_names(author) if author else (),
        said=frozenset(fold(author.replace(".", ". ")).split()),
        edition=edition,
        publishers=publisher_keys(item.publisher),
        date=date,
        years=date.years,
        printed_later=bool(edition and edition.printing) or _speaks_of_printing(item.date),
        isbns={i.isbn13: _kind(i) for i in found if i.isbn13},
        bad_isbn=any(not i.valid for i in found),
        registrants=_registrants(tuple(i.isbn13 for i in found if i.isbn13)),
        carrier=carrier,
        pages=pages_of(item.extent) or _bare_number(item.extent),
        front=roman_pages(item.extent),
        volumes=volumes_of(item.extent),
        large_print="large print" in f"{extent} {designation.lower()}"
        or bool(edition and "large print" in edition.concepts),
        series=tuple(s for s in (fold(item.series.partition(";")[0]),) if s),
        language=language,
    )


_SHOWN = (
    "title", "author", "edition", "publisher", "date", "isbn", "extent", "series", "language",
)  # fmt: skip


def _from_description(d: Description) -> Prepared:
    names = [
        corporate_key(n.text) if n.kind != "person" else person_key(n.text) for n in d.creators
    ]
    names += [person_key(name) for name in d.vernacular_names]
    said = fold(" ".join([d.responsibility.replace(".", ". "), *(n.text for n in d.creators)]))
    keys = {
        i.isbn13: "cancelled" if i.cancelled else _kind(i) for i in reversed(d.isbns) if i.isbn13
    }
    publishers = NOBODY
    for name in (*d.publishers, *d.vernacular_publishers):
        publishers |= publisher_keys(name)
    # Without a 250 the statement may stand at the end of the title.
    title, subtitle = squeezed(d.title), squeezed(d.subtitle)
    stated = d.edition or without_edition(subtitle or title)[1]
    edition = parse_edition(stated)
    return Prepared(
        typed=False,
        control=d.control,
        shown={
            "title": " : ".join(t for t in (d.title, *d.parts, d.subtitle) if t),
            "author": "; ".join(n.text for n in d.creators) or d.responsibility,
            "edition": stated,
            "publisher": "; ".join(d.publishers),
            "date": d.date.text or (str(d.date.year1) if d.date.year1 else ""),
            "isbn": "; ".join(
                i.digits + (f" ({i.qualifier})" if i.qualifier else "") for i in d.isbns
            ),
            "extent": d.extent,
            "series": "; ".join(d.series),
            "language": d.language,
        },
        title=title_of_record(
            title,
            subtitle,
            tuple(map(squeezed, d.parts)),
            nonfiling=d.nonfiling,
            others=d.other_titles,
            vernacular=(d.vernacular_title, d.vernacular_subtitle),
            uniform=d.uniform_title,
            language=d.language,
            volumes=d.volumes,
        ),
        names=tuple(name for name in names if name),
        said=frozenset(said.split()),
        edition=edition,
        publishers=publishers,
        date=d.date,
        years=d.date.years,
        printed_later=edition.printing,
        isbns=keys,
        bad_isbn=False,
        registrants=_registrants(tuple(keys)),
        carrier=d.carrier,
        pages=d.pages,
        front=roman_pages(d.extent),
        volumes=d.volumes,
        large_print=d.large_print or "large print" in edition.concepts,
        series=tuple(fold(s.partition(";")[0]) for s in d.series),
        language=d.language,
    )


_KINDS = (
    ("electronic", ("ebook", "e book", "electronic", "online", "epub", "pdf", "mobi", "kindle",
                    "web")),
    ("audio", ("audio", "sound", "cd")),
    ("large print", ("large print", "lg print")),
    ("braille", ("braille",)),
    ("print", ("pbk", "hbk", "hardcover", "hardback", "paper", "cloth", "print", "case", "alk",
               "hc",
               "hard", "soft", "bound", "br", "geb", "kart", "brosch", "lib bdg", "pb", "rustica")),
)  # fmt: skip


def _kind(number: Isbn) -> str:
    return _kind_of(number.qualifier) if number.qualifier else ""


@lru_cache(maxsize=4096)
def _kind_of(qualifier: str) -> str:
    """Return what an ISBN's qualifier says it is printed on; "" when it does not say."""
    text = f" {fold(qualifier)}"
    return next((kind for kind, words in _KINDS if any(f" {word}" in text for word in words)), "")


def _registrants(numbers: tuple[str, ...]) -> frozenset[str]:
    return frozenset(p for p in map(isbn.publisher_prefix, numbers) if p)


def _speaks_of_printing(text: str) -> bool:
    words = fold(text)
    return any(
        w in words
        for w in ("print", "impression", "repr", "nachdr", "ristampa", "tirage", "reimpr")
    )


def _bare_number(extent: str) -> int | None:
    """Return the page count of an extent typed as a number alone."""
    text = extent.strip(" .")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None
