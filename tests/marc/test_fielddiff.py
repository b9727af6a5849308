"""Differences of two records, field by field."""

from __future__ import annotations

import unicodedata

import pymarc
from hypothesis import given
from hypothesis import strategies as st

from techproc.marc.fielddiff import Alike, FieldText, compare_records, compare_texts

TEXTS = st.tuples(
    st.sampled_from(["245", "650", "880"]),
    st.lists(st.sampled_from(["aSea", "aSee", "bÉté", "bÉté", "cx"]), max_size=3).map(
        lambda parts: "\x1f".join(["10", *parts])
    ),
)
RECORDS = st.lists(TEXTS, max_size=7)


@given(RECORDS, RECORDS)
def test_each_field_of_both_records_is_there_once(
    before: list[FieldText], after: list[FieldText]
) -> None:
    """Nothing is left out, nothing counted twice, and what stays keeps its order."""
    changes = compare_texts(before, after)
    assert sorted(c.before_at for c in changes if c.before_at is not None) == list(
        range(len(before))
    )
    assert [c.after_at for c in changes if c.after_at is not None] == list(range(len(after)))
    for c in changes:
        assert c.before_at is None or before[c.before_at] == (c.tag, c.before)
        assert c.after_at is None or after[c.after_at] == (c.tag, c.after)
    stay = [c.before_at for c in changes if not c.moved and c.after_at is not None]
    there = [at for at in stay if at is not None]
    assert there == sorted(there)


@given(RECORDS, RECORDS)
def test_subfields_add_up(before: list[FieldText], after: list[FieldText]) -> None:
    """The subfields said to be kept, changed, gone and new make both fields again."""
    for change in compare_texts(before, after):
        for side in ("before", "after"):
            text = getattr(change, side)
            parts = [(s.code, getattr(s, side)) for s in change.subfields]
            there = [(code, value) for code, value in parts if value is not None]
            made = "".join(v for c, v in there if c.startswith("ind")) + "".join(
                "\x1f" + c + v for c, v in there if c and not c.startswith("ind")
            )
            if text is not None and "\x1f" in text:
                assert made == text


@given(RECORDS, st.randoms())
def test_order_alone_is_told_apart(fields: list[FieldText], random: object) -> None:
    """Shuffled fields differ in their order and in nothing else."""
    shuffled = list(fields)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    changes = compare_texts(fields, shuffled)
    assert {c.kind for c in changes} <= {"kept"}
    assert max((c.alike for c in changes), default=Alike.SAME) <= Alike.ORDER


@given(RECORDS)
def test_composition_alone_is_told_apart(fields: list[FieldText]) -> None:
    """Decomposed text is the same text in another spelling."""
    decomposed = [(tag, unicodedata.normalize("NFD", text)) for tag, text in fields]
    kinds = {c.alike for c in compare_texts(fields, decomposed) if not c.moved}
    assert kinds <= {Alike.SAME, Alike.ENCODING}


def test_a_heading_among_many_finds_its_own() -> None:
    """One letter changed in one of several subjects is one change, not one gone and one new."""
    before = [("650", f" 0\x1fa{name}") for name in ("Sea stories", "Whaling", "Ships")]
    after = [before[0], ("650", " 0\x1faWhaling."), before[2], ("650", " 0\x1faMadness")]
    found = [(c.kind, c.after) for c in compare_texts(before, after) if c.alike]
    assert found == [("changed", " 0\x1faWhaling."), ("new", " 0\x1faMadness")]


def test_the_leader_differs_by_more_than_its_lengths() -> None:
    """Lengths are the writer's, leader/09 is encoding, the rest is content."""

    def alike(leader: str) -> Alike:
        one, two = pymarc.Record(), pymarc.Record()
        one.leader, two.leader = pymarc.Leader("00000nam a2200000 i 4500"), pymarc.Leader(leader)
        return compare_records(one, two).alike

    assert alike("01234nam a2200123 i 4500") is Alike.SAME
    assert alike("00000nam  2200000 i 4500") is Alike.ENCODING
    assert alike("00000cam a2200000 i 4500") is Alike.CONTENT
