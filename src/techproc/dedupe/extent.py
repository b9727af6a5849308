"""300, 250 and 26X read for comparison: pages, volumes, size, edition numbers, publishers."""

from __future__ import annotations

import re
from functools import lru_cache

from techproc.text import fold

__all__ = ["edition_number", "pages_and_volumes", "place_key", "publisher_key", "size_in_cm"]

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_NUMBER = re.compile(
    r"\b(?:(?P<first>\d+)\s*[-–]\s*)?(?P<arabic>\d+)\b(?!\s*(?:cm|v\b|vol|bd|t\.|tom|online|computer|microf|sound|cd))"
    r"|\b(?P<roman>[ivxlcdm]+)\b(?=[\s,\]]*(?:p\b|[,.\]]|\d|pages|leaves|l\b|s\b|\Z|\[))",
    re.IGNORECASE,
)
_VOLUMES = re.compile(
    r"(\d+)\s*(?:v\b|vols?\b|volumes?\b|bde?\b|t\.|tomes?|tom\b|pts?\b|parts?\b)", re.I
)
_UNCOUNTED = re.compile(r"(?:^|\s)(?:v\.|v$|volumes?|vols?\.?)(?=\s|$|[(,])", re.I)
_PLATES = re.compile(
    r"[\[(]?\d+[\])]?\s*(?:(?:leaves|l|p|pages|folded)\.?\s+of\s+)?(?:plates|pl\b|tables)", re.I
)
_SIZE = re.compile(r"(\d+)(?:[.,]\d+)?(?:\s+\d/\d)?\s*(?:x\s*(\d+)(?:[.,]\d+)?\s*)?(cm|mm)", re.I)


def roman_value(text: str) -> int:
    """Return the value of a roman numeral, 0 when the letters are not one.

    >>> roman_value("xxiv"), roman_value("mil")
    (24, 0)
    """
    total, last = 0, 0
    for char in reversed(text.lower()):
        value = _ROMAN.get(char, 0)
        if not value:
            return 0
        total += value if value >= last else -value
        last = max(last, value)
    return total if _spelled(total) == text.lower() else 0


def _spelled(value: int) -> str:
    out = ""
    for worth, letters in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
        (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        while value >= worth:
            out += letters
            value -= worth
    return out


@lru_cache(maxsize=1 << 15)
def pages_and_volumes(text: str) -> tuple[int, int, int, int]:
    """Return (longest page sequence, sum of the other arabic ones, roman pages, volumes) of 300 $a.

    Volumes are 1 for a book that is described in pages, −1 for a set whose volumes are not
    counted yet, 0 when nothing can be read.

    >>> pages_and_volumes("xvii, 317 p., [16] p. of plates"), pages_and_volumes("3 v.")
    ((317, 0, 17, 1), (0, 0, 0, 3))
    >>> pages_and_volumes("volumes"), pages_and_volumes("121, 34 leaves")
    ((0, 0, 0, -1), (121, 34, 0, 1))
    """
    text = text[:300]
    bare = _PLATES.sub(" ", text)
    volumes = 0
    if found := _VOLUMES.search(bare):
        volumes = int(found[1][:4])
    elif _UNCOUNTED.search(bare):
        volumes = -1
    numbers: list[int] = []
    roman = 0
    if volumes in (0, 1):
        for found in _NUMBER.finditer(bare):
            if found["arabic"]:
                numbers.append(int(found["arabic"][:6]))
            elif not roman:
                roman = roman_value(found["roman"])
    main = max(numbers, default=0)
    rest = sum(numbers) - main
    if main or roman:
        volumes = volumes or 1
    return main, min(rest, 100_000), roman, volumes


@lru_cache(maxsize=1 << 12)
def size_in_cm(text: str) -> int:
    """Return the height in centimetres of 300 $c, 0 when there is none.

    >>> size_in_cm("23 1/2 cm"), size_in_cm("18 x 25 cm."), size_in_cm("245 mm"), size_in_cm("8vo")
    (23, 18, 24, 0)
    """
    found = _SIZE.search(text)
    if not found:
        return 0
    value = int(found[1][:5])
    return value // 10 if found[3].lower() == "mm" else value


_ORDINALS = {
    word: number
    for number, words in enumerate(
        [
            "first premiere erste prima primera",
            "second deuxieme zweite seconda segunda secunda",
            "third\n        troisieme dritte terza tercera",
            "fourth quatrieme vierte quarta cuarta",
            "fifth cinquieme funfte\n        quinta",
            "sixth sixieme sechste sesta sexta",
            "seventh septieme siebte siebente settima septima",
            "\n        eighth huitieme achte ottava octava",
            "ninth neuvieme neunte nona novena",
            "tenth dixieme zehnte\n        decima",
            "eleventh onzieme elfte undecima",
            "twelfth douzieme zwolfte duodecima",
        ],
        start=1,
    )
    for word in words.split()
}
_DIGITS = re.compile(r"\b(\d{1,3})(?:st|nd|rd|th|d|e|a|o|ed|eme|te)?\b")


@lru_cache(maxsize=1 << 14)
def edition_number(statement: str) -> int:
    """Return the number of an edition statement (250 $a), 0 when it names none.

    >>> [edition_number(text) for text in ("2nd ed.", "Second edition", "2. Aufl.", "2e éd.")]
    [2, 2, 2, 2]
    >>> edition_number("Rev. ed.")
    0
    """
    text = fold(statement)
    for word in text.split():
        if word in _ORDINALS:
            return _ORDINALS[word]
    found = _DIGITS.search(text)
    return int(found[1]) if found else 0


_PUBLISHER_NOISE = frozenset(
    [
        "press",
        "publishing",
        "publishers",
        "publisher",
        "publications",
        "publication",
        "pub",
        "publ",
        "pubs",
        "co",
        "company",
        "inc",
        "incorporated",
        "ltd",
        "limited",
        "llc",
        "corp",
        "corporation",
        "verlag",
        "editions",
        "edition",
        "editorial",
        "ed",
        "edizioni",
        "editore",
        "izd",
        "izdatelstvo",
        "books",
        "book",
        "the",
        "and",
        "und",
        "et",
        "y",
        "e",
        "of",
        "de",
        "la",
        "le",
        "for",
        "sons",
        "son",
        "bros",
        "brothers",
        "house",
        "printing",
        "printers",
        "printer",
        "print",
        "print.",
        "group",
        "gmbh",
        "ag",
        "kg",
        "sa",
        "spa",
        "by",
        "printed",
        "published",
        "distributed",
        "distributor",
        "u",
        "s",
        "n",
        "a",
        "firm",
    ]
)
_GOVERNMENT = re.compile(
    r"\b(?:g\.?\s*p\.?\s*o\b|gov(?:t|ernment|'t)?\.?\s*print(?:ing)?\.?\s*(?:off(?:ice)?\b)?)", re.I
)
_UNIVERSITY = re.compile(r"\bun(?:iv|iversity|iversitat|iversite|iversidad|iversita)\b")


@lru_cache(maxsize=1 << 16)
def publisher_key(name: str) -> str:
    """Return a publisher's name folded, without the words that say only that it is a firm.

    >>> publisher_key("J.B. Lippincott & Co."), publisher_key("University of Tokyo Press,")
    ('j b lippincott', 'univ tokyo')
    >>> publisher_key("U.S. Govt. Print. Off.,") == publisher_key("U.S. G.P.O.")
    True
    """
    if _GOVERNMENT.search(name):
        return "gpo"
    text = _UNIVERSITY.sub("univ", fold(name))
    if text in ("s n", "publisher not identified", "sn"):
        return ""
    kept = " ".join(word for word in text.split() if word not in _PUBLISHER_NOISE)
    return kept or text


@lru_cache(maxsize=1 << 15)
def place_key(name: str) -> str:
    """Return a place of publication folded, up to its first comma.

    >>> place_key("Lancaster, Pa.,"), place_key("[S.l. :"), place_key("New York ;")
    ('lancaster', '', 'new york')
    """
    text = fold(name.split(",", 1)[0].split("(", 1)[0])
    return "" if text in ("s l", "place of publication not identified", "sl", "n p") else text
