"""The validator: profiles, what is declared, and records of any kind."""

from __future__ import annotations

from pathlib import Path

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.errors import ConfigError
from techproc.marc import Loaded, decode, encode, read
from techproc.marc.schema import FieldRule
from techproc.marc.validate import PROFILES, RULES, Validator
from techproc.marc.validate.example import example_record

WRONG_ISBN = "=020  \\\\$a0306406153"


def found(lines: list[str], validator: Validator | None = None) -> list[str]:
    """Return the rules that the sound record breaks with some lines put in."""
    validator = validator or Validator.with_profile()
    return [f.rule for f in validator.validate(example_record(lines))]


def test_profiles() -> None:
    """A profile makes rules graver, or leaves them out."""
    wrong = example_record([WRONG_ISBN])
    severities = {
        name: [f.severity.value for f in Validator.with_profile(name).validate(wrong)]
        for name in PROFILES
    }
    assert severities == {
        "default": ["warning"], "strict": ["error"], "copy-cataloguing": ["error"],
        "vendor-ebooks": ["warning"], "minimal": [],
    }  # fmt: skip
    with pytest.raises(ConfigError):
        Validator.with_profile("none")
    assert all(set(PROFILES[name]) <= set(RULES) for name in PROFILES)


def test_ignored_rules_are_not_reported() -> None:
    """A misspelt one is told, with the nearest there is."""
    assert found([WRONG_ISBN], Validator.with_profile(ignore=["marc.isbn"])) == []
    with pytest.raises(ConfigError, match=r"marc\.isbn"):
        Validator.with_profile(ignore=["marc.isbm"])


def test_local_fields_can_be_declared() -> None:
    """A tag that MARC 21 lacks is sound when the library says so, and so is its own 653."""
    line = "=233  \\\\$ax"
    assert found([line]) == ["marc.undefined-field"]
    assert found([line], Validator.with_profile(local=["23X"])) == []
    own = FieldRule("233", "Own", False, False, ({" ": False}, {" ": False}), {"a": False})
    validator = Validator.with_profile(fields={"233": own})
    assert found([line], validator) == []
    twice = ["marc.duplicate-field", "marc.repeated-field"]
    assert sorted(found([line, line], validator)) == twice
    assert sorted(found(["=233  1\\$ax$b"], validator)) == [
        "marc.empty-subfield", "marc.undefined-indicator", "marc.undefined-subfield",
    ]  # fmt: skip


def test_punctuation_by_choice() -> None:
    """The library's word goes before the leader's."""
    lines = ["=245  14$aThe sea$cAnn Smith."]
    assert found(lines) == ["marc.punctuation-missing"]
    wanted = Validator.with_profile(punctuation="none")
    assert "marc.punctuation-missing" not in found(lines, wanted)
    assert "marc.punctuation-present" in found([], wanted)
    assert (
        found(["=LDR  00000cam a2200000 c 4500"], Validator.with_profile(punctuation="isbd")) == []
    )


def test_findings_carry_what_is_needed_to_act() -> None:
    """Control number, place, severity and fix are there."""
    (finding,) = Validator.with_profile().validate(example_record([WRONG_ISBN]))
    assert (finding.control, finding.path) == ("b1", "020$a")
    assert finding.fix


def test_other_formats() -> None:
    """A holdings and an authority record are held against their own formats."""
    authority = pymarc.Record()
    authority.leader = pymarc.Leader("00000nz  a2200000n  4500")
    authority.fields = [
        Field("001", data="a1"),
        Field("008", data="860211n| azannaabn          |n aaa      "),
        Field("040", Indicators(" ", " "), [Subfield("a", "DLC")]),
        Field("100", Indicators("1", " "), [Subfield("a", "Smith, Ann"), Subfield("h", "x")]),
        Field("400", Indicators("1", " "), [Subfield("a", "Smyth, Ann"), Subfield("w", "nne")]),
    ]
    assert list(Validator.with_profile("strict").validate(authority)) == []
    authority.fields.append(Field("245", Indicators("1", "0"), [Subfield("a", "Sea")]))
    assert "LDR/06" in [f.path for f in Validator.with_profile().validate(authority)]
    authority.fields[-1] = Field("246", Indicators("1", "0"), [Subfield("a", "Sea")])
    assert [f.path for f in Validator.with_profile().validate(authority)] == ["246"]
    holdings = pymarc.Record()
    holdings.leader = pymarc.Leader("00000nx  a22000001n 4500")
    holdings.fields = [
        Field("001", data="h1"),
        Field("004", data="b1"),
        Field("008", data="0001010p    8   4001aueng0000000"),
        Field("852", Indicators("0", " "), [Subfield("a", "DLC"), Subfield("h", "GC21")]),
    ]
    assert list(Validator.with_profile("strict").validate(holdings)) == []


def test_ayn_and_marks_before_a_word_are_no_letters() -> None:
    """A count that ends after an article's hyphen and an ayn is right."""
    for title in ("14$aal-ʻAmal fī al-baḥr", "12$aL'été", '15$aThe "sea" and I'):
        assert found([f"=245  {title}"]) == [], title


def test_decades_and_ranges_are_dates() -> None:
    """264 may be vaguer than 008."""
    for text in ("[201-?]", "[between 2010 and 2019]", "2016-"):
        found_here = found(["=264  \\1$aNew York :$bPress,$c" + text])
        assert "marc.date-mismatch" not in found_here, text


@given(st.lists(st.tuples(st.from_regex(r"[0-9A-Z]{3}", fullmatch=True), st.text(max_size=3),
                          st.text(max_size=8)), max_size=6))  # fmt: skip
def test_any_record_can_be_validated(parts: list[tuple[str, str, str]]) -> None:
    """Whatever a record holds, validation ends, and twice says the same."""
    record = pymarc.Record()
    for tag, codes, text in parts:
        if tag.startswith("00"):
            record.fields.append(Field(tag, data=text))
        else:
            subfields = [Subfield(code, text) for code in codes]
            record.fields.append(Field(tag, Indicators("1", " "), subfields))
    validator = Validator.with_profile("strict")
    assert list(validator.validate(record)) == list(validator.validate(record))


def test_an_edited_record_is_judged_as_it_stands() -> None:
    """What was read is not remembered once it is edited."""
    record = decode(encode(example_record()))
    validator = Validator.with_profile()
    assert list(validator.validate(record)) == []
    record["245"]["a"] = ""
    assert [f.rule for f in validator.validate(record)] == [
        "marc.empty-subfield",
        "marc.missing-title",
    ]


@pytest.mark.slow
def test_false_alarms_are_few(shared_data: Path) -> None:
    """Under 2 % of the Library of Congress's records have an error; few rules warn of many."""
    validator = Validator.with_profile()
    total = faulty = warned = 0
    for item in read(shared_data / "marc" / "lc-books-2016-dev.mrc.xz"):
        if isinstance(item, Loaded):
            total += 1
            severities = {f.severity.value for f in validator.validate(item.record)}
            faulty += "error" in severities
            warned += "warning" in severities
    assert faulty < total / 50
    assert warned < total / 20


def test_a_fault_that_was_met_before_is_found_again() -> None:
    """What is remembered of fixed fields and shapes of fields hides nothing."""
    validator = Validator.with_profile()
    wrong_type = ["=008  160101y20162015nyua\\\\\\\\\\b\\\\\\\\001\\0\\eng\\d"]
    wrong_code = ["=008  160101t20162015nyua\\\\\\\\\\b\\\\\\\\009\\0\\eng\\d"]
    wrong_leader = ["=LDR  00000xam a2200000 i 4500"]
    wrong_field = ["=300  \\\\$a200 pages ;$h23 cm"]
    for lines in (wrong_type, wrong_code, wrong_leader, wrong_field):
        once = [(f.rule, f.path) for f in validator.validate(decode(encode(example_record(lines))))]
        assert once
        for _ in range(2):
            record = decode(encode(example_record(lines)))
            assert [(f.rule, f.path) for f in validator.validate(record)] == once
