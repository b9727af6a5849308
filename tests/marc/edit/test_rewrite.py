"""Records written anew in C: the same as in Python, or left to it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import NotEncodable, RecordTooLarge
from techproc.findings import Finding
from techproc.marc import Quarantined
from techproc.marc.edit import editing, load_recipe, recipe, shipped_recipes
from techproc.marc.edit.outcome import Kept, Outcome
from techproc.marc.edit.recipe import Recipe
from techproc.marc.edit.run import edit_file
from techproc.marc.encoder import assemble
from techproc.marc.patch import RecordPatch, reverse
from techproc.marc.patchfile import is_plain, patch_rest, patch_text
from techproc.marc.scanner import COMPILED, fields, rewrite

compiled = pytest.mark.skipif(not COMPILED, reason="the C core is not built")
LEADER = "00000nam a2200000 i 4500"
OWN = {
    "growing": '[[step]]\nreplace = "245$a"\npattern = "^"\nwith = "x"',
    "a field less each time": '[[step]]\ndelete = "650[1]"',
    "undone by the next": """
        [[step]]
        delete = "599"
        [[step]]
        unless = "599"
        add = "599 ## $aÉ \\" back\\\\slash"
        [[step]]
        when = "599 and LDR/06=a"
        replace = "245$a"
        text = "e"
        with = "ee"
    """,
    "control fields": """
        [[step]]
        set = "001"
        to = "new"
        [[step]]
        delete = "003"
        [[step]]
        add = "006 m     o  d        "
        [[step]]
        set = "LDR/18"
        to = "a"
    """,
    "linked": '[[step]]\ndelete = "245$c"\n[[step]]\ndelete = "7XX"\n[[step]]\ndelete = "880"',
    "too long": f'[[step]]\nadd = "500 ## $a{"x" * 9_999}"',
    "moved": '[[step]]\nmove = "500"\nto = "520"\n[[step]]\nsort = "6XX"\nby = "text"',
}
GIVEN = {"vendor-ebooks": {"proxy": "https://p.example.edu/login?url=", "link_text": "Read"}}
ALL = [*shipped_recipes(), *OWN]


class Told:
    """Keeps what is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def changed(self, undo: RecordPatch) -> None:
        self.told.append(undo)

    def found(self, findings: list[Finding]) -> None:
        self.told += findings

    def rejected(self, item: Quarantined) -> None:
        self.told.append((item.number, item.raw))


def made_of(data: bytes, name: str) -> tuple[object, ...]:
    """Return all that comes of a run."""
    by = Recipe.parse(OWN[name], name) if name in OWN else load_recipe(name, GIVEN.get(name))
    output, undo, told = io.BytesIO(), io.BytesIO(), Told()
    report = edit_file(io.BytesIO(data), by, output, undo, told, show=True)
    return output.getvalue(), undo.getvalue(), told.told, report


@compiled
@pytest.mark.parametrize("file", ["forms/sample.mrc", "marc/damaged.mrc"])
@pytest.mark.parametrize("name", ALL)
def test_without_the_core_it_is_the_same(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch, name: str, file: str
) -> None:
    """Records, patch, findings, counts."""
    data = (fixtures / file).read_bytes()
    in_c = made_of(data, name)
    monkeypatch.setattr(editing, "rewrite", lambda *_: None)
    assert made_of(data, name) == in_c


@pytest.mark.parametrize("name", ALL)
def test_steps_left_out_of_the_second_run_would_do_nothing(
    fixtures: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is found of doing it twice is what doing every step again finds."""
    data = (fixtures / "forms/sample.mrc").read_bytes()
    usual = made_of(data, name)
    monkeypatch.setattr(recipe, "_to_do_again", lambda steps, done: tuple(range(len(steps))))
    assert made_of(data, name) == usual


TEXT = st.text(st.sampled_from('aé中\x1f\x1e\x1d\x00\n\t\b\f\r"\\\x7f6&#x\x1b\ud800 $'), max_size=8)
BODIES = TEXT.map("10\x1fa".__add__)
TAGS = st.sampled_from(["245", "500", "880", "9XX", "é00", "65", "LDR", "\x0612"])


@st.composite
def outcomes(draw: st.DrawFn) -> tuple[bytes, Outcome]:
    """Return a plain record, and what may have become of it."""
    size = draw(st.integers(0, 4))
    tags = ["001", *draw(st.lists(st.sampled_from(["245", "500", "880"]), max_size=size))]
    values = draw(st.lists(st.sampled_from(["a", "é", '"', "\x1f6880-01"]), min_size=4, max_size=4))
    texts = ["id", *(f"10\x1fa{value}" for value in values)][: len(tags)]
    bodies = [text.encode() + b"\x1e" for text in texts]
    raw = assemble(LEADER, tags, [*map(len, bodies)], b"".join(bodies), "a")
    places = st.integers(-1, len(tags))
    new = st.tuples(st.none() | st.integers(0, len(tags) - 1), TAGS, BODIES)
    entries: list[Kept] = draw(st.lists(places | new, max_size=6))
    if draw(st.booleans()):
        entries = [e for e in range(len(tags)) if draw(st.booleans())]
        entries.insert(draw(st.integers(0, len(entries))), draw(new))
    leader = draw(
        st.sampled_from(
            [LEADER, LEADER[:17] + "7" + LEADER[18:], "short", LEADER[:9] + " " + LEADER[10:]]
        )
    )
    return raw, Outcome(raw[:24].decode(), leader, tags, texts, entries)


@compiled
@given(outcomes())
def test_the_core_writes_what_python_does(case: tuple[bytes, Outcome]) -> None:
    """The record, and the operations as JSON; whatever is asked of it."""
    raw, outcome = case
    assert fields(raw) == (outcome.tags, outcome.before)
    made = rewrite(raw, outcome.leader, outcome.entries)
    if made is None:
        return
    after, operations, linked = made
    now = outcome.fields()
    bodies = [text.encode() + b"\x1e" for _, _, text in now]
    sizes = [*map(len, bodies)]
    leader = outcome.leader
    assert after == assemble(leader, [t for _, t, _ in now], sizes, b"".join(bodies), leader[9])
    assert is_plain(after)
    undo = reverse(
        RecordPatch(record=1, control="", digest="b", result="a", operations=outcome.operations())
    )
    assert patch_text(1, "", "a", "b", operations) == patch_rest(undo)
    assert linked == any("\x1f6" in (o.before or "") + (o.after or "") for o in undo.operations)


@compiled
def test_the_core_writes_what_most_edits_leave() -> None:
    """Fields gone, changed and new, in order: what it is there for."""
    body = b"id\x1e10\x1faSea\x1e  \x1faNote\x1e"
    raw = assemble(LEADER, ["001", "245", "500"], [3, 8, 9], body, "a")
    made = rewrite(raw, LEADER, [0, (1, "245", "10\x1faSee é"), (None, "655", " 7\x1faBooks")])
    assert made is not None
    after, operations, linked = made
    assert fields(after)[1] == ["id", "10\x1faSee é", " 7\x1faBooks"]
    assert operations.startswith(b'{"tag":"LDR"') and operations.count(b'"tag"') == 4
    assert not linked


@compiled
@pytest.mark.parametrize("size", [9_990, 9_995, 9_996, 12_000])
def test_the_core_leaves_what_is_too_large_to_python(size: int) -> None:
    """9,999 bytes and no more to a field, 99,999 to a record."""
    raw = assemble(LEADER, ["001"], [3], b"id\x1e", "a")
    entries: list[Kept] = [0, *[(None, "500", "  \x1fa" + "x" * size)] * 2]
    whole = rewrite(raw, LEADER, entries)
    assert (whole is None) == (size + 5 > 9_999)
    assert rewrite(raw, LEADER, [0, *entries[1:] * 5]) is None or size == 9_990
    body = "".join(f"  \x1fa{'x' * size}\x1e" for _ in range(2)).encode()
    if whole is None:
        with pytest.raises((RecordTooLarge, NotEncodable)):
            assemble(LEADER, ["500"] * 2, [size + 5] * 2, body, "a")
