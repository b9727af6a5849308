"""`techproc labels`: what the commands write, say and exit with."""

import json
from pathlib import Path

import jsonschema
import pymarc
import pytest
from click.testing import CliRunner

from techproc.errors import InputError, LabelError, OutputExists
from techproc_cli.labels import labels

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def run(*arguments: str, given: str | None = None):
    """Run a command; what it raises on purpose is raised."""
    result = CliRunner().invoke(labels, arguments, input=given, catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_split_prints_the_lines_one_a_line():
    """The documented form, for one number and several, typed or piped."""
    assert run("split", "QH541.15.C6 C25 2012", "--profile", "lc").stdout.split("\n") == [
        "QH", "541.15", ".C6", "C25", "2012", "",
    ]  # fmt: skip
    assert run("split", "-", "--profile", "nlm", given="WG 120\nQV 4\n").stdout == (
        "WG\n120\n\nQV\n4\n"
    )


def test_split_as_json_follows_its_schema():
    """Lines, what is hidden, and findings."""
    schema = json.loads((SCHEMAS / "labels-split.schema.json").read_text())
    for number in ("KM0 .S63", "305.8/00973"):
        found = json.loads(run("split", number, "--json", "--width", "4").stdout)
        jsonschema.validate(found, schema)
    assert found["hidden"] == [{"offset": 5, "text": "/"}]


def test_split_of_an_empty_number_is_a_finding():
    """Said on standard error, exit code 1."""
    result = run("split", "")
    assert result.exit_code == 1
    assert "label.empty" in result.stderr


def test_spine_writes_a_pdf_and_never_over_one(tmp_path):
    """The file is whole; a second run wants --force."""
    file = tmp_path / "spines.pdf"
    assert run("spine", "QA76 .K5", "-o", str(file)).exit_code == 0
    assert file.read_bytes().startswith(b"%PDF-1.7")
    with pytest.raises(OutputExists):
        run("spine", "QA76 .K5", "-o", str(file))
    assert run("spine", "QA76 .K5", "-o", str(file), "--force").exit_code == 0


def test_a_bad_label_leaves_no_file_unless_the_rest_are_asked_for(tmp_path):
    """Exit code 3 with --partial."""
    file = tmp_path / "bars.pdf"
    with pytest.raises(LabelError, match="3123X"):
        run("barcode", "3123X", "31234000000016", "-o", str(file))
    assert not file.exists()
    result = run("barcode", "3123X", "31234000000016", "-o", str(file), "--partial")
    assert result.exit_code == 3
    assert "3123X" in result.stderr
    assert file.exists()


def test_the_ledger_moves_on_only_when_labels_are_written(tmp_path):
    """A job that fails gives its numbers back."""
    ledger = tmp_path / "ledger.json"
    numbers = {"first": "3123400000001", "last": "3123400000099", "next": "3123400000001"}
    ledger.write_text(json.dumps({"items": numbers}))
    arguments = ["barcode", "--ledger", str(ledger), "--count", "5"]
    with pytest.raises(LabelError):
        run(*arguments, "--stock", "avery-l4730", "-o", str(tmp_path / "a.pdf"))
    assert json.loads(ledger.read_text())["items"]["next"] == "3123400000001"
    run(*arguments, "-o", str(tmp_path / "b.pdf"))
    assert json.loads(ledger.read_text())["items"]["next"] == "3123400000006"


def test_sheet_mixes_kinds(tmp_path):
    """One CSV, three kinds; as CSV again the lines are columns."""
    table = tmp_path / "labels.csv"
    table.write_text(
        "kind,call_number,barcode,text\nspine,QA76 .K5,,\nbarcode,,31234,\ntext,,,Desk\n"
    )
    assert run("sheet", str(table), "-o", str(tmp_path / "x.pdf")).exit_code == 0
    rows = run("sheet", str(table), "--format", "csv", "-o", "-").stdout.splitlines()
    assert rows[1] == "spine,,QA76 .K5,QA,76,.K5"


def test_spines_of_marc_items(tmp_path):
    """Item fields by profile, locations to prefixes, the barcode names the item."""
    record = pymarc.Record()
    record.add_field(pymarc.Field("001", data="ocm1"))
    subfields = [("o", "QA76 .K5"), ("p", "31234000000016"), ("c", "REF"), ("t", "2")]
    record.add_field(
        pymarc.Field(
            "952",
            indicators=pymarc.Indicators(" ", " "),
            subfields=[pymarc.Subfield(code, value) for code, value in subfields],
        )
    )
    file = tmp_path / "items.mrc"
    file.write_bytes(record.as_marc())
    found = run(
        "spine", "--marc", str(file), "--prefix-for", "REF=REF", "--format", "csv", "-o", "-"
    )
    assert found.stdout.splitlines()[1] == "spine,31234000000016,QA76 .K5,REF,QA,76,.K5,c.2"
    bars = run("barcode", "--marc", str(file), "--format", "csv", "-o", "-").stdout
    assert bars.splitlines()[1] == "barcode,ocm1,31234000000016"


def test_calibrate_writes_a_page_and_solves_a_printer(tmp_path):
    """The page is a PDF; marks give TOML that the sheet commands take."""
    page = tmp_path / "page.pdf"
    run("calibrate", "--page", "a4", "-o", str(page))
    assert b"/MediaBox [0 0 595.276 841.89]" in page.read_bytes()
    solved = run("calibrate", "--mark", "A=21,20", "--mark", "B=196.9,20", "--mark", "C=21,259.4")
    printer = tmp_path / "printer.toml"
    printer.write_text(solved.stdout)
    assert "offset_x = 1.0" in solved.stdout
    run("spine", "QA1", "--calibration", str(printer), "-o", str(tmp_path / "s.pdf"))


def test_stocks_are_listed_and_drawn(tmp_path):
    """A line each, JSON by its schema, outlines as a PDF."""
    assert "avery-5160" in run("stocks").stdout
    schema = json.loads((SCHEMAS / "labels-stocks.schema.json").read_text())
    for line in run("stocks", "--json").stdout.splitlines():
        jsonschema.validate(json.loads(line), schema)
    drawn = tmp_path / "outlines.pdf"
    run("stocks", "avery-5160", "roll-1x1", "-o", str(drawn))
    assert b"/Count 2" in drawn.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ["spine", "-o", "x.pdf"],
        ["barcode", "-o", "x.pdf"],
        ["spine", "QA1", "--items", "koha", "-o", "x.pdf"],
        ["spine", "QA1", "--skip", "a-b", "-o", "x.pdf"],
        ["barcode", "1", "--count", "3", "-o", "x.pdf"],
        ["split"],
    ],
)
def test_usage_errors_exit_2(arguments):
    """With a sentence on what to give."""
    assert run(*arguments).exit_code == 2


def test_files_that_are_not_there_are_named():
    """A list, a stock and MARC."""
    with pytest.raises(InputError, match=r"none\.csv"):
        run("sheet", "none.csv", "-o", "-")
    with pytest.raises(LabelError, match="avery-1"):
        run("spine", "QA1", "--stock", "avery-1", "-o", "-")
