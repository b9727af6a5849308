"""What a form cannot carry it declares: all else comes back the same."""

from __future__ import annotations

import io
import unicodedata

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import NotEncodable, RecordTooLarge
from techproc.marc import Loaded, RecordWriter, form_named, forms, read

# Odd and usual tags, codes and text, as damaged records have them.
TAGS = st.one_of(
    st.sampled_from(["001", "000", "LDR", "FMT", "245", "880", "   ", "2 5", "=45", "00A", "9X\\"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=3, max_size=3),
)
CODES = st.one_of(st.sampled_from("ab8$ =\\{1\x85"), st.characters(exclude_categories=["Cs"]))
TEXT = st.text(
    st.sampled_from("ab 1$\\{}=-|<&\"'é海\n\r\t\x1b\x85\u2028")
    | st.characters(exclude_categories=["Cs"]),
    max_size=8,
) | st.sampled_from(["&#x00E9;", "e\u0301", "{dollar}"])


@st.composite
def fields(draw: st.DrawFn) -> pymarc.Field:
    """Return a field of either kind under any tag."""
    field = pymarc.Field(draw(TAGS))
    field.control_field = draw(st.booleans())
    if field.control_field:
        field.data = draw(TEXT)
    else:
        field.indicators = pymarc.Indicators(draw(CODES), draw(CODES))
        subfields = draw(st.lists(st.tuples(CODES, TEXT), max_size=3))
        field.subfields = [pymarc.Subfield(*subfield) for subfield in subfields]
    return field


def content(record: pymarc.Record) -> tuple[object, ...]:
    """Return all that a record says, but for what the writer sets in the leader."""
    leader = str(record.leader)
    return leader[5:9] + leader[10:12] + leader[17:], [
        (f.tag, f.data if f.control_field else (tuple(f.indicators or ()), list(f.subfields)))
        for f in record.fields
    ]


@pytest.mark.parametrize("form", [form for form in forms() if form.write], ids=lambda f: f.name)
@given(made=st.lists(fields(), max_size=4))
@settings(max_examples=250, deadline=None)
def test_what_is_not_declared_comes_back(form: object, made: list[pymarc.Field]) -> None:
    """Odd tags, codes and characters: refused, declared, or the same after reading."""
    record = pymarc.Record(leader="00000nam a2200000 a 4500", fields=made)
    stream = io.BytesIO()
    declared = list(form.losses(record))  # type: ignore[attr-defined]
    try:
        with RecordWriter(stream, form.name) as writer:  # type: ignore[attr-defined]
            declared += writer.write(record)
    except (NotEncodable, RecordTooLarge):
        return
    if declared:
        return
    stream.seek(0)
    (back,) = read(stream, form=form.name, assume="utf-8")  # type: ignore[attr-defined]
    assert isinstance(back, Loaded)
    assert content(back.record) == content(record)


@given(made=st.lists(fields(), max_size=4))
@settings(max_examples=250, deadline=None)
def test_what_marc8_changes_is_told(made: list[pymarc.Field]) -> None:
    """Written in MARC-8 a record comes back the same, composed, or a finding says what will not."""
    record = pymarc.Record(leader="00000nam  2200000 a 4500", fields=made)
    stream = io.BytesIO()
    declared = list(form_named("iso2709").losses(record))
    try:
        with RecordWriter(stream, encoding="marc-8") as writer:
            declared += writer.write(record)
    except (NotEncodable, RecordTooLarge):
        return
    if any(finding.rule != "marc.reference" for finding in declared):
        return
    stream.seek(0)
    (back,) = read(stream)
    assert isinstance(back, Loaded)
    if not back.findings:
        wanted, found = (repr(content(each)) for each in (record, back.record))
        assert unicodedata.normalize("NFC", found) == unicodedata.normalize("NFC", wanted)


def test_a_text_that_reads_as_a_reference_is_told_in_marc8() -> None:
    """`&#x00E9;` typed into a field is a letter to whoever reads the MARC-8 record."""
    record = pymarc.Record()
    record.add_field(pymarc.Field("500", subfields=[pymarc.Subfield("a", "the HTML &#x00E9;")]))
    with RecordWriter(io.BytesIO(), encoding="marc-8") as writer:
        (found,) = writer.write(record)
    assert (found.rule, found.path) == ("marc.reference-text", "500")


def test_line_marc_with_the_least_leader_is_recognised() -> None:
    """A leader that says nothing but 22 and 4500 is known for one."""
    record = pymarc.Record(fields=[pymarc.Field("001", data="b1")])
    stream = io.BytesIO()
    with RecordWriter(stream, "line") as writer:
        assert writer.write(record) == ()
    stream.seek(0)
    (back,) = read(stream)
    assert isinstance(back, Loaded)
    assert content(back.record) == content(record)


def test_a_blank_leader_is_told_by_forms_of_lines() -> None:
    """A line of blanks divides records there."""
    record = pymarc.Record(fields=[pymarc.Field("001", data="1")])
    record.leader = pymarc.Leader(" " * 24)
    assert [finding.path for finding in form_named("line").losses(record)] == ["LDR"]
