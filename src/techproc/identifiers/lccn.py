"""Library of Congress Control Numbers, in the normal form of LC's namespace page (info:lccn)."""

from __future__ import annotations

import re

__all__ = ["normalize"]

_NORMAL = re.compile(r"[a-z]{0,3}[0-9]{8}|[a-z]{0,2}[0-9]{10}")
_READY = re.compile(r"\s*([0-9]{8}|[0-9]{10})\s*")


def normalize(text: str) -> str | None:
    r"""Return an LCCN in LC's normal form, or None when it has none.

    LC's rule: take the blanks out; cut at the first slash; take the hyphen out and fill the part
    after it with zeros to six digits. Source: "LCCN Namespace", Library of Congress.

    >>> normalize("   89-456 "), normalize("n78-890351"), normalize("2001-000002 //r86")
    ('89000456', 'n78890351', '2001000002')
    >>> normalize("unknown") is None
    True
    """
    ready = _READY.fullmatch(text)
    if ready:
        return ready[1]
    number = "".join(text.split()).partition("/")[0].lower()
    if "-" in number:
        head, _, tail = number.partition("-")
        if not (tail.isascii() and tail.isdecimal() and len(tail) <= 6):
            return None
        number = head + tail.zfill(6)
    return number if _NORMAL.fullmatch(number) else None
