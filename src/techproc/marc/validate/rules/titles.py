"""Titles: whether there is one, and the count of characters that are not filed on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import pymarc

from techproc.marc.validate.registry import (
    ERROR,
    FORMAT,
    WARNING,
    Fault,
    field_check,
    record_check,
    rule,
)
from techproc.marc.validate.subject import LOOK_TITLE, LOOK_VALUES, Subject, value_of
from techproc.text import ARTICLES

__all__ = ["COUNT", "COUNTED", "COUNTED_FIRST", "count_in_second"]

_FAMILY = "Titles"
MISSING_TITLE = rule(
    "missing-title", ERROR, "245 has no $a, and no $k, $n or $p in its place", family=_FAMILY,
    source=f"{FORMAT}, 245", fix="add $a",
    failing="=245  10$cAnn Smith.", path="245$a", passing="=245  10$aSea /$cAnn Smith.",
)  # fmt: skip
NONFILING = rule(
    "nonfiling", ERROR, "the count of nonfiling characters does not end where a word begins",
    family=_FAMILY, source=f"{FORMAT}, 245 second indicator, and the like of other titles",
    fix="count the article and the blank after it",
    failing="=245  13$aThe sea.", path="245@2", passing="=245  14$aThe sea.",
)  # fmt: skip
NONFILING_ARTICLE = rule(
    "nonfiling-article", WARNING,
    "a title begins with an article of its language that the indicator does not skip",
    family=_FAMILY, source=f"{FORMAT}, 245 second indicator; Appendix F, Initial Articles",
    fix="set the indicator",
    failing="=245  10$aThe sea.", path="245@2", passing="=245  14$aThe sea.",
)  # fmt: skip
NONFILING_WORD = rule(
    "nonfiling-word", WARNING,
    "the count of nonfiling characters skips a word that is no article of any language",
    family=_FAMILY, source=f"{FORMAT}, Appendix F, Initial Definite and Indefinite Articles",
    fix="set the indicator to 0",
    failing="=245  14$aSea stories.", path="245@2", passing="=245  10$aSea stories.",
)  # fmt: skip

TITLE_ORDER = rule(
    "title-order", WARNING, "a part of the title stands after the statement of responsibility in 245",
    family=_FAMILY, source=f"{FORMAT}, 245 $c: no subfield of the title follows it",
    fix="move it before $c",
    failing="=245  14$aThe sea /$cAnn Smith :$ba story.", path="245$b",
    passing="=245  14$aThe sea :$ba story /$cAnn Smith.",
)  # fmt: skip

_LETTERS = ("Lu", "Ll", "Lo", "Nd")  # a modifier letter is an ayn or an alif before the word
# Where the count stands: tag → which indicator.
COUNT = {"130": 0, "222": 1, "240": 1, "242": 1, "243": 1, "245": 1, "440": 1, "630": 0, "730": 0,
          "740": 0, "830": 1}  # fmt: skip
# Only languages whose articles are not also initials, names or other words that begin titles.
_SURE = {"eng": ("the",), "ger": ("der", "die", "das"), "spa": ("el", "los", "las"),
         "fre": ("le", "la", "les"), "ita": ("il", "gli"), "dut": ("het",)}  # fmt: skip
_APOSTROPHES = str.maketrans("’‘ʼʻ`´", "''''''")
_EVERY = frozenset(
    article.casefold().translate(_APOSTROPHES)
    for articles in ARTICLES.values()
    for article in articles
)


# Articles as they stand before a title's first word, with the blank after them.
_SKIPPED = frozenset(
    written if written[-1] in "'-" else f"{written} "
    for article in _EVERY
    for written in (article, article.capitalize())
)


def _counts_well(text: str, digit: str) -> bool:
    """Tell a field in which an article of some language is skipped, as it nearly always is."""
    if not "0" < digit <= "9":
        return False
    end = 4 + int(digit)
    return text[4:end] in _SKIPPED and text[end : end + 1].isalpha() and text[3] == "a"


_LAST_C = re.compile(r"\x1fc[^\x1f]*\Z").search


def _skipped(field: pymarc.Field) -> tuple[int, str]:
    value = (field.indicators or "00")[COUNT[field.tag]]
    text = next((v for c, v in field.subfields if c in "atnp"), "")
    return (int(value) if value.isascii() and value.isdecimal() else 0), text


COUNTED = [tag for tag, at in COUNT.items() if at == 1]
COUNTED_FIRST = [tag for tag, at in COUNT.items() if at == 0]


@field_check(NONFILING, NONFILING_WORD, tags=COUNTED, when=LOOK_VALUES,
             sound=lambda text: text[1:2] in "0 " or _counts_well(text, text[1]))  # fmt: skip
def count_in_second(field: pymarc.Field) -> Iterator[Fault]:
    """Look at what the second indicator skips."""
    yield from _count(field, 2)


@field_check(NONFILING, NONFILING_WORD, tags=COUNTED_FIRST, when=LOOK_VALUES,
             sound=lambda text: text[:1] in "0 " or _counts_well(text, text[0]))  # fmt: skip
def count_in_first(field: pymarc.Field) -> Iterator[Fault]:
    """Look at what the first indicator skips."""
    yield from _count(field, 1)


def _count(field: pymarc.Field, which: int) -> Iterator[Fault]:
    skipped, text = _skipped(field)
    if not skipped or not text.strip():
        return
    rest, path = text[skipped:], f"{field.tag}@{which}"
    if (
        not any(map(_is_letter, rest))
        or rest[0] == " "
        or (_is_letter(rest[0]) and _is_letter(text[skipped - 1]))
    ):
        message = f"{skipped} characters do not end before a word: {text[: skipped + 6]!r}"
        yield NONFILING(path, message, _advice(text))
    elif text[:skipped].isascii() and text[0].isalpha() and not _is_article(text[:skipped]):
        message = f"{text[:skipped].strip()!r} is skipped, which is no article of any language"
        yield NONFILING_WORD(path, message)


def _is_article(skipped: str) -> bool:
    word = skipped.strip(" \"'[(").casefold()
    return word in _EVERY or f"{word}'" in _EVERY or word.rstrip("-'") in _EVERY


def _advice(text: str) -> str | None:
    word, blank, _ = text.partition(" ")
    return f"set it to {len(word) + 1}" if blank and _is_article(word) and len(word) < 9 else None


def _is_letter(character: str) -> bool:
    return unicodedata.category(character) in _LETTERS


@record_check(MISSING_TITLE, NONFILING_ARTICLE, when=LOOK_TITLE)
def title(subject: Subject) -> Iterable[Fault]:
    """Look for the title proper, and for an article that is filed on in the language of 008."""
    texts = subject.by_tag.get("245")
    if texts is None:
        return ()
    text = texts[0]
    if text[3:4] != "a" or text[4:5] in ("", " ", "\x1f"):
        there = any(value_of(text, code).strip() for code in "aknp")
        return () if there else [MISSING_TITLE("245$a", "no $a")]
    if text[1] != "0":
        return ()
    articles = _SURE.get(subject.fixed[35:38])
    if articles is None or not text[4:8].lower().startswith(articles):
        return ()
    word, blank, rest = text[4:].partition("\x1f")[0].partition(" ")
    if blank and rest.strip() and word.casefold() in articles and not rest[:1].isdigit():
        message = f"{word!r} is an article of {subject.fixed[35:38]} and is filed on"
        return [NONFILING_ARTICLE("245@2", message, f"set it to {len(word) + 1}")]
    return ()


@field_check(
    TITLE_ORDER,
    tags=["245"],
    when=LOOK_VALUES,
    sound=lambda text: "\x1fc" not in text or _LAST_C(text),
)
def title_order(field: pymarc.Field) -> Iterator[Fault]:
    """Look for what follows $c."""
    codes = "".join(code for code, _ in field.subfields)
    for code in codes.partition("c")[2]:
        if code in "abknp":
            yield TITLE_ORDER(f"245${code}", f"${code} after $c")
            return
