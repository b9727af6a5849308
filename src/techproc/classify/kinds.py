"""The kinds of feature: what each is called in evidence, and what it serves.

The order of `KINDS` is part of the index format; `FORMAT` in `techproc.classify.evidence` changes
with it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CROSSWALK", "EVIDENCE", "KINDS", "PLACES", "SUMMARY", "TITLE", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of feature: its name in evidence, and the group whose evidence is told together."""

    name: str
    group: str


KINDS: tuple[Kind, ...] = (
    Kind("heading", "heading"),  # 0 a full subject heading
    Kind("first heading", "heading"),  # 1
    Kind("heading stem", "heading"),  # 2 a heading without its last subdivisions
    Kind("first heading stem", "heading"),  # 3
    Kind("topic", "heading"),  # 4 $a of a heading
    Kind("first topic", "heading"),  # 5
    Kind("topic and subdivision", "heading"),  # 6 $a with one subdivision, the rest left out
    Kind("pair of topics", "heading"),  # 7 $a of the first two headings
    Kind("subdivision", "subdivision"),  # 8
    Kind("heading word", "heading"),  # 9
    Kind("title word", "title"),  # 10
    Kind("title phrase", "title"),  # 11 two neighbouring words
    Kind("title beginning", "title"),  # 12 the first words of the title
    Kind("author", "author"),  # 13 1XX
    Kind("contributor", "author"),  # 14 7XX
    Kind("series", "series"),  # 15
    Kind("uniform title", "title"),  # 16
    Kind("language", "code"),  # 17
    Kind("place of publication", "code"),  # 18 008/15-17
    Kind("geographic code", "code"),  # 19 043
    Kind("literary form", "code"),  # 20 008/33 with language
    Kind("form", "code"),  # 21 008/22, 24-27, 29, 34
    Kind("literary author", "code"),  # 22 language, form, first letter, period
    Kind("publisher", "publisher"),  # 23
    Kind("index term", "heading"),  # 24 653, headings of other vocabularies
    Kind("genre", "heading"),  # 25 655
    Kind("geographic heading", "heading"),  # 26 651 $a or $z with a topical $x
    Kind("kind of first heading", "code"),  # 27 tag of the first 6XX
    Kind("Dewey number", "crosswalk"),  # 28
    Kind("Dewey class", "crosswalk"),  # 29 three digits
    Kind("LC number", "crosswalk"),  # 30
    Kind("LC class", "crosswalk"),  # 31 without Cutters
    # The index keeps no lists of the following: summaries are looked up in those of title words, the
    # others serve `coarse` and `tables`.
    Kind("summary word", "summary"),  # 32 505 and 520
    Kind("title form", "title"),  # 33 small words, beginnings and ends of words, length
    Kind("place", "place"),  # 34 651 $a, and $z as far as they go
)
# Kinds before this one lead to records, those before SUMMARY by lists of their own.
EVIDENCE = 33
SUMMARY = 32

# Kinds that name a place by which a number may be divided.
PLACES = frozenset({19, 34})

# Kinds that say the number itself in one of the schemes, so must be kept from its own scheme.
CROSSWALK = {"lcc": (28, 29), "ddc": (30, 31)}

# Kinds that a title alone has.
TITLE = frozenset(i for i, k in enumerate(KINDS) if k.name.startswith("title"))
