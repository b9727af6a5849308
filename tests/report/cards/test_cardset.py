"""Card sets from MARC: which cards there are, what stands on them, and their order."""

import pytest

from techproc.findings import Severity
from techproc.labels import Unprintable
from techproc.labels.stock import stock_named
from techproc.marc import Loaded, read
from techproc.report.cards import FiledCard, card_set, in_filing_order, printed_cards
from techproc.report.cards.headings import added_headings, main_heading, subject_headings
from techproc.report.holdings import Holding

HOBBIT = (
    "001 ## ocm1",
    "008 ## 370101s1937    enk           000 1 eng d",
    "050 #4 $aPR6039.O32 $bH63 1937",
    "100 1# $aTolkien, J. R. R. $q(John Ronald Reuel), $d1892-1973, $eauthor.",
    "245 14 $aThe hobbit, or, There and back again / $cby J.R.R. Tolkien.",
    "264 #1 $aLondon : $bAllen & Unwin, $c1937.",
    "300 ## $a310 p. : $bill. ; $c20 cm.",
    "490 1# $aMiddle-earth ; $v1",
    "500 ## $aMap on endpapers.",
    "600 10 $aBaggins, Bilbo $c(Fictitious character) $vFiction.",
    "650 #0 $aFantasy fiction.",
    "650 #7 $aFantasy fiction. $2fast",
    "700 1# $aUnwin, Rayner, $eeditor.",
    "740 02 $aThe lost ring.",
    "830 #0 $aMiddle-earth ; $v1.",
    "952 ## $oPR6039.O32 H63 1937 $p31234000000016 $aMAIN $t1",
    "952 ## $oPR6039.O32 H63 1937 $p31234000000024 $aMAIN $t2",
)


def test_the_set_has_a_card_for_each_heading(cards):
    """Main, two titles, name and series, two subjects (not those of FAST), one shelf-list card."""
    found = cards(*HOBBIT)
    shown = {kind: [filed.card.heading for filed in of_kind] for kind, of_kind in found.items()}
    assert shown == {
        "main": [""],
        "title": ["The hobbit, or, There and back again.", "The lost ring."],
        "added": ["Unwin, Rayner.", "Middle-earth ; 1."],
        "subject": ["BAGGINS, BILBO (FICTITIOUS CHARACTER)—FICTION.", "FANTASY FICTION."],
        "shelflist": [""],
    }


def test_the_main_card_reads_as_a_unit_card(cards):
    """Heading, description by the ISBD, note, and the tracing at its foot."""
    (main,) = cards(*HOBBIT)["main"]
    card = main.card
    assert card.call_number == "PR6039.O32 H63 1937"
    assert [paragraph.text for paragraph in card.body] == [
        "Tolkien, J. R. R. (John Ronald Reuel), 1892-1973.",
        "The hobbit, or, There and back again / by J.R.R. Tolkien. — London : Allen & Unwin, 1937.",
        "310 p. : ill. ; 20 cm. — (Middle-earth ; 1).",
        "Map on endpapers.",
    ]
    assert card.foot[0].text == (
        "1. Baggins, Bilbo (Fictitious character)—Fiction. 2. Fantasy fiction. "
        "I. Unwin, Rayner. II. Title. III. Title: The lost ring. IV. Series."
    )


def test_the_shelf_list_card_has_the_copies(cards):
    """A card for each call number, its copies below, no notes."""
    (card,) = [filed.card for filed in cards(*HOBBIT)["shelflist"]]
    assert [line.text for line in card.foot] == [
        "c.1  31234000000016  MAIN",
        "c.2  31234000000024  MAIN",
    ]
    assert not any("endpapers" in paragraph.text for paragraph in card.body)


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        (("050 #0 $aQA76 $aQA75.5 $b.K5",), "QA76 .K5"),
        (("099 ## $aFIC $aROW", "050 #0 $aPZ7 $b.R79"), "FIC ROW"),
        (("082 04 $a823.912",), "823.912"),
    ],
)
def test_the_number_of_the_record_where_no_item_has_one(cards, fields, number):
    """A second class number is not run into the first; 099 has its parts in several $a."""
    found = cards("245 00 $aEmma", *fields)
    assert found["main"][0].card.call_number == number


def test_a_title_main_entry_hangs(cards):
    """Without 1XX the title begins at the first indention and turns to the second."""
    found = cards("245 00 $aBeowulf.", "264 #1 $aLondon : $bPress, $c1920.", "090 ## $aPR1585",
                  kinds=["main", "title"])  # fmt: skip
    assert "title" not in found
    title = found["main"][0].card.body[0]
    assert (title.first, title.turn) == (1, 2)
    assert found["main"][0].headings[0] == "Beowulf."


def test_a_uniform_title_stands_in_brackets_and_files(cards):
    """Between heading and title; works of one name file by it, the article off."""
    (main,) = cards(
        "100 1# $aMann, Thomas.", "240 14 $aDer Zauberberg. $lEnglish", "245 14 $aThe magic mountain.",
        "090 ## $aPT2625", kinds=["main"],
    )["main"]  # fmt: skip
    assert main.card.body[1].text == "[Der Zauberberg. English]"
    assert main.headings == ("Mann, Thomas.", "Zauberberg. English")


@pytest.mark.parametrize(
    ("field", "text", "filing"),
    [
        ("100 0# $aJohn Paul $bII, $cPope, $d1920-2005.", "John Paul II, Pope, 1920-2005.",
         "John Paul 2, Pope, 1920-2005."),
        ("100 0# $aElizabeth $bI, $cQueen of England", "Elizabeth I, Queen of England.",
         "Elizabeth 1, Queen of England"),
        ("110 1# $aUnited States. $bCongress.", "United States. Congress.",
         "United States. Congress."),
        ("111 2# $aSymposium on Labels $n(2nd : $d1999 : $cRiga, Latvia)",
         "Symposium on Labels (2nd : 1999 : Riga, Latvia).",
         "Symposium on Labels (2nd : 1999 : Riga, Latvia)"),
        ("130 4# $aThe Arabian nights.", "The Arabian nights.", "Arabian nights."),
    ],
)  # fmt: skip
def test_headings_are_written_and_filed(field, text, filing, record):
    """Punctuation as established; Roman numerals of names by their value, articles off."""
    heading = main_heading(record(field))
    assert heading is not None
    assert (heading.text, heading.filing) == (text, filing)


def test_relators_and_sources_are_no_part_of_a_heading(record):
    """$e, $4, $0, $2 and $i stay off; an analytical title stays."""
    found = record(
        "700 12 $iContainer of (work): $aPoe, Edgar Allan, $d1809-1849. $tRaven. $0n1 $4aut"
    )
    assert [heading.text for heading in added_headings(found)] == [
        "Poe, Edgar Allan, 1809-1849. Raven."
    ]


def test_a_record_without_lcsh_takes_the_source_it_has(record):
    """MeSH here; with every thesaurus all, each text once."""
    fields = ["650 #2 $aHeart $xphysiology", "650 #7 $aHeart. $2fast"]
    assert [h.text for h in subject_headings(record(*fields))] == ["Heart—physiology."]
    every = subject_headings(record(*fields), every_thesaurus=True)
    assert [h.text for h in every] == ["Heart—physiology.", "Heart."]


def test_what_has_no_title_or_number_is_said(record):
    """No title: an error and no card. No number: a warning instead of the shelf-list card."""
    (nothing,) = card_set(record("001 ## ocm2", "500 ## $aA note."))
    assert isinstance(nothing, Unprintable)
    assert (nothing.finding.rule, nothing.name) == ("card.no-title", "ocm2")
    main, said = card_set(record("245 00 $aA title."), kinds=["main", "shelflist"])
    assert isinstance(main, FiledCard)
    assert isinstance(said, Unprintable)
    assert said.finding.severity is Severity.WARNING


def test_cards_file_main_and_added_before_subjects_then_by_title_and_date(record):
    """Works by Twain, by title then date; then works about him; shelf-list last, by number."""

    def book(title, year, *more):
        return record(
            f"008 ## 000101s{year}    xxu           000 0 eng d", f"245 10 $a{title}", *more
        )

    books = [
        book("Biography", "1990", "100 1# $aAdams.", "600 10 $aTwain, Mark.", "090 ## $aPS9"),
        book("Tom Sawyer", "1950", "100 1# $aTwain, Mark.", "090 ## $aPS100"),
        book("Tom Sawyer", "1876", "100 1# $aTwain, Mark.", "090 ## $aPS20"),
        book("Joan of Arc", "1896", "100 1# $aOther.", "700 1# $aTwain, Mark.", "090 ## $aPS3"),
    ]
    filed = in_filing_order(
        card
        for made in books
        for card in card_set(made, kinds=["main", "added", "subject", "shelflist"])
        if isinstance(card, FiledCard)
    )
    under = [(c.kind, c.headings[1:], c.year) for c in filed if c.headings[0] == "Twain, Mark."]
    assert under[:4] == [
        ("added", ("Joan of Arc",), 1896),
        ("main", ("Tom Sawyer",), 1876),
        ("main", ("Tom Sawyer",), 1950),
        ("subject", ("Adams.", "Biography"), 1990),
    ]
    shelf = [card.card.call_number for card in filed if card.kind == "shelflist"]
    assert shelf == ["PS3", "PS9", "PS20", "PS100"]


def test_every_card_of_the_example_catalogue_is_printed_once():
    """From a file to faces in filing order; a record given twice has its cards once."""
    stock = stock_named("cards-letter")
    held = [
        Holding(entry.record, ())
        for entry in read("examples/catalogue.mrc")
        if isinstance(entry, Loaded)
    ][:40]
    once = printed_cards(held, stock)
    assert printed_cards(held * 2, stock) == once
    by_record = printed_cards(held, stock, order="record")
    assert sorted(map(repr, by_record)) == sorted(map(repr, once))
    assert {len(face.lines) > 2 for face in once} == {True}
