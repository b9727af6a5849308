"""Edition statements of many languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.verify._ordinals import ORDINAL_LANGUAGES
from techproc.verify.editions import NOTHING, compare_editions, parse_edition, without_edition

SECOND = [
    "2nd ed.",
    "2d ed.",
    "Second edition",
    "SECOND EDITION.",
    "[2nd ed.]",
    "2. Aufl.",
    "Zweite Auflage",
    "2e éd.",
    "2ème édition",
    "Deuxième éd.",
    "2a ed.",
    "2.ª edición",
    "Segunda edición",
    "2ª ed.",
    "Seconda edizione",
    "II ed.",
    "Ed. 2",
    "2e dr.",
    "Tweede druk",
    "2. udg.",
    "2. uppl.",
    "2. painos",
    "Изд. 2-е",
    "2-е изд.",
    "2-e izd.",
    "Wyd. 2",
    "Wyd. II",
    "2. vyd.",
    "Vyd. 2.",
    "2. kiad.",
    "2. baskı",
    "Cet. 2",
    "al-Ṭabʻah 2",
    "al-Ṭabʻah al-thāniyah",
    "Chāp-i 2",
    "Mahad. 2",
    "Dvitīya saṃskaraṇa",
    "2. saṃskaraṇa",
    "第2版",
    "第二版",
    "再版",
    "Di 2 ban",
    "Dai 2-han",
    "Che 2-pʻan",
    "Phim khrang thī 2",
    "2η έκδ.",
    "2nd ed., 5th printing",
    "2. ed., 3. tirage",
]


@pytest.mark.parametrize("text", SECOND)
def test_a_second_edition_in_every_language(text: str) -> None:
    """All these say number 2 and nothing else."""
    said = parse_edition(text)
    assert (said.number, said.concepts, said.words) == (2, frozenset(), frozenset())


@pytest.mark.parametrize("language", sorted(ORDINAL_LANGUAGES))
def test_ordinals_in_words(language: str) -> None:
    """Each word of each language says its number, alone and before a word for edition."""
    for number, forms in enumerate(ORDINAL_LANGUAGES[language].split(), 1):
        for form in forms.split("/"):
            if form != "-" and "-" not in form:
                assert parse_edition(form).number == number, form
                assert parse_edition(f"{form} ed.").number == number, form


@pytest.mark.parametrize(
    ("text", "number", "concepts"),
    [
        ("Twenty-first edition", 21, set()),
        ("Décima quinta edición", 15, set()),
        ("IIa edizione", 2, set()),
        ("Ediția a II-a revăzută și adăugită", 2, {"revised", "enlarged"}),
        ("Neljäs, uudistettu painos", 4, {"updated"}),
        ("Ötödik, átdolgozott kiadás", 5, {"revised"}),
        ("2., přeprac. vyd.", 2, {"revised"}),
        ("طبعة ثانية منقحة", 2, {"revised"}),
        ("מהדורה שלישית מעודכנת", 3, {"updated"}),
        ("改訂増補版", None, {"revised", "enlarged"}),
        ("增订版", None, {"revised", "enlarged"}),
        ("개정 2판", 2, {"revised"}),
    ],
)
def test_numbers_and_revisions_of_many_languages(
    text: str, number: int | None, concepts: set[str]
) -> None:
    """What a statement says is read, and no word is left over."""
    said = parse_edition(text)
    assert (said.number, said.concepts, said.words) == (number, concepts, frozenset())


@pytest.mark.parametrize(
    ("left", "right", "verdict", "rule"),
    [
        ("1st ed.", "", "compatible", "edition.first-unstated"),
        ("", "First edition", "compatible", "edition.first-unstated"),
        ("1st Vintage Books ed.", "", "compatible", "edition.first-unstated"),
        ("2nd ed.", "", "differ", "edition.unstated"),
        ("Rev. ed.", "", "differ", "edition.unstated"),
        ("Large print ed.", "", "differ", "edition.unstated"),
        ("Large print ed.", "1st ed.", "differ", "edition.kind"),
        ("2nd ed.", "3rd ed.", "differ", "edition.number"),
        ("2nd ed.", "1st ed.", "differ", "edition.number"),
        ("Rev. ed.", "1st ed.", "differ", "edition.revision"),
        ("2nd ed.", "2nd ed., rev. and enl.", "compatible", "edition.shortened"),
        ("Rev. ed.", "Rev. and enl. ed.", "compatible", "edition.shortened"),
        ("Rev. ed.", "Abridged ed.", "differ", "edition.revision"),
        ("2., überarb. Aufl.", "2nd rev. ed.", "agree", "edition.same"),
        ("Изд. 2-е, испр. и доп.", "2nd ed., corr. and enl.", "agree", "edition.same"),
        ("Student ed.", "Teacher's ed.", "differ", "edition.kind"),
        ("1st Grove Press ed.", "1st Vintage ed.", "differ", "edition.named"),
        ("1st pbk. ed.", "1st ed.", "compatible", "edition.binding"),
        ("2003 ed.", "2004 ed.", "differ", "edition.year"),
        ("3rd printing", "", "compatible", "edition.printing"),
    ],
)
def test_statements_held_against_each_other(left: str, right: str, verdict: str, rule: str) -> None:
    """Each rule on a pair that a cataloguer knows, in both directions."""
    assert compare_editions(parse_edition(left), parse_edition(right)) == (verdict, rule)
    assert compare_editions(parse_edition(right), parse_edition(left)) == (verdict, rule)


def test_the_words_after_a_slash_are_no_edition() -> None:
    """250 $b names people, not an edition."""
    assert parse_edition("2nd ed. / rev. by John Smith") == parse_edition("2nd ed.")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_statement_reads_and_agrees_with_itself(left: str, right: str) -> None:
    """Nothing raises; the comparison is symmetric in its verdict."""
    a, b = parse_edition(left), parse_edition(right)
    assert compare_editions(a, a)[0] in ("agree", "compatible")
    assert compare_editions(a, b)[0] == compare_editions(b, a)[0]


def test_nothing_is_silent() -> None:
    """No statement and empty brackets say nothing."""
    assert parse_edition("") == parse_edition(" [] ") == NOTHING
    assert NOTHING.silent


@given(
    st.lists(
        st.sampled_from(["Title", "-", "third", "2nd", "rev.", "ed.", "edition", "(", "3/e", "ö"])
    )
)
def test_an_edition_is_taken_off_a_title_without_loss(words: list[str]) -> None:
    """What is left and what was taken are what was typed, and something is always left."""
    title = " ".join(words)
    head, stated = without_edition(title)
    assert title.startswith(head)
    assert title.rstrip(" ,.:;([{)]}–—-").endswith(stated)
    assert head or not title.strip()
