"""The elements of a call number: where each begins and ends in the text, and what kind it is.

One scanner for the part after the class number serves every scheme of class number and Cutters;
`techproc.classify.callnumber` puts a head before it. Nothing is dropped: an element is a slice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Element", "Kind", "scan_tail"]


class Kind(StrEnum):
    """What an element of a call number is."""

    PREFIX = "prefix"  # REF, Oversize, J: where the item stands
    LETTERS = "letters"  # QA; the agency of a SuDoc number
    NUMBER = "number"  # 76 in QA76.9, 025 in 025.3
    DECIMAL = "decimal"  # .9 in QA76.9
    ORDINAL = "ordinal"  # a date or ordinal on the class number: KF4558 15th
    CUTTER = "cutter"  # .A5; Dewey author letters too
    DATE = "date"
    WORK = "work"  # a work letter that stands alone
    VOLUME = "volume"  # v.3 no.2
    COPY = "copy"  # c.2
    BOOK = "book"  # what follows the colon of a SuDoc number
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its kind, its text as written and where it starts in the call number."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position after the element's last character."""
        return self.start + len(self.text)


# Captions of volumes and parts in the languages of ordinary academic collections.
_CAPTIONS = (
    r"vols?|vol|v|nos?|nr|num|n[uú]m|pts?|parts?|bd|band|bde?|t|tom[eo]?|teil|tl|ser|suppl|"
    r"fasc|hft|heft|jahrg|jg|issue|bk|book|ch|r|sheet|disc|disk|reel|unit|index"
)
_TOKEN = re.compile(
    rf"""
    (?P<copy>     (?<![A-Za-z]) (?:c(?:op(?:y|ies)?)? (?:\.\s?|\s) | copy | cop\.?) \s?[0-9]+
                  (?![0-9A-Za-z]) )
  | (?P<volume>   (?<![A-Za-z]) (?:{_CAPTIONS}) (?:\.\s?|\s) [0-9]+[a-z]? (?:[-/–,][0-9]+)*
                  (?![0-9A-Za-z]) )
  | (?P<svar>     (?<![A-Za-z]) svar (?![A-Za-z0-9]) )
  | (?P<dotted>   \.\s?[A-Za-z]{{1,3}}[0-9]+ )
  | (?P<bare>     (?<![A-Za-z])\.\s?[A-Za-z](?![A-Za-z0-9.]) )
  | (?P<cutter>   (?<![A-Za-z])[A-Za-z][0-9]+ )
  | (?P<ordinal>  [0-9]+(?:st|nd|rd|th|d)(?![a-z0-9]) )
  | (?P<date>     (?<![0-9])(?:1[0-9]|20)[0-9]{{2}}(?:[-/–](?:[0-9]{{4}}|[0-9]{{2}})(?![0-9]))?
                  (?:[a-z]{{1,2}}(?![a-z0-9.]))? (?![0-9]) )
  | (?P<number>   [0-9]+ )
  | (?P<work>     (?<![A-Za-z0-9])[A-Za-z](?![A-Za-z0-9.]) )
  | (?P<word>     [^\W\d_]+ )
  | (?P<mark>     [^\s.,:;/]+? (?=[A-Za-z0-9\s]|$) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Work letters stand on a Cutter's digits ("A65xc"), unless they open the next Cutter ("P6T44")
# or are a caption with its number ("G7c.11").
_WORK_LETTERS = re.compile(r"(?!(?:c|v|no|pt|vol)\.\s?[0-9])[A-Za-z]+(?![A-Za-z0-9]|\.\s?[0-9])")


def scan_tail(text: str, start: int, *, letters_are_items: bool = False) -> list[Element]:
    """Return the elements from `start` on, the part of a call number after its class number.

    `letters_are_items` reads the first word as an item number (Dewey: `787.87 EAS`).
    """
    elements: list[Element] = []
    position = start
    while match := _TOKEN.search(text, position):
        group = match.lastgroup
        end = match.end()
        if group in ("dotted", "cutter"):
            if letters := _WORK_LETTERS.match(text, end):
                end = letters.end()
            kind = Kind.CUTTER
        elif group == "bare":
            kind = Kind.CUTTER
        elif group in ("copy", "volume", "date", "work"):
            kind = Kind(group)
        elif group in ("ordinal", "svar"):
            kind = Kind.ORDINAL
        elif group == "word" and letters_are_items and not elements:
            kind = Kind.CUTTER
        else:
            kind = Kind.OTHER
        if kind is Kind.WORK and not elements:
            kind = Kind.CUTTER  # "M5 L": a Cutter without its number
        elements.append(Element(kind, text[match.start() : end], match.start()))
        position = end
    return _date_class_number(elements)


def _date_class_number(elements: list[Element]) -> list[Element]:
    """Call dates and numbers before the first Cutter what they are: part of the class number.

    Without a Cutter, a date is one of publication ("A1 1990") unless an ordinal follows it
    ("B9 2000 35TH").
    """
    first = next((i for i, e in enumerate(elements) if e.kind is Kind.CUTTER), None)
    if first is None:
        ordinals = [i for i, e in enumerate(elements) if e.kind is Kind.ORDINAL]
        first = max(ordinals, default=0)
    changed = [
        Element(Kind.ORDINAL, e.text, e.start)
        if e.kind is Kind.DATE or (e.kind is Kind.OTHER and e.text.isdigit())
        else e
        for e in elements[:first]
    ]
    return changed + elements[first:]
