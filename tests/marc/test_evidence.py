"""Which encoding bytes are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.marc import evidence, marc8


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Dvořák, Antonín, 1841-1904. Symfonie č. 9, e moll, op. 95, Z nového světa", "marc-8"),
        ("Sprachgefühl und Übersetzung : für Schüler / herausgegeben von Jürgen Möller", "marc-8"),
        ("Sprachgefühl und Übersetzung : für Schüler / herausgegeben von Jürgen Möller", "cp1252"),
        ("L'école française : général à l'université, présenté par André Lefèvre", "cp1252"),
        ("L'école française : général à l'université, présenté par André Lefèvre", "marc-8"),
        ("Основы психологии : учебное пособие / под редакцией А. Петрова", "koi8-r"),
        ("Основы психологии : учебное пособие / под редакцией А. Петрова", "cp1251"),
    ],
)
@pytest.mark.parametrize("flagged", [True, False])
def test_sentences_are_told_by_their_bytes(text: str, encoding: str, flagged: bool) -> None:
    """Whatever leader/09 says, a line of text is enough."""
    data = marc8.encode(text) if encoding == "marc-8" else text.encode(encoding)
    found = evidence.weigh(data, flagged)
    assert found.encoding == encoding
    assert found.confidence > 0.5
    assert evidence.decode_as(data, found.encoding) == (text, 0)


@given(st.text(min_size=1, max_size=60).filter(lambda t: not t.isascii()))
def test_valid_utf8_flagged_so_is_never_doubted(text: str) -> None:
    """Right records are right."""
    assert evidence.weigh(text.encode(), True) == evidence.Evidence("utf-8", 1.0)


@given(st.binary(max_size=80), st.booleans())
def test_confidence_is_a_share(data: bytes, flagged: bool) -> None:
    """Between 0 and 1, for any bytes."""
    assert 0 <= evidence.weigh(data, flagged).confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Göteborg",
        "São Paulo",
        "Hänssler",
        "Müller, König, Grün",
        "Ãlvares",
        "2 °C",
        "Café’s",
        "naïve",
    ],
)
def test_right_text_is_left_alone(text: str) -> None:
    """Nothing is undone that was not done."""
    assert evidence.undo_double(text) is None
    assert evidence.undo_marc8_as_latin(text) is None
