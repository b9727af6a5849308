"""OCLC control numbers, with the prefixes that 001 and 035 carry."""

from __future__ import annotations

import re

__all__ = ["normalize"]

_NUMBER = re.compile(
    r"\s*(?:\(OCoLC\))?\s*(?:oc[mn]|on|oclc:?)?\s*0*([1-9][0-9]{0,13})\s*", re.IGNORECASE
)


def normalize(text: str) -> str | None:
    """Return an OCLC number as digits without prefix or leading zeros, or None.

    Text with another agency's prefix, such as (DLC), has none. Digits alone are taken at their
    word: whether a bare 001 is OCLC's, only 003 can say. Source: OCLC, "001 Control Number".

    >>> normalize("(OCoLC)ocm00012345 "), normalize("on1012345678"), normalize("(DLC)12345")
    ('12345', '1012345678', None)
    """
    match = _NUMBER.fullmatch(text)
    return match[1] if match else None
