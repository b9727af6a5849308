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
from techproc.marc.scanned import ScannedRecord, build_field
from techproc.marc.schema import bibliographic
from techproc.marc.validate import Validator, subject
from techproc.marc.validate.registry import field_checks
from techproc.marc.validate.rules.dependents import main_part, source
from techproc.marc.validate.rules.fields import schema_faults
from techproc.marc.validate.rules.punctuation import BEFORE, blanks, brackets, marks_missing
from techproc.marc.validate.rules.screened import MARKS, marks_for
from techproc.marc.validate.screening import local_pattern, screening_table

try:
    from techproc.marc import _scan

    CORES: list[ModuleType] = [_plainscan, _scan]
except ImportError:
    CORES = [_plainscan]

TABLE = screening_table(bibliographic(), local_pattern(["01X"]), marks_for(set(MARKS), isbd=True))
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
    assert len({core.screen(tags, texts, TABLE) for core in CORES}) <= 1


@given(TAGS, TEXTS)
def test_what_passes_is_sound(tag: str, text: str) -> None:
    """No rule that the table screens for finds a fault in a field that it passes."""
    (mark,) = _plainscan.screen([tag], [text], TABLE)
    if mark & 1 or tag == "012":
        return
    field = build_field(tag, text)
    assert list(schema_faults(field, bibliographic())) == []
    marks = MARKS.get(tag)
    if marks is None:
        return
    assert not marks.source or list(source(field)) == []
    assert not marks.main or list(main_part(field)) == []
    assert not marks.blanks or list(blanks(field)) == []
    assert not marks.brackets or list(brackets(field)) == []
    assert tag not in BEFORE or list(marks_missing(field)) == []


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
        answers = [core.examine(raw, TABLE) for core in CORES]
        (by_tag, flags, looks), (of_c, in_c, looks_of_c) = answers[0], answers[-1]
        assert (by_tag, flags & 15, looks) == (of_c, in_c & 15, looks_of_c)


PIECES = st.one_of(
    st.sampled_from(
        ["aQA76.73.P98", "aQA", "aMLCS 83/1", "aZ1", "b.S6 1999", "bx", "a551.46/09", "a[Fic]", "aE]",
         "223", "2x", "6880-01", "aSmith, J.,", "aSmith, J.", "aSmith", "d1970-", "eauthor.", "q(J.)",
         "aThe sea", "aA sea", "aAn 1", "aThe \u00e9", "aDie Welt", "b: rest /", "cRoe.", "nPart 1", "beng",
         "erda", "eaacr", "bger", "aDLC", "c2016.", "c[1999?]", "a1 online resource", "a200 pages", "bill.",
         "aIncludes index.", "aIncludes bibliographical references and index.", "bcr", "bnc", "aeng", "hger"]
    ),
    st.text(alphabet="aAbcde129.,-/[]( é\u0131", max_size=6),
)  # fmt: skip
INDICATORS = st.sampled_from(["  ", "10", "14", "00", "04", "12", "13", "1 ", "0 ", "15"])
GLANCED = st.sampled_from(["040", "050", "082", "100", "700", "240", "245", "440", "830"])
DATA = st.builds(
    lambda first, parts: "\x1f".join([first, *parts]), INDICATORS, st.lists(PIECES, max_size=4)
)


@given(GLANCED, DATA)
@settings(max_examples=400)
def test_what_a_glance_passes_is_sound(tag: str, text: str) -> None:
    """Both cores pass the same fields, and of those no check of the tag has anything to say."""
    marks = {core.screen([tag], [text], TABLE)[0] for core in CORES}
    assert len(marks) == 1
    if marks.pop() & 9 == 0:
        field = build_field(tag, text)
        for check in field_checks:
            if check.screened and tag in check.tags and check.isbd is not False:
                assert list(check.function(field)) == []


RECORD_TAGS = st.sampled_from(
    ["001", "040", "041", "100", "110", "130", "240", "245", "260", "264", "300", "336", "337", "338",
     "440", "490", "500", "504", "800", "830", "856"]
)  # fmt: skip
FIXED = st.builds(
    lambda kind, year, ill, form, contents, index, language: (
        f"160101{kind}{year}2015nyu{ill}  {form}{contents}   {index}1 {language} d".ljust(40)[:40]
    ),
    st.sampled_from("stq"),
    st.sampled_from(["2016", "1999", "    "]),
    st.sampled_from(["    ", "a   "]),
    st.sampled_from(" os"),
    st.sampled_from(["    ", "b   ", "abcd", "||||"]),
    st.sampled_from("01"),
    st.sampled_from(["eng", "ger", "und"]),
)


@pytest.mark.skipif(len(CORES) < 2, reason="without the C core every record is looked at")
@given(st.lists(st.tuples(RECORD_TAGS, DATA), max_size=9), FIXED, st.sampled_from("ai c"))
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
