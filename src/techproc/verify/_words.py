"""Word lists written as running text."""

from __future__ import annotations

import re

__all__ = ["squeezed", "words"]


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set.

    >>> sorted(words("of the  and"))
    ['and', 'of', 'the']
    """
    return frozenset(text.split())


_LONG_RUN = re.compile(r"[\s,.:;(\[/–—-]{9,}")


def squeezed(text: str) -> str:
    """Return a text whose long runs of blanks and punctuation are cut to eight characters.

    What looks for separators goes over each run from each of its places: no record may make that
    take long.

    >>> squeezed("Emma" + " " * 5000 + "; a novel...")
    'Emma        a novel...'
    """
    return _LONG_RUN.sub(lambda match: match[0][:8], text)
