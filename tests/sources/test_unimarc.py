"""UNIMARC made into MARC 21, beyond what the hostile server's record has."""

from __future__ import annotations

import pytest
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.sources.unimarc import marc21_from_unimarc


def unimarc(**rows: list[tuple[str, str]]) -> Record:
    """Return a UNIMARC record; `f200=[("a", "…")]` adds a field."""
    record = Record()
    record.add_field(Field("001", data="x1"))
    for name, subfields in rows.items():
        pair = Indicators(" ", "1" if name.startswith("f7") else " ")
        record.add_field(Field(name[1:4], pair, [Subfield(*s) for s in subfields]))
    return record


def converted(**rows: list[tuple[str, str]]) -> Record:
    return marc21_from_unimarc(unimarc(**rows))[0]


def test_the_year_of_the_imprint_stands_for_a_date_that_is_not_coded() -> None:
    """008 has the first year of 210 $d, and says nothing where there is none."""
    blank = [("a", "20011209d        u  y0   y01020304ca")]
    record = converted(f100=blank, f200=[("a", "T")], f210=[("d", "cop. 1997")])
    assert record["008"].data[6:15] == "s1997    "
    assert converted(f100=blank, f200=[("a", "T")])["008"].data[6:15] == "nuuuuuuuu"


@pytest.mark.parametrize(
    ("subfields", "wanted"),
    [
        ([("a", "Пятецкий"), ("g", "Леонид Маркович")], "$aПятецкий, Леонид Маркович"),
        ([("a", "Eliot"), ("b", "T. S."), ("g", "Thomas Stearns")], "$aEliot, T. S.$q(Thomas Stearns)"),
        ([("a", "Homère")], "$aHomère"),
    ],
)  # fmt: skip
def test_forenames_and_initials(subfields: list[tuple[str, str]], wanted: str) -> None:
    """$b is the rest of the name, $g its initials written out."""
    assert str(converted(f200=[("a", "T")], f700=subfields)["100"]).partition("\\")[2] == wanted


def test_what_105_codes_of_a_book_is_in_008() -> None:
    """Illustrations, contents, conference, index, literature and biography each in its place."""
    record = converted(
        f100=[("a", "19990101d1999    m  y0frey50      ba")],
        f200=[("a", "T")],
        f105=[("a", "ab  az  101bb")],
    )
    fixed = record["008"].data
    assert len(fixed) == 40
    assert (fixed[18:22], fixed[24:28]) == ("ab  ", "b   ")
    assert fixed[29:35] == "101 db"


def test_classes_and_linked_titles_are_carried() -> None:
    """686 is 084 with its scheme; the original of a translation is 765, a later title 785."""
    record = converted(
        f200=[("a", "T")], f686=[("a", "ТЗ(2)"), ("2", "rubbk")],
        f454=[("t", "Pride and prejudice")], f440=[("t", "New name"), ("x", "1234-5679")],
    )  # fmt: skip
    assert str(record["084"]) == r"=084  \\$aТЗ(2)$2rubbk"
    assert str(record["765"]) == r"=765  0\$tPride and prejudice"
    assert str(record["785"]) == "=785  00$tNew name$x1234-5679"


def test_nothing_is_dropped_in_silence() -> None:
    """Every value that is not carried is told at its place; the first finding counts them."""
    _, (about, *told) = marc21_from_unimarc(
        unimarc(
            f200=[("a", "T"), ("v", "vol. 2")], f995=[("a", "x")], f316=[("a", "y"), ("9", "z")]
        )
    )
    assert about.message.endswith("; 3 values found no place: 200$v, 995$a, 316$9")
    assert [(f.rule, f.path, f.message) for f in told] == [
        ("sources.not-carried", "200$v", "not carried into MARC 21: 'vol. 2'"),
        ("sources.not-carried", "995$a", "not carried into MARC 21: 'x'"),
        ("sources.not-carried", "316$9", "not carried into MARC 21: 'z'"),
    ]


def test_codes_that_have_no_like_are_told_by_their_positions() -> None:
    """A code of the label or of 100, 105 that MARC 21 lacks, or has room for once, is told."""
    source = unimarc(
        f100=[("a", "19990101d19992000mk y1frey50      ba")], f105=[("a", "az  h   001ya")]
    )
    source.leader = Leader("00000oam  2200000   450 ")
    record, findings = marc21_from_unimarc(source)
    assert [(f.path, f.message[-4:]) for f in findings if f.rule == "sources.not-carried"] == [
        ("LDR/05", " 'o'"),
        ("100$a/13-16", "000'"),
        ("100$a/18", " 'k'"),
        ("100$a/21", " '1'"),
        ("105$a/01", " 'z'"),
        ("105$a/04", " 'h'"),
    ]
    assert record["008"].data == "990101s1999    xx a   g      001 0aund d"


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ({"f600": [("a", "Louis"), ("c", "roi de France"), ("d", "XIV"), ("f", "1638-1715")]},
         r"=600  04$aLouis$bXIV$croi de France,$d1638-1715"),
        ({"f500": [("a", "Bible"), ("h", "II"), ("i", "Genesis"), ("m", "fre"), ("k", "1990")]},
         r"=130  0\$aBible.$nII,$pGenesis.$lfre.$f1990"),
        ({"f512": [("a", "Cover"), ("e", "sub"), ("h", "2"), ("i", "Part")]},
         r"=246  14$aCover :$bsub.$n2,$pPart"),
        ({"f605": [("a", "Bible"), ("i", "Jean"), ("x", "Critique"), ("2", "rameau")]},
         r"=630  07$aBible.$pJean$xCritique$2rameau"),
        ({"f604": [("1", "700 1"), ("a", "Homère"), ("1", "500 1"), ("a", "Odyssée"), ("x", "Y")]},
         r"=600  04$aHomère.$tOdyssée$xY"),
        ({"f461": [("1", "001FRBNF2"), ("1", "2001 "), ("a", "Set"), ("v", "3")]},
         r"=773  0\$tSet$g3$wFRBNF2"),
        ({"f328": [("b", "Thèse de doctorat"), ("c", "Droit"), ("e", "Paris 1"), ("d", "1999")]},
         r"=502  \\$bThèse de doctorat$cParis 1$d1999$gDroit"),
        ({"f345": [("a", "Éditeur"), ("b", "X-1"), ("d", "10 EUR")]},
         r"=037  \\$bÉditeur$aX-1$c10 EUR"),
        ({"f205": [("a", "2e éd."), ("b", "3e tirage"), ("f", "revue par X"), ("g", "Y")]},
         r"=250  \\$a2e éd., 3e tirage /$brevue par X ; Y"),
        ({"f710": [("a", "Louvre"), ("c", "Paris"), ("b", "Dessins"), ("p", "FR"), ("4", "070")]},
         r"=110  1\$aLouvre (Paris)$bDessins$uFR$4aut"),
        ({"f702": [("a", "Roe"), ("b", "M."), ("o", "ISNI0000000121032683"), ("4", "730")]},
         r"=700  1\$aRoe, M.$4trl$0(isni)0000000121032683"),
        ({"f012": [("a", "a*so"), ("2", "fei")]}, r"=026  \\$ea*so$2fei"),
        ({"f182": [("c", "n"), ("2", "rdamedia")]}, r"=337  \\$bn$2rdamedia"),
        ({"f073": [("a", "9782741705819")]}, r"=024  3\$a9782741705819"),
    ],
)  # fmt: skip
def test_subfields_go_where_the_conversion_specifications_have_them(field, wanted) -> None:
    """One field each, subfield by subfield."""
    record = converted(f200=[("a", "T")], **field)
    assert wanted in [str(f) for f in record.fields]


def test_repeated_classes_and_agencies_are_all_carried() -> None:
    """A second 676 is a second 082; agencies are 040 $a, $c and $d by what they did."""
    source = unimarc(f200=[("a", "T")])
    for number, edition in (("843", "22"), ("840", "23")):
        parts = [Subfield("a", number), Subfield("v", edition)]
        source.add_field(Field("676", Indicators(" ", " "), parts))
    for function, agency in (("0", "FR-1"), ("1", "FR-2"), ("2", "FR-3"), ("3", "FR-3")):
        parts = [Subfield("b", agency), Subfield("g", "AFNOR")]
        source.add_field(Field("801", Indicators(" ", function), parts))
    record, _ = marc21_from_unimarc(source)
    assert [str(f) for f in record.get_fields("082")] == ["=082  04$a843$222", "=082  04$a840$223"]
    assert str(record["040"]) == "=040  \\\\$aFR-1$eafnor$cFR-2$dFR-3"


def test_the_end_of_a_title_is_not_taken_for_punctuation() -> None:
    """A plus that belongs to a word stays; one that ISBD set goes with its blank."""
    record = converted(f200=[("a", "C++"), ("e", "primer")], f215=[("a", "9 p. +"), ("d", "8 cm")])
    assert str(record["245"]) == "=245  00$aC++ :$bprimer."
    assert str(record["300"]) == "=300  \\\\$a9 p. ;$c8 cm"


def test_issns_that_are_cancelled_or_wrong_change_places() -> None:
    """UNIMARC 011 $y is a cancelled ISSN and $z a wrong one; in MARC 21's 022 it is the reverse."""
    record = converted(
        f200=[("a", "T")],
        f011=[("a", "0317-8471"), ("f", "0317-8471"), ("y", "1050-124X"), ("z", "0046-225X")],
    )
    assert str(record["022"]) == "=022  \\\\$a0317-8471$l0317-8471$z1050-124X$y0046-225X"


@pytest.mark.parametrize(
    ("meeting", "wanted"),
    [(" ", ("110", "610", "b")), ("1", ("111", "611", "e"))],
)
def test_subordinate_units_are_kept(meeting: str, wanted: tuple[str, str, str]) -> None:
    """$b of 71X and 601 is $b of a corporate name, and $e of a meeting, which has no $b."""
    source = unimarc(f200=[("a", "T")])
    for tag in ("601", "710"):
        subfields = [Subfield("a", "A"), Subfield("b", "B"), Subfield("f", "1999")]
        source.add_field(Field(tag, Indicators(meeting, "2"), subfields))
    record, _ = marc21_from_unimarc(source)
    entry, subject, code = wanted
    for tag in (entry, subject):
        assert [tuple(s) for s in record[tag].subfields[:3]] == [
            ("a", "A"),
            (code, "B"),
            ("d", "1999"),
        ]
