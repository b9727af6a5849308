"""Dewey numbers as fields hold them, read into class numbers that can stand alone."""

from __future__ import annotations

import re

__all__ = ["normalize_dewey"]

_MARKS = re.compile(r"[/'’′,](?=[./'’′,0-9])|[/'’′]")
_NUMBER = re.compile(
    r"(?<![\w.])(?P<star>\*?)(?P<open>\[?)(?P<juvenile>[jJ]?)(?P<whole>[0-9]{1,3})"
    r"(?P<decimal>\.[0-9]+)?(?:\.[0-9]+)*(?P<closed>\]?)(?P<series> ?s(?=\s|$|\[))?(?P<after>\*?)"
    r"(?![\w.])"
)
_LETTERS = re.compile(r"\[(?P<word>E|Fic|B)\]", re.IGNORECASE)
_BIOGRAPHY = frozenset({"92", "920"})


def normalize_dewey(text: str) -> list[str]:
    """Return the class numbers in the text of a Dewey field, without marks of segmentation.

    Brackets and primes go, whole numbers are padded to three figures, a number of the edition
    ("21", "019") is left out, a series number keeps its s and a number from an earlier edition its
    star; 92 and 920 after a number stay with it. A number with j comes with and without it. Text
    that holds none gives an empty list. Source: the practice that OCLC's Bibliographic Formats
    describe for field 082.

    >>> normalize_dewey("081s [370.19'342]"), normalize_dewey("332.6 021"), normalize_dewey("j574")
    (['081 s', '370.19342'], ['332.6'], ['j574', '574'])
    """
    found: list[str] = []
    words = [match[0] for match in _LETTERS.finditer(text)]
    text = _MARKS.sub("", _LETTERS.sub(" ", text))
    for match in _NUMBER.finditer(text):
        whole, decimal = match["whole"], match["decimal"] or ""
        bare = not (decimal or match["open"] or match["juvenile"] or match["star"])
        if bare and (found or words):
            if whole in _BIOGRAPHY and found:
                found[-1] += f" {whole}"
                continue
            if len(whole) < 3 or whole[0] == "0":  # the edition of the classification
                continue
        number = whole.zfill(3) + decimal
        if match["series"]:
            number += " s"
        if match["star"] or match["after"]:
            number += "*"
        if match["juvenile"]:
            found.append("j" + number)
        found.append(number)
    return words + found
