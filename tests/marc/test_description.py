"""What a cataloguer reads off a record."""

from __future__ import annotations

import itertools
import lzma
from pathlib import Path

import pymarc
import pytest

from techproc.marc.description import describe
from techproc.marc.extent import pages_of


def record(*fields: tuple[str, str, str], fixed: str = "", leader: str = "nam") -> pymarc.Record:
    """A record from (tag, indicators, "$a text $b text")."""
    made = pymarc.Record(leader=f"00000{leader} a2200000 a 4500")
    if fixed:
        made.add_field(pymarc.Field("008", data=fixed))
    for tag, indicators, text in fields:
        parts = [
            pymarc.Subfield(part[0], part[1:].strip()) for part in text.split("$") if part.strip()
        ]
        made.add_field(pymarc.Field(tag, pymarc.Indicators(*indicators), parts))
    return made


FIXED = "160101s2004    nyu      b    001 0 eng  "


def test_an_empty_record_reads_as_nothing() -> None:
    """No field at all gives empty texts and no exception."""
    d = describe(pymarc.Record())
    assert (d.title, d.isbns, d.pages, d.date.year1, d.carrier) == ("", (), None, None, "print")


def test_isbns_keep_qualifiers_and_cancelled_come_last() -> None:
    """020 $a, then $z flagged; $q and bracketed qualifiers are the same thing."""
    d = describe(
        record(
            ("020", "  ", "$z 9780306406157 $q (ebook)"),
            ("020", "  ", "$a 0306406152 (pbk.) :$c $20"),
        )
    )
    assert [(i.isbn13, i.qualifier, i.cancelled) for i in d.isbns] == [
        ("9780306406157", "pbk.", False),
        ("9780306406157", "ebook", True),
    ]


def test_names_are_main_and_added_but_not_works() -> None:
    """700 with $t names a related work, not a contributor."""
    d = describe(
        record(
            ("100", "1 ", "$a Tolkien, J. R. R. $q (John Ronald Reuel), $d 1892-1973, $e author."),
            ("700", "1 ", "$a Lee, Alan, $4 ill"),
            ("700", "12", "$a Lewis, C. S. $t Perelandra."),
            ("710", "2 ", "$a Allen & Unwin. $b Press."),
        )
    )
    assert [(n.text, n.kind, n.dates, n.relators, n.main) for n in d.creators] == [
        ("Tolkien, J. R. R.", "person", "1892-1973", ("author",), True),
        ("Lee, Alan", "person", "", ("ill",), False),
        ("Allen & Unwin. Press", "corporate", "", (), False),
    ]


def test_publication_and_not_manufacture() -> None:
    """264 _1 is publication, _4 the copyright date, _3 the printer."""
    d = describe(
        record(
            ("264", " 1", "$a London : $b Faber, $c [2005]"),
            ("264", " 3", "$a Leck : $b Clausen"),
            ("264", " 4", "$c ©2004"),
        )
    )
    assert (d.publishers, d.places) == (("Faber",), ("London",))
    assert (d.date.year1, d.date.copyright) == (2005, 2004)


def test_vernacular_comes_from_880() -> None:
    """The original script of title, names, edition and publisher is read from the pairs."""
    d = describe(
        record(
            ("245", "10", "$6 880-01 $a Voĭna i mir"),
            ("880", "10", "$6 245-01/(N $a Война и мир :$b роман /"),
            ("880", "1 ", "$6 100-02/(N $a Толстой, Лев,"),
            ("880", "  ", "$6 250-03/(N $a 2-е изд."),
            ("880", "  ", "$6 260-04/(N $a Москва : $b Наука,"),
        )
    )
    assert (d.vernacular_title, d.vernacular_subtitle) == ("Война и мир", "роман")
    assert d.vernacular_names == ("Толстой, Лев",)
    assert (d.vernacular_edition, d.vernacular_publishers) == ("2-е изд", ("Наука",))


@pytest.mark.parametrize(
    ("fields", "fixed", "leader", "carrier"),
    [
        ([("300", "  ", "$a xii, 20 p. + 1 CD-ROM")], FIXED, "nam", "print"),
        ([("300", "  ", "$a 1 online resource (20 p.)")], FIXED, "nam", "online"),
        ([("245", "10", "$a T $h [microform]")], FIXED, "nam", "microform"),
        ([("338", "  ", "$a online resource")], "", "nam", "online"),
        ([("338", "  ", "$b sd")], "", "nim", "audio"),
        ([], FIXED[:23] + "o" + FIXED[24:], "nam", "online"),
        ([], "", "ncm", "score"),
        ([], "", "ntm", "manuscript"),
    ],
)
def test_carrier_from_each_place(
    fields: list[tuple[str, str, str]], fixed: str, leader: str, carrier: str
) -> None:
    """Every place that can say the carrier does."""
    assert describe(record(*fields, fixed=fixed, leader=leader)).carrier == carrier


@pytest.mark.parametrize(
    ("extent", "pages"),
    [
        ("xii, 345 p., [8] p. of plates", 345),
        ("299 Seiten", 299),
        ("1 v. (unpaged)", None),
        ("284, [2] с.", 284),
        ("1 online resource (viii, 210 pages)", 210),
        ("", None),
    ],
)
def test_pages(extent: str, pages: int | None) -> None:
    """The page count is found in several languages."""
    assert pages_of(extent) == pages


def test_real_records_read_whole(shared_data: Path) -> None:
    """Of 2,000 LC books nearly all have title, date and pages or volumes."""
    with lzma.open(shared_data / "marc" / "lc-books-2016-dev.mrc.xz") as stream:
        reader = pymarc.MARCReader(stream, to_unicode=True, force_utf8=True)
        read = [describe(r) for r in itertools.islice(reader, 2000) if r]
    assert all(d.title and d.control for d in read)
    assert sum(d.date.year1 is None for d in read) < 5
    assert sum(d.pages is None and d.volumes is None for d in read) < 160
