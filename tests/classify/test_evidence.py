"""The index: built, joined, stored, damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from techproc.classify.evidence import CAP, EvidenceIndex, Lessons, build, join
from techproc.classify.storage import dumps, load, loads, save
from techproc.errors import CatalogError, InputError, OutputExists

ABOUT = {"sources": [{"name": "made", "records": 3, "date": "2026-01-01"}]}


def made(*records: tuple[str, str, str, str], weight: float = 1.0) -> EvidenceIndex:
    """Return an index of records given as control number, LC number, Dewey number, heading."""
    lessons = Lessons()
    for control, lcc, ddc, heading in records:
        lessons.learn(
            [
                ("001", control, ()),
                ("050", "00", (("a", lcc),)),
                ("082", "00", (("a", ddc),)),
                ("245", "10", (("a", f"Title {control}"),)),
                ("650", " 0", (("a", heading),)),
            ]
        )
    return build(lessons, ABOUT, weight=weight)


SMALL = (
    ("1", "S591", "631.4", "Soils"),
    ("2", "QA76.A1", "004", "Computers"),
    ("3", "QA76", "004", "Computers"),
)


def same(one: EvidenceIndex, two: EvidenceIndex) -> bool:
    """Say whether two indexes hold the same."""
    return (
        all(
            np.array_equal(getattr(one, a), getattr(two, a))
            for a in ("keys", "frequency", "offsets", "postings", "works", "weight")
        )
        and all(np.array_equal(one.numbers[s], two.numbers[s]) for s in one.numbers)
        and all(np.array_equal(one.groups[g], two.groups[g]) for g in one.groups)
        and (one.names, one.controls, one.about) == (two.names, two.controls, two.about)
        and one.tables == two.tables
    )


def test_records_stand_in_the_order_of_their_numbers() -> None:
    """Numbers of one class stand together, and each record keeps its own."""
    index = made(*SMALL)
    assert index.controls == ("3", "2", "1")
    assert [index.names["lcc"][n] for n in index.numbers["lcc"]] == ["QA76", "QA76.A1", "S591"]
    assert index.groups["lcc", "class"].tolist() == [0, 0, 1]


def test_a_record_without_number_is_not_learned() -> None:
    """It could support nothing."""
    lessons = Lessons()
    assert not lessons.learn([("245", "10", (("a", "Title"),)), ("050", "  ", (("a", "LAW"),))])
    assert len(lessons) == 0


def test_an_index_survives_its_file(tmp_path: Path) -> None:
    """What is saved is loaded, joined indexes with their weights included."""
    own = made(("9", "Z1", "020", "Soils"), ("1", "S592", "631.4", "Soils"), weight=3.0)
    index = join(made(*SMALL), own)
    save(index, tmp_path / "index")
    assert same(load(tmp_path / "index"), index)
    with pytest.raises(OutputExists):
        save(index, tmp_path / "index")


def test_common_features_keep_no_list() -> None:
    """A heading of many records keeps its frequency alone, through files and joining too."""
    many = made(*((str(i), f"QA{1 + i % 900}", "510", "Soils") for i in range(3 * CAP)))
    assert int(many.frequency.max()) == 3 * CAP
    assert int(np.diff(many.offsets).max()) < CAP
    assert same(loads(dumps(many), "made"), many)
    own = made(("x", "S591", "631.4", "Soils"), ("y", "S591", "631.4", "Clay"))
    for index in (join(many, own), join(own, many)):
        common = index.keys[np.diff(index.offsets) == 0]
        assert set(many.keys[np.diff(many.offsets) == 0]) == set(common)
        assert index.frequency[np.isin(index.keys, common)].max() == 3 * CAP + 2
        assert len(index) == 3 * CAP + 2
        assert same(loads(dumps(index), "joined"), index)


def test_joining_learns_anew_what_is_known() -> None:
    """A record with a known control number takes the place of the old one."""
    index = join(made(*SMALL), made(("1", "S592", "631.4", "Soils"), weight=3.0))
    assert len(index) == 3
    place = index.controls.index("1")
    assert index.names["lcc"][index.numbers["lcc"][place]] == "S592"
    assert index.weight[place] == 3.0
    assert [s["name"] for s in index.about["sources"]] == ["made", "made"]


def test_joining_with_nothing_changes_nothing() -> None:
    """An index joined to an empty one is as it was."""
    index = made(*SMALL)
    both = join(index, made())
    assert np.array_equal(both.postings, index.postings)
    assert both.controls == index.controls


@pytest.mark.parametrize("at", [60, -40, -5])
def test_damage_is_told(at: int) -> None:
    """A changed byte anywhere is an error that says what to do."""
    data = bytearray(dumps(made(*SMALL)))
    data[at] ^= 0x55
    with pytest.raises(CatalogError, match="classify train"):
        loads(bytes(data), "index")


def test_a_cut_off_file_is_told() -> None:
    """Half an index is damaged."""
    data = dumps(made(*SMALL))
    with pytest.raises(CatalogError, match="damaged"):
        loads(data[: len(data) // 2], "index")


def test_other_files_and_versions_are_told(tmp_path: Path) -> None:
    """A file that is no index, a missing one, and one of another format each have their message."""
    with pytest.raises(InputError, match="not an evidence index"):
        loads(b"00714cam", "vendor.mrc")
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "none")
    data = dumps(made(*SMALL)).replace(b'{"format": 2', b'{"format": 9')
    with pytest.raises(CatalogError, match="format 9"):
        loads(data, "index")
