"""`marc diff` and `marc overlay` as they are run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pymarc
import pytest
from pymarc import Field, Indicators, Subfield

from techproc.marc import Loaded, encode, read

from .conftest import Ran

RunCommand = Callable[..., Ran]


def made(number: str, title: str, *notes: tuple[str, str]) -> bytes:
    fields = [
        Field("001", data=number),
        Field("245", Indicators("0", "0"), [Subfield("a", title)]),
        *(Field(tag, Indicators(" ", " "), [Subfield("a", text)]) for tag, text in notes),
    ]
    return encode(pymarc.Record(fields=fields))


@pytest.fixture
def loads(tmp_path: Path) -> tuple[Path, Path]:
    ours, theirs = tmp_path / "ours.mrc", tmp_path / "theirs.mrc"
    ours.write_bytes(made("1", "Sea", ("590", "Gift")) + b"\n" + made("2", "Shore"))
    theirs.write_bytes(made("1", "The sea", ("500", "New")) + made("3", "Dune"))
    return ours, theirs


def titles(path: Path) -> list[str]:
    return [item.record["245"]["a"] for item in read(path) if isinstance(item, Loaded)]


def test_diff_prints_what_became_of_each_record(
    techproc: RunCommand, loads: tuple[Path, Path]
) -> None:
    ran = techproc("marc", "diff", *loads)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "changed 1 (record 1 → 1): The sea",
        "  - 245 00 $a Sea",
        "  + 245 00 $a The sea",
        "  + 500 __ $a New",
        "  - 590 __ $a Gift",
        "gone 2 (record 2): Shore",
        "new 3 (record 2): Dune",
    ]
    assert "2 records before, 2 after: 1 changed, 1 new, 1 gone" in ran.err
    assert techproc("marc", "diff", *loads, "--fail-on", "any").code == 1
    assert techproc("marc", "diff", loads[0], loads[0], "--fail-on", "any").code == 0


def test_diff_as_json_ends_with_the_totals(techproc: RunCommand, loads: tuple[Path, Path]) -> None:
    lines = [
        json.loads(line) for line in techproc("marc", "diff", *loads, "--json").out.splitlines()
    ]
    assert [line.get("status") for line in lines] == ["changed", "gone", "new", None]
    assert lines[0]["fields"][0] == {
        "tag": "245", "change": "changed", "nature": "content",
        "before": ["00", "aSea"], "after": ["00", "aThe sea"],
    }  # fmt: skip
    assert lines[-1]["summary"]["fields"]["590"] == {"gone": 1}


def test_the_page_keeps_markup_as_text(techproc: RunCommand, tmp_path: Path) -> None:
    ours, theirs, page = tmp_path / "a.mrc", tmp_path / "b.mrc", tmp_path / "diff.html"
    ours.write_bytes(made("1", "Sea <script>alert(1)</script>"))
    theirs.write_bytes(made("1", "Sea & <b>shore</b>"))
    assert techproc("marc", "diff", ours, theirs, "--html", page).code == 0
    text = page.read_text("utf-8")
    assert "<script>alert" not in text
    assert "Sea &amp; &lt;b&gt;shore&lt;/b&gt;" in text
    assert techproc("marc", "diff", ours, theirs, "--html", page).code == 5, "it is there already"


def test_overlay_needs_a_place_for_what_matches_nothing(
    techproc: RunCommand, loads: tuple[Path, Path], tmp_path: Path
) -> None:
    out, new = tmp_path / "out.mrc", tmp_path / "new.mrc"
    refused = techproc("marc", "overlay", *loads, "-o", out)
    assert refused.code == 5
    assert "--new FILE" in refused.err
    assert not out.exists()
    assert techproc("marc", "overlay", *loads, "-o", out, "--new", new).code == 0
    mixed = techproc("marc", "overlay", *loads, "--json", "--add-new")
    assert mixed.code == 2 and not mixed.out and "-o FILE" in mixed.err
    assert (titles(out), titles(new)) == (["The sea", "Shore"], ["Dune"])
    assert techproc("marc", "overlay", *loads, "-o", out, "--add-new", "--force").code == 0
    assert titles(out) == ["The sea", "Shore", "Dune"]
    assert b"Gift" in out.read_bytes()


def test_overlay_shows_and_writes_nothing_in_a_dry_run(
    techproc: RunCommand, loads: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out.mrc"
    ran = techproc("marc", "overlay", *loads, "-o", out, "--dry-run")
    assert (ran.code, out.exists()) == (0, False)
    assert "  + 245 00 $a The sea\n" in ran.out
    assert "590" not in ran.out, "what is protected does not change"


def test_overlay_tells_where_each_field_came_from(
    techproc: RunCommand, loads: tuple[Path, Path], tmp_path: Path
) -> None:
    out, origins = tmp_path / "out.mrc", tmp_path / "origins.ndjson"
    techproc("marc", "overlay", *loads, "-o", out, "--add-new", "--origins", origins)
    (line,) = [json.loads(text) for text in origins.read_text("utf-8").splitlines()]
    assert [(f["tag"], f["origin"]) for f in line["fields"]] == [
        ("001", "both"), ("245", "incoming"), ("500", "incoming"), ("590", "existing"),
    ]  # fmt: skip
    assert [(d["tag"], d["side"], d["rule"]) for d in line["dropped"]] == [
        ("245", "existing", "default")
    ]


def test_a_mistake_in_the_rules_is_told_with_its_place(
    techproc: RunCommand, loads: tuple[Path, Path], tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rule]]\nfields = "590"\naction = "protekt"\n')
    ran = techproc("marc", "overlay", *loads, "--rules", rules, "--dry-run")
    assert ran.code == 2
    assert "rule 1: action = 'protekt' is not allowed; did you mean protect?" in ran.err
    assert (
        "no overlay preset is called kaho; did you mean koha?"
        in techproc("marc", "overlay", *loads, "--rules", "kaho", "--dry-run").err
    )
