"""What the letters of an LC class stand for, after the published LC Classification Outline.

The outline is a US government work; the captions here are our own short wording of it. No Dewey
captions ship: those are OCLC's.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["caption"]

_OUTLINE = Path(__file__).parent / "data" / "lcc_outline.tsv"


def caption(number: str) -> str:
    """Return the caption of an LC number's class, or of the nearest class above, or "".

    >>> caption("QA76.73.P98"), caption("KFZ100"), caption("025.3")
    ('Mathematics, computer science', 'Law: United States', '')
    """
    match = re.match(r"[A-Z]{1,3}(?=[\d.\s]|$)", number)
    letters = match[0] if match else ""
    captions = _captions()
    while letters and letters not in captions:
        letters = letters[:-1]
    return captions.get(letters, "")


@cache
def _captions() -> dict[str, str]:
    lines = _OUTLINE.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)
