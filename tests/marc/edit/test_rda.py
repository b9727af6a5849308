"""The RDA upgrade, element by element."""

from __future__ import annotations

import pymarc
import pytest

from techproc.marc.edit import load_recipe
from techproc.marc.edit.rda_dates import copyright_dates

BOOK = "00000nam a2200000 a 4500"
RDA = load_recipe("rda-upgrade")


def made(*lines: str, leader: str = BOOK) -> pymarc.Record:
    """Return a record of lines such as `245 10 $aSea`; # is a blank indicator."""
    record = pymarc.Record()
    record.leader = pymarc.Leader(leader)
    for line in lines:
        tag, rest = line[:3], line[4:]
        if tag < "010":
            record.add_field(pymarc.Field(tag, data=rest))
        else:
            parts = [pymarc.Subfield(p[0], p[1:]) for p in rest[3:].split("$")[1:]]
            indicators = pymarc.Indicators(*rest[:2].replace("#", " "))
            record.add_field(pymarc.Field(tag, indicators, parts))
    return record


def upgraded(tag: str, *lines: str, leader: str = BOOK) -> list[str]:
    """Return the fields of a tag after the recipe; done again, it changes nothing."""
    record = made(*lines, leader=leader)
    RDA.apply(record)
    again = RDA.apply(record)
    assert again.operations == ()
    return [
        "".join(f.indicators or "  ").replace(" ", "#") + " " + "".join(f"${c}{v}" for c, v in f)
        for f in record.get_fields(tag)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("260 ## $aParis :$bSeuil,$c1999.", ["#1 $aParis :$bSeuil,$c1999."]),
        ("260 ## $aParis :$bSeuil,$cc1999.", ["#1 $aParis :$bSeuil,$c[1999]", "#4 $c©1999"]),
        (
            "260 ## $aParis :$bSeuil,$c1999, c1998.",
            ["#1 $aParis :$bSeuil,$c1999.", "#4 $c©1998"],
        ),
        ("260 ## $aParis :$bEMI,$cp1999.", ["#1 $aParis :$bEMI,$c[1999]", "#4 $c℗1999"]),
        (
            "260 ## $a[S.l. :$bs.n.,$c1999?]",
            ["#1 $a[Place of publication not identified] :$b[publisher not identified],$c[1999?]"],
        ),
        (
            "260 ## $aParis :$b[s.n.],$c[ca. 1850]",
            ["#1 $aParis :$b[publisher not identified],$c[approximately 1850]"],
        ),
        ("260 ## $aParis :$bX,$c[199-?]", ["#1 $aParis :$bX,$c[between 1990 and 1999?]"]),
        (
            "260 ## $aParis :$bX,$c1999$e(Lille :$fY,$g2001)",
            ["#1 $aParis :$bX,$c1999", "#3 $aLille :$bY,$c2001"],
        ),
        (
            "260 ## $aLondon :$bX ;$aNew York :$bDistributed by Y,$c1999.",
            ["#1 $aLondon :$bX,$c1999.", "#2 $aNew York :$bDistributed by Y"],
        ),
        (
            "260 1# $aParis :$bX,$c1975. ;$f[Imprimerie Y]",
            ["#1 $aParis :$bX,$c1975.", "#3 $b[Imprimerie Y]"],
        ),
        ("260 3# $a[Paris] :$bX,$c1999-", ["31 $a[Paris] :$bX,$c1999-"]),
    ],
)
def test_260_becomes_264(before: str, after: list[str]) -> None:
    """By function and with the copyright date apart; 260 goes."""
    assert upgraded("264", before) == after
    assert upgraded("260", before) == []


def test_a_hybrid_keeps_what_it_has() -> None:
    """A record with a 264 of publication is not given another; 260 stays and is pointed at."""
    record = made("260 ## $aParis :$bX,$c1999.", "264 #1 $aParis :$bX,$c1999.")
    assert [f.rule for f in RDA.apply(record).findings if "260" in f.rule] == ["rda.260-beside-264"]
    assert len(record.get_fields("260", "264")) == 2
    only = ("264 #4 $c©1998", "260 ## $aParis :$bX,$c1999, c1998.")
    assert upgraded("264", *only) == ["#4 $c©1998", "#1 $aParis :$bX,$c1999."]


def test_unpublished_things_are_produced() -> None:
    """A manuscript with a date alone was made, not published."""
    assert upgraded("264", "260 ## $c1850.", leader="00000ntm a2200000 a 4500") == ["#0 $c1850."]


def test_other_languages_keep_their_words() -> None:
    """English phrases are for records catalogued in English."""
    german = ("040 ## $aX$bger", "260 ## $a[S.l.] :$bX,$c1999.", "300 ## $a12 p. :$bill.")
    assert upgraded("264", *german) == ["#1 $a[S.l.] :$bX,$c1999."]
    assert upgraded("300", *german) == ["## $a12 p. :$bill."]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$axii, 230 p. :$bill. ;$c23 cm.", "$axii, 230 pages :$billustrations ;$c23 cm."),
        ("$a1 v. (various pagings)", "$a1 volume (various pagings)"),
        ("$a3 v. :$bcol. ill., ports.", "$a3 volumes :$bcolor illustrations, portraits"),
        ("$a[6] l., 20 p.", "$a[6] leaves, 20 pages"),
        ("$a4 p.l., 230 p.", "$a4 preliminary leaves, 230 pages"),
        ("$a1 score (20 p.) + 4 pts.", "$a1 score (20 pages) + 4 parts"),
        (
            "$a1 sound disc :$bdigital, stereo. ;$c4 in.",
            "$a1 sound disc :$bdigital, stereo ;$c4 in.",
        ),
        ("$a230 S. :$bIll.", "$a230 S. :$billustrations"),
    ],
)
def test_extent_is_spelt_out(before: str, after: str) -> None:
    """In 300 words are spelt out; units of measure and time stay."""
    assert upgraded("300", f"300 ## {before}") == [f"## {after}"]


def test_transcribed_text_is_left_alone() -> None:
    """Titles, editions and series say what the title page says."""
    fields = ("245 10 $aIll. p. v. [et al.]", "250 ## $a2nd ed., rev.", "490 0# $aSer. ; v. 3")
    record = made(*fields)
    changed = {o.tag for o in RDA.apply(record).operations}
    assert changed & {"245", "250", "490"} == set()


def test_bibliography_notes() -> None:
    """One page and several."""
    note = "504 ## $aIncludes bibliographical references (p. {})."
    assert upgraded("504", note.format("99")) == [
        "## $aIncludes bibliographical references (page 99)."
    ]
    assert upgraded("504", note.format("[199]-204")) == [
        "## $aIncludes bibliographical references (pages [199]-204)."
    ]


def test_dissertation_notes_are_divided() -> None:
    """The usual form; any other stays."""
    assert upgraded("502", "502 ## $aThesis (Ph. D.)--Univ. of X, 1990.") == [
        "## $bPh.D.$cUniv. of X$d1990"
    ]
    assert upgraded("502", "502 ## $aDiss. Univ. Mannheim, 1990") == [
        "## $aDiss. Univ. Mannheim, 1990"
    ]


FIXED = "008 {:<23}{}           eng d"


def types(*lines: str, leader: str = BOOK) -> list[str]:
    """Return the codes of 336, 337 and 338 that the recipe gives a record."""
    record = made(*lines, leader=leader)
    RDA.apply(record)
    return [f["b"] for f in record.get_fields("336", "337", "338")]


@pytest.mark.parametrize(
    ("lines", "leader", "codes"),
    [
        (("300 ## $a12 p.",), BOOK, ["txt", "n", "nc"]),
        (("300 ## $axii, 400 с. :",), BOOK, ["txt", "n", "nc"]),
        (("007 cr |||",), BOOK, ["txt", "c", "cr"]),
        ((FIXED.format("", "o"), "300 ## $a12 p."), BOOK, ["txt", "c", "cr"]),
        (("245 10 $aX$h[electronic resource]", "856 40 $uhttps://x"), BOOK, ["txt", "c", "cr"]),
        (("007 hdrafu", "245 10 $aX$h[microform]", "300 ## $a12 p."), BOOK, ["txt", "h", "hd"]),
        (("300 ## $a1 sound disc",), "00000njm a2200000 a 4500", ["prm", "s", "sd"]),
        (("007 vd cvaizq", "300 ## $a1 videodisc"), "00000ngm a2200000 a 4500", ["tdi", "v", "vd"]),
        (("300 ## $a1 map",), "00000nem a2200000 a 4500", ["cri", "n", "nb"]),
        (("300 ## $a1 atlas (20 p.)",), "00000nem a2200000 a 4500", ["cri", "n", "nc"]),
        (("300 ## $a1 score (20 p.)",), "00000ncm a2200000 a 4500", ["ntm", "n", "nc"]),
        (("007 co cga", "300 ## $a12 p. +$e1 CD-ROM"), BOOK, ["txt", "n", "c", "nc", "cd"]),
        (("338 ## $avolume$bnc$2rdacarrier", "300 ## $a12 p."), BOOK, ["txt", "n", "nc"]),
    ],
)
def test_types_come_from_what_is_coded(
    lines: tuple[str, ...], leader: str, codes: list[str]
) -> None:
    """Content by LDR/06, media and carrier by form of item, 007, 300 and 245 $h."""
    assert sorted(types(*lines, leader=leader)) == sorted(codes)


def test_what_is_not_settled_is_not_guessed() -> None:
    """An electronic resource that may be a disc or online gets no carrier, and keeps its 245 $h."""
    record = made("245 10 $aX$h[electronic resource]")
    applied = RDA.apply(record)
    assert {f.path for f in applied.findings if f.rule == "rda.undetermined"} == {"337", "338"}
    assert record["245"]["h"] == "[electronic resource]"


def test_the_designation_leaves_its_punctuation() -> None:
    """The mark that followed 245 $h follows the subfield before."""
    fields = ("300 ## $a1 online resource", "245 10 $aX$h[electronic resource] :$by /$cz")
    assert upgraded("245", *fields) == ["10 $aX :$by /$cz"]


def test_convention_is_said_only_if_wished() -> None:
    """With an empty convention the record stays a hybrid."""
    record = made("040 ## $aDLC$cDLC")
    load_recipe("rda-upgrade", {"convention": ""}).apply(record)
    assert str(record.leader)[18] == "a" and "e" not in record["040"]
    assert upgraded("040", "040 ## $aDLC$cDLC") == ["## $aDLC$erda$cDLC"]


def test_dates_that_are_not_understood_stay() -> None:
    """No form, no change."""
    for text in ("1999-2001.", "[1999?]", "Heisei 9 [1997]", "1999, c1998, p1997 or so", ""):
        assert copyright_dates(text) is None


def test_relators_are_spelt_out_in_one_go() -> None:
    """A joint editor is an editor, however it was written."""
    for term in ("joint ed.", "joint editor.", "ed."):
        assert upgraded("700", f"700 1# $aRoe, J.,$e{term}") == ["1# $aRoe, J.,$eeditor."]
