"""Titles as typists type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.verify.titleforms import Title, title_of_record, typed_title
from techproc.verify.titles import compare_titles


def record(title: str, subtitle: str = "", *parts: str, **more: object) -> Title:
    made = title_of_record(title, subtitle, parts, **more)  # type: ignore[arg-type]
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("typed", "known", "verdict", "rule"),
    [
        ("The selfish gene", record("The selfish gene", nonfiling=4), "agree", "title.same"),
        ("SELFISH GENE", record("The selfish gene", nonfiling=4), "agree", "title.same"),
        ("Te selfish gene", record("The selfish gene", nonfiling=4), "compatible", "title.typo"),
        ("Data base design", record("Database design"), "agree", "title.same"),
        ("Research & development", record("Research and development"), "agree", "title.same"),
        ("Emma", record("Emma", "a novel"), "agree", "title.proper"),
        ("Emma - a romance", record("Emma", "a novel"), "compatible", "title.subtitle"),
        ("Besuty & the beast", record("Beauty and the beast"), "compatible", "title.typo"),
        ("Wissen umd Gewissen", record("Wissen und Gewissen"), "compatible", "title.typo"),
        ("Emma / Jane Austen", record("Emma"), "agree", "title.same"),
        ("Selfish gene, The", record("The selfish gene", nonfiling=4), "agree", "title.same"),
        ("Emma by Jane Austen", record("Emma"), "agree", "title.same"),
        ("Death by Chocolate", record("Death by chocolate"), "agree", "title.same"),
        ("Emma [electronic resource]", record("Emma"), "agree", "title.same"),
        ("Organic chemistry, third edition", record("Organic chemistry"), "agree", "title.same"),
        ("Organic chemistry 3/e", record("Organic chemistry"), "agree", "title.same"),
        ("The second edition", record("The second edition"), "agree", "title.same"),
        ("Vaar goede tro", record("Vår gode tro"), "compatible", "title.typo"),
        (
            "Travel to work : 1975 (Special studies P-23)",
            record("Travel to work", "1975"),
            "agree",
            "title.proper",
        ),
        ("Plays, Book 3 Volume 2", record("Plays, Book 3", "", "Volume 3"), "differ", "title.part"),
        ("Plays, Book 3", record("Plays", "", "Book 3", "Volume 2"), "agree", "title.proper"),
        ("Catfish farming", record("Crawfish farming"), "differ", "title.other"),
        (
            "A history of the town of",
            record("A history of the town of Ware"),
            "compatible",
            "title.cut-short",
        ),
        ("Война и мир", record("Voĭna i mir"), "compatible", "title.transliterated"),
        (
            "戦争と平和",
            record("Sensō to heiwa", vernacular=("戦争と平和", "")),
            "agree",
            "title.same",
        ),
        ("Collected works vol. 2", record("Collected works", "", "Vol. 2"), "agree", "title.same"),
        ("Collected works vol. 2", record("Collected works", "", "Vol. 3"), "differ", "title.part"),
        (
            "Collected works, Bd. II",
            record("Collected works", "", "Volume two"),
            "agree",
            "title.proper",
        ),
        (
            "Collected works",
            record("Collected works", "", "Vol. 3"),
            "compatible",
            "title.part-unstated",
        ),
        ("Fodor's Italy 1998", record("Fodor's Italy 1999"), "differ", "title.number"),
        ("Selected papers II", record("Selected papers III"), "differ", "title.number"),
        ("Faust I", record("Faust"), "compatible", "title.part-unstated"),
        ("Faust. Erster Teil", record("Faust", "", "Teil 2"), "differ", "title.part"),
        (
            "Cover title of it",
            record("Title", others=["Cover title of it"]),
            "compatible",
            "title.variant",
        ),
    ],
)
def test_titles_held_against_a_record(typed: str, known: Title, verdict: str, rule: str) -> None:
    """Each rule on a title that calls for it."""
    title = typed_title(typed)
    assert title is not None
    found = compare_titles(title, known)
    assert found[0] == verdict
    assert found[1] == rule or {found[1], rule} <= {"title.same", "title.proper"}


@given(st.text(max_size=60))
def test_any_title_agrees_with_itself(text: str) -> None:
    """Whatever is typed reads, and is the same title as itself."""
    title = typed_title(text)
    if title is not None:
        assert compare_titles(title, title)[0] == "agree"


def test_parts_of_a_part_are_told_apart() -> None:
    """Two reports of one series of reports, and one of them cut short."""
    series, kind = "1990 census", "Summary of housing"
    york, ware = record(series, "", kind, "New York"), record(series, "", kind, "Delaware")
    assert compare_titles(york, ware) == ("differ", "title.part")
    assert compare_titles(york, record(series, "", kind))[0] != "differ"
    assert compare_titles(york, record(series, "", kind, "New York state"))[0] != "differ"
