"""`classify suggest`, `train` and `evaluate` at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def checked(name: str, text: str) -> list[Any]:
    """Return the objects of JSON lines, each held against the schema."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    objects = [json.loads(line) for line in text.splitlines()]
    for each in objects:
        jsonschema.validate(each, schema, cls=jsonschema.Draft202012Validator)
    return objects


def test_suggest(techproc: Callable[..., Any], examples: Path) -> None:
    """Every record of a file gets its line, with at most --top numbers."""
    ran = techproc(
        "classify", "suggest", examples / "copy-source.mrc", "--top", 2, "--json", "--blind"
    )
    found = checked("classify-suggest", ran.out)
    assert ran.code == 0
    assert len(found) > 5
    assert all(len(each["suggestions"]) <= 2 for each in found)
    assert sum(bool(each["suggestions"]) for each in found) > len(found) / 2


def test_suggest_for_reading(techproc: Callable[..., Any], examples: Path) -> None:
    """Without --json the numbers come with captions and counts."""
    ran = techproc(
        "classify", "suggest", examples / "copy-source.mrc", "--scheme", "lcc", "--top", 1
    )
    assert ran.code == 0
    assert " records for it, " in ran.out


def test_train_suggest_evaluate(
    techproc: Callable[..., Any], examples: Path, tmp_path: Path
) -> None:
    """What is learned is used, may be added to, and can be scored."""
    own, more = tmp_path / "own.index", tmp_path / "more.index"
    learned = checked(
        "classify-train",
        techproc(
            "classify", "train", examples / "copy-source.mrc", "--alone", "-o", own, "--json"
        ).out,
    )
    assert 0 < learned[0]["learned"] == learned[0]["records"]
    again = techproc(
        "classify", "train", examples / "catalogue.mrc", "--add-to", own, "-o", more, "--json"
    )
    assert checked("classify-train", again.out)[0]["records"] > learned[0]["records"]
    ran = techproc("classify", "suggest", examples / "copy-source.mrc", "--index", more, "--json")
    assert "own records" in checked("classify-suggest", ran.out)[0]["suggestions"][0]["index"]
    scores = checked(
        "classify-evaluate",
        techproc(
            "classify", "evaluate", examples / "copy-source.mrc", "--index", more, "--json"
        ).out,
    )
    assert {s["scheme"] for s in scores} == {"lcc", "ddc"}
    assert techproc("classify", "train", examples / "copy-source.mrc", "-o", own).code == 5


def test_train_from_a_catalogue(
    techproc: Callable[..., Any], examples: Path, tmp_path: Path
) -> None:
    """The library's own catalogue can be learned from."""
    catalog = tmp_path / "catalogue.db"
    assert techproc("catalog", "import", catalog, examples / "copy-source.mrc").code == 0
    ran = techproc(
        "classify", "train", "--catalog", catalog, "--alone", "-o", tmp_path / "own", "--json"
    )
    assert checked("classify-train", ran.out)[0]["learned"] > 0


@pytest.mark.parametrize("options", [(), ("--index", "nowhere.index")])
def test_misuse_is_told(techproc: Callable[..., Any], options: tuple[str, ...]) -> None:
    """A missing file or index is one plain sentence and exit code 2."""
    ran = techproc("classify", "suggest", "nowhere.mrc", *options)
    assert ran.code == 2
    assert "nowhere" in ran.err
    assert "Traceback" not in ran.err


def test_a_record_without_evidence_is_told(techproc: Callable[..., Any]) -> None:
    """No title and no heading: a finding, and an empty list."""
    record = b"00043nam a22000371  4500001000200000\x1e7\x1e\x1d"
    record = b"%05d" % len(record) + record[5:]
    ran = techproc("classify", "suggest", "-", "--json", stdin=record)
    assert json.loads(ran.out) == {"record": "7", "suggestions": []}
    assert "classify.nothing-to-suggest" in ran.err


def test_another_suggester_is_asked(
    techproc: Callable[..., Any], examples: Path, annif: Any
) -> None:
    """What Annif says is told in the evidence; a server that is away is exit code 4."""
    source = examples / "copy-source.mrc"
    plain = checked("classify-suggest", techproc("classify", "suggest", source, "--json").out)
    line = f"annif url={annif.url} project=lcc weight=0.5"
    techproc("classify", "suggest", source, "--suggester", line)
    number = {"uri": "http://example.org/1", "label": "Ballooning", "notation": "TL623"}
    annif.answers = {key: [{**number, "score": 0.99}] for key in annif.texts}
    ran = techproc("classify", "suggest", source, "--blind", "--suggester", line, "--json")
    told = checked("classify-suggest", ran.out)
    assert len(told) == len(plain)
    assert all("TL623" in {s["number"] for s in each["suggestions"]} for each in told)
    scores = checked(
        "classify-evaluate",
        techproc(
            *("classify", "evaluate", source, "--scheme", "lcc"),
            *("--suggester", line.replace("0.5", "0.01"), "--json"),
        ).out,
    )
    alone = checked(
        "classify-evaluate",
        techproc("classify", "evaluate", source, "--scheme", "lcc", "--json").out,
    )
    assert [s["level"] for s in scores] == ["letters", "class", "full"]
    for one, two in zip(scores, alone, strict=True):
        assert one["records"] == two["records"]
        assert abs(one["first"] - two["first"]) < 0.2
    away = techproc(
        "classify", "suggest", source, "--suggester", "annif url=http://127.0.0.1:9 project=lcc"
    )
    assert away.code == 4
    assert "127.0.0.1:9" in away.err
