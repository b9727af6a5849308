"""The verdict on a record, with reasons."""

from __future__ import annotations

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.config import VerifyPolicy
from techproc.verify import RULES, Item, Verification, compare, prepare, verify

FIXED = "160101s1989    enk      b    001 0 eng  "


def field(tag: str, indicators: str, *parts: str) -> pymarc.Field:
    found = [pymarc.Subfield(p[0], p[1:]) for p in parts]
    return pymarc.Field(tag, pymarc.Indicators(*indicators), found)


def book(*more: pymarc.Field, without: str = "") -> pymarc.Record:
    """The second edition of The selfish gene, with fields added or left out."""
    record = pymarc.Record(leader="00000nam a2200000 a 4500")
    record.add_field(pymarc.Field("001", data="sg2"), pymarc.Field("008", data=FIXED))
    for one in (
        field("020", "  ", "a0192860925 (pbk.)"),
        field("020", "  ", "z9780191537554 (e-book)"),
        field("100", "1 ", "aDawkins, Richard,", "d1941-"),
        field("245", "14", "aThe selfish gene /", "cRichard Dawkins."),
        field("250", "  ", "a2nd ed."),
        field("260", "  ", "aOxford :", "bOxford University Press,", "c1989."),
        field("300", "  ", "axi, 352 p. ;", "c20 cm."),
    ):
        if one.tag not in without:
            record.add_field(one)
    record.add_field(*more)
    return record


WHOLE = Item(
    title="The selfish gene", author="Richard Dawkins", edition="Second edition", date="1989",
    publisher="OUP", isbn="0-19-286092-5", extent="352 p.", language="English",
)  # fmt: skip


def changed(**cells: str) -> Item:
    return Item(**{name: cells.get(name, getattr(WHOLE, name)) for name in WHOLE.__slots__})


@pytest.mark.parametrize(
    ("item", "verdict", "rule"),
    [
        (WHOLE, "same edition", "isbn.same"),
        (changed(isbn=""), "same edition", "date.same"),
        (changed(isbn="", extent="", edition="", author="dawkins"), "same edition", "date.same"),
        (changed(date="2006 printing"), "same edition", "isbn.same"),
        (changed(date="1995"), "same edition", "date.other"),
        (changed(edition="3rd ed."), "other edition", "edition.number"),
        (changed(edition="1st ed.", isbn="", date="1976"), "other edition", "edition.number"),
        (
            changed(edition="", title="The selfish gene, third edition"),
            "other edition",
            "edition.number",
        ),
        (
            changed(isbn="", extent="", title="The selfish gene [electronic resource]"),
            "other edition",
            "extent.carrier",
        ),
        (
            changed(author="", title="The selfish gene / Richard Dawkins"),
            "same edition",
            "isbn.same",
        ),
        (
            changed(title="The selfish" + " " * 20_000 + "gene ; " + ", " * 9_000),
            "same edition",
            "isbn.same",
        ),
        (changed(edition="Large print ed."), "other edition", "edition.kind"),
        (changed(isbn="9780191537554", extent=""), "unsure", "x"),
        (changed(isbn="", publisher="Knopf", date="1995"), "other edition", "publisher.other"),
        (changed(extent="1 online resource (352 p.)"), "other edition", "extent.carrier"),
        (changed(extent="2 v."), "same edition", "isbn.same"),
        (changed(title="The blind watchmaker", isbn=""), "other work", "title.other"),
        (changed(title="Community associations", author="Stabile"), "other work", "title.other"),
        (changed(author="Ann Jones"), "unsure", "author.other"),
        (changed(language="German"), "other edition", "language.other"),
        (Item(title="The selfish gene"), "unsure", "title.same"),
        (Item(isbn="0192860925"), "same edition", "isbn.same"),
        (Item(isbn="0192860926", title="The selfish gene"), "unsure", "title.same"),
        (Item(), "unsure", "title.absent"),
    ],
)
def test_items_held_against_one_record(item: Item, verdict: str, rule: str) -> None:
    """What a cataloguer would say of each item, and the rule that says so."""
    found = verify(item, book())
    if rule == "x":  # a cancelled e-book number, everything else agreeing: never a silent yes
        assert found.answers["isbn"] == ("compatible", "isbn.cancelled")
        return
    assert (found.verdict, rule in found.rules) == (verdict, True), found


def test_an_e_book_record_is_not_the_one_for_the_paper_in_hand() -> None:
    """The carrier decides, and an ISBN among 020 $z does not help."""
    record = book(
        field("020", "  ", "z0192860925"),
        field("300", "  ", "a1 online resource (352 p.)"),
        field("338", "  ", "bcr"),
        without="020 300",
    )
    found = verify(WHOLE, record)
    assert found.verdict == "other edition"
    assert {"isbn.other-format", "extent.carrier"} & set(found.rules)


def test_a_translation_is_another_edition_of_the_work() -> None:
    """The uniform title says so, whatever the title in hand."""
    german = book(
        field("240", "10", "aSelfish gene.", "lGerman"),
        field("245", "14", "aDas egoistische Gen /"),
        without="245 250",
    )
    assert verify(changed(isbn="", edition=""), german).verdict == "other edition"


def test_the_volumes_of_a_work_are_not_each_other() -> None:
    """Another $n is another publication; the same one is the same."""
    record = book(field("245", "14", "aThe selfish gene.", "nVol. 1"), without="245 020")
    assert verify(changed(title="The selfish gene vol. 2", isbn=""), record).rules == (
        "title.part",
    )
    same = verify(changed(title="The selfish gene vol. I", isbn=""), record)
    assert same.verdict == "same edition"
    assert verify(changed(isbn=""), record).verdict == "unsure"


def test_an_e_book_number_on_a_paper_item() -> None:
    """020 $a qualified as e-book is another format than the paper in hand."""
    record = book(field("020", "  ", "a9780191537554", "q(ebook)"), without="020")
    assert verify(changed(isbn="9780191537554"), record).verdict == "other edition"


def test_a_record_agrees_with_itself_and_reads_once() -> None:
    """Two records compare like an item and a record; preparing twice is preparing once."""
    one = prepare(book())
    assert prepare(one) is one
    found = compare(one, one)
    assert found.verdict == "same edition"
    assert {v for v, _ in found.answers.values()} <= {"agree", "absent"}


def test_original_script_meets_romanised_fields() -> None:
    """Typed in Cyrillic: against 880 exactly, without it by romanisation."""
    item = Item(title="Война и мир", author="Лев Толстой", date="1989", publisher="OUP")
    romanised = book(
        field("100", "1 ", "aTolstoĭ, Lev,"),
        field("245", "10", "aVoĭna i mir"),
        without="100 245 250",
    )
    assert verify(item, romanised).elements["title"].rule == "title.transliterated"
    assert verify(item, romanised).elements["author"].rule == "author.transliterated"
    paired = book(
        field("100", "1 ", "aTolstoĭ, Lev,"),
        field("245", "10", "aVoĭna i mir"),
        field("880", "10", "6245-01", "aВойна и мир"),
        field("880", "1 ", "6100-02", "aТолстой, Лев,"),
        without="100 245 250",
    )
    assert verify(item, paired).elements["title"].rule == "title.same"
    assert verify(item, paired).verdict == "same edition"


def test_policy_moves_the_slack_of_dates() -> None:
    """Off by one is a warning; with no slack it is a mismatch."""
    item = changed(isbn="", date="1990")
    assert verify(item, book()).answers["date"] == ("compatible", "date.off-by-one")
    strict = verify(item, book(), VerifyPolicy(date_slack=0))
    assert strict.answers["date"][0] == "differ"


def test_findings_go_with_the_verdict() -> None:
    """Nothing for the same edition, an error for another one, a warning for doubt."""
    assert verify(WHOLE, book()).finding() is None
    other = verify(changed(edition="3rd ed."), book()).finding()
    assert other is not None
    assert (other.rule, other.severity) == ("verify.other-edition", "error")
    assert "3rd ed. / 2nd ed" in other.message
    doubt = verify(Item(title="The selfish gene"), book()).finding()
    assert doubt is not None
    assert (doubt.rule, doubt.severity) == ("verify.unsure", "warning")


texts = st.text(max_size=24)


@given(st.builds(Item, title=texts, author=texts, publisher=texts, date=texts, edition=texts,
                 isbn=texts, extent=texts, series=texts, language=texts))  # fmt: skip
def test_whatever_is_typed_gets_a_verdict_with_known_rules(item: Item) -> None:
    """Nothing raises; each rule that is named exists, with its source."""
    found: Verification = verify(item, book())
    assert found.verdict in ("same edition", "other edition", "other work", "unsure")
    assert found.reasons
    named = {*found.rules, *(one.rule for one in found.elements.values())}
    assert named <= RULES.keys()
    assert all(RULES[rule].source for rule in named)
