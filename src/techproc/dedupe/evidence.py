"""What a contribution rests on, in words; and the identifiers, whose points are set by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from techproc.dedupe.columns import Columns
from techproc.dedupe.features import Features
from techproc.dedupe.rows import Places, overlap
from techproc.dedupe.weights import Weights

__all__ = ["beside", "evidence_of", "identifier_points"]

_WIDTH = 60


def identifier_points(
    one: Columns, at: Places, other: Columns, to: Places, weights: Weights
) -> NDArray[np.float32]:
    """Return the points of shared and of contradicting identifiers for every pair.

    Shared ISBNs are evidence and no proof: sets share one among their volumes, publishers used
    numbers twice, and a record for another format may carry this one's.
    """
    points = np.zeros(len(at), dtype=np.float32)
    for name in ("isbn", "issn", "lccn", "oclc"):
        mine, theirs = one.rows[name], other.rows[name]
        known = (mine.sizes(at) > 0) & (theirs.sizes(to) > 0)
        shared = overlap(mine, at, theirs, to) > 0
        points += np.where(shared, weights.identifiers[f"{name} shared"], 0)
        points += np.where(known & ~shared, weights.identifiers[f"{name} differs"], 0)
    return points


def evidence_of(r: Features) -> tuple[str, ...]:
    """Return what a record says in each field that earns points, cut to what can be read."""
    return tuple(_cut(say(r)) for say in _EVIDENCE.values())


def beside(one: str, other: str) -> str:
    """Return what was compared, "first | second", or once when both are equal.

    >>> beside("1993", "1994"), beside("1993", "1993"), beside("1993", "")
    ('1993 | 1994', '1993', '1993 | –')
    """
    return one if one == other else f"{one or '–'} | {other or '–'}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _pages(r: Features) -> str:
    return r.extent


def _edition(r: Features) -> str:
    return r.edition or (str(r.edition_number) if r.edition_number else "")


def _identifiers(r: Features) -> str:
    return ", ".join([*sorted(r.isbns), *sorted(r.issns), *sorted(r.lccns), *sorted(r.oclcs)])


_EVIDENCE: Mapping[str, Callable[[Features], str]] = {
    "title": lambda r: r.title,
    "parts": lambda r: r.parts,
    "creator": lambda r: r.heading or ", ".join(sorted(r.names)),
    "edition": _edition,
    "date": lambda r: "/".join(str(year) for year in sorted(r.years)),
    "publisher": lambda r: ", ".join((*sorted(r.places), *r.publishers)),
    "pages": _pages,
    "size": lambda r: f"{r.size} cm" if r.size else "",
    "series": lambda r: r.series,
    "subjects": lambda r: f"{len(r.subjects)} headings" if r.subjects else "",
    "form": lambda r: f"{r.carrier}, {r.type}{r.level}, {r.language}",
    "identifiers": _identifiers,
}
