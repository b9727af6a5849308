"""`techproc classify`: call numbers on the command line."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from techproc.errors import InputError
from techproc_cli.classify import classify

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def run(*arguments, **more):
    """Run the command group."""
    return CliRunner().invoke(classify, [str(a) for a in arguments], **more)


def objects(result, schema):
    """Return the JSON lines of a result, each held against its schema."""
    rules = json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    for item in found:
        jsonschema.validate(item, rules)
    assert found
    return found


def test_sort_prints_in_shelf_order():
    """Lines come out as they went in, in order, blank ones left out."""
    result = run("sort", "--scheme", "lcc", input="QA10 .A5\n\nQA9 .A5\r\nqa9.3 .b2\n")
    assert result.exit_code == 0
    assert result.stdout == "QA9 .A5\nqa9.3 .b2\nQA10 .A5\n"


def test_sort_keeps_bytes_that_are_no_utf8():
    """Bytes in another encoding are sorted and come out unharmed."""
    result = run("sort", input=b"QA10 \xe9\nQA9 .A5\n")
    assert result.stdout_bytes == b"QA9 .A5\nQA10 \xe9\n"


def test_sort_is_stable_for_equal_numbers():
    """Numbers that differ only in spacing keep their order."""
    lines = "QA9 .A5\nQA 9.A5\nQA9.A5\n"
    assert run("sort", input=lines).stdout == lines


def test_sort_as_json():
    """--json shows each number's elements and key."""
    found = objects(
        run("sort", "--json", input="QA76.9 .A5 v.2\nFIC ABC\n025 B2\n"), "classify-sort"
    )
    assert [item["scheme"] for item in found] == ["ddc", "lcc", "local"]
    assert [e["kind"] for e in found[1]["elements"]] == [
        "letters", "number", "decimal", "cutter", "volume",
    ]  # fmt: skip


def test_sort_check_prints_moves():
    """--check exits with 1 and says what to move after what."""
    result = run("sort", "--check", input="QA7\nQA3\nQA8\n")
    assert (result.exit_code, result.stdout) == (1, "1\tQA7\tafter QA3\n")
    assert "1 of 3 to move" in result.stderr
    found = objects(
        run("sort", "--check", "--json", input="QA7\nQA3\nQA8\n"), "classify-sort-check"
    )
    assert found == [{"call_number": "QA7", "position": 1, "after": "QA3"}]
    assert run("sort", "--check", input="QA3\nQA7\n").exit_code == 0


def test_a_missing_file_is_an_error_of_the_input(tmp_path):
    """The message names the file."""
    result = run("sort", tmp_path / "none.txt")
    assert isinstance(result.exception, InputError)
    assert "none.txt" in str(result.exception)


def test_cutter():
    """One Cutter a line for each text."""
    assert run("cutter", "Campbell", "Qutub, Ahmad", "1984").stdout == "C36\nQ88\nA15\n"
    assert run("cutter", "Campbell", "--digits", "1").stdout == "C3\n"
    assert objects(run("cutter", "Ito", "--json"), "classify-cutter") == [
        {"text": "Ito", "cutter": "I87"}
    ]


@pytest.mark.parametrize("text", ["東京", "…"])
def test_cutter_refuses_what_it_cannot_read(text):
    """Text without Latin letters is a usage error that says what to do."""
    result = run("cutter", text)
    assert result.exit_code == 2
    assert "romanise" in result.stderr or "nothing" in result.stderr


def test_check_lists_findings_and_fails_from_a_severity():
    """Errors fail by default, warnings when asked for."""
    lines = "QA76.9 .A5 1990\nQA76\n"
    assert run("check", input=lines).exit_code == 0
    assert "callnumber.bare-class" in run("check", input=lines).stdout
    assert run("check", "--fail-on", "warning", input=lines).exit_code == 1
    assert run("check", "--scheme", "lcc", input="PZ123.234.234\n").exit_code == 1
    assert run("check", "--fail-on", "never", "--scheme", "lcc", input="PZ1.2.3\n").exit_code == 0
    found = objects(run("check", "--json", input=lines), "classify-check")
    assert [f["rule"] for f in found[1]["findings"]] == ["callnumber.bare-class"]


def test_callnumber_shows_the_neighbours(examples):
    """Every record of the example gets a number, its neighbours and the rules."""
    arguments = ("callnumber", examples / "vendor.mrc", "--shelflist", examples / "catalogue.mrc")
    shown = run(*arguments, "--fail-on", "never")
    assert shown.exit_code in (0, 3)
    assert "before  " in shown.stdout
    assert "G 63: " in shown.stdout
    found = objects(run(*arguments, "--json", "--fail-on", "never"), "classify-callnumber")
    numbers = [item["call_number"] for item in found if item["call_number"]]
    assert len(numbers) == len(set(numbers)) > 0
    assert all(item["before"] or item["after"] for item in found if item["call_number"])


def test_callnumber_takes_a_class_number_for_all(examples):
    """--class replaces the records' own; nothing is given twice within the file."""
    result = run(
        "callnumber",
        examples / "vendor.mrc",
        "--class",
        "QA76.73.P98",
        "--json",
        "--fail-on",
        "never",
    )
    found = objects(result, "classify-callnumber")
    built = [item for item in found if item["call_number"]]
    assert all(item["class_part"] == "QA76.73.P98" for item in built)
    assert len({item["call_number"] for item in built}) == len(built)


def test_every_command_has_an_example():
    """Help shows how each command is called."""
    for name in ("sort", "cutter", "check", "callnumber"):
        assert "Example:" in run(name, "--help").stdout
