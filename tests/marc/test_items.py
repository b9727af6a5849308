"""Item fields: what is read, what is removed, and what the values do not carry."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Record, Subfield

from techproc.marc.items import (
    LocalItem,
    Profile,
    add_item,
    read_items,
    remove_items,
    uncarried,
    unread,
)

PROFILES = get_args(Profile)


def field(tag: str, **subfields: str) -> Field:
    parts = [Subfield(code.lstrip("_"), value) for code, value in subfields.items()]
    return Field(tag, Indicators(" ", " "), parts)


item_like = st.builds(
    lambda tag, parts: Field(tag, Indicators(" ", " "), [Subfield(*part) for part in parts]),
    st.sampled_from(["852", "876", "952"]),
    st.lists(st.tuples(st.sampled_from("abcdeghjopty2z"), st.sampled_from(["x", "y", "z1"]))),
)


@given(st.lists(item_like, max_size=5), st.sampled_from([None, *PROFILES]))
def test_every_value_is_carried_or_told(fields: list[Field], profile: Profile | None) -> None:
    """A value of the fields that go away is in an item, or among those it does not carry."""
    record = Record(fields=[*fields])
    items, left = read_items(record, profile), {value for _, value in uncarried(record, profile)}
    told = left | {part for item in items for value in read_values(item) for part in value.split()}
    stay = unread(record, profile)
    remove_items(record, profile)
    remaining = {id(one) for one in record.fields}
    assert {id(one) for one in stay} <= remaining
    for one in fields:
        if id(one) not in remaining:
            assert {s.value for s in one.subfields} <= told


def read_values(item: LocalItem) -> list[str]:
    return [getattr(item, name) for name in LocalItem.__slots__]


def test_fields_that_are_no_items_are_not_removed() -> None:
    """A holdings statement without barcode and call number is no item of Evergreen's."""
    record = Record(fields=[field("852", a="NjP", b="Main"), field("245", a="Emma")])
    assert read_items(record) == []
    remove_items(record)
    assert [one.tag for one in record.fields] == ["852", "245"]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_written_is_read_and_removed_again(profile: Profile) -> None:
    """Whatever the profile, nothing is left over."""
    record = Record()
    item = LocalItem(barcode="31234000000016", call_number="QA76 .K5", branch="MAIN", copy="2")
    add_item(record, item, profile)
    (back,) = read_items(record, profile)
    assert (back.barcode, back.call_number, back.copy) == (item.barcode, item.call_number, "2")
    assert uncarried(record, profile) == unread(record, profile) == []
    remove_items(record, profile)
    assert record.fields == []


def test_what_an_item_has_no_place_for_is_listed() -> None:
    """The vendor, a holding library that is not the home one, a note."""
    record = Record(fields=[field("952", p="1", a="MAIN", b="BRANCH", e="Vendor", z="Signed")])
    assert uncarried(record) == [("952$b", "BRANCH"), ("952$e", "Vendor"), ("952$z", "Signed")]
