"""Named reasons why two records must not be merged, whatever their score.

A veto is either "no" (the two are distinct) or "review" (a person must look): a sign that
cataloguers often get wrong, such as a form of item coded in 008 alone, is never enough to call two
records distinct, and always enough to keep them from being merged unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from techproc.dedupe.carrier import carriers_agree
from techproc.dedupe.features import Features
from techproc.dedupe.kindvetoes import map_veto, music_veto, serial_veto
from techproc.dedupe.titlevetoes import (
    Found,
    number_veto,
    part_veto,
    series_veto,
    title_veto,
    unlike,
)

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


@dataclass(frozen=True, slots=True)
class Veto:
    """One reason: its name, how strong it is, what it makes of the two, and the evidence."""

    name: str
    strength: str
    relation: str
    text: str


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


def _level(a: Features, b: Features) -> Found:
    if a.level == b.level:
        return None
    text = f"level {a.level} and {b.level}"
    serials = (a.route == "serial") != (b.route == "serial")
    parts = (a.level in "ab") != (b.level in "ab")
    return ("no" if serials and parts else "review", text)


def _type(a: Features, b: Features) -> Found:
    x, y = _TYPE_GROUPS.get(a.type, a.type), _TYPE_GROUPS.get(b.type, b.type)
    return None if x == y else ("no", f"type {a.type} and {b.type}")


def _carrier(a: Features, b: Features) -> Found:
    if carriers_agree(a.carrier, b.carrier):
        if a.claims != b.claims and (len(a.claims) > 1 or len(b.claims) > 1):
            claims = (" and ".join(sorted(one.claims)) or one.carrier for one in (a, b))
            return "review", "claimed are {} | {}".format(*claims)
        return None
    # A reproduction described by its original ("[microform]", 102 p., 24 cm) claims both.
    unsaid = a.carrier not in b.claims and b.carrier not in a.claims
    strength = "no" if a.carrier_sure and b.carrier_sure and unsaid else "review"
    return strength, f"{a.carrier} and {b.carrier}"


def _language(a: Features, b: Features) -> Found:
    if not a.language or not b.language or a.language == b.language:
        return None
    if a.language in b.languages or b.language in a.languages:
        return None
    # Codes are often wrong, and a true translation scores low by its title anyway.
    return "review", f"{a.language} and {b.language}"


def _edition(a: Features, b: Features) -> Found:
    x, y = a.edition_number, b.edition_number
    if x and y and x != y:
        return "review", f"edition {x} and {y}"
    if a.edition == b.edition:
        return None
    words, others = a.edition.split(), b.edition.split()
    if unlike(words, others, b) and unlike(others, words, a):
        return "review", f"edition {a.edition!r} and {b.edition!r}"
    return None


def _document(a: Features, b: Features) -> Found:
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


def _isbn(a: Features, b: Features) -> Found:
    """Two bindings may share a record, but not when they differ in pages or edition too."""
    x, y = a.isbns, b.isbns
    if not x or not y or not x.isdisjoint(y) or a.cancelled & y or b.cancelled & x:
        return None
    if a.pages == b.pages and a.edition == b.edition and not a.years.isdisjoint(b.years):
        return None
    return "review", f"ISBN {min(x)} and {min(y)}"


def _years(a: Features, b: Features) -> Found:
    if not a.years or not b.years or not a.years.isdisjoint(b.years):
        return None
    gap = min(abs(x - y) for x in a.years for y in b.years)
    if gap <= _APART:
        return None
    imprint = not set(a.publishers).isdisjoint(b.publishers)
    return None if imprint else ("review", f"{gap} years apart, no publisher in common")


def _thin(a: Features, b: Features) -> Found:
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


def _volumes(a: Features, b: Features) -> Found:
    if a.volumes > 1 and b.volumes > 1 and a.volumes != b.volumes:
        return "review", f"{a.volumes} and {b.volumes} volumes"
    return None


VETOES: Mapping[str, tuple[Callable[[Features, Features], Found], str]] = MappingProxyType(
    {
        "level": (_level, "different"),
        "type": (_type, "different"),
        "carrier": (_carrier, "other-format"),
        "language": (_language, "other-edition"),
        "edition": (_edition, "other-edition"),
        "part": (part_veto, "other-part"),
        "numbers": (number_veto, "other-part"),
        "title": (title_veto, "different"),
        "document": (_document, "different"),
        "series": (series_veto, "other-part"),
        "isbn": (_isbn, "other-edition"),
        "years": (_years, "other-edition"),
        "volumes": (_volumes, "other-edition"),
        "thin": (_thin, "different"),
        "serial": (serial_veto, "other-part"),
        "music": (music_veto, "other-edition"),
        "map": (map_veto, "other-edition"),
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
