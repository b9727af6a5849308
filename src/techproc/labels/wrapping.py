"""Text broken into lines that fit a width: at blanks, after hyphens and dashes, between characters.

Han, kana and Thai are written without blanks; there a line may break between two characters, and
so may a word that is wider than a whole line. Nothing is left out but the blank that a break takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

__all__ = ["wrap"]

# A run that stays together: a character of a script without blanks with the closing marks after
# it, else what reaches to the next blank, dash or such character.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_CLOSING: Final = "、。，．）」』】〉》！？：；"
_MARKS: Final = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f"
_RUN: Final = re.compile(
    rf"\s*(?:[{_UNSPACED}][{_MARKS}{_CLOSING}]*|[^\s{_UNSPACED}—–-]+[—–-]*|[—–-]+)"
    r"(?: [;:/=+—–](?= ))?"  # a mark of the ISBD ends a line rather than beginning one
)
_CHARACTER: Final = re.compile(rf".[{_MARKS}]*", re.DOTALL)


def wrap(text: str, first: float, turn: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Yield a text in lines, the first no wider than `first`, the others than `turn`.

    `measure` gives the width of a text in the unit of both.

    >>> list(wrap("Civil War, 1861-1865—Fiction", 12, 9, len))
    ['Civil War,', '1861-', '1865—', 'Fiction']
    >>> list(wrap("日本の文学 I", 4, 3, len))
    ['日本の文', '学 I']
    """
    line, width, limit = "", 0.0, first
    for run in _runs(text, min(first, turn), measure):
        piece = run if line else run.lstrip()
        grown = measure(piece)
        # The sum of widths leaves out kerning across runs; near the limit the line is measured.
        if line and width + grown > limit * 0.98 and measure(line + piece) > limit:
            yield line.rstrip()
            line, width, limit = run.lstrip(), measure(run.lstrip()), turn
        else:
            line, width = line + piece, width + grown
    if line:
        yield line.rstrip()


def _runs(text: str, narrowest: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Yield what stays together; a run that no line holds comes as its characters."""
    for match in _RUN.finditer(" ".join(text.split())):
        run = match[0]
        if measure(run.lstrip()) <= narrowest:
            yield run
        else:
            yield from _CHARACTER.findall(run)
