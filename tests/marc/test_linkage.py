"""880 pairs: kept together, orphans reported, no field lost."""

from __future__ import annotations

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.marc.linkage import (
    Link,
    linked_fields,
    parse_link,
    vernacular_order,
)


def field(tag: str, link: str | None) -> Field:
    """Return a data field with a $6."""
    subfields = [Subfield("6", link)] if link is not None else []
    return Field(tag, Indicators(" ", " "), [*subfields, Subfield("a", "x")])


def record(*fields: Field) -> pymarc.Record:
    """Return a record of fields."""
    made = pymarc.Record()
    made.fields = list(fields)
    return made


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("245-01/$1", Link("245", "01", "$1")),
        ("700-12/(2/r", Link("700", "12", "(2", "r")),
        ("880-03", Link("880", "03")),
        ("880-3", None),
        ("", None),
    ],
)
def test_parse(text: str, link: Link | None) -> None:
    """A $6 has a tag, an occurrence, and perhaps script and orientation."""
    assert parse_link(text) == link


def test_scripts_have_names() -> None:
    """MARC's script codes are told in words."""
    assert Link("245", "01", "$1").script_name == "Chinese, Japanese, Korean"
    assert Link("245", "01", "Cyrl").script_name == "Cyrl"


def test_pairs_stand_together() -> None:
    """Each 880 comes after its field; those without one stay where they are."""
    title, name = field("245", "880-01"), field("700", "880-02")
    of_name, of_title = field("880", "700-02/$1"), field("880", "245-01/$1")
    alone, orphan = field("880", "500-00/$1"), field("880", "250-09/$1")
    made = record(title, name, of_name, of_title, alone, orphan)
    assert [(x.field, x.vernacular) for x in linked_fields(made)] == [
        (title, (of_title,)),
        (name, (of_name,)),
        (None, (alone,)),
        (None, (orphan,)),
    ]
    assert vernacular_order(made) == [title, of_title, name, of_name, alone, orphan]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["245", "700", "880"]),
            st.sampled_from([None, "880-01", "880-02", "245-01/$1", "700-02", "245-00", "?"]),
        ),
        max_size=8,
    )
)
def test_no_field_is_lost_or_doubled(pairs: list[tuple[str, str | None]]) -> None:
    """However wrong the links, every field comes out once."""
    made = record(*(field(tag, link) for tag, link in pairs))
    assert sorted(map(id, vernacular_order(made))) == sorted(map(id, made.fields))
