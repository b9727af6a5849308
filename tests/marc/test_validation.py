"""Validation: each rule finds its fault at its place, and a sound record is left in peace."""

from __future__ import annotations

import json
from pathlib import Path

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.errors import ConfigError, InputError
from techproc.findings import Finding
from techproc.marc import Loaded, read
from techproc.marc.baseline import Baseline
from techproc.marc.rules import PROFILES, RULES
from techproc.marc.schema import as_avram, bibliographic, is_local
from techproc.marc.validation import Validator


def data(tag: str, indicators: str, *subfields: str) -> Field:
    """Return a data field; each subfield is its code followed by its value."""
    return Field(tag, Indicators(*indicators), [Subfield(s[0], s[1:]) for s in subfields])


def sound() -> pymarc.Record:
    """Return a record with nothing wrong."""
    record = pymarc.Record()
    record.leader = pymarc.Leader("00000cam a2200000 i 4500")
    record.fields = [
        Field("001", data="b1"),
        Field("007", data="ta"),
        Field("008", data="160101s2016    nyua     b    001 0 eng d"),
        data("020", "  ", "a9780306406157", "q(pbk.)"),
        data("022", "0 ", "a0378-5955"),
        data("050", "00", "aQA76.73.P98", "bS65 2016"),
        data("100", "1 ", "6880-01", "aSmith, Ann,", "d1950-"),
        data("245", "14", "aThe sea :", "ba story /", "cAnn Smith."),
        data("264", " 1", "aNew York :", "bPress,", "c[2016]"),
        data("264", " 4", "c©2015"),
        data("300", "  ", "a200 pages :", "billustrations ;", "c23 cm"),
        data("336", "  ", "atext", "btxt", "2rdacontent"),
        data("490", "0 ", "aSeries"),
        data("504", "  ", "aIncludes index."),
        data("650", " 0", "aOcean", "xHistory", "xSources."),
        data("880", "1 ", "6100-01/$1", "a海"),
        data("952", "  ", "pany", "pthing"),
    ]
    return record


def found(record: pymarc.Record, profile: str = "default") -> set[tuple[str, str | None]]:
    """Return the rules broken, with their places."""
    return {(f.rule, f.path) for f in Validator.with_profile(profile).validate(record)}


def test_a_sound_record_has_no_findings() -> None:
    """Not even by the strict profile."""
    assert found(sound(), "strict") == set()


def replaced(record: pymarc.Record, tag: str, *fields: Field) -> pymarc.Record:
    """Return the record with its fields of a tag replaced."""
    at = next((i for i, f in enumerate(record.fields) if f.tag == tag), len(record.fields))
    record.fields = [f for f in record.fields if f.tag != tag]
    record.fields[at:at] = fields
    return record


TITLE = data("245", "10", "aSea")
FAULTS = [
    ("marc.not-marc21", "200", replaced(
        sound(), "245", data("200", "1 ", "aLa mer"), data("801", " 0", "aFR"))),
    ("marc.missing-field", "245", replaced(sound(), "245")),
    ("marc.missing-field", "008", replaced(sound(), "008")),
    ("marc.undefined-field", "233", replaced(sound(), "233", data("233", "  ", "ax"))),
    ("marc.repeated-field", "245", replaced(sound(), "245", TITLE, data("245", "10", "aC"))),
    ("marc.obsolete-field", "440", replaced(sound(), "490", data("440", " 0", "aSeries"))),
    ("marc.undefined-indicator", "245@1", replaced(sound(), "245", data("245", "20", "aSea"))),
    ("marc.undefined-indicator", "650@2", replaced(sound(), "650", data("650", " 9", "aSea"))),
    ("marc.obsolete-indicator", "100@1", replaced(sound(), "100", data("100", "2 ", "aA-B"))),
    ("marc.undefined-subfield", "300$d", replaced(sound(), "300", data("300", "  ", "a1", "d2"))),
    ("marc.undefined-subfield", "880$y", replaced(
        sound(), "880", data("880", "1 ", "6100-01", "y2"))),
    ("marc.repeated-subfield", "245$b", replaced(
        sound(), "245", data("245", "10", "aS", "ba", "bb"))),
    ("marc.obsolete-subfield", "020$b", replaced(sound(), "020", data("020", "  ", "bpbk."))),
    ("marc.empty-subfield", "504$a", replaced(sound(), "504", data("504", "  ", "a "))),
    ("marc.empty-field", "504", replaced(sound(), "504", data("504", "  "))),
    ("marc.missing-title", "245$a", replaced(sound(), "245", data("245", "10", "cAnn."))),
    ("marc.control-character", "504$a", replaced(sound(), "504", data("504", "  ", "aa\x07b"))),
    ("marc.duplicate-field", "650", replaced(sound(), "650", *[data("650", " 0", "aX")] * 2)),
    ("marc.fixed-length", "008", replaced(sound(), "008", Field("008", data="160101s2016"))),
    ("marc.fixed-code", "007/01", replaced(sound(), "007", Field("007", data="t9"))),
    ("marc.fixed-obsolete", "008/32", replaced(
        sound(), "008", Field("008", data="160101s2016    nyua     b    00110 eng d"))),
    ("marc.isbn", "020$a", replaced(sound(), "020", data("020", "  ", "a0306406153"))),
    ("marc.issn", "022$a", replaced(sound(), "022", data("022", "0 ", "a0378-5954"))),
    ("marc.nonfiling", "245@2", replaced(sound(), "245", data("245", "13", "aThe sea"))),
    ("marc.nonfiling", "245@2", replaced(sound(), "245", data("245", "19", "aThe sea"))),
    ("marc.nonfiling-article", "245@2", replaced(sound(), "245", data("245", "10", "aThe sea"))),
    ("marc.date-mismatch", "008/07-10", replaced(sound(), "264", data("264", " 1", "c1999."))),
    ("marc.carrier-mismatch", "336$b", replaced(sound(), "336", data("336", "  ", "bprm"))),
    ("marc.link-syntax", "100$6", replaced(sound(), "100", data("100", "1 ", "688001", "aS"))),
    ("marc.link-missing", "880$6", replaced(sound(), "880", data("880", "1 ", "a海"))),
    ("marc.link-orphan-880", "880$6", replaced(
        sound(), "880", data("880", "1 ", "6100-02", "a海"))),
    ("marc.link-no-880", "100$6", replaced(sound(), "880")),
    ("marc.link-doubled", "700$6", replaced(sound(), "700", *(
        data("700", "1 ", "6880-07", name) for name in ("aA", "aB")))),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "record"), FAULTS, ids=lambda v: str(v)[:40])
def test_each_fault_is_found_at_its_place(rule: str, path: str, record: pymarc.Record) -> None:
    """The rule is broken where it is broken."""
    assert (rule, path) in found(record)


def test_every_rule_has_a_failing_example() -> None:
    """No rule is without a test."""
    assert {rule for rule, _, _ in FAULTS} == set(RULES)


def test_ayn_and_marks_before_a_word_are_no_letters() -> None:
    """A count that ends after an article's hyphen and an ayn is right."""
    assert not found(replaced(sound(), "245", data("245", "14", "aal-ʻAmal fī al-baḥr")))
    assert not found(replaced(sound(), "245", data("245", "12", "aL'été")))


def test_decades_and_ranges_are_dates() -> None:
    """264 may be vaguer than 008."""
    for text in ("[201-?]", "[between 2010 and 2019]", "2016-"):
        assert not found(replaced(sound(), "264", data("264", " 1", "c" + text))), text


def test_profiles_and_waivers() -> None:
    """Strict makes warnings errors; minimal leaves rules out; ignored rules are not reported."""
    wrong = replaced(sound(), "020", data("020", "  ", "a0306406153"))
    severities = {
        name: [f.severity.value for f in Validator.with_profile(name).validate(wrong)]
        for name in PROFILES
    }
    assert severities == {"default": ["warning"], "strict": ["error"], "minimal": []}
    assert not list(Validator.with_profile(ignore=["marc.isbn"]).validate(wrong))
    with pytest.raises(ConfigError, match=r"marc\.isbn"):
        Validator.with_profile(ignore=["marc.isbm"])
    with pytest.raises(ConfigError):
        Validator.with_profile("none")


def test_local_fields_can_be_declared() -> None:
    """A tag that MARC 21 lacks is sound when the library says so."""
    record = replaced(sound(), "233", data("233", "  ", "ax"))
    assert not list(Validator.with_profile(local=["23X"]).validate(record))


def test_findings_carry_what_is_needed_to_act() -> None:
    """Control number, place, severity and fix are there."""
    wrong = replaced(sound(), "020", data("020", "  ", "a0306406153"))
    (finding,) = Validator.with_profile().validate(wrong)
    assert (finding.control, finding.path) == ("b1", "020$a")
    assert finding.fix


def test_the_schema_is_whole() -> None:
    """Every tag from 010 on has indicators and subfields; the Avram form is JSON."""
    for rule in bibliographic().values():
        assert (rule.indicators is None) == rule.tag.startswith("00")
        assert bool(rule.subfields) != rule.tag.startswith("00")
    avram = json.loads(json.dumps(as_avram()))
    assert avram["fields"]["245"]["subfields"]["a"] == {"code": "a", "repeatable": False}
    assert avram["fields"]["650"]["indicator2"]["codes"].keys() == set("01234567")
    assert not is_local("490")
    assert is_local("990")


@given(st.lists(st.tuples(st.from_regex(r"[0-9A-Z]{3}", fullmatch=True), st.text(max_size=3),
                          st.text(max_size=8)), max_size=6))  # fmt: skip
def test_any_record_can_be_validated(parts: list[tuple[str, str, str]]) -> None:
    """Whatever a record holds, validation ends, and twice says the same."""
    record = pymarc.Record()
    for tag, codes, text in parts:
        if tag.startswith("00"):
            record.fields.append(Field(tag, data=text))
        else:
            record.fields.append(data(tag, "1 ", *(code + text for code in codes)))
    validator = Validator.with_profile("strict")
    assert list(validator.validate(record)) == list(validator.validate(record))


def test_baseline(tmp_path: Path) -> None:
    """What was found before is excused as often as it was found, and no oftener."""
    finding = Finding(rule="marc.isbn", message="wrong", control="b1", path="020$a")
    path = tmp_path / "baseline.jsonl"
    path.write_text(json.dumps(finding.as_json()) + "\n" + '{"summary": {}}\n')
    known = Baseline.read(path)
    assert known.excuses(finding.at(record=7))
    assert not known.excuses(finding)
    assert not known.excuses(finding.at(control="b2"))
    for text in ("rubbish", "[1]", '{"a": 1}'):
        path.write_text(text)
        with pytest.raises(InputError):
            Baseline.read(path)
    with pytest.raises(InputError):
        Baseline.read(tmp_path / "missing")


@pytest.mark.slow
def test_false_alarms_are_few(shared_data: Path) -> None:
    """Under 2 % of the Library of Congress's records have an error."""
    validator = Validator.with_profile()
    total = faulty = 0
    for item in read(shared_data / "marc" / "lc-books-2016-dev.mrc.xz"):
        if isinstance(item, Loaded):
            total += 1
            faulty += any(f.severity == "error" for f in validator.validate(item.record))
    assert faulty < total / 50
