"""What is never merged though all else agrees: patterns of titles, documents, and each kind's own.

The cases are made after pairs that were read in a union catalogue's and a depository library's
records; each stands for a kind, not for its words.
"""

from __future__ import annotations

import pytest
from pymarc import Field, Indicators, Subfield

from techproc.dedupe.compare import compare
from techproc.dedupe.features import features


def _pair(book, one: dict, other: dict, **both):
    return compare(features(book("1", **both, **one)), features(book("2", **both, **other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1978 census of agriculture, preliminary report, Falls County, Tex.",
         "1978 census of agriculture, preliminary report, Huron County, Ohio"),
        ("Flood insurance study, borough of Newton, Pennsylvania",
         "Flood insurance study, borough of Herndon, Pennsylvania"),
        ("Commander's manual : animal specialist", "Commander's manual : behavioral specialist"),
        ("Making a rose garden", "Making a rock garden"),
        ("Survey of innovation, absolute value : missing information, manufacturing, process innovative only",
         "Survey of innovation, absolute value : co-operation with government, financial intermediation, "
         "employees and more, product enterprises"),
    ],
)  # fmt: skip
def test_titles_of_one_pattern_are_not_merged(book, one, other):
    """Publications that differ in what their titles are about are distinct or looked at."""
    found = _pair(book, {"title": one}, {"title": other})
    assert found.band != "match"
    assert any(veto.startswith("title") for veto in found.vetoes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Clinical gynæcology, medical and surgical", "Clinical gynecology medical & surgical"),
        ("The gossamer years : the diary of a noblewoman", "The gossamer years; the diary of a noblewomen"),
        ("Hell fer Sartain and other stories", "Hell for sartain and other stories"),
        ("Reports of the U.S. Dept. of agriculture", "Reports of the U.S. Department of agriculture"),
    ],
)  # fmt: skip
def test_spellings_are_not_another_title(book, one, other):
    """A spelling, an abbreviation or a small word is no other title."""
    assert _pair(book, {"title": one}, {"title": other}).vetoes == ()


def test_the_same_part_is_no_veto(book):
    """A part that both name, or that one names of a set whose volumes both count, is no other part."""
    for one, other, pages in (
        ({"parts": "3d series"}, {"parts": "3d series"}, "4 v. ;"),
        ({"parts": "v. 1"}, {}, "2 v. ;"),
    ):
        assert _pair(book, one, other, pages=pages).vetoes == ()
    found = _pair(book, {"parts": "v. 1"}, {}, pages="261 p. ;")
    assert [veto.partition(":")[0] for veto in found.vetoes] == ["part"]


def test_a_year_without_its_century_is_the_same_number(book):
    """ "1914-18" and "1914-1918" are one; "1914-18" and "1914-1919" are not."""
    short = {"title": "Service in the Great War 1914-18"}
    assert _pair(book, short, {"title": "Service in the Great War 1914-1918"}).vetoes == ()
    found = _pair(book, short, {"title": "Service in the Great War 1914-1919"})
    assert found.vetoes[0].startswith("numbers")


def test_document_numbers_tell_documents_apart(book, data):
    """Two Superintendent of Documents numbers are two publications; a longer one is looked at."""
    numbers = [
        data("086", a=number)
        for number in ("C 3.31/7:AC 78-P-48-145", "C 3.31/7:AC 78-P-39-045", "C 3.31/7:AC 78-P")
    ]
    made = [features(book(str(i), extra=(number,))) for i, number in enumerate(numbers)]
    assert compare(made[0], made[1]).band == "no"
    assert compare(made[0], made[2]).band == "review"
    again = features(book("4", extra=(data("086", a="C 3.31/7 : AC 78 P-48-145"),)))
    assert compare(made[0], again).band == "match"


def test_numbers_of_one_series(book, data):
    """Volume 40 and volume 41 of a series are two books, however alike."""
    series = [(data("490", a="Collection numérisée ;", v=number),) for number in ("97889", "98043")]
    found = _pair(book, {"extra": series[0]}, {"extra": series[1]})
    assert found.band == "review"
    assert any(veto.startswith("series") for veto in found.vetoes)


def test_two_isbns_and_other_pages(book):
    """Other pages under another ISBN are another printing; two bindings of one book are not."""
    isbns = ({"isbn": "9780306406157"}, {"isbn": "9780306406164"})
    other = _pair(book, isbns[0] | {"pages": "414 p."}, isbns[1] | {"pages": "428 p."})
    assert other.band != "match"
    assert any(veto.startswith("isbn") for veto in other.vetoes)
    assert not any(veto.startswith("isbn") for veto in _pair(book, *isbns).vetoes)


def test_serials_of_one_title_from_different_bodies(book):
    """An "Annual report" belongs to whoever publishes it."""
    both = {"title": "Annual report", "author": "", "leader": "00000cas a2200000 a 4500"}
    found = _pair(
        book,
        {"place": "Oelde :", "publisher": "Kirchengemeinde Oelde,"},
        {"place": "Usingen :", "publisher": "Kirchengemeinde Usingen,"},
        **both,
    )
    assert found.band == "no"


def _map(book, coordinates: str, scale: str = "Scale 1:24,000 ;", number: str = "1"):
    math = Field(
        "255", Indicators(" ", " "), [Subfield("a", scale), Subfield("c", f"({coordinates}).")]
    )
    return features(
        book(number, "Topographic series", author="Geological Survey (U.S.)",
             leader="00000nem a2200000 a 4500", pages="1 map ;", extra=(math,))
    )  # fmt: skip


def test_maps_of_different_ground(book):
    """Maps agree in coordinates and scale, or a person looks."""
    west, east = "W 98°22ʹ--W 98°15ʹ/N 29°37ʹ--N 29°30ʹ", "W 90°22ʹ--W 90°15ʹ/N 29°37ʹ--N 29°30ʹ"
    one = _map(book, west)
    assert compare(one, _map(book, west, number="2")).vetoes == ()
    assert any(v.startswith("map") for v in compare(one, _map(book, east, number="2")).vetoes)
    other = _map(book, west, "Scale 1:100,000 ;", number="2")
    assert any(v.startswith("map") for v in compare(one, other).vetoes)


def test_music_by_publisher_number(book, data):
    """Recordings with other publisher's numbers are looked at; a score is no recording."""

    def music(number: str, control: str, kind: str = "j"):
        leader = f"00000n{kind}m a2200000 a 4500"
        return features(
            book(control, "Symphony no. 5", author="Mahler, Gustav", leader=leader,
                 pages="1 sound disc", extra=(data("028", a=number, b="Decca"),))
        )  # fmt: skip

    assert compare(music("SXL 1", "1"), music("SXL1", "2")).vetoes == ()
    assert compare(music("SXL 1", "1"), music("SXL 2", "2")).band != "match"
    assert compare(music("SXL 1", "1"), music("SXL 1", "2", "c")).band == "no"


def test_a_title_that_every_composer_has(book, data):
    """Sonatas of two composers are two works; for other instruments they are looked at."""

    def sonata(control: str, author: str, uniform: str):
        return features(
            book(control, "Sonata", author=author, leader="00000ncm a2200000 a 4500",
                 extra=(data("240", a=uniform),))
        )  # fmt: skip

    one = sonata("1", "Vainiunas, Stasys", "Sonatas, violin, piano")
    assert compare(one, sonata("2", "Finkelshtein, I.", "Sonatas, violin, piano")).band == "no"
    assert compare(one, sonata("2", "Vainiunas, Stasys", "Sonatas, cello, piano")).band == "review"
    assert compare(one, sonata("2", "Vainiunas, Stasys", "Sonata, violin & piano")).vetoes == ()


def test_a_reproduction_described_by_its_original(book):
    """A microform in pages and centimetres is held beside the print, and not called distinct."""
    print_ = book("1")
    micro = book("2")
    title = micro["245"]
    title.add_subfield("h", "[microform].")
    found = compare(features(print_), features(micro))
    assert found.band == "review"
    sheet = book("3", pages="2 microfiches ;")
    sheet["300"].delete_subfield("c")
    assert compare(features(print_), features(sheet)).band == "no"


def test_a_part_that_is_the_others_series(book, data):
    """What one record gives as a part of the title and the other as the series is the same."""
    series = (data("490", a="Fieldiana : zoology ;", v="v. 7, no. 9"),)
    found = _pair(book, {"parts": "Fieldiana, zoology, v. 7, no. 9"}, {"extra": series})
    assert not any(veto.startswith("part") for veto in found.vetoes)
