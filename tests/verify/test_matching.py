"""Which record an item is held against."""

from __future__ import annotations

import pymarc

from techproc.verify import Item
from techproc.verify.matching import RecordIndex, best_first, verify_within


def record(control: str, title: str, number: str, edition: str = "") -> pymarc.Record:
    made = pymarc.Record(leader="00000nam a2200000 a 4500")
    made.add_field(pymarc.Field("001", data=control))
    made.add_field(pymarc.Field("020", subfields=[pymarc.Subfield("a", number)]))
    made.add_field(pymarc.Field("245", pymarc.Indicators("0", "0"), [pymarc.Subfield("a", title)]))
    if edition:
        made.add_field(pymarc.Field("250", subfields=[pymarc.Subfield("a", edition)]))
    return made


FIRST = record("one", "The selfish gene", "0306406152")
SECOND = record("two", "The selfish gene", "0306406152", "2nd ed.")
OTHER = record("three", "Emma", "0192860925")


def test_control_number_then_isbn_then_title() -> None:
    """Each way is tried when the surer one is not given or finds nothing."""
    index = RecordIndex([FIRST, SECOND, OTHER])
    assert len(index) == 3
    assert [r.control for r in index.find(Item(isbn="0306406152"), "three")] == ["three"]
    assert [r.control for r in index.find(Item(isbn="9780306406157"))] == ["one", "two"]
    assert [r.control for r in index.find(Item(title="Selfish gene"))] == ["one", "two"]
    assert index.find(Item(title="Persuasion", isbn="9780141439518")) == []
    assert index.find(Item(isbn="0306406152"), "unknown") == []


def test_the_likeliest_record_comes_first() -> None:
    """Among records that share an ISBN the edition decides."""
    index = RecordIndex([FIRST, SECOND])
    item = Item(title="The selfish gene", isbn="0306406152", edition="Second edition")
    found = best_first(item, index.find(item))
    assert [(f.control, f.verdict) for f in found] == [
        ("two", "same edition"),
        ("one", "other edition"),
    ]


def test_records_of_one_file_are_compared_in_pairs() -> None:
    """Only those that share an ISBN, each pair once."""
    found = list(verify_within([FIRST, SECOND, OTHER]))
    assert [(name, f.control) for name, f in found] == [("two", "one")]
    assert found[0][1].verdict == "other edition"
