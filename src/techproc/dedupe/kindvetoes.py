"""Vetoes that hold for records of one kind: serials, music, maps."""

from __future__ import annotations

from techproc.dedupe.features import Features
from techproc.dedupe.titlevetoes import Found, like, title_veto, unlike

__all__ = ["map_veto", "music_veto", "serial_veto"]


def serial_veto(a: Features, b: Features) -> Found:  # noqa: PLR0911  (one for each reason)
    """Serials are one when title, parts and beginning are: nothing near enough is enough."""
    if a.route != "serial" or b.route != "serial":
        return None
    if a.issns and b.issns and a.issns.isdisjoint(b.issns):
        return "no", f"ISSN {min(a.issns)} and {min(b.issns)}"
    if a.title != b.title:
        return ("no" if title_veto(a, b) else "review"), "serial titles differ"
    if not (a.issns & b.issns) and _elsewhere(a, b):
        return "no", "serials of one title from different publishers and places"
    if a.edition != b.edition:
        return "review", f"serial editions {a.edition or 'none'!r} and {b.edition or 'none'!r}"
    if a.year1 and b.year1 and a.year1 != b.year1:
        return "review", f"serials begin {a.year1} and {b.year1}"
    if (a.surname or b.surname) and a.heading != b.heading and not (a.issns & b.issns):
        return "review", "serials are entered under different names"
    if not (a.issns & b.issns) and not (a.year1 and b.year1):
        return "review", "no ISSN in common and no beginning to compare"
    return None


def _elsewhere(a: Features, b: Features) -> bool:
    """Return whether neither place nor publisher is common: "Annual report", "Gemeindebrief"."""
    return (
        bool(a.places and b.places and a.publishers and b.publishers)
        and a.places.isdisjoint(b.places)
        and set(a.publishers).isdisjoint(b.publishers)
    )


def music_veto(a: Features, b: Features) -> Found:
    """Scores and recordings: another type, composer, uniform title or publisher's number."""
    if a.route != "music" or b.route != "music":
        return None
    if a.type != b.type:
        return "no", f"type {a.type} and {b.type}"
    # "Sonata" is everybody's: the composer and the uniform title say which one it is.
    if a.surname and b.surname and not like(a.surname, b.surname):
        return "no", f"{a.heading} and {b.heading}"
    if unlike(a.uniform.split(), b.uniform.split(), b) and unlike(
        b.uniform.split(), a.uniform.split(), a
    ):
        return "review", f"uniform titles {a.uniform!r} and {b.uniform!r}"
    if (
        a.publisher_numbers
        and b.publisher_numbers
        and a.publisher_numbers.isdisjoint(b.publisher_numbers)
    ):
        return (
            "review",
            f"publisher's number {min(a.publisher_numbers)} and {min(b.publisher_numbers)}",
        )
    return None


def map_veto(a: Features, b: Features) -> Found:
    """Maps of other coordinates, another scale or other years."""
    if a.route != "map" or b.route != "map":
        return None
    if a.coordinates and b.coordinates and a.coordinates != b.coordinates:
        return "review", f"coordinates {a.coordinates} and {b.coordinates}"
    if a.scale and b.scale and a.scale != b.scale:
        return "review", f"{a.scale} and {b.scale}"
    if a.years and b.years and a.years.isdisjoint(b.years):
        return "review", "maps of different years"
    return None
