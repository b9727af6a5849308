"""The recipe `repair`: what the record settles is mended, and nothing else is touched."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.marc import Loaded, read
from techproc.marc.edit import load_recipe, mended_rules
from techproc.marc.fielddiff import field_text
from techproc.marc.mrk import parse_lines
from techproc.marc.validate import RULES, Validator
from techproc.marc.validate.example import SOUND, example_record

REPAIR = load_recipe("repair")
STRICT = Validator.with_profile("strict")
# Where the rule's own example is one that only a person can mend, or that has another remedy.
FAILING = {
    "control-character": ("=504  \\\\$aIncludes \x07index.",),
    "language-code": (r"=041  0\$aENG",),
    "area-code": (r"=043  \\$an-us",),
    "country-code": (r"=044  \\$aNYU",),
    "relator-code": ("=100  1\\$aSmith, Ann,$4aut.", "-880"),
    "subject-source": (r"=650  \7$aOcean$2fast.",),
    "authentication": (r"=042  \\$aPCC",),
    "convention": (r"=040  \\$aDLC$beng$eRDA$cDLC",),
    "undefined-indicator": (r"=300  1\$a200 pages :$billustrations ;$c23 cm",),
    "url": ("=856  42$u https://www.example.org/sea",),
}


def faults(record: pymarc.Record) -> Counter[str]:
    """Return how often each rule is broken."""
    return Counter(finding.rule for finding in STRICT.validate(record))


@pytest.mark.parametrize("rule", sorted(mended_rules()))
def test_each_rule_that_is_said_to_be_mended_is(rule: str) -> None:
    """The fault goes, no other comes, and a second run does nothing."""
    lines = FAILING.get(rule.removeprefix("marc."), RULES[rule].failing)
    record = example_record(lines)
    before = faults(record)
    assert before[rule]
    assert REPAIR.apply(record).operations
    assert not faults(record)[rule]
    assert not faults(record) - before
    assert not REPAIR.apply(record).operations


def mended(*lines: str) -> list[str]:
    """Return the fields of the lines' tags after the repair, as text with $ and #."""
    record = example_record(lines)
    REPAIR.apply(record)
    tags = {line[1:4] for line in lines if line[0] == "="}
    return [
        f"{f.tag} {field_text(f)[:2].replace(' ', '#')} {field_text(f)[2:].replace(chr(31), '$')}"
        for f in record.fields
        if f.tag in tags
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("=500  \\\\$aOne\n two\r\n", "500 ## $aOne two"),
        (r"=245  14$aThe  sea.", "245 14 $aThe sea."),
        (r"=245  15$aThe  sea.", "245 15 $aThe  sea."),  # the count goes over both blanks
        (r"=245  14$aThe sea,  and", "245 14 $aThe sea, and"),
        (r"=300  \\$a  v. <1-3   >", "300 ## $a  v. <1-3   >"),  # room for the volumes to come
        ("=710  2\\$a ̆Chula", "710 2# $a ̆Chula"),  # a mark that lost its letter
        ("=500  \\\\$aProject\x14FERC", "500 ## $aProject\x14FERC"),  # half of a dash
        ("=500  \\\\$a\x1b(Bx", "500 ## $a\x1b(Bx"),
        ("=940  \\\\$a$bx", "940 ## $a$bx"),  # a system's own
        ("=700  1\\$a$d1950-", "700 1# $a$d1950-"),  # the name is what is missing
        ("=041  07$aENGFRE$2iso639-2b", "041 07 $aENGFRE$2iso639-2b"),
        ("=041  0\\$aengxyz", "041 0# $aengxyz"),
        ("=700  1\\$aSmith, Bob,$4writer", "700 1# $aSmith, Bob,$4writer"),
        ("=700  2\\$aSmith-Jones, Bob", "700 1# $aSmith-Jones, Bob"),
        ("=700  2\\$aAgudat ha-ovdim", "700 2# $aAgudat ha-ovdim"),
        ("=337  \\\\$aunmediated$bxx", "337 ## $aunmediated$bxx"),
        ("=856  12$uhttps://a.example/$uftp://a.example/", None),
        ("=856  12$uhttps://a.example/", "856 42 $uhttps://a.example/"),
        ("=245  12$aThe sea.", "245 14 $aThe sea."),
        ("=245  12$aLos Angeles.", "245 12 $aLos Angeles."),  # no article of English
    ],
)
def test_what_is_settled_is_mended_and_the_rest_left(before: str, after: str | None) -> None:
    """One field each."""
    expected = after or mended_not(before)
    assert mended(before) == [expected]


def mended_not(line: str) -> str:
    """Return a line as `mended` gives it, untouched."""
    return f"{line[1:4]} {line[6:8].replace(chr(92), '#')} {line[8:]}"


def test_copies_and_local_fields_may_stand_twice() -> None:
    """Two 852s are two copies of a book; two subjects are one too many."""
    copies = ("=852  \\\\$bMain$hGC21", "=852  \\\\$bMain$hGC21")
    assert len(mended(*copies)) == 2
    assert len(mended("=952  \\\\$pany", "=952  \\\\$pany")) == 2
    assert mended(r"=650  \0$aOcean.", r"=650  \0$aOcean.") == ["650 #0 $aOcean."]


def test_the_series_goes_to_490_and_830_with_its_880() -> None:
    """Statement and access point, marks put where they lack, other scripts with both."""
    lines = [line for line in SOUND if line[1:4] not in ("490", "830", "880", "100")]
    lines += [
        r"=440  \4$6880-02$aThe sea series.$pDeep sea,$x0378-5955$v2",
        r"=880  \0$6440-02/(N$aМоре.$pГлубоко$v2",
        r"=440  \0$v3$aWrong way round",
    ]
    record = parse_lines(sorted(lines, key=lambda line: line[1:4])).record
    assert not faults(example_record())
    REPAIR.apply(record)
    assert [
        f"{f.tag} {f}"[4:].replace("\\", "#").replace("=", "").replace("  ", " ")
        for f in record.get_fields("440", "490", "830", "880")
    ] == [
        "440 #0$v3$aWrong way round",
        "490 1#$6880-02$aThe sea series. Deep sea,$x0378-5955 ;$v2",
        "830 #4$6880-03$aThe sea series.$pDeep sea,$x0378-5955 ;$v2.",
        "880 1#$6490-02/(N$aМоре. Глубоко ;$v2",
        "880 #0$6830-03/(N$aМоре.$pГлубоко ;$v2.",
    ]


def test_unimarc_and_authorities_are_left_alone() -> None:
    """There the same tags are other fields."""
    record = pymarc.Record()
    record.add_field(
        pymarc.Field("100", pymarc.Indicators(" ", " "), [pymarc.Subfield("a", "2001  d  e")]),
        pymarc.Field("200", pymarc.Indicators("1", " "), [pymarc.Subfield("a", "La  mer")]),
    )
    assert not REPAIR.apply(record).operations
    authority = example_record([r"=LDR  00000nz  a2200000n  4500", r"=100  1\$aSmith,  Ann"])
    assert not REPAIR.apply(authority).operations


VALUES = st.text(st.sampled_from("aé̆ <.;,\t\n\x07\x14\x7fA-"), max_size=12)
FIELDS = st.tuples(
    st.sampled_from(["035", "041", "043", "245", "260", "300", "440", "500", "650", "856", "880"]),
    st.text(st.sampled_from(" 0123479"), min_size=2, max_size=2),
    st.lists(st.tuples(st.sampled_from("abcnpuvx0246"), VALUES), max_size=4),
)


@given(st.lists(FIELDS, max_size=6))
def test_no_letter_is_lost_and_a_second_run_does_nothing(
    fields: list[tuple[str, str, list[tuple[str, str]]]],
) -> None:
    """Whatever the fields: letters and marks stay, but for those of a field that stood twice."""
    record = pymarc.Record()
    record.leader = pymarc.Leader("00000nam a2200000 c 4500")
    for tag, (first, second), parts in fields:
        made = [pymarc.Subfield(code, value) for code, value in parts]
        record.add_field(pymarc.Field(tag, pymarc.Indicators(first, second), made))

    def words() -> set[str]:
        kept = "".join(
            f" {s.value} " for f in record.fields for s in f.subfields if s.code not in "26"
        )
        return {c for c in kept if c not in " \t\n\x07\x7f"}

    before = {c.lower() for c in words()}
    REPAIR.apply(record)
    assert {c.lower() for c in words()} - set("-") == before - set("-")
    assert not REPAIR.apply(record).operations


@pytest.mark.parametrize("file", ["lc-books-2016-dev.mrc.xz", "mixed-utf8.mrc.xz"])
def test_on_real_records_no_fault_comes(shared_data: Path, file: str) -> None:
    """Of 2,000 records: faults only go, but for ISSNs that 440 had and nobody looked at."""
    seen = 0
    for item in islice(read(shared_data / "marc" / file), 2_000):
        if isinstance(item, Loaded):
            before = faults(item.record)
            seen += bool(REPAIR.apply(item.record).operations)
            after = faults(item.record)
            assert not after - before - Counter({"marc.linked-number": 9}), item.number
            assert not after["marc.language-run"]
    assert seen > 20
