"""What a record says about its class: headings, title, names, codes, each as a typed feature.

A feature is a kind and a text. The index keeps a 32-bit hash of both, never the text: that keeps
the starter index small, and the text is at hand again whenever a record is looked up.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from techproc.classify.fields import Field
from techproc.classify.kinds import SUMMARY
from techproc.classify.numbers import class_number, cut

__all__ = ["Feature", "features", "same_work", "words"]


# Words of summaries are looked up among those of titles.
_KEYED = {SUMMARY: 10}
_SUMMARY_WORDS = 40
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(r"[\u0300-\u036f\u02b0-\u02ff\ufe20-\ufe2f'\u2019]+")
_NAME = frozenset("abcdq")
_SUBDIVISIONS = frozenset("vxyz")
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "and",
        "in",
        "on",
        "for",
        "to",
        "with",
        "by",
        "from",
        "at",
        "as",
        "is",
        "its",
        "o",
        "les",
        "la",
        "le",
        "de",
        "des",
        "du",
        "et",
        "en",
        "un",
        "une",
        "el",
        "los",
        "las",
        "y",
        "del",
        "der",
        "die",
        "das",
        "und",
        "von",
        "zu",
        "den",
        "dem",
        "im",
        "ein",
        "eine",
        "i",
        "na",
        "w",
        "z",
        "v",
        "il",
        "e",
        "di",
        "della",
        "da",
        "do",
        "os",
        "al",
    ]
)


# Adds a feature of a kind with a text.
Add = Callable[[int, str], None]


class Feature(NamedTuple):
    """A kind (place in `KINDS`), its text, and the 32-bit hash under which the index knows it."""

    kind: int
    text: str
    key: int


def words(text: str) -> list[str]:
    """Return the words of a text without case, marks and apostrophes.

    >>> words("Les États-Unis d'Amérique")
    ['les', 'etats', 'unis', 'damerique']
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = _MARKS.sub("", text)
    elif "'" in text:
        text = text.replace("'", "")
    return _WORD.findall(text.lower())


def _fold(text: str) -> str:
    return " ".join(words(text))


def same_work(fields: Sequence[Field]) -> int:
    """Return a hash that records of one work share: creator and title without case and marks.

    Editions and reprints have one number, so a fair score never learns from one and tests on the
    other.
    """
    creator = title = ""
    for tag, _, subfields in fields:
        if tag in ("100", "110", "111", "130") and not creator:
            creator = " ".join(v for c, v in subfields if c == "a")
        elif tag == "245":
            title = " ".join(v for c, v in subfields if c in "anp")
            break
    return zlib.crc32(f"{_fold(creator)}|{_fold(title)}".encode())


def features(  # noqa: PLR0912, PLR0915  one branch a field, as the format has them
    fields: Sequence[Field], *, numbers: bool = False
) -> list[Feature]:
    """Return the features of a record, each once.

    With `numbers`, its own LC and Dewey numbers count as features too (for the crosswalk);
    without, no field that holds a class number is looked at.

    >>> from techproc.classify.kinds import EVIDENCE, KINDS
    >>> found = features([("245", "10", (("a", "Soil science."),)),
    ...                   ("650", " 0", (("a", "Soils"), ("z", "Ghana")))])
    >>> [f"{KINDS[f.kind].name}: {f.text}" for f in found if f.kind < EVIDENCE][2:5]
    ['title phrase: soil science', 'title beginning: soil science', 'subdivision: z ghana']
    """
    found: dict[tuple[int, str], None] = {}

    def add(kind: int, text: str) -> None:
        found[kind, text] = None

    code = ""
    author: Sequence[tuple[str, str]] = ()
    headings = 0
    first_tag = ""
    topics: list[str] = []
    summary: list[str] = []
    for tag, indicators, subfields in fields:
        if tag == "008":
            code = indicators  # a control field has its text there
        elif tag == "245":
            _title(subfields, add)
        elif tag[0] == "6":
            if tag == "655":
                add(25, _fold(" ".join(v for c, v in subfields if c in "avxyz")))
            elif tag == "653":
                for c, value in subfields:
                    if c == "a":
                        add(24, _fold(value))
            elif tag != "648":
                own = indicators[1:2] == "0"
                if own:
                    headings += 1
                    first_tag = first_tag or tag
                topic = _heading(tag, indicators, subfields, headings if own else 0, add)
                if own and len(topics) < 2:
                    topics.append(topic)
        elif tag in ("100", "110", "111"):
            author = author or subfields
            add(13, _name(subfields))
        elif tag in ("700", "710", "711"):
            add(14, _name(subfields))
        elif tag in ("440", "490", "830", "800", "810", "811"):
            text = [v for c, v in subfields if c == ("t" if tag in ("800", "810", "811") else "a")]
            add(15, _fold(" ".join(text)))
        elif tag in ("130", "240"):
            add(16, _fold(" ".join(v for c, v in subfields if c == "a")))
        elif tag == "043":
            for c, value in subfields:
                if c == "a":
                    add(19, value.rstrip("-"))
        elif tag in ("505", "520"):
            summary += [v for c, v in subfields if c in "at"]
        elif tag in ("260", "264"):
            for c, value in subfields:
                if c == "b":
                    add(23, _fold(value))
    if summary:
        told = [w for w in dict.fromkeys(words(" ".join(summary))) if len(w) > 3]
        for word in [w for w in told if w not in _STOP][:_SUMMARY_WORDS]:
            add(SUMMARY, word)
    if len(topics) == 2:
        add(7, f"{topics[0]}|{topics[1]}")
    # That a record has no heading says nothing: it may not have been catalogued yet.
    add(27, first_tag)
    _codes(code, author, add)
    if numbers:
        if number := class_number(fields, "ddc"):
            add(28, number)
            add(29, number[:3])
        if number := class_number(fields, "lcc"):
            add(30, number)
            add(31, cut(number, "class"))
    crc32 = zlib.crc32
    return [
        Feature(kind, text, crc32(f"{_KEYED.get(kind, kind)}\x1f{text}".encode()))
        for kind, text in found
        if text
    ]


def _name(subfields: Sequence[tuple[str, str]]) -> str:
    return _fold(" ".join(v for c, v in subfields if c in _NAME))


def _title(subfields: Sequence[tuple[str, str]], add: Add) -> None:
    title: list[str] = []
    for c, value in subfields:
        if c in "abnp":
            part = words(value)
            for word in part:
                if word not in _STOP:
                    add(10, word)
            for one, two in pairwise(part):
                if one not in _STOP or two not in _STOP:
                    add(11, f"{one} {two}")
            for word in part:
                _forms(word, add)
            title += part
    add(12, " ".join(title[:3]))
    add(33, f"{min(len(title), 20) // 2} words {''.join(c for c, _ in subfields if c in 'abnp')}")


def _forms(word: str, add: Add) -> None:
    """Add what a word says beyond itself: its language by small words, its stem, its compound."""
    if len(word) < 5 or word.isdigit():
        if len(word) < 4 or word in _STOP or word.isdigit():
            add(33, word)
        return
    add(33, f"{word[:5]}-")
    if len(word) > 7:
        add(33, f"{word[:7]}-")
    if len(word) > 8:
        add(33, f"-{word[-6:]}")


def _heading(  # noqa: PLR0912  one branch a kind of feature
    tag: str, indicators: str, subfields: Sequence[tuple[str, str]], number: int, add: Add
) -> str:
    """Add the features of one subject heading; `number` counts LCSH headings from 1."""
    main: list[str] = []
    parts: list[tuple[str, str]] = []
    for c, value in subfields:
        if c in _SUBDIVISIONS:
            parts.append((c, _fold(value)))
        elif c.isalpha() and c not in "uw" and c != "e":
            main.append(value)
    topic = _fold(" ".join(main))
    place = topic if tag == "651" else ""
    if place:
        add(34, place)
    for c, part in parts:
        if c == "z":
            place = f"{place}--{part}" if place else part
            add(34, place)
    if not number:
        # Children's, medical and other vocabularies say less and differently: kept apart.
        add(24, "--".join([topic, *(p for _, p in parts)]))
        return topic
    stem = topic
    chain = [topic]
    for c, part in parts:
        stem = f"{stem}--{part}"
        chain.append(stem)
        add(8, f"{c} {part}")
    add(0, chain[-1])
    if number == 1:
        add(1, chain[-1])
    for stem in chain[:-1]:
        add(2, stem)
        if number == 1:
            add(3, stem)
    add(4, topic)
    if number == 1:
        add(5, topic)
    if len(parts) > 1:
        for _, part in parts[1:]:
            add(6, f"{topic}--{part}")
        for (_, one), (_, two) in pairwise(parts):
            add(26, f"{one}--{two}")
    if tag == "651":
        for c, part in parts:
            if c == "x":
                add(26, f"{part}")
    for word in words(" ".join(main)):
        if word not in _STOP:
            add(9, word)
    return topic


def _codes(code: str, author: Sequence[tuple[str, str]], add: Add) -> None:
    """Add what the fixed fields say, and what they say together with the author's name."""
    if len(code) < 38:
        return
    language, form, year = code[35:38], code[33], code[7:11]
    add(17, language)
    add(18, code[15:18])
    add(20, f"{language} {form}")
    place = code[15:18].strip()
    add(21, f"{code[22]}{form}{code[29]}{code[30]}{code[34]}")
    for c in code[24:28]:
        if c not in " |":
            add(21, f"contents {c}")
    if form not in "0 |" and author:
        name = words(author[0][1])
        born = next((v for c, v in author if c == "d"), "")
        digits = re.search(r"\d{4}", born)
        # LCC gives modern authors a number by period and initial (PS3551-3576, PS3600-3626).
        period = f"b{digits[0][:3]}" if digits else f"p{year[:3]}"
        initial = name[0][:1] if name else ""
        add(22, f"{language} {place[-1:]} {initial} {period}")
        add(22, f"{language} {place[-1:]} {initial}")
