"""Fixed fields by position: layouts are whole, values have names, faults are told."""

from __future__ import annotations

import pymarc
import pytest
from pymarc import Field

from techproc.marc.fixed import code_name, layout, material, view_fixed

MATERIALS = ["BK", "CF", "MP", "MU", "CR", "VM", "MX"]


def record(leader: str, *fields: Field) -> pymarc.Record:
    """Return a record."""
    made = pymarc.Record()
    made.leader = pymarc.Leader(leader)
    made.fields = list(fields)
    return made


@pytest.mark.parametrize("kind", MATERIALS)
def test_008_layouts_cover_all_positions(kind: str) -> None:
    """The elements of each material follow each other from 0 to 40 without gap or overlap."""
    at = 0
    for element in layout("008", kind):
        assert element.start == at, element
        at = element.end
    assert at == 40


@pytest.mark.parametrize("kind", list("acdfghkmoqrstvz"))
def test_007_layouts_follow_on(kind: str) -> None:
    """The elements of each 007 follow each other from 0."""
    at = 0
    for element in layout("007", kind):
        assert element.start == at, element
        at = element.end
    assert at >= 2


@pytest.mark.parametrize("kind", list("acdefgijkmoprst"))
def test_006_layouts_cover_all_positions(kind: str) -> None:
    """A 006 is a form and the 008's 18 to 34, moved to 1."""
    at = 0
    for element in layout("006", kind):
        assert element.start == at, element
        at = element.end
    assert at == 18


def test_leader_layout_covers_all_positions() -> None:
    """The leader's elements go from 0 to 24."""
    assert [e.start for e in layout("LDR")][1:] == [e.end for e in layout("LDR")][:-1]
    assert layout("LDR")[-1].end == 24


@pytest.mark.parametrize("kind", MATERIALS)
def test_codes_have_the_length_of_their_positions(kind: str) -> None:
    """A code fills its element, or one position where each holds a code."""
    for element in layout("008", kind):
        for code in element.codes:
            assert len(code) == (1 if element.each else element.end - element.start), element


@pytest.mark.parametrize(
    ("leader", "kind"),
    [("am", "BK"), ("as", "CR"), ("ai", "CR"), ("tm", "BK"), ("mm", "CF"), ("em", "MP"),
     ("jm", "MU"), ("gm", "VM"), ("pc", "MX"), ("sm", None), ("xm", None)],
)  # fmt: skip
def test_material(leader: str, kind: str | None) -> None:
    """LDR/06-07 decide which 008 applies."""
    assert material(record(f"00000n{leader} a2200000 i 4500")) == kind


def test_view() -> None:
    """A view names each element and its value."""
    made = record(
        "00000nam a2200000 i 4500",
        Field("006", data="m     o  d        "),
        Field("007", data="cr |||"),
        Field("008", data="160101s2016    nyuab   o     000 1 eng d"),
    )
    seen = {value.path: (value.name, value.meaning) for value in view_fixed(made)}
    assert seen["LDR/06"] == ("Type of record", "language material")
    assert seen["006/09"] == ("Type of computer file", "document")
    assert seen["007/01"] == ("Specific material designation", "remote")
    assert seen["008/18-21"] == ("Illustrations", "illustrations; maps")
    assert seen["008/23"] == ("Form of item", "online")
    assert seen["008/33"] == ("Literary form", "fiction")
    assert seen["008/35-37"] == ("Language", "")


def test_names_of_codes() -> None:
    """A code has the name that its material gives it."""
    assert code_name("008/28", "f", "BK") == "federal or national"
    assert code_name("LDR/06", "y") is None
    assert code_name("999/00", "y") is None
