"""What class numbers stand for: the published LC outline, and captions that a library has.

The LC Classification Outline is a US government work; its captions here are our own short wording.
No Dewey captions ship: those are OCLC's. A library that holds a licence may load its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from techproc.errors import InputError
from techproc.files import explain_os_error

__all__ = ["caption", "load_captions"]

_OUTLINE = Path(__file__).parent / "data" / "lcc_outline.tsv"


def caption(number: str, own: Mapping[str, str] | None = None) -> str:
    """Return the caption of a class number, or of the nearest number above that has one, or "".

    `own` are captions of `load_captions`; they go before the LC outline.

    >>> caption("QA76.73.P98"), caption("KFZ100"), caption("025.3")
    ('Mathematics, computer science', 'Law: United States', '')
    >>> caption("025.344", {"025.3": "Cataloguing"})
    'Cataloguing'
    """
    captions = _captions()
    for known in (own or {}, captions):
        above = number
        while above and above not in known:
            above = above[:-1].rstrip(".")
        # Of a Dewey number three figures are the least: 02 is no class.
        if above and not (above.isdigit() and len(above) < 3):
            return known[above]
    return ""


def load_captions(path: str | Path) -> dict[str, str]:
    """Return captions by number from a file of lines with a number, a tab and a caption.

    Raises InputError for a file that cannot be read, and for a line that is something else.
    """
    try:
        lines = Path(path).read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the captions are not in UTF-8") from error
    found: dict[str, str] = {}
    for at, line in enumerate(lines, 1):
        if not line.strip():
            continue
        number, tab, text = line.partition("\t")
        if not tab or not re.fullmatch(r"[A-Z]{0,3}[\w.]*", number.strip()) or not text.strip():
            raise InputError(f"{path}: line {at} is not a number, a tab and a caption")
        found[number.strip()] = text.strip()
    return found


@cache
def _captions() -> dict[str, str]:
    lines = _OUTLINE.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)
