"""The screen: both scanners say the same, and what it passes has no fault that it screens for."""

from __future__ import annotations

import io
from types import ModuleType
from unittest import mock

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.marc import Loaded, _plainscan, encode, read, scanner
from techproc.marc._plainscreen import EVERY_REASON
from techproc.marc.fixed import material_of
from techproc.marc.scanned import ScannedRecord, build_field
from techproc.marc.schema import bibliographic
from techproc.marc.validate import Validator, subject
from techproc.marc.validate.positions import position_sets
from techproc.marc.validate.registry import field_checks
from techproc.marc.validate.rules.fields import schema_faults
from techproc.marc.validate.rules.fixedfields import fixed_fields, leader_codes
from techproc.marc.validate.rules.punctuation import BEFORE
from techproc.marc.validate.rules.screened import MARKS, marks_for
from techproc.marc.validate.screening import local_pattern, screening_table
from techproc.marc.validate.subject import (
    LOOK_FIXED,
    LOOK_LEADER,
    LOOK_LINKS,
    LOOK_VALUES,
    SUSPECT,
)

try:
    from techproc.marc import _scan

    CORES: list[ModuleType] = [_plainscan, _scan]
except ImportError:
    CORES = [_plainscan]

EVERY = dict.fromkeys([*MARKS, *BEFORE], -1)  # every reason
TABLE = screening_table(bibliographic(), local_pattern(["01X"]), marks_for(EVERY, isbd=True))
UNMARKED = screening_table(bibliographic(), None, marks_for(EVERY, isbd=False))
TAGS = st.sampled_from(
    ["001", "002", "005", "020", "024", "082", "245", "300", "440", "490", "650", "856", "880", "886",
     "233", "012", "949", "FMT", "1a3", "²12"]
)  # fmt: skip
TEXTS = st.builds(
    "\x1f".join,
    st.lists(
        st.one_of(
            st.sampled_from(["10", "  ", " 7", "4 ", "a", "aSea", "2fast", "6245-01", "6880-01/$1",
                             "8x", "b", "b  ", "c two  blanks", "x\ufffd", "y\x85", "9", "é", "\x7f"]),
            st.text(max_size=4),
        ),
        max_size=6,
    ),
)  # fmt: skip
FIELDS = st.lists(st.tuples(TAGS, TEXTS), max_size=4)


@given(FIELDS)
def test_both_cores_say_the_same(fields: list[tuple[str, str]]) -> None:
    """Whatever stands in a field."""
    tags, texts = [tag for tag, _ in fields], [text for _, text in fields]
    for table in (TABLE, UNMARKED):
        assert len({tuple(core.screen(tags, texts, table)) for core in CORES}) <= 1


@given(TAGS, TEXTS)
def test_what_passes_is_sound(tag: str, text: str) -> None:
    """No check finds a fault in a field that the table does not mark for it."""
    if tag == "012":
        return
    field = build_field(tag, text)
    for table, isbd in ((TABLE, True), (UNMARKED, False)):
        (mark,) = _plainscan.screen([tag], [text], table)
        if not mark & SUSPECT:
            assert list(schema_faults(field, bibliographic())) == []
        for check in field_checks:
            wanted = tag in check.tags and check.isbd in (None, isbd)
            if wanted and check.when and not mark & check.when:
                assert list(check.function(field)) == [], check


@given(FIELDS)
def test_both_cores_examine_alike(fields: list[tuple[str, str]]) -> None:
    """The same texts by tag, flags and fields to look at, of any plain record."""
    record = pymarc.Record()
    for tag, text in fields:
        field = build_field(tag, text)
        ends = "\x1d" in text or "\x1e" in text
        if not ends and (field.control_field or (field.subfields and tag.isascii())):
            record.add_field(field)
    raw = encode(record)
    if scanner.run(raw, 0, True, 1)[0]:
        leader = raw[:24].decode("ascii")
        answers = [core.examine(raw, leader, TABLE, position_sets("BK")) for core in CORES]
        (flags, looks, coded), (in_c, looks_of_c, coded_of_c) = answers[0], answers[-1]
        of_records = EVERY_REASON | LOOK_LINKS
        assert (flags & ~of_records, looks) == (in_c & ~of_records, looks_of_c)
        assert in_c & ~flags == 0 and (not in_c or coded == coded_of_c)
        texts = [core.by_tag(raw) for core in CORES]
        assert texts[0] == texts[-1]


PIECES = st.one_of(
    st.sampled_from(
        ["aQA76.73.P98", "aQA", "aMLCS 83/1", "aZ1", "b.S6 1999", "bx", "a551.46/09", "a[Fic]", "aE]",
         "223", "2x", "6880-01", "aSmith, J.,", "aSmith, J.", "aSmith", "d1970-", "eauthor.", "q(J.)",
         "aThe sea", "aA sea", "aAn 1", "aThe \u00e9", "aDie Welt", "b: rest /", "cRoe.", "nPart 1", "beng",
         "a   89012345 ", "a9780306406157 (pbk.)", "a9780306406158", "a0378-5955", "x0378-5955 ;",
         "x0378-5954", "a(OCoLC)ocm00012345", "a(OCoLC)12x", "a(DLC)1", "a1", "apcc", "an-us---", "an-us-zz",
         "anyu", "aqqq", "2fast", "2fest", "4aut", "4auq", "uhttps://www.example.org/sea", "uhttps//x", "yText", "rRoe",
         "tSea", "gpages 1-2", "z9780306406157", "atext", "btxt", "2rdacontent", "avolume", "2rdacarrier", "bn",
         "aunmediated", "2rdamedia", "erda", "eaacr", "bger", "aDLC",
         "c2016.", "c[1999?]", "a1 online resource", "a200 pages", "bill.",
         "aIncludes index.", "aIncludes bibliographical references and index.", "bcr", "bnc", "aeng", "hger"]
    ),
    st.text(alphabet="aAbcde129.,-/[]( é\u0131", max_size=6),
)  # fmt: skip
INDICATORS = st.sampled_from(["  ", "10", "14", "00", "04", "12", "13", "1 ", "0 ", "15"])
GLANCED = st.sampled_from(
    ["010", "020", "022", "024", "035", "040", "041", "042", "043", "044", "050", "082", "100", "130",
     "240", "245", "336", "337", "338", "440", "490", "505", "520", "600", "650", "700", "773", "776",
     "830", "856"]
)  # fmt: skip
DATA = st.builds(
    lambda first, parts: "\x1f".join([first, *parts]), INDICATORS, st.lists(PIECES, max_size=4)
)


@given(GLANCED, DATA)
@settings(max_examples=400)
def test_what_a_glance_passes_is_sound(tag: str, text: str) -> None:
    """Both cores pass the same fields, and of those no check of the tag has anything to say."""
    marks = {core.screen([tag], [text], UNMARKED)[0] for core in CORES}
    assert len(marks) == 1
    if marks.pop() & LOOK_VALUES == 0:
        field = build_field(tag, text)
        for check in field_checks:
            if check.when == LOOK_VALUES and tag in check.tags:
                assert list(check.function(field)) == []


RECORD_TAGS = st.sampled_from(
    ["001", "006", "007", "040", "041", "100", "110", "130", "240", "245", "260", "264", "300", "336",
     "337", "338", "440", "490", "500", "504", "800", "830", "856", "880"]
)  # fmt: skip
CONTROL = st.sampled_from(["1", "ta", "cr un|", "m     o  d        ", "vd cvaizq", "t"])
LINKED = st.builds(
    lambda link, rest: "\x1f".join(["1 ", link, *rest]),
    st.sampled_from(
        [
            "6880-01",
            "6880-02",
            "6100-01",
            "6245-01/$1",
            "6245-01/(2/r",
            "6700-00",
            "6245-1",
            "81\\c",
            "81.2",
            "8x",
            "6880-01/r",
        ]
    ),
    st.lists(PIECES, min_size=1, max_size=2),
)
RECORD_FIELDS = st.tuples(RECORD_TAGS, st.one_of(DATA, LINKED)) | st.tuples(
    st.sampled_from(["001", "006", "007"]), CONTROL
)
FIXED = st.builds(
    lambda kind, year, ill, form, contents, index, language: (
        f"160101{kind}{year}2015nyu{ill} {form}{contents} 00{index} 0 {language} d"
    ),
    st.sampled_from("stqmdrciu"),
    st.sampled_from(["2016", "1999", "2015", "    "]),
    st.sampled_from(["    ", "a   "]),
    st.sampled_from(" os"),
    st.sampled_from(["    ", "b   ", "abcd", "||||"]),
    st.sampled_from("01"),
    st.sampled_from(["eng", "ger", "und"]),
)


@pytest.mark.skipif(len(CORES) < 2, reason="without the C core every record is looked at")
@given(st.lists(RECORD_FIELDS, max_size=9), FIXED, st.sampled_from("ai c"))
@settings(max_examples=400)
def test_what_the_core_spares_has_no_finding(
    fields: list[tuple[str, str]], fixed: str, described: str
) -> None:
    """A record that the core gives no reason to look at as a whole would have had no finding."""
    record = pymarc.Record(leader=f"00000nam a2200000 {described} 4500")
    record.add_field(pymarc.Field("008", data=fixed))
    for tag, text in fields:
        field = build_field(tag, text)
        if field.control_field or field.subfields:
            record.add_field(field)
    raw = encode(record)
    if not scanner.run(raw, 0, True, 1)[0]:
        return
    found = []
    for core in CORES:
        with mock.patch.object(subject, "examine", core.examine):
            validator = Validator.with_profile("strict")
            told = validator.validate(ScannedRecord.plain(raw))
            found.append(sorted((each.rule, each.path or "", each.message) for each in told))
    assert found[0] == found[1]


CODED = st.text(alphabet="abcdefgmnrstu|#- 0129zx", max_size=40)


@pytest.mark.skipif(len(CORES) < 2, reason="without the C core every fixed field is looked at")
@given(
    st.sampled_from("acegikmpr"), st.sampled_from("acghmrsvtz"), CODED, CODED, st.integers(0, 40)
)
@settings(max_examples=300)
def test_coded_fields_that_the_core_passes_are_right(
    kind: str, of_007: str, one: str, other: str, at: int
) -> None:
    """Characters put anywhere into an 008, a 006 and a 007."""
    usual = "160101s2016    nyu" + " " * 17 + "eng d"
    fixed = (usual[:at] + one + usual[at + len(one) :])[:40]
    leader = f"00000n{kind}m a2200000 i 4500"
    record = pymarc.Record(leader=leader)
    for tag, data in (
        ("006", kind + other[:17].ljust(17)),
        ("007", of_007 + other),
        ("008", fixed),
    ):
        record.add_field(pymarc.Field(tag, data=data))
    raw = encode(record)
    material = material_of(leader) or "?"
    seen = subject.subject_of(ScannedRecord.plain(raw), leader, TABLE, position_sets(material))
    if not seen.flags & LOOK_FIXED:
        assert list(fixed_fields(seen)) == []
    if not seen.flags & LOOK_LEADER:
        assert list(leader_codes(seen)) == []


def test_records_in_marc8_are_examined_in_utf8() -> None:
    """What the core reads in MARC-8 has the findings of the same record in UTF-8."""
    record = pymarc.Record(leader="00000nam a2200000 i 4500")
    record.add_field(build_field("001", "1"), build_field("245", "10\x1faÜber é ğ /\x1fcRoe."))
    validator = Validator.with_profile("strict")
    found = []
    for encoding in ("marc-8", "utf-8"):
        (item,) = read(io.BytesIO(encode(record, encoding)))
        assert isinstance(item, Loaded)
        found.append([(each.rule, each.path) for each in validator.validate(item.record)])
    assert found[0] == found[1]


def test_lists_of_different_lengths_are_refused() -> None:
    """So that no field is passed over."""
    for core in CORES:
        with pytest.raises(ValueError):
            core.screen(["245"], [], TABLE)
