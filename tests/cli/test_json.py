"""What commands print with --json, and report.json, are as their schemas say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def valid(name: str, *objects: Any) -> None:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert objects
    for each in objects:
        jsonschema.validate(each, schema, cls=jsonschema.Draft202012Validator)


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_process_and_its_report(
    techproc: Callable[..., Any], tmp_path: Path, examples: Path
) -> None:
    """The totals on standard output and the whole report."""
    ran = techproc(
        "process", examples / "trolley.csv", examples / "vendor.mrc", "--catalog", examples / "catalogue.mrc",
        "--source", examples / "copy-source.mrc", "--offline", "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    valid("process", *lines(ran.out))
    valid("report", json.loads((tmp_path / "out" / "report.json").read_text("utf-8")))


def test_catalog(techproc: Callable[..., Any], tmp_path: Path, examples: Path) -> None:
    """Import, statistics, search and shelf-list."""
    file = tmp_path / "catalogue.sqlite"
    valid(
        "catalog-import",
        *lines(techproc("catalog", "import", file, examples / "catalogue.mrc", "--json").out),
    )
    valid("catalog-stats", *lines(techproc("catalog", "stats", file, "--json").out))
    valid("catalog-search", *lines(techproc("catalog", "search", file, "american", "--json").out))
    valid(
        "catalog-shelflist",
        *lines(techproc("catalog", "shelflist", file, "--limit", "5", "--json").out),
    )


def test_marc_diff_and_overlay(techproc: Callable[..., Any], examples: Path) -> None:
    """What differs, and where fields come from."""
    files = (examples / "catalogue.mrc", examples / "vendor.mrc", "--by", "001", "--by", "isbn")
    valid("marc-diff", *lines(techproc("marc", "diff", *files, "--json").out))
    valid("marc-overlay", *lines(techproc("marc", "overlay", *files, "--dry-run", "--json").out))


def test_classify_headings(techproc: Callable[..., Any], tmp_path: Path, examples: Path) -> None:
    """What is wrong with headings, against a vocabulary of one's own."""
    (tmp_path / "own.csv").write_text("id,subject\nsh1,Cats\n", "utf-8")
    at = ("--indexes", tmp_path)
    assert techproc("classify", "headings", "index", "lcsh", tmp_path / "own.csv", *at).code == 0
    ran = techproc("classify", "headings", "check", examples / "vendor.mrc", "--json", *at,
                   "--vocabulary", "lcsh")  # fmt: skip
    valid("classify-headings-check", *lines(ran.out))


def test_classify_headings_suggest(
    techproc: Callable[..., Any], tmp_path: Path, examples: Path
) -> None:
    """Headings suggested with their evidence, and an index learned."""
    ran = techproc(
        "classify", "headings", "suggest", examples / "copy-source.mrc", "--blind", "--json"
    )
    valid("classify-headings-suggest", *lines(ran.out))
    assert any(each["suggestions"] for each in lines(ran.out))
    own = tmp_path / "own.headings"
    ran = techproc("classify", "headings", "train", examples / "catalogue.mrc", "-o", own, "--json")
    valid("classify-headings-train", *lines(ran.out))
    ran = techproc(
        "classify", "headings", "evaluate", examples / "catalogue.mrc", "--index", own, "--json"
    )
    valid("classify-headings-evaluate", *lines(ran.out))


def test_dedupe_mirror(techproc: Callable[..., Any], examples: Path) -> None:
    """Pairs by another system's rules."""
    files = (examples / "vendor.mrc", examples / "catalogue.mrc")
    ran = techproc("dedupe", "mirror", *files, "--rules", "koha", "--json")
    valid("dedupe-mirror", *lines(ran.out))


def test_config_show(techproc: Callable[..., Any]) -> None:
    """Every key of the policy."""
    valid("config-show", *lines(techproc("config", "show", "--json").out))


@pytest.mark.parametrize("path", sorted(SCHEMAS.iterdir()), ids=lambda path: path.name)
def test_every_schema_is_closed_and_titled(path: Path) -> None:
    """A schema says what it describes, and lets no unknown key pass."""
    schema = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert "additionalProperties" in json.dumps(schema)


def test_config_says_where_a_key_comes_from(
    techproc: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file goes before the default, the environment before the file."""
    (tmp_path / "p.toml").write_text('[match]\nreview = 0.4\n[items]\nbranch = "B"\n')
    monkeypatch.setenv("TECHPROC_ITEMS_BRANCH", "C")
    shown = techproc("config", "show", "--json", "--config", tmp_path / "p.toml")
    keys = {each["key"]: (each["value"], each["from"]) for each in lines(shown.out)}
    assert keys["match.review"] == (0.4, str(tmp_path / "p.toml"))
    assert keys["items.branch"] == ("C", "environment")
    assert keys["items.location"] == ("STACKS", "default")
