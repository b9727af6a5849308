"""UNIMARC made into MARC 21, beyond what the hostile server's record has."""

from __future__ import annotations

import pytest
from pymarc import Field, Indicators, Record, Subfield

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
    assert str(record["785"]) == r"=785  0\$tNew name$x1234-5679"


def test_nothing_is_dropped_in_silence() -> None:
    """Every tag that is not carried is named."""
    _, (finding,) = marc21_from_unimarc(
        unimarc(f200=[("a", "T")], f995=[("a", "x")], f316=[("a", "y")])
    )
    assert finding.message.endswith("not carried: 316, 995")


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
