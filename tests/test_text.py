"""Text made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.text import (
    ARTICLES,
    _fold_ascii,
    _fold_plainly,
    filing,
    fold,
    naco,
    strip_isbd,
    without_article,
)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """Folded text is a fixed point."""
    assert fold(fold(text)) == fold(text)


@given(st.text() | st.text(st.characters(max_codepoint=127)) | st.just("\ud800"))
def test_folding_is_the_same_without_the_core(text: str) -> None:
    """ASCII is folded alike in C and in Python; both leave the rest to Unicode's tables."""
    assert _fold_ascii(text) == _fold_plainly(text)


@given(st.text())
def test_stripping_twice_changes_nothing_but_blanks(text: str) -> None:
    """What is stripped off is taken from the end only."""
    assert text.strip().startswith(strip_isbd(text))


@given(st.text(), st.integers(0, 300))
def test_filing_and_naco_take_any_text(text: str, nonfiling: int) -> None:
    """A wrong non-filing count never raises and never files under nothing."""
    filing(text, "fre", nonfiling)
    naco(text)


def test_precomposed_and_decomposed_are_one() -> None:
    """NACO and folded forms do not depend on Unicode's normal form."""
    assert naco("Müller") == naco("Mu\u0308ller") == "MULLER"
    assert fold("Straße") == fold("STRASSE") == "strasse"


def test_letters_of_other_scripts_stay() -> None:
    """Vowel signs and kana voicing are kept, Hebrew points and Arabic harakat are not."""
    assert fold("हिन्दी") == "हिन्दी"
    assert fold("がんばれ") != fold("かんはれ")
    assert fold("שָׁלוֹם") == fold("שלום")


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("Title :", "Title"),
        ("Title / ", "Title"),
        ("Rev. ed.", "Rev. ed"),
        ("by J.R.", "by J.R."),
        ("and so on ...", "and so on ..."),
        ("[S.l.] :", "[S.l.]"),
        ("Name,", "Name"),
        ("", ""),
        (" /", ""),
    ],
)
def test_isbd_tails(text: str, stripped: str) -> None:
    """ISBD marks go, initials and omission marks stay."""
    assert strip_isbd(text) == stripped


@pytest.mark.parametrize("language", sorted(ARTICLES))
def test_articles_come_off_in_their_language(language: str) -> None:
    """Every listed article comes off before a word, and none leaves an empty title."""
    for article in ARTICLES[language]:
        joined = "" if article[-1] in "'-" else " "
        assert without_article(f"{article}{joined}Xyzzy", language) == "Xyzzy"
        assert without_article(article, language) == article
