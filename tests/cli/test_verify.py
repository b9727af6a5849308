"""`techproc verify`: verdicts printed, as text and JSON, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMA = json.loads(
    (
        Path(__file__).parents[2] / "docs" / "reference" / "schemas" / "verify.schema.json"
    ).read_text()
)
Run = Callable[..., Any]


@pytest.fixture
def items(tmp_path: Path) -> Path:
    """Four items: right, another edition, another book, one that no record is there for."""
    path = tmp_path / "items.csv"
    path.write_text(
        "isbn,title,author,date,edition\n"
        "9780773475762,Seven signature sermons,Baldwin,2001,\n"
        "9780380976591,He shall thunder in the sky,Elizabeth Peters,2000,Large print ed.\n"
        "9780313315718,American Indian cooking before 1500,Mary Gunderson,2001,\n"
        "9780141439518,Pride and prejudice,Jane Austen,2002,\n"
    )
    return path


def test_json_is_one_valid_object_an_item(techproc: Run, items: Path, examples: Path) -> None:
    """Each line keeps to the schema, and says what a cataloguer would."""
    ran = techproc("verify", items, "--against", examples / "copy-source.mrc", "--json")
    found = [json.loads(line) for line in ran.out.splitlines()]
    for one in found:
        jsonschema.validate(one, SCHEMA)
    assert [one["verdict"] for one in found] == [
        "same edition", "other edition", "other work", "no record",
    ]  # fmt: skip
    assert found[0]["item"] == "line 2"
    assert found[1]["elements"]["edition"]["rule"] == "edition.kind"
    assert ran.code == 1


def test_items_may_be_named_from_the_other_side(techproc: Run, items: Path, examples: Path) -> None:
    """RECORDS --items LIST is LIST --against RECORDS."""
    source = examples / "copy-source.mrc"
    one = techproc("verify", items, "--against", source, "--json")
    two = techproc("verify", source, "--items", items, "--json")
    assert one.out == two.out


def test_text_shows_reasons_and_both_sides(techproc: Run, items: Path, examples: Path) -> None:
    """A person sees the verdict, why, and the elements side by side."""
    ran = techproc("verify", items, "--against", examples / "copy-source.mrc", "--fail-on", "never")
    assert "line 2 and 00046303: same edition" in ran.out
    assert "because the ISBN is on the record" in ran.out
    assert "≠ edition    Large print ed. / 1st ed" in ran.out
    assert ran.code == 0


def test_two_marc_files_and_one_alone(techproc: Run, examples: Path) -> None:
    """Records play the items; alone, a file's records that share an ISBN are compared."""
    source = examples / "copy-source.mrc"
    both = techproc("verify", source, "--against", source, "--json")
    found = [json.loads(line) for line in both.out.splitlines()]
    assert found
    assert all(one["verdict"] == "same edition" for one in found)
    assert both.code == 0
    alone = techproc("verify", source, "--json")
    assert alone.code in (0, 1)
    for line in alone.out.splitlines():
        jsonschema.validate(json.loads(line), SCHEMA)


def test_usage_and_input_errors(techproc: Run, items: Path, examples: Path, tmp_path: Path) -> None:
    """A list alone, both sides twice, a missing file: exit code 2 and a sentence on stderr."""
    source = examples / "copy-source.mrc"
    for arguments in (
        (items,),
        (items, "--against", source, "--items", items),
        (items, "--against", tmp_path / "none.mrc"),
        (tmp_path / "none.csv", "--against", source),
    ):
        ran = techproc("verify", *arguments)
        assert ran.code == 2, arguments
        assert ran.err
        assert not ran.out
