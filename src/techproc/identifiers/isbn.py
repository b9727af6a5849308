"""International Standard Book Numbers, read as they stand in 020 and as people type them.

Check digits follow ISO 2108; the ranges of registrants are those of the International ISBN Agency
as python-stdnum ships them. An unknown range is no fault: ranges are added every month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import mul

__all__ = [
    "Isbn",
    "is_valid",
    "isbn10",
    "normalize",
    "parse",
    "publisher_prefix",
    "registration_area",
]

# A solid run of 10 or 13 first, so that "0306406152 2 v." is not read as eleven digits.
_SOLID = re.compile(
    r"(?:[^0-9A-Za-z]*[Ii][Ss][Bb][Nn](?:-1[03])?[\s:=]*)?([0-9]{13}|[0-9]{9}[0-9Xx])(?![0-9Xx])"
)
_LOOSE = re.compile(
    r"[^0-9A-Za-z]*(?:[Ii][Ss][Bb][Nn](?:-1[03])?[\s:=]*)?([0-9](?:[-‐‑‒–—−  ]?[0-9Xx])*)"
)
_SEPARATORS = re.compile(r"[^0-9Xx]")
_WEIGHTS = range(10, 1, -1)


@dataclass(frozen=True, slots=True)
class Isbn:
    """One ISBN as found.

    `digits` is the number without separators, `qualifier` what stands in brackets or after it
    ("pbk."), `isbn13` and `isbn10` its two forms when it is valid, `problem` a rule id's tail when
    it is not: "empty", "length", "check-digit", "ismn", "prefix". `cancelled` is true for 020 $z.
    """

    raw: str
    digits: str
    qualifier: str
    isbn13: str | None
    problem: str | None
    cancelled: bool = False

    @property
    def valid(self) -> bool:
        """True when length, prefix and check digit are right."""
        return self.isbn13 is not None

    @property
    def isbn10(self) -> str | None:
        """The ten-digit form, which only numbers beginning 978 have."""
        return isbn10(self.isbn13) if self.isbn13 else None


def parse(text: str, qualifier: str = "", *, cancelled: bool = False) -> Isbn:
    """Read an ISBN from what stands in 020 $a or was typed; nothing is repaired.

    `qualifier` is the text of 020 $q, when the record has that subfield.

    >>> parse("0306406152 (pbk. : alk. paper) :")
    Isbn(raw='0306406152 (pbk. : alk. paper) :', digits='0306406152', \
qualifier='pbk. : alk. paper', isbn13='9780306406157', problem=None, cancelled=False)
    >>> parse("978-0-306-40615-8").problem
    'check-digit'
    >>> parse("979-0-2600-0043-8").problem
    'ismn'
    """
    match = _found(text)
    if match is None:
        return Isbn(text, "", _qualifier(text, qualifier), None, "empty", cancelled)
    digits = _solid(match[1])
    isbn13, problem = _judge(digits)
    return Isbn(
        text, digits, _qualifier(text[match.end() :], qualifier), isbn13, problem, cancelled
    )


def is_valid(digits: str) -> bool:
    """Tell whether solid digits are an ISBN: length, prefix and check digit are right.

    >>> is_valid("9780306406157"), is_valid("0306406152"), is_valid("9790260000438")
    (True, True, False)
    """
    return _judge(digits)[0] is not None


def normalize(text: str) -> str | None:
    """Return the 13 digits of a valid ISBN in either form, or None; never repairs.

    >>> normalize("0-306-40615-2"), normalize("ISBN 9780306406157 (hbk.)"), normalize("0306406153")
    ('9780306406157', '9780306406157', None)
    """
    match = _found(text)
    return _judge(_solid(match[1]))[0] if match else None


def isbn10(isbn13: str) -> str | None:
    """Return the ten-digit form of a 13-digit ISBN, or None when it has none (979…).

    >>> isbn10("9780306406157"), isbn10("9791034904754")
    ('0306406152', None)
    """
    if not isbn13.startswith("978"):
        return None
    body = isbn13[3:12]
    return body + _check10(body)


@lru_cache(maxsize=65536)
def publisher_prefix(isbn13: str) -> str | None:
    """Return prefix, group and registrant of an ISBN as solid digits; None for an unknown range.

    >>> publisher_prefix("9780306406157"), publisher_prefix("9786600000007")
    ('9780306', None)
    """
    from stdnum import isbn as ranges  # noqa: PLC0415  (its table is read from disk)

    prefix, group, registrant, publication, _ = ranges.split(isbn13)
    return prefix + group + registrant if registrant and publication else None


def registration_area(isbn13: str) -> str:
    """Return the country or language area where an ISBN was registered; "" when it is not known.

    It tells where a record is likely to be found. Source: the agency's list of groups, as isbnlib
    ships it.

    >>> registration_area("9782070612758"), registration_area("9780306406157")
    ('French language', 'English language')
    """
    import isbnlib  # noqa: PLC0415  (its tables take a while to load, and few ask)

    return str(isbnlib.info(isbn13) or "")


def _found(text: str) -> re.Match[str] | None:
    return _SOLID.match(text) or _LOOSE.match(text)


def _solid(digits: str) -> str:
    return digits if digits.isdecimal() else _SEPARATORS.sub("", digits).upper()


def _judge(digits: str) -> tuple[str | None, str | None]:
    """Return (isbn13, None) or (None, problem)."""
    if len(digits) == 13 and digits.isascii() and digits.isdecimal():
        if digits[:3] not in ("978", "979"):
            return None, "prefix"
        if digits[12] != _check13(digits[:12]):
            return None, "check-digit"
        return (None, "ismn") if digits[:4] == "9790" else (digits, None)
    if len(digits) == 10 and digits.isascii() and digits[:9].isdecimal():
        if digits[9] != _check10(digits[:9]):
            return None, "check-digit"
        body = "978" + digits[:9]
        return body + _check13(body), None
    return None, "length"


def _check10(body: str) -> str:
    # The bytes are 48 more than the digits, and 54 × 48 is 7 more than a multiple of 11.
    return "0123456789X"[(7 - sum(map(mul, _WEIGHTS, body.encode()))) % 11]


def _check13(body: str) -> str:
    digits = body.encode()  # 48 more than what they say, and 24 × 48 is 2 more than tens
    return "0123456789"[(2 - sum(digits[::2]) - 3 * sum(digits[1::2])) % 10]


def _qualifier(rest: str, subfield: str) -> str:
    """Return the qualifier: 020 $q, else what follows the number, without its brackets."""
    if not rest and not subfield:
        return ""
    text = f"{rest} ; {subfield}" if subfield and rest.strip(" :;.,") else subfield or rest
    text = text.strip(" :;.,")
    if text.startswith("(") and text.endswith(")") and "(" not in text[1:]:
        text = text[1:-1].strip()
    return text
