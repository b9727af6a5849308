"""Merging by field: nothing of the base is lost, what came from elsewhere is named."""

from __future__ import annotations

import pytest
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.config import ChoosePolicy
from techproc.sources import Candidate, merge, rank


def record(level: str, *fields: tuple[str, str, str]) -> Record:
    made = Record()
    made.leader = Leader(f"00000nam a2200000{level}i 4500")
    for tag, indicators, text in fields:
        made.fields.append(
            Field(tag=tag, indicators=Indicators(*indicators), subfields=[Subfield("a", text)])
        )
    return made


def merged(*records: Record, claims: tuple[str, ...] = ()):
    claims = claims or ("valid",) * len(records)
    candidates = [
        Candidate(record=r, source=f"s{n}", claim=claim)
        for n, (r, claim) in enumerate(zip(records, claims, strict=True))
    ]
    return merge(rank(candidates, ChoosePolicy()))


def test_what_the_best_lacks_comes_from_the_others_with_provenance() -> None:
    """Class numbers, headings of other vocabularies, contents and summary are taken; 245 is not."""
    base = record(" ", ("040", "  ", "DLC"), ("245", "00", "Title"), ("650", " 0", "Cats"))
    other = record(
        "7", ("082", "04", "599.75"), ("245", "00", "Title :"), ("520", "  ", "About cats"),
        ("650", " 0", "Dogs"), ("650", " 2", "Felis"),
    )  # fmt: skip
    result = merged(base, other)
    assert [(p.tag, p.source, p.text) for p in result.taken] == [
        ("082", "s1", "$a 599.75"),
        ("650", "s1", "$a Felis"),
        ("520", "s1", "$a About cats"),
    ]
    tags = [f.tag for f in result.record.fields]
    assert tags == ["040", "082", "245", "520", "650", "650"]
    assert result.conflicts == ()
    assert [f.tag for f in base.fields] == ["040", "245", "650"]  # unchanged


def test_conflicts_are_listed_and_the_base_is_kept() -> None:
    """Different class numbers and titles are shown with who says what."""
    result = merged(record(" ", ("082", "04", "1")), record("7", ("082", "04", "2")))
    assert result.record["082"]["a"] == "1"
    assert result.conflicts == (("082", (("s0", "$a 1"), ("s1", "$a 2"))),)
    (finding,) = result.findings()
    assert (finding.path, "s0 $a 1; s1 $a 2" in finding.message) == ("082", True)


def test_a_field_brings_its_880s_under_a_free_number() -> None:
    """What comes is not paired with an 880 that the base has for another field."""

    def with_pair(level: str, tag: str, text: str) -> Record:
        made = record(level, ("245", "00", "Title"), (tag, " 0", text), ("880", " 0", f"{text}字"))
        made[tag].subfields.insert(0, Subfield("6", "880-01"))
        made["880"].subfields.insert(0, Subfield("6", f"{tag}-01/$1"))
        return made

    base, other = with_pair(" ", "700", "Kim"), with_pair("7", "650", "Cats")
    alone = record("7", ("520", "  ", "About"))
    alone["520"].subfields.insert(0, Subfield("6", "880-01"))
    result = merged(base, other, alone)
    assert result.record["650"]["6"] == "880-02"
    assert [f["6"] for f in result.record.get_fields("880")] == ["700-01/$1", "650-02/$1"]
    assert "6" not in result.record["520"]


def test_a_cancelled_claim_gives_nothing() -> None:
    """The record of another format does not lend its fields."""
    result = merged(record("7"), record(" ", ("520", "  ", "x")), claims=("valid", "cancelled"))
    assert result.taken == ()


def test_merging_nothing_is_misuse() -> None:
    """Without candidates there is no record to return."""
    with pytest.raises(ValueError, match="at least one"):
        merge([])
