"""Named reasons why two records must not be merged, whatever their score.

A veto is either "no" (the two are distinct) or "review" (a person must look): a sign that
cataloguers often get wrong, such as a form of item coded in 008 alone, is never enough to call two
records distinct, and always enough to keep them from being merged unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz.distance import Indel

from techproc.dedupe.carrier import carriers_agree
from techproc.dedupe.features import Features

__all__ = ["CODED", "PATTERNED", "STATED", "STRENGTHS", "VETOES", "Veto", "vetoes_of"]

STRENGTHS = ("no", "review", "off")
# Vetoes that may rest on a slip in one code or on a set still growing: such records are not merged,
# and yet shown as one group.
CODED = frozenset({"language", "level", "volumes"})
# Vetoes between publications of one pattern: reports, censuses, bills, numbered sets, reprints.
PATTERNED = frozenset({"title", "numbers", "series", "document", "isbn", "serial", "music", "map"})
# Vetoes that rest on what the description states, rather than on a code or on how little it says.
STATED = PATTERNED | {"edition", "part", "years"}
_TYPE_GROUPS = {
    "a": "text", "t": "text", "c": "score", "d": "score", "e": "map", "f": "map",
    "i": "speech", "j": "music", "g": "visual", "k": "picture", "r": "object", "m": "text",
    "o": "kit", "p": "mixed",
}  # fmt: skip
_APART = 3  # years
_SAID = 8  # words that may differ for two titles to be of one pattern, or a third of more
_PART_WORDS = frozenset({"pt", "v", "no", "ser"})


@dataclass(frozen=True, slots=True)
class Veto:
    """One reason: its name, how strong it is, what it makes of the two, and the evidence."""

    name: str
    strength: str
    relation: str
    text: str


_Found = tuple[str, str] | None  # (strength, evidence)


def _linked(a: Features, b: Features) -> tuple[str, str] | None:
    """An explicit 775, 776, 780 or 785 of one names the other: (relation, evidence)."""
    relations = {
        "775": "other-edition",
        "776": "other-format",
        "780": "other-part",
        "785": "other-part",
    }
    for one, other in ((a, b), (b, a)):
        if not one.links:
            continue
        own = {f"isbn:{n}" for n in other.isbns} | {f"issn:{n}" for n in other.issns}
        own |= {f"oclc:{n}" for n in other.oclcs} | {f"id:{other.control}"}
        own |= {f"id:(DLC){n}" for n in other.lccns}
        shared = {f"isbn:{n}" for n in one.isbns} | {f"issn:{n}" for n in one.issns}
        for link in sorted(one.links):
            tag, _, number = link.partition(":")
            # A record that lists the same number as its own and as the other format's says nothing.
            if number in own and number not in shared and other.control != one.control:
                return relations[tag], f"{tag} of {one.control or 'one'} names {number}"
    return None


def _level(a: Features, b: Features) -> _Found:
    if a.level == b.level:
        return None
    text = f"level {a.level} and {b.level}"
    serials = (a.route == "serial") != (b.route == "serial")
    parts = (a.level in "ab") != (b.level in "ab")
    return ("no" if serials and parts else "review", text)


def _type(a: Features, b: Features) -> _Found:
    x, y = _TYPE_GROUPS.get(a.type, a.type), _TYPE_GROUPS.get(b.type, b.type)
    return None if x == y else ("no", f"type {a.type} and {b.type}")


def _carrier(a: Features, b: Features) -> _Found:
    if carriers_agree(a.carrier, b.carrier):
        if a.claims != b.claims and (len(a.claims) > 1 or len(b.claims) > 1):
            claims = (" and ".join(sorted(one.claims)) or one.carrier for one in (a, b))
            return "review", "claimed are {} | {}".format(*claims)
        return None
    # A reproduction described by its original ("[microform]", 102 p., 24 cm) claims both.
    unsaid = a.carrier not in b.claims and b.carrier not in a.claims
    strength = "no" if a.carrier_sure and b.carrier_sure and unsaid else "review"
    return strength, f"{a.carrier} and {b.carrier}"


def _language(a: Features, b: Features) -> _Found:
    if not a.language or not b.language or a.language == b.language:
        return None
    if a.language in b.languages or b.language in a.languages:
        return None
    # Codes are often wrong, and a true translation scores low by its title anyway.
    return "review", f"{a.language} and {b.language}"


def _edition(a: Features, b: Features) -> _Found:
    x, y = a.edition_number, b.edition_number
    if x and y and x != y:
        return "review", f"edition {x} and {y}"
    if a.edition == b.edition:
        return None
    words, others = a.edition.split(), b.edition.split()
    if _unlike(words, others, b) and _unlike(others, words, a):
        return "review", f"edition {a.edition!r} and {b.edition!r}"
    return None


def _parts(a: Features, b: Features) -> _Found:
    if (
        a.parts
        and b.parts
        and a.part_numbers != b.part_numbers
        and (a.part_numbers and b.part_numbers)
    ):
        return "no", f"part {a.parts!r} and {b.parts!r}"
    if a.parts and b.parts and a.parts != b.parts:
        x, y = set(a.parts.split()), set(b.parts.split())
        if (
            x - y
            and y - x
            and Indel.normalized_similarity(" ".join(sorted(x - y)), " ".join(sorted(y - x))) < 0.75
        ):
            return "no", f"part {a.parts!r} and {b.parts!r}"
        return "review", f"part {a.parts!r} and {b.parts!r}"
    if bool(a.parts) != bool(b.parts) and a.title == b.title and not _is_whole(a, b):
        return "review", f"part {a.parts or b.parts!r} on one side only"
    return None


def _is_whole(a: Features, b: Features) -> bool:
    """Return whether the part that one side names is none: both count the volumes of one set, or it
    is the series of the other.
    """
    return 1 < a.volumes == b.volumes or _in_series(a, b)


def _in_series(a: Features, b: Features) -> bool:
    """Return whether what one gives as a part of the title is the series of the other."""
    lone, other = (a, b) if a.parts else (b, a)
    return bool(other.series) and set(lone.parts.split()) <= {*other.series.split(), *_PART_WORDS}


def _numbers(a: Features, b: Features) -> _Found:
    x, y = a.numbers, b.numbers
    if not x or not y or x <= y or y <= x:
        return None
    lone, more = _not_cut_short(x - y, y), _not_cut_short(y - x, x)
    if not lone or not more:
        return None
    return "review", f"numbers {_listed(lone)} and {_listed(more)} in the titles"


def _not_cut_short(numbers: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Return the numbers without years whose century one side leaves out: "1914-18" and "1914-1918"."""
    return frozenset(
        one
        for one in numbers
        if not any({len(one), len(two)} == {2, 4} and one[-2:] == two[-2:] for two in others)
    )


def _listed(numbers: frozenset[str]) -> str:
    return "/".join(sorted(numbers)[:4])


def _title(a: Features, b: Features) -> _Found:
    """Where the titles part, each says something else: "… Falls County, Tex." and "… Huron …".

    What stands before and after is the same. A spelling, an abbreviation or a small word is nothing
    else, nor is what the other record says further on, in its responsibility, names or series.
    """
    if a.title == b.title and a.parts == b.parts:
        return None
    x, y = f"{a.title} {a.parts}".split(), f"{b.title} {b.parts}".split()
    while x and y and x[-1] == y[-1]:
        del x[-1], y[-1]
    while x and y and x[0] == y[0]:
        del x[0], y[0]
    if not x or not y:
        return None
    if " ".join(x) in (b.series, b.responsibility):
        return None
    lone = _unlike(x, y, b)
    more = _unlike(y, x, a) if lone else []
    if not more:
        return None
    if max(len(x), len(y)) > _SAID and (3 * len(lone) < len(x) or 3 * len(more) < len(y)):
        return None  # a title told at length, in other words
    return "review", f"{' '.join(lone)!r} and {' '.join(more)!r} in the titles"


def _unlike(words: list[str], others: list[str], other: Features) -> list[str]:
    """Return the words that are nothing like the others, and that the other record has nowhere."""
    told = {*other.responsibility.split(), *other.name_words, *other.series.split()}
    return [
        word
        for word in words
        if len(word) > 3 and not word[0].isdecimal() and word not in told
        and not any(_like(word, each) for each in others)
    ]  # fmt: skip


def _like(word: str, other: str) -> bool:
    """Return whether two words may be one: misspelt, cut short, or abbreviated ("dept")."""
    if word[:4] == other[:4] or Indel.normalized_similarity(word, other) >= 0.6:
        return True
    short, long = sorted((word, other), key=len)
    letters = iter(long)
    return len(short) < 6 and short[0] == long[0] and all(char in letters for char in short)


def _document(a: Features, b: Features) -> _Found:
    """A document number names one publication; of report numbers a publication may have several."""
    if a.route == "serial" or b.route == "serial":
        return None
    if a.documents and b.documents and a.documents.isdisjoint(b.documents):
        # The number of a supplement or a part begins with that of the whole, and so does a slip.
        near = any(p.startswith(q) or q.startswith(p) for p in a.documents for q in b.documents)
        text = f"document number {min(a.documents)[2:]} and {min(b.documents)[2:]}"
        return "review" if near else "no", text
    if a.reports and b.reports and a.reports.isdisjoint(b.reports):
        return "review", f"report number {min(a.reports)} and {min(b.reports)}"
    return None


def _series(a: Features, b: Features) -> _Found:
    """Two numbers of one series are two publications: volumes, reports, reproductions."""
    if a.series == b.series or not a.series_number or not b.series_number:
        return None
    (x, p), (y, q) = _counted(a.series), _counted(b.series)
    if x and x == y and a.series_number not in q and b.series_number not in p:
        return "review", f"number {a.series_number} and {b.series_number} of a series"
    return None


def _counted(series: str) -> tuple[list[str], set[str]]:
    """Return the words of a series, and its numbers."""
    words = series.split()
    named = [word for word in words if not word[0].isdecimal() and word not in _PART_WORDS]
    return named, {word.lstrip("0") for word in words if word[0].isdecimal()}


def _isbn(a: Features, b: Features) -> _Found:
    """Two bindings may share a record, but not when they differ in pages or edition too."""
    x, y = a.isbns, b.isbns
    if not x or not y or not x.isdisjoint(y) or a.cancelled & y or b.cancelled & x:
        return None
    if a.pages == b.pages and a.edition == b.edition and not a.years.isdisjoint(b.years):
        return None
    return "review", f"ISBN {min(x)} and {min(y)}"


def _years(a: Features, b: Features) -> _Found:
    if not a.years or not b.years or not a.years.isdisjoint(b.years):
        return None
    gap = min(abs(x - y) for x in a.years for y in b.years)
    if gap <= _APART:
        return None
    imprint = not set(a.publishers).isdisjoint(b.publishers)
    return None if imprint else ("review", f"{gap} years apart, no publisher in common")


def _thin(a: Features, b: Features) -> _Found:
    """A record of a title and little more can't prove that it is the other's edition."""
    for one in (a, b):
        known = (
            bool(one.surname or one.names)
            + bool(one.years)
            + bool(one.pages)
            + bool(one.publishers)
        )
        if not one.title:
            return "review", "a record without a title"
        if known < 2:
            return "review", "a record with little more than a title"
    return None


def _serial(a: Features, b: Features) -> _Found:  # noqa: PLR0911  (one for each reason)
    """Serials are one when title, parts and beginning are: nothing near enough is enough."""
    if a.route != "serial" or b.route != "serial":
        return None
    if a.issns and b.issns and a.issns.isdisjoint(b.issns):
        return "no", f"ISSN {min(a.issns)} and {min(b.issns)}"
    if a.title != b.title:
        return ("no" if _title(a, b) else "review"), "serial titles differ"
    if not (a.issns & b.issns) and _elsewhere(a, b):
        return "no", "serials of one title from different publishers and places"
    if a.edition != b.edition:
        return "review", f"serial editions {a.edition or 'none'!r} and {b.edition or 'none'!r}"
    if a.year1 and b.year1 and a.year1 != b.year1:
        return "review", f"serials begin {a.year1} and {b.year1}"
    if (a.surname or b.surname) and a.heading != b.heading and not (a.issns & b.issns):
        return "review", "serials are entered under different names"
    if not (a.issns & b.issns) and not (a.year1 and b.year1):
        return "review", "no ISSN in common and no beginning to compare"
    return None


def _elsewhere(a: Features, b: Features) -> bool:
    """Return whether neither place nor publisher is common: "Annual report", "Gemeindebrief"."""
    return (
        bool(a.places and b.places and a.publishers and b.publishers)
        and a.places.isdisjoint(b.places)
        and set(a.publishers).isdisjoint(b.publishers)
    )


def _music(a: Features, b: Features) -> _Found:
    if a.route != "music" or b.route != "music":
        return None
    if a.type != b.type:
        return "no", f"type {a.type} and {b.type}"
    # "Sonata" is everybody's: the composer and the uniform title say which one it is.
    if a.surname and b.surname and not _like(a.surname, b.surname):
        return "no", f"{a.heading} and {b.heading}"
    if _unlike(a.uniform.split(), b.uniform.split(), b) and _unlike(
        b.uniform.split(), a.uniform.split(), a
    ):
        return "review", f"uniform titles {a.uniform!r} and {b.uniform!r}"
    if (
        a.publisher_numbers
        and b.publisher_numbers
        and a.publisher_numbers.isdisjoint(b.publisher_numbers)
    ):
        return (
            "review",
            f"publisher's number {min(a.publisher_numbers)} and {min(b.publisher_numbers)}",
        )
    return None


def _map(a: Features, b: Features) -> _Found:
    if a.route != "map" or b.route != "map":
        return None
    if a.coordinates and b.coordinates and a.coordinates != b.coordinates:
        return "review", f"coordinates {a.coordinates} and {b.coordinates}"
    if a.scale and b.scale and a.scale != b.scale:
        return "review", f"{a.scale} and {b.scale}"
    if a.years and b.years and a.years.isdisjoint(b.years):
        return "review", "maps of different years"
    return None


def _volumes(a: Features, b: Features) -> _Found:
    if a.volumes > 1 and b.volumes > 1 and a.volumes != b.volumes:
        return "review", f"{a.volumes} and {b.volumes} volumes"
    return None


VETOES: Mapping[str, tuple[Callable[[Features, Features], _Found], str]] = MappingProxyType(
    {
        "level": (_level, "different"),
        "type": (_type, "different"),
        "carrier": (_carrier, "other-format"),
        "language": (_language, "other-edition"),
        "edition": (_edition, "other-edition"),
        "part": (_parts, "other-part"),
        "numbers": (_numbers, "other-part"),
        "title": (_title, "different"),
        "document": (_document, "different"),
        "series": (_series, "other-part"),
        "isbn": (_isbn, "other-edition"),
        "years": (_years, "other-edition"),
        "volumes": (_volumes, "other-edition"),
        "thin": (_thin, "different"),
        "serial": (_serial, "other-part"),
        "music": (_music, "other-edition"),
        "map": (_map, "other-edition"),
    }
)


def vetoes_of(
    a: Features, b: Features, strengths: Mapping[str, str] | None = None
) -> tuple[Veto, ...]:
    """Return the vetoes between two records; `strengths` overrides "no", "review" or "off" by name.

    "linked" is the veto of an explicit 775, 776, 780 or 785 from one record to the other.
    """
    chosen = strengths or {}
    found = []
    if chosen.get("linked") != "off" and (a.links or b.links) and (link := _linked(a, b)):
        found.append(Veto("linked", chosen.get("linked", "no"), *link))
    for name, (check, relation) in VETOES.items():
        outcome = check(a, b)
        if outcome and (wanted := chosen.get(name)) != "off":
            found.append(Veto(name, wanted or outcome[0], relation, outcome[1]))
    return tuple(found)
