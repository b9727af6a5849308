"""What a record says about its subject before it has headings: title, summary, names, series, codes.

The features are those of the class index (`techproc.classify.features`), without what headings and
class numbers say.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from techproc.classify.features import Feature, features, words
from techproc.classify.fields import Field
from techproc.classify.headings.heading import Heading, heading_from
from techproc.classify.headings.obsolete import current_form
from techproc.classify.kinds import CROSSWALK, KINDS, PLACES, SUMMARY
from techproc.classify.numbers import LEVELS, class_number

__all__ = [
    "CLUES",
    "NUMBERS",
    "clues",
    "has_number",
    "label_phrase",
    "place_phrase",
    "subjects",
    "title_of",
    "title_phrases",
    "without_qualifier",
]

_NOT = frozenset(
    i for i, k in enumerate(KINDS) if k.group in ("heading", "subdivision", "crosswalk")
)
_NOT_EITHER = frozenset({i for i, k in enumerate(KINDS) if k.name == "kind of first heading"})
# Kinds of feature that serve to suggest headings, in the order of the inputs of `weighing`.
CLUES = tuple(i for i in range(SUMMARY + 1) if i not in _NOT | _NOT_EITHER | PLACES)
# Kinds that say a class number, or its class: they serve where the record has one.
NUMBERS = (*CROSSWALK["lcc"], *CROSSWALK["ddc"])
_CLUES = frozenset(CLUES)
_ALL = _CLUES | frozenset(NUMBERS)
_TAGS = ("600", "610", "611", "630", "650", "651")
_SMALL = frozenset(["the", "a", "an", "of", "and", "in", "on", "to", "for", "with", "by", "from"])
_LONGEST = 5
_QUALIFIER = re.compile(r"\s*\([^)]*\)")


def clues(fields: Sequence[Field], *, numbers: bool = False) -> list[Feature]:
    """Return the features of a record that its headings and class numbers have no part in.

    With `numbers`, its LC and Dewey numbers count, whole and as far as the class.

    >>> found = clues([("245", "10", (("a", "Soil science"),)), ("650", " 0", (("a", "Soils"),))])
    >>> [f.text for f in found]
    ['soil', 'science', 'soil science', 'soil science']
    """
    kinds = _ALL if numbers else _CLUES
    return [f for f in features(fields, numbers=numbers) if f.kind in kinds]


def has_number(fields: Sequence[Field]) -> bool:
    """Return whether a record has a usable LC or Dewey number."""
    return any(class_number(fields, scheme) for scheme in LEVELS)


def subjects(fields: Sequence[Field]) -> list[Heading]:
    """Return the LCSH headings of a record (600–651, second indicator 0), each once, as used today.

    A main heading that LC has replaced is given in its present form.
    """
    found: dict[Heading, None] = {}
    for tag, indicators, subfields in fields:
        if tag in _TAGS and indicators[1:2] == "0":
            heading = heading_from(tag, indicators, subfields)
            if heading.main:
                main = current_form(heading.main) or heading.main
                found[Heading(heading.tag, main, heading.subdivisions)] = None
    return list(found)


def title_of(fields: Sequence[Field]) -> str:
    """Return the title of a record: 245 $a $b $n $p."""
    parts = [v for tag, _, subs in fields if tag == "245" for c, v in subs if c in "abnp"]
    return " ".join(parts)


def title_phrases(text: str) -> dict[int, tuple[int, str]]:
    """Return the phrases of a text as hashes, each with its length in words and its text.

    Words are without plural endings and in alphabetical order within a phrase, so that *Education
    of women* is found as *Women--Education* is not, but *history of art* as *Art history* is.

    >>> sorted(words for words, _ in title_phrases("The cats of Rome").values())
    [1, 1, 2]
    """
    told = [w for w in words(text) if w not in _SMALL]
    stems = [_stem(w) for w in told]
    found: dict[int, tuple[int, str]] = {}
    for length in range(1, _LONGEST + 1):
        for at in range(len(stems) - length + 1):
            key = _phrase_key(stems[at : at + length])
            found.setdefault(key, (length, " ".join(told[at : at + length])))
    return found


def label_phrase(label: str) -> tuple[int, int] | None:
    """Return the hash and the length of a label as `title_phrases` has it; None for a long one."""
    stems = [_stem(w) for w in words(label) if w not in _SMALL]
    if not 0 < len(stems) <= _LONGEST:
        return None
    return _phrase_key(stems), len(stems)


def without_qualifier(label: str) -> str:
    """Return a label without what stands in brackets; empty when nothing does.

    >>> without_qualifier("Crosses (Heraldry)"), without_qualifier("Cats")
    ('Crosses', '')
    """
    short = _QUALIFIER.sub("", label)
    return short if short != label else ""


def place_phrase(chain: str) -> int:
    """Return the phrase of the last place of a chain of subdivisions, 0 when it has none.

    `chain` has its subdivisions as `HeadingIndex` keeps them, each with its subfield code.
    """
    place = next((part[1:] for part in reversed(chain.split("\x1f")) if part[:1] == "z"), "")
    phrase = label_phrase(without_qualifier(place) or place) if place else None
    return phrase[0] if phrase else 0


def _phrase_key(stems: Sequence[str]) -> int:
    """Return the hash of a phrase, whatever the order of its words."""
    return zlib.crc32(" ".join(sorted(stems)).encode())


def _stem(word: str) -> str:
    """Return a word without the ending of the English plural."""
    if len(word) > 4:
        if word.endswith("ies"):
            return f"{word[:-3]}y"
        if word.endswith(("ches", "shes", "sses", "xes")):
            return word[:-2]
        if word.endswith("s"):
            return word[:-1]
    return word
