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


@pytest.mark.parametrize("text", ["©2016", "Mérida", "General Pérez", "Université"])
def test_a_few_letters_of_latin_1_that_marc8_has_too_are_doubted(text: str) -> None:
    """The leader is believed, but not without a word."""
    found = evidence.weigh(text.encode("latin-1"), flagged_utf8=False)
    if found.encoding == "marc-8":
        finding = evidence.finding_for(found, flagged_utf8=False)
        assert finding is not None
        assert finding.rule == "marc.encoding-doubtful"
        assert found.latin == finding.confidence
        assert finding.confidence is not None


@pytest.mark.parametrize(
    "text", ["Dvořák, Antonín", "Tōkyō", "Mérida", "Ibn al-Haytham, Ḥasan", "©2016", "Hồ Chí Minh"]
)
def test_what_is_marc8_as_the_leader_says_is_not_doubted(text: str) -> None:
    """Names in MARC-8 are read without a word."""
    found = evidence.weigh(marc8.encode(text), flagged_utf8=False)
    assert (found.encoding, found.latin) == ("marc-8", None)
    assert evidence.finding_for(found, flagged_utf8=False) is None


def test_much_of_latin_1_is_read_as_that_where_the_leader_says_marc8() -> None:
    """Letters that would each do for MARC-8 are none of its languages together."""
    text = "Le général à l'école près de Liège: célébrités, médecins, théâtre et société"
    assert evidence.weigh(text.encode("latin-1"), flagged_utf8=False).encoding == "cp1252"


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
