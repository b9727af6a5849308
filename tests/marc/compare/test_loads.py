"""Two loads compared: every record counted once, whatever became of it."""

from __future__ import annotations

import copy
import io
from collections import Counter

import pymarc
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.marc import Loaded, encode, read
from techproc.marc.compare import LoadComparison, compare_loads


def made(number: str, title: str, *more: Field) -> pymarc.Record:
    return pymarc.Record(
        fields=[
            Field("001", data=number),
            Field("245", Indicators("0", "0"), [Subfield("a", title)]),
            *more,
        ]
    )


def loaded(*records: pymarc.Record, encoding: str = "utf-8") -> list[Loaded]:
    stream = io.BytesIO(b"".join(encode(record, encoding) for record in records))
    return [item for item in read(stream) if isinstance(item, Loaded)]


def note(text: str) -> Field:
    return Field("500", Indicators(" ", " "), [Subfield("a", text)])


def isbn(text: str) -> Field:
    return Field("020", Indicators(" ", " "), [Subfield("a", text)])


def statuses(before: list[Loaded], after: list[Loaded], **options: object) -> list[tuple[str, str]]:
    found = compare_loads(before, after, **options)  # type: ignore[arg-type]
    return [(one.status, one.control or "") for one in found if one.status != "same"]


def test_records_are_new_gone_and_changed() -> None:
    before = loaded(made("1", "Sea"), made("2", "Shore"), made("3", "Cliff"))
    after = loaded(made("3", "Cliffs"), made("1", "Sea"), made("4", "Dune"))
    totals = LoadComparison()
    found = list(compare_loads(before, after, totals=totals))
    assert [(one.status, one.before_number, one.after_number) for one in found] == [
        ("same", 1, 2), ("gone", 2, None), ("changed", 3, 1), ("new", None, 3),
    ]  # fmt: skip
    assert totals.fields == Counter({("245", "changed"): 1})


def test_order_and_encoding_are_told_apart_from_content() -> None:
    one = made("1", "Café", note("a"), note("b"))
    two = made("1", "Café", note("b"), note("a"))
    assert statuses(loaded(one), loaded(two)) == [("order", "1")]
    assert statuses(loaded(one), loaded(one, encoding="marc-8")) == [("encoding", "1")]
    decomposed = made("1", "Cafe\u0301", note("a"), note("b"))
    assert statuses(loaded(one), loaded(decomposed)) == [("encoding", "1")]


def test_what_is_ignored_does_not_count() -> None:
    before, after = made("1", "Sea", note("x")), made("1", "Sea", note("y"))
    assert statuses(loaded(before), loaded(after), ignore=["5XX"]) == []


def test_what_one_identifier_leaves_the_next_tries() -> None:
    """The ISBN of ten digits is that of thirteen."""
    before = loaded(made("1", "Sea", isbn("0306406152")), made("2", "Shore"))
    after = loaded(made("x1", "Sea", isbn("9780306406157 (pbk.)")), made("2", "Shore"))
    assert statuses(before, after, by=["001"]) == [("gone", "1"), ("new", "x1")]
    assert statuses(before, after, by=["001", "isbn"]) == [("changed", "x1")]
    assert statuses(before, after, by=["keys"]) == [("changed", "x1")]


def test_a_repeated_identifier_is_told_and_aligned_in_order() -> None:
    totals = LoadComparison()
    before = loaded(made("1", "Sea"), made("1", "Shore"))
    found = list(compare_loads(before, before, totals=totals))
    assert [one.status for one in found] == ["same", "same"]
    assert [finding.rule for finding in totals.findings] == ["compare.repeated-identifier"] * 2


_records = st.lists(
    st.builds(
        made, st.sampled_from("12345"), st.sampled_from(["Sea", "Café"]),
        st.builds(note, st.sampled_from(["x", "y"])), st.builds(isbn, st.sampled_from(["1", "2"])),
    ),
    max_size=7,
)  # fmt: skip


@given(_records, _records, st.sampled_from([("001",), ("020$a",), ("001", "020$a"), ("keys",)]))
def test_every_record_of_both_loads_is_told_of_once(
    before: list[pymarc.Record], after: list[pymarc.Record], by: tuple[str, ...]
) -> None:
    totals = LoadComparison()
    one = [
        Loaded(record=r, number=n, offset=0, length=0, form="json") for n, r in enumerate(before, 1)
    ]
    two = [
        Loaded(record=r, number=n, offset=0, length=0, form="json") for n, r in enumerate(after, 1)
    ]
    found = list(compare_loads(one, two, by=by, totals=totals))
    assert sorted(c.before_number for c in found if c.before_number) == list(range(1, len(one) + 1))
    assert sorted(c.after_number for c in found if c.after_number) == list(range(1, len(two) + 1))
    for compared in found:
        if compared.before_number and compared.after_number:
            a, b = before[compared.before_number - 1], after[compared.after_number - 1]
            assert (compared.status == "same") == (a.as_dict() == b.as_dict())
    assert totals.before == len(one)
    assert totals.after == len(two)


@given(_records.filter(bool))
def test_a_load_is_the_same_as_itself(records: list[pymarc.Record]) -> None:
    assert statuses(loaded(*records), loaded(*copy.deepcopy(records))) == []
