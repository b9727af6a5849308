"""The screen: both scanners say the same, and what it passes has no fault that it screens for."""

from __future__ import annotations

from types import ModuleType

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.marc import _plainscan, encode, scanner
from techproc.marc.scanned import build_field
from techproc.marc.schema import bibliographic
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
        assert answers[0] == answers[-1]


def test_lists_of_different_lengths_are_refused() -> None:
    """So that no field is passed over."""
    for core in CORES:
        with pytest.raises(ValueError):
            core.screen(["245"], [], TABLE)
