"""The description by the ISBD: the same with the record's punctuation and without."""

import re

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.marc import Loaded, read
from techproc.report.cards import describe_isbd

PUNCTUATED = (
    "245 10 $aGödel, Escher, Bach : $ban eternal golden braid / $cDouglas R. Hofstadter.",
    "250 ## $a2nd ed. / $brevised by the author.",
    "264 #1 $aNew York ; $aToronto : $bBasic Books, $c1999.",
    "264 #4 $c©1979",
    "300 ## $axix, 777 pages : $billustrations ; $c24 cm + $e1 map",
    "490 0# $aPenguin science, $x1234-5679 ; $v12",
    "500 ## $aIncludes index",
    "020 ## $a0465026567 $q(pbk.) : $c$18.95",
)


def test_a_punctuated_record_reads_as_the_isbd_has_it(record):
    """Areas 1 to 4 in one paragraph, 5 and 6 in the next, note and number."""
    found = describe_isbd(record(*PUNCTUATED[:-1], "020 ## $a0465026567 $q(pbk.) : $c18.95 USD"))
    assert found.title == (
        "Gödel, Escher, Bach : an eternal golden braid / Douglas R. Hofstadter. — 2nd ed. / "
        "revised by the author. — New York ; Toronto : Basic Books, 1999, ©1979."
    )
    assert found.physical == (
        "xix, 777 pages : illustrations ; 24 cm + 1 map. — (Penguin science, ISSN 1234-5679 ; 12)."
    )
    assert found.notes == ("Includes index.",)
    assert found.numbers == "ISBN 0465026567 (pbk.) : 18.95 USD."


def bare(made: Record) -> Record:
    """Return a record with the ISBD marks at the ends of its subfields taken off."""
    found = Record()
    for field in made.fields:
        if field.control_field:
            found.add_field(field)
            continue
        parts = [Subfield(s.code, re.sub(r"(?: [/:;=+]|,)$", "", s.value)) for s in field.subfields]
        found.add_field(Field(field.tag, Indicators(*field.indicators), parts))
    return found


def test_punctuation_is_supplied_where_it_is_absent(record):
    """Taken off the subfields, it comes back the same."""
    made = record(*PUNCTUATED)
    assert describe_isbd(bare(made)) == describe_isbd(made)


def test_real_records_read_the_same_without_their_marks():
    """Of the example catalogue: what only a mark can tell (a parallel title) is left out."""
    compared = 0
    for entry in read("examples/catalogue.mrc"):
        assert isinstance(entry, Loaded)
        made = entry.record
        told_by_marks = [
            s.value for f in made.get_fields("245", "260", "264", "250", "300", "490", "440")
            for s in f.subfields if (re.search(r"[=;,]$|[.:] ?;$", s.value.strip())
            and s.code not in "bc") or s.value.strip().endswith("=")
        ]  # fmt: skip
        if told_by_marks:
            continue
        compared += 1
        assert describe_isbd(bare(made)).title == describe_isbd(made).title, entry.number
    assert compared > 100


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        (("245 00 $aFaust. $nPart one, $pThe tragedy / $cGoethe",), "Faust. Part one, The tragedy / Goethe."),
        (("245 00 $aRoumain = $bRomanian",), "Roumain = Romanian."),
        (("245 00 $aAtlas $h[cartographic material] / $cX", "255 ## $aScale 1:50,000 ; $bUTM"),
         "Atlas [cartographic material] / X. — Scale 1:50,000 ; UTM."),
        (("245 00 $aNature", "362 0# $aVol. 1, no. 1 (1869)-", "260 ## $aLondon : $bMacmillan, $c1869-"),
         "Nature. — Vol. 1, no. 1 (1869)-. — London : Macmillan, 1869-"),
        (("245 00 $aWho's there?", "250 ## $aRev. ed."), "Who's there?. — Rev. ed."),
        (("245 00 $aOld", "260 ## $aParis, $bPlon $c[1950?]"), "Old. — Paris : Plon, [1950?]."),
    ],
)  # fmt: skip
def test_areas_by_kind_of_material(fields, title, record):
    """Parts, parallel titles, maps, serials, a title that ends in a mark of its own."""
    assert describe_isbd(record(*fields)).title == title


@pytest.mark.parametrize(
    ("field", "note"),
    [
        ("505 0# $aOne -- Two.", "Contents: One — Two."),
        ("520 ## $aA tale", "Summary: A tale."),
        ("502 ## $bPh. D. $cRiga $d1999", "Thesis (Ph. D.)—Riga, 1999."),
        ("246 14 $aCovered", "Cover title: Covered."),
        ("511 1# $aA. Actor", "Cast: A. Actor."),
        ("546 ## $aIn Latvian $bLatin script", "In Latvian Latin script."),
    ],
)
def test_notes_have_the_words_that_marc_gives_them(field, note, record):
    """Display constants, and a thesis note put together."""
    assert describe_isbd(record("245 00 $aT", field)).notes == (note,)


def test_notes_for_the_staff_are_not_on_cards(record):
    """583 (action) and 541 (acquisition) stay off."""
    assert describe_isbd(record("245 00 $aT", "583 ## $aweed", "541 ## $aGift")).notes == ()
