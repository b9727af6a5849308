"""Vetoes of what titles and series say: another part, another number, something else altogether."""

from __future__ import annotations

from rapidfuzz.distance import Indel

from techproc.dedupe.features import Features

__all__ = ["Found", "like", "number_veto", "part_veto", "series_veto", "title_veto", "unlike"]

_SAID = 8  # words that may differ for two titles to be of one pattern, or a third of more
_PART_WORDS = frozenset({"pt", "v", "no", "ser"})

Found = tuple[str, str] | None  # (strength, evidence)


def part_veto(a: Features, b: Features) -> Found:
    """Two parts of one work, or a part and what names none."""
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


def number_veto(a: Features, b: Features) -> Found:
    """Each title has a number that the other lacks: reports of two years, two volumes."""
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


def title_veto(a: Features, b: Features) -> Found:
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
    lone = unlike(x, y, b)
    more = unlike(y, x, a) if lone else []
    if not more:
        return None
    if max(len(x), len(y)) > _SAID and (3 * len(lone) < len(x) or 3 * len(more) < len(y)):
        return None  # a title told at length, in other words
    return "review", f"{' '.join(lone)!r} and {' '.join(more)!r} in the titles"


def unlike(words: list[str], others: list[str], other: Features) -> list[str]:
    """Return the words that are nothing like the others, and that the other record has nowhere."""
    told = {*other.responsibility.split(), *other.name_words, *other.series.split()}
    return [
        word
        for word in words
        if len(word) > 3 and not word[0].isdecimal() and word not in told
        and not any(like(word, each) for each in others)
    ]  # fmt: skip


def like(word: str, other: str) -> bool:
    """Return whether two words may be one: misspelt, cut short, or abbreviated ("dept")."""
    if word[:4] == other[:4] or Indel.normalized_similarity(word, other) >= 0.6:
        return True
    short, long = sorted((word, other), key=len)
    letters = iter(long)
    return len(short) < 6 and short[0] == long[0] and all(char in letters for char in short)


def series_veto(a: Features, b: Features) -> Found:
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
