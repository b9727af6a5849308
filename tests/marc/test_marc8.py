"""MARC-8 both ways."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import NotEncodable
from techproc.marc import marc8

LETTERS = (
    "abcXYZ 019.,;:/()"
    + "éèüñřžńąłøđþœß£©±°ªⱥơƯʹʻ"
    + "Ελληνικά"
    + "עברית"
    + "Русскийёґў"
    + "عربي"
    + "中国日本語한국"
)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Dvo\xe9r\xe2ak", "Dvořák"),
        (b"Nguy\xe3\xe4en", "Nguyễn"),
        (b"\xebi\xecUri\xe6i", "i︠U︡riĭ"),
        (b"\x1b(2yhxpaej\x1b(B", "שטרנבוך"),
        (b"\x1b(NmOSKWA\x1b(B", "Москва"),
        (b"\x1b$1!0T!CG\x1b(B", None),
        (b"H\x1bb2\x1bsO", "H₂O"),
        (b"x\x1bp2\x1bs", "x²"),
        (b"\x1bga\x1bs-rays", "α-rays"),
        (b"\x1b(SoPX\x1b(B", None),
        (b"\xb9" + b"8.99", "£8.99"),
        (b"Fat\xe2i&#x2019;s", "Fatí’s"),
        (b"\x88The \x89Title", "\x98The \x9cTitle"),
    ],
)
def test_real_values_decode(data: bytes, text: str | None) -> None:
    """Values found in records decode without an error, whatever set they switch to."""
    decoded, errors = marc8.decode(data)
    assert errors == 0
    if text is not None:
        assert decoded == text


def test_a_byte_in_no_table_is_counted_and_replaced() -> None:
    """Bytes without a meaning are not dropped silently."""
    assert marc8.decode(b"a\xffb") == ("a\ufffdb", 1)


def test_a_mark_without_a_letter_stays() -> None:
    """A mark at the end of a value is kept."""
    assert marc8.decode(b"prf\xe7")[0] == "prf\u0307"


def test_broken_escapes_and_short_triples_do_not_raise() -> None:
    """What is cut off in the middle of an escape or an East Asian character is decoded."""
    for cut in range(12):
        marc8.decode(b"\x1b$1!0T!CG\x1b(B"[:cut])


def test_what_marc8_lacks_is_a_reference_or_refused() -> None:
    """The caller chooses between `&#x…;` and an error that names the character."""
    assert marc8.encode("don’t") == b"don&#x2019;t"
    assert marc8.decode(b"don&#x2019;t") == ("don’t", 0)
    with pytest.raises(NotEncodable, match=r"’ \(U\+2019\)"):
        marc8.encode("don’t", references=False)


def test_values_end_in_ascii() -> None:
    """Each value goes back to the default sets before it ends."""
    for text in ("Москва", "中国", "H₂", "עברית"):
        assert marc8.encode(text)[-3:] == b"\x1b(B" or marc8.encode(text)[-2:] == b"\x1bs"


@given(st.text(alphabet=LETTERS, max_size=40))
def test_what_the_tables_hold_comes_back(text: str) -> None:
    """Encoding and decoding give the text back, in composed form."""
    text = unicodedata.normalize("NFC", text)
    assert marc8.decode(marc8.encode(text)) == (text, 0)


@given(st.text(max_size=30).filter(lambda t: "&#x" not in t))
def test_any_text_survives_by_references(text: str) -> None:
    """Nothing is lost on the way through MARC-8, canonical equivalence aside."""
    decoded, _ = marc8.decode(marc8.encode(text))
    expected = "".join(c for c in text)
    halves = {"\u0361": "", "\u0360": "", "\ufe20": "", "\ufe21": "", "\ufe22": "", "\ufe23": ""}
    table = str.maketrans(halves)
    same = unicodedata.normalize("NFD", decoded.translate(table))
    assert same == unicodedata.normalize("NFD", expected.translate(table)) or any(
        unicodedata.combining(c) or "\x80" <= c < "\xa0" or c < " " or "\ud800" <= c < "\ue000"
        for c in text
    )


@given(st.binary(max_size=60))
def test_no_bytes_raise(data: bytes) -> None:
    """Whatever the bytes, decoding gives text."""
    text, errors = marc8.decode(data)
    assert isinstance(text, str)
    assert errors >= 0
