"""Call numbers are fitted into the shelf-list: in order, unique, each step with its rule."""

import lzma

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.bookcutter import between
from techproc.classify.mainentry import MainEntry, main_entry
from techproc.classify.shelflist import LayeredShelfList, MemoryShelfList, shelf_entry
from techproc.classify.shelving import fit, shelf_entry_of
from techproc.config import ClassifyPolicy
from techproc.errors import ConfigError
from techproc.text import fold


def entry(heading="", title="", date="2001", **more):
    """A main entry with what a test is about."""
    return MainEntry(kind=more.pop("kind", "person" if heading else "title"), heading=heading,
                     title=title, date=date, **more)  # fmt: skip


def record(*fields, fixed="s2001    xxu           000 0 eng  "):
    """A record of (tag, indicators, code, value, …) tuples."""
    made = Record()
    made.add_field(Field(tag="008", data="010101" + fixed))
    for tag, indicators, *parts in fields:
        pairs = [Subfield(code, value) for code, value in zip(parts[::2], parts[1::2], strict=True)]
        made.add_field(Field(tag=tag, indicators=Indicators(*indicators), subfields=pairs))
    return made


def shelf(*numbers):
    """A shelf-list of (call number, heading, title)."""
    return MemoryShelfList(shelf_entry(*number, scheme="lcc") for number in numbers)


NAMES = st.text("abcdefgh", min_size=1, max_size=5).map(str.capitalize)
WORKS = st.lists(st.tuples(NAMES, NAMES, st.integers(1990, 1993)), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(WORKS)
def test_fitting_keeps_the_shelf_in_filing_order_and_gives_nothing_twice(works):
    """However works arrive, the shelf is in the order of main entries and no number repeats."""
    held = MemoryShelfList()
    given_out = {}
    for heading, title, year in works:
        fitted = fit(entry(heading, title, str(year)), "QA76", "lcc", held)
        assert fitted.key not in given_out
        given_out[fitted.key] = (fold(heading), fold(title))
        held.add(fitted.shelf_entry)
        assert not [f for f in fitted.findings if f.severity == "error"]
    filings = [given_out[key] for key in sorted(given_out)]
    assert filings == sorted(filings)


@given(st.text("123456789", min_size=1, max_size=6), st.text("123456789", min_size=1, max_size=6))
def test_there_is_always_a_number_between(a, b):
    """Between any two decimals there is one, and room on both sides of it."""
    low, high = sorted((a, b))
    if low == high:
        high = "~"
    digits = between(low, high)
    assert low < digits < high
    assert digits[-1] not in "01"
    assert between(low, digits) and between(digits, high)


def test_a_table_number_that_fits_is_taken():
    """With room on the shelf the number is the table's."""
    fitted = fit(entry("Campbell, Ann", "Stars"), "QB44", "lcc", MemoryShelfList())
    assert fitted.call_number == "QB44 .C36 2001"
    assert (fitted.class_part, fitted.item_part) == ("QB44", ".C36 2001")
    assert [s.rule for s in fitted.steps] == ["G 63", "G 140"]


def test_the_shelf_list_wins_over_the_table():
    """A number whose place is taken is moved between its neighbours."""
    held = shelf(
        ("QB44 .C36 1990", "Campanella, R", "Comets"), ("QB44 .C37 1995", "Campion, E", "Sky")
    )
    fitted = fit(entry("Campbell, Ann", "Stars"), "QB44", "lcc", held)
    assert held.neighbours(fitted.key, 1)[0][0].heading == "Campanella, R"
    assert held.neighbours(fitted.key, 1)[1][0].heading == "Campion, E"
    assert fitted.before[0].call_number == "QB44 .C36 1990"
    assert fitted.after[0].call_number == "QB44 .C37 1995"


def test_another_edition_has_the_same_cutter_and_its_own_date():
    """G 145: the editions of a work stand together."""
    held = shelf(("QB44 .C4 1990", "Campbell, Ann", "Stars"))
    fitted = fit(entry("Campbell, Ann", "Stars", "2001"), "QB44", "lcc", held)
    assert fitted.call_number == "QB44 .C4 2001"
    assert "G 145" in [s.rule for s in fitted.steps]


def test_editions_of_one_year_have_work_letters_from_b():
    """G 145: a second edition of a year is b, a third c."""
    held = shelf(("QB44 .C36 2001", "Campbell, Ann", "Stars"))
    second = fit(entry("Campbell, Ann", "Stars"), "QB44", "lcc", held)
    held.add(second.shelf_entry)
    third = fit(entry("Campbell, Ann", "Stars"), "QB44", "lcc", held)
    assert (second.call_number, third.call_number) == ("QB44 .C36 2001b", "QB44 .C36 2001c")


def test_other_works_of_an_author_file_by_title():
    """G 100: under one heading by title."""
    held = shelf(("QB44 .C36 1990", "Campbell, Ann", "Moon"))
    before = fit(entry("Campbell, Ann", "Comets"), "QB44", "lcc", held)
    after = fit(entry("Campbell, Ann", "Stars"), "QB44", "lcc", held)
    assert before.key < held.under("")[0].key < after.key


def test_a_translation_follows_its_original():
    """G 150: the original's Cutter with the number of the language."""
    held = shelf(("PQ999 .C36 1990", "Campbell, Ann", "Etoiles"))
    fitted = fit(
        entry("Campbell, Ann", "Stars", uniform="Etoiles", translation=True, language="eng"),
        "QB44", "lcc", shelf(("QB44 .C36 1990", "Campbell, Ann", "Etoiles")),
    )  # fmt: skip
    assert fitted.call_number == "QB44 .C3613 2001"
    assert len(held) == 1


@pytest.mark.parametrize(
    ("language", "ending"),
    [
        ("mul", "12"),
        ("eng", "13"),
        ("fre", "14"),
        ("ger", "15"),
        ("ita", "16"),
        ("rus", "17"),
        ("spa", "18"),
    ],
)
def test_the_translation_table(language, ending):
    """G 150's table of languages."""
    work = entry("Campbell, Ann", "X", uniform="Y", translation=True, language=language)
    assert fit(work, "QB44", "lcc", MemoryShelfList()).call_number == f"QB44 .C36{ending} 2001"


def test_works_of_a_body_share_a_cutter_with_letters_from_a():
    """G 220: works of one body in a class have one Cutter, those of a year letters from a."""
    held = shelf(("QB44 .N38 2001", "National Observatory", "Report"))
    fitted = fit(entry("National Observatory", "Survey", kind="corporate"), "QB44", "lcc", held)
    assert fitted.call_number == "QB44 .N38 2001a"


def test_a_conference_has_one_cutter_and_the_date_it_was_held():
    """G 230: meetings of one name have one Cutter; the date is the meeting's."""
    meeting = record(
        ("111", "2 ", "a", "Conference on Stars", "n", "(3rd :", "d", "1998 :", "c", "Paris)"),
        ("245", "10", "a", "Proceedings."),
        ("260", "  ", "c", "2001."),
    )
    held = shelf(("QB44 .C66 1996", "Conference on Stars (2nd : 1996 : Rome)", "Proceedings"))
    assert fit(meeting, "QB44", "lcc", held).call_number == "QB44 .C66 1998"


def test_biography_has_the_person_first():
    """G 320: in CT the first Cutter is the person's; the book number follows."""
    life = record(
        ("100", "1 ", "a", "Jones, Ann."),
        ("245", "10", "a", "A life of Campbell."),
        ("260", "  ", "c", "2001."),
        ("600", "10", "a", "Campbell, John,", "d", "1900-1980", "v", "Biography."),
    )
    assert fit(life, "CT275", "lcc", MemoryShelfList()).call_number == "CT275.C36 J66 2001"


def test_autobiography_is_a3():
    """G 320: A3 for what the person wrote."""
    life = record(
        ("100", "1 ", "a", "Campbell, John,", "d", "1900-1980."),
        ("245", "10", "a", "My life."),
        ("260", "  ", "c", "2001."),
        ("600", "10", "a", "Campbell, John,", "d", "1900-1980.", "v", "Biography."),
    )
    assert fit(life, "CT275", "lcc", MemoryShelfList()).call_number == "CT275.C36 A3 2001"


def test_a_literary_authors_works_go_by_title_in_the_tables_room():
    """P-PZ40: A61–Z458 for works, so a title in A is never under A61."""
    novel = entry("Bennett, Ann", "About time")
    fitted = fit(novel, "PS3552.E54", "lcc", MemoryShelfList())
    assert fitted.class_part == "PS3552.E54"
    assert "A61" < fitted.item_part.split()[0] < "B"


def test_a_book_about_a_literary_author_is_under_z():
    """P-PZ40: Z5–Z999 by main entry for criticism."""
    book = entry("Adams, Zoe", "On Bennett", about="Bennett, Ann")
    first = fit(book, "PS3552.E54", "lcc", MemoryShelfList())
    assert first.item_part.startswith("Z5")
    later = fit(
        entry("Wells, Zoe", "B", about="Bennett, Ann"), "PS3552.E54", "lcc", MemoryShelfList()
    )
    assert first.key < later.key


def test_juvenile_fiction_has_letters_of_the_title():
    """PZ7: two letters of the title, others where another title has them."""
    held = shelf(("PZ7.B43 Ab 1990", "Bennett, Ann", "Abacus"))
    assert fit(entry("Bennett, Ann", "Zoo"), "PZ7.B43", "lcc", held).item_part == "Zo 2001"
    assert fit(entry("Bennett, Ann", "Abacist"), "PZ7.B43", "lcc", held).item_part == "Aa 2001"


def test_a_shelf_out_of_order_is_said_and_the_sound_part_followed():
    """Strays are named in a finding and disregarded."""
    held = shelf(
        ("QB44 .C32 1990", "Cabot, A", "x"),
        ("QB44 .C33 1990", "Czerny, Z", "stray"),
        ("QB44 .C35 1990", "Calder, B", "x"),
        ("QB44 .C38 1990", "Carson, C", "x"),
    )
    fitted = fit(entry("Campbell, Ann", "Stars"), "QB44", "lcc", held)
    assert fitted.call_number == "QB44 .C36 2001"
    assert [f.rule for f in fitted.findings] == ["shelving.shelf-out-of-order"]
    assert "QB44 .C33 1990" in fitted.findings[0].message


def test_two_works_under_one_number_leave_room_after_it():
    """A Cutter that already stands for works on both sides is stepped over, not given again."""
    held = shelf(("QB44 .C36 1990", "Cabot, A", "x"), ("QB44 .C36 1991", "Carson, C", "x"))
    fitted = fit(entry("Campbell, Ann", "Stars"), "QB44", "lcc", held)
    assert not held.taken(fitted.key)
    assert fitted.item_part.split()[0] != ".C36"


def test_the_second_cutter_has_no_point():
    """A class number with a topical Cutter takes the item Cutter without a point."""
    fitted = fit(entry("Campbell, Ann", "Python"), "QA76.73.P98", "lcc", MemoryShelfList())
    assert fitted.call_number == "QA76.73.P98 C36 2001"


@pytest.mark.parametrize(
    ("style", "expected"),
    [("cutter", "025.3 C36 2001"), ("author3", "025.3 CAM"), ("none", "025.3")],
)
def test_dewey_second_lines(style, expected):
    """The library's profile decides the second line."""
    policy = ClassifyPolicy(scheme="ddc", dewey_item_number=style)
    assert (
        fit(entry("Campbell, Ann", "X"), "025/.3", "ddc", MemoryShelfList(), policy).call_number
        == expected
    )


def test_fiction_and_easy_books_have_author_letters():
    """[Fic] and [E] stand for a class; there are no figures to cutter under."""
    held = MemoryShelfList()
    first = fit(entry("Campbell, Ann", "X"), "[Fic]", "ddc", held)
    held.add(first.shelf_entry)
    second = fit(entry("Campbell, Ann", "Y"), "[Fic]", "ddc", held)
    assert (first.call_number, second.call_number) == ("FIC CAM", "FIC CAM 2001")
    assert fit(entry("Campbell, Ann", "X"), "[E]", "ddc", held).call_number == "E CAM"


def test_author_letters_that_are_taken_get_the_date():
    """Three letters are no number for one work alone: a second gets its date, a third a letter."""
    policy = ClassifyPolicy(scheme="ddc", dewey_item_number="author3")
    held = MemoryShelfList()
    numbers = []
    for title in ("A", "B", "C"):
        fitted = fit(entry("Campbell, Ann", title), "025.3", "ddc", held, policy)
        held.add(fitted.shelf_entry)
        numbers.append(fitted.call_number)
    assert numbers == ["025.3 CAM", "025.3 CAM 2001", "025.3 CAM 2001b"]


def test_cutter_sanborn_needs_and_uses_the_librarys_table(tmp_path):
    """With a table of its own a library gets author number and work mark; without one, an error."""
    table = tmp_path / "table.csv"
    table.write_text('name,number\nCam,178\nCampb,188\n"Campbell, M",189\nCan,212\n', "utf-8")
    policy = ClassifyPolicy(scheme="ddc", dewey_item_number="sanborn", sanborn_table=str(table))
    held = MemoryShelfList()
    first = fit(entry("Campbell, Ann", "Stars"), "025.3", "ddc", held, policy)
    held.add(first.shelf_entry)
    second = fit(entry("Campbell, Ann", "Stones"), "025.3", "ddc", held, policy)
    assert (first.call_number, second.call_number) == ("025.3 C188s", "025.3 C188st")
    with pytest.raises(ConfigError, match="sanborn_table"):
        fit(
            entry("Campbell, A", "X"),
            "025.3",
            "ddc",
            held,
            ClassifyPolicy(dewey_item_number="sanborn"),
        )


@pytest.mark.parametrize(
    ("work", "class_number", "rule"),
    [
        (entry("Достоевский", "Идиот"), "PG3325", "shelving.not-romanized"),
        (entry("", ""), "QA76", "shelving.no-main-entry"),
        (entry("Smith, A", "X"), "[Fic]", "shelving.class-number"),
        (entry("Smith, A", "X"), "", "shelving.class-number"),
    ],
)
def test_what_cannot_be_built_is_a_finding(work, class_number, rule):
    """No number is made up: the finding says what is missing."""
    fitted = fit(work, class_number, "lcc", MemoryShelfList())
    assert fitted.call_number == ""
    assert [f.rule for f in fitted.findings] == [rule]


def test_letters_that_lc_does_not_use_are_told():
    """A slip in the class is built as it stands, with a warning."""
    fitted = fit(entry("Smith, A", "X"), "ZZZ9", "lcc", MemoryShelfList())
    assert fitted.call_number.startswith("ZZZ9 .S")
    assert [f.rule for f in fitted.findings] == ["shelving.unknown-class"]


def test_without_a_date_the_number_is_still_unique():
    """A record without a date is said so, and still gets a number of its own."""
    held = shelf(("QB44 .C36", "Campbell, Ann", "Stars"))
    fitted = fit(entry("Campbell, Ann", "Stars", date=""), "QB44", "lcc", held)
    assert fitted.call_number == "QB44 .C36b"
    assert [f.rule for f in fitted.findings] == ["shelving.no-date"]


def test_layers_are_seen_as_one():
    """What a run has given out counts as much as the catalogue's."""
    catalogue = shelf(("QB44 .C3 1990", "Cabot, A", "x"))
    batch = shelf(("QB44 .C5 1990", "Clare, A", "x"), ("QB44 .C2 1990", "Caba, A", "x"))
    both = LayeredShelfList(catalogue, batch)
    before, after = both.neighbours(batch.under("")[1].key, 5)
    assert [e.call_number for e in before] == ["QB44 .C3 1990", "QB44 .C2 1990"]
    assert after == []
    assert len(both.under("1QB")) == 3
    assert both.taken(catalogue.under("")[0].key)


def test_the_main_entry_is_1xx_else_the_title_without_its_article():
    """Nonfiling characters are not filed by; a heading wins over the title."""
    with_name = record(
        ("100", "1 ", "a", "Smith, Ann,", "e", "author."), ("245", "14", "a", "The sea /")
    )
    without = record(("245", "04", "a", "The sea /"))
    assert (main_entry(with_name).heading, main_entry(with_name).title) == ("Smith, Ann", "sea")
    assert main_entry(without).cuttered == "sea"


def test_a_vernacular_main_entry_is_romanised_through_880():
    """Where 1XX and 245 are in another script, the linked 880 is filed by, and a step says so."""
    made = record(
        ("100", "1 ", "6", "880-01", "a", "Достоевский, Федор."),
        ("245", "10", "6", "880-02", "a", "Идиот."),
        ("260", "  ", "c", "2001."),
        ("880", "1 ", "6", "100-01/(N", "a", "Dostoevskiĭ, Fedor."),
        ("880", "10", "6", "245-02/(N", "a", "Idiot."),
    )
    fitted = fit(made, "BX600", "lcc", MemoryShelfList())
    assert fitted.call_number == "BX600 .D67 2001"
    assert fitted.steps[0].rule == "880"


def test_an_entry_for_the_shelf_list_has_the_works_title():
    """A translation is entered under its uniform title, so that editions find each other."""
    made = record(
        ("100", "1 ", "a", "Smith, Ann."),
        ("240", "10", "a", "Mer.", "l", "English"),
        ("245", "14", "a", "The sea /"),
    )
    assert shelf_entry_of(made, "QA76 .S65 2001").title == "Mer"
    assert main_entry(made).translation


@pytest.mark.slow
def test_fitting_real_records(shared_data):
    """Real records fitted into a real shelf-list: no number is given twice."""
    records = []
    with lzma.open(shared_data / "marc" / "lc-books-2016-dev.mrc.xz") as file:
        for made in pymarc.MARCReader(file, to_unicode=True, force_utf8=True):
            if made is not None and "050" in made and made["050"].get("a") and made["050"].get("b"):
                records.append(made)
            if len(records) == 6000:
                break
    held = MemoryShelfList(
        shelf_entry_of(r, f"{r['050']['a']} {r['050']['b']}", "lcc") for r in records[:5000]
    )
    built = 0
    for made in records[5000:]:
        fitted = fit(made, made["050"]["a"], "lcc", held)
        if fitted.call_number:
            assert not held.taken(fitted.key)
            held.add(fitted.shelf_entry)
            built += 1
    assert built >= 0.97 * 1000
