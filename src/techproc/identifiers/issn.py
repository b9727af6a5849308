"""International Standard Serial Numbers (ISO 3297)."""

from __future__ import annotations

import re

__all__ = ["normalize"]

_ISSN = re.compile(
    r"\s*(?:ISSN[\s:]*)?([0-9]{4})[-‐‑–]?([0-9]{3})([0-9Xx])(?![0-9A-Za-z])", re.IGNORECASE
)


def normalize(text: str) -> str | None:
    """Return a valid ISSN as 1234-5679, or None; the check digit (modulus 11) is never repaired.

    >>> normalize("03785955"), normalize("ISSN 2434-561x (online)"), normalize("0378-5954")
    ('0378-5955', '2434-561X', None)
    """
    match = _ISSN.match(text)
    if match is None:
        return None
    body = match[1] + match[2]
    total = sum((8 - at) * int(digit) for at, digit in enumerate(body))
    check = "0123456789X"[-total % 11]
    return f"{match[1]}-{match[2]}{check}" if match[3].upper() == check else None
