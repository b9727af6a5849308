"""`techproc labels`: what the commands write, say and exit with."""

import csv
import json
from pathlib import Path

import jsonschema
import pymarc
import pytest
from click.testing import CliRunner
from pymarc import Field, Indicators, Record, Subfield

from techproc.catalog import Catalog
from techproc.errors import InputError, LabelError, OutputExists
from techproc.filing import filing_key
from techproc.marc import read
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


def test_odd_barcodes_are_told_and_printed(tmp_path):
    """A wrong check digit, unless the library has none, and a number on two labels."""
    numbers = ["31234000000017", "31234000000016", "31234000000016", "123"]
    printed = run("barcode", *numbers, "--format", "csv", "-o", "-")
    assert printed.exit_code == 0
    assert len(printed.stdout.splitlines()) == 5
    wrong, same = printed.stderr.splitlines()
    assert wrong.startswith("warning label.check-digit: record 1: barcode 31234000000017 ends in 7")
    assert same.startswith("warning label.same-barcode: record 3: 31234000000016 is also")
    policy = tmp_path / "techproc.toml"
    policy.write_text('[items]\nbarcode_check = "none"\n')
    told = run("barcode", *numbers[:2], "--config", str(policy), "--format", "csv", "-o", "-")
    assert told.stderr == ""


def test_standard_output_gets_a_whole_file_or_nothing():
    """What is piped to a printer is not the beginning of a job that is refused."""
    file = CliRunner().invoke(labels, ["barcode", "31234000000016", "3123X", "-o", "-"])
    assert isinstance(file.exception, LabelError)
    assert file.stdout_bytes == b""
    assert run("spine", "QA1", "-o", "-").stdout_bytes.endswith(b"%%EOF\n")


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


@pytest.fixture
def catalogue(tmp_path):
    """A catalogue of three items of two records, two of them dated."""
    record = Record()
    record.add_field(Field("001", data="ocm1"), Field("005", data="20200101000000.0"))
    record.add_field(Field("245", Indicators("0", "0"), [Subfield("a", "A title")]))
    copies = [
        ("31234000000016", "2026-11-02"),
        ("31234000000024", "2026-10-01"),
        ("31234000000032", ""),
    ]
    for barcode, day in copies:
        parts = [("o", f"QA{barcode[-2:]} .K5"), ("p", barcode), ("d", day)]
        record.add_field(
            Field("952", Indicators(" ", " "), [Subfield(c, v) for c, v in parts if v])
        )
    (tmp_path / "c.mrc").write_bytes(record.as_marc())
    path = tmp_path / "catalogue.sqlite"
    with Catalog(path, create=True) as store:
        store.import_records(read(tmp_path / "c.mrc"))
    return str(path)


def test_labels_from_the_catalogue_by_barcode_are_in_the_order_of_the_list(catalogue, tmp_path):
    """One that is not there is named; the rest are printed on request (exit code 3)."""
    wanted = tmp_path / "list.txt"
    wanted.write_text("31234000000032\n31234000000016\n31234999999999\n")
    arguments = [
        "spine",
        "--catalog",
        catalogue,
        "--barcodes",
        str(wanted),
        "--format",
        "csv",
        "-o",
    ]
    with pytest.raises(LabelError, match="31234999999999"):
        run(*arguments, "-")
    found = run(*arguments, "-", "--partial")
    assert found.exit_code == 3
    assert "no item of" in found.stderr
    rows = found.stdout.splitlines()[1:]
    assert [row.split(",")[2] for row in rows] == ["QA32 .K5", "QA16 .K5"]
    wanted.write_text("isbn;Item barcode\n;31234000000032\n0306406152;31234000000016\n")
    assert run(*arguments, "-").stdout == found.stdout


def test_labels_from_the_catalogue_by_date(catalogue):
    """The day of acquisition, else of the record's change; both ends are within."""

    def numbers(*arguments: str) -> list[str]:
        found = run("barcode", "--catalog", catalogue, *arguments, "--format", "csv", "-o", "-")
        return [row.split(",")[2][-2:] for row in found.stdout.splitlines()[1:]]

    assert numbers("--since", "2026-10-01") == ["16", "24"]
    assert numbers("--since", "2026-10-02", "--until", "2026-11-02") == ["16"]
    assert numbers("--until", "2020-01-01") == ["32"]
    with pytest.raises(InputError, match="no day"):
        run("barcode", "--catalog", catalogue, "--since", "May", "-o", "-")


def test_new_numbers_never_meet_those_of_the_catalogue(catalogue, tmp_path):
    """A ledger passes over them; a sequence that would is refused."""
    ledger = str(tmp_path / "ledger.json")
    run("ledger", ledger, "--add", "items=3123400000001-3123400000099")
    found = run(
        "barcode",
        "--ledger",
        ledger,
        "--count",
        "2",
        "--catalog",
        catalogue,
        "--format",
        "csv",
        "-o",
        "-",
    )
    assert [row[-2:] for row in found.stdout.splitlines()[1:]] == ["40", "57"]
    schema = json.loads((SCHEMAS / "labels-ledger.schema.json").read_text())
    shown = json.loads(run("ledger", ledger, "--json").stdout)
    jsonschema.validate(shown, schema)
    assert (shown["next"], shown["left"]) == ("3123400000006", 94)
    with pytest.raises(LabelError, match="already"):
        run("barcode", "--sequence", "31234000000016", "--catalog", catalogue, "-o", "-")


def test_numbers_of_a_partial_job_are_given_out(tmp_path):
    """What is printed with them is printed, whatever else could not be."""
    ledger = str(tmp_path / "ledger.json")
    run("ledger", ledger, "--add", "items=3123400000001-3123400000099")
    result = run("barcode", "BAD", "--ledger", ledger, "--partial", "-o", str(tmp_path / "a.pdf"))
    assert result.exit_code == 3
    assert json.loads(Path(ledger).read_text())["items"]["next"] == "3123400000002"


def test_one_sheet_mixes_tables_typed_labels_items_and_new_numbers(catalogue, tmp_path):
    """In that order; an item has its spine and then its barcode."""
    table = tmp_path / "labels.csv"
    table.write_text("kind,call_number,text\nspine,PS1,\ntext,,Desk\nspine,,\n")
    wanted = tmp_path / "list.txt"
    wanted.write_text("31234000000032\n")
    result = run(
        "sheet", str(table), "--spine", "Z5", "--barcode", "31234000000990", "--text", "Sale",
        "--catalog", catalogue, "--barcodes", str(wanted), "--sequence", "31234000000503",
        "--count", "2", "--caption", "Riverside", "--partial", "--format", "csv", "-o", "-",
    )  # fmt: skip
    rows = [row.split(",") for row in result.stdout.splitlines()[1:]]
    assert [row[0] + " " + (row[2] or row[3]) for row in rows] == [
        "spine PS1", "text Desk", "spine Z5", "barcode 31234000000990", "text Sale",
        "spine QA32 .K5", "barcode 31234000000032",
        "barcode 31234000000503", "barcode 31234000000511",
    ]  # fmt: skip
    assert "labels.csv, line 4" in result.stderr
    assert result.exit_code == 3


BAD = {
    "spine,,,,": "call number is empty",
    f"spine,{'Q' * 300},,,": "300 characters",
    '"spine","QA76\n.K5",,,': "a line break",
    "spine,QA76 \U0010e123,,,": "U+10E123",
    "spine,Donaudampfschifffahrtsgesellschaft,,,": "needs",
    "spine,QA76,,,lcc": "did you mean lc",
    "barcode,,3123X,codabar,": "Codabar has no X",
    "barcode,,978030640615,ean13,": "13 digits",
    "barcode,,123,itf,": "even number",
    "barcode,,31234000000016,code39,": "mm wide",
    "barcode,,1,pdf417,": "no symbology is called pdf417",
    "poster,,,,": "not 'poster'",
}


@pytest.mark.parametrize("form", ["pdf", "zpl", "png"])
@pytest.mark.parametrize("row", BAD)
def test_each_bad_item_is_named_and_the_rest_printed_on_request(row, form, tmp_path):
    """Nothing is printed first; then the good one, and the bad one said again (exit code 3)."""
    table, output = tmp_path / "labels.csv", tmp_path / "out"
    table.write_text(
        f"kind,call_number,barcode,symbology,profile\nspine,PS1,,,\n{row}\n", encoding="utf-8"
    )
    stock = "online-ol5425" if form == "png" else "dymo-30332"  # an inch square, both
    arguments = ["sheet", str(table), "--stock", stock, "--format", form, "-o", str(output)]
    with pytest.raises(LabelError, match="so none is") as refused:
        run(*arguments)
    assert BAD[row] in str(refused.value)
    assert "record 2" in str(refused.value)
    assert not output.exists()
    result = run(*arguments, "--partial")
    assert result.exit_code == 3
    assert BAD[row] in result.stderr
    assert output.stat().st_size > 100


def test_a_damaged_record_is_not_passed_over(tmp_path, fixtures):
    """It stops the job like any item that cannot be printed."""
    with pytest.raises(LabelError, match="record"):
        run("spine", "--marc", str(fixtures / "marc" / "damaged.mrc"), "--field", "050", "-o", "-")


def test_cards_are_printed_in_filing_order(tmp_path, examples):
    """A PDF of four-up sheets; CSV shows the order; piles and places exclude each other."""
    catalogue = str(examples / "catalogue.mrc")
    run("cards", catalogue, "--outlines", "-o", str(tmp_path / "cards.pdf"))
    assert b"/MediaBox [0 0 792 612]" in (tmp_path / "cards.pdf").read_bytes()
    found = run("cards", catalogue, "--cards", "subject", "--format", "csv", "-o", "-").stdout
    headings = [next(csv.reader([row]))[3] for row in found.splitlines()[1:]]
    assert len(headings) > 100
    assert headings == sorted(headings, key=filing_key)
    assert run("cards", catalogue, "--piles", "--start", "2", "-o", "-").exit_code == 2
    with pytest.raises(LabelError, match="no card is called"):
        run("cards", catalogue, "--cards", "author", "-o", "-")


@pytest.mark.parametrize("form", ["zpl", "csv"])
def test_places_on_a_sheet_are_refused_where_there_is_none(form):
    """Nothing that is asked for is passed over in silence."""
    for option in (["--start", "2"], ["--skip", "1"], ["--outlines"], ["--order", "columns"]):
        result = run("spine", "QA1", *option, "--format", form, "-o", "-")
        assert result.exit_code == 2
        assert option[0] in result.stderr


def test_spines_for_a_thermal_printer_have_its_dots():
    """--dpi belongs to every print job: an inch of roll is 203 dots."""
    result = run(
        "spine", "QA1", "--stock", "roll-1x1", "--format", "zpl", "--dpi", "203", "-o", "-"
    )
    assert "^PW203^LL203" in result.stdout


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
        ["spine", "QA1", "--skip", "8-5", "-o", "x.pdf"],
        ["spine", "QA1", "--skip", "1-99999999999", "-o", "x.pdf"],
        ["barcode", "1", "--count", "3", "-o", "x.pdf"],
        ["barcode", "1", "--range", "items", "-o", "x.pdf"],
        ["barcode", "--ledger", "l.json", "--format", "png", "-o", "x.png"],
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


def test_a_floor_above_the_size_is_refused(tmp_path):
    """It is not lowered without a word."""
    file = str(tmp_path / "x.pdf")
    refused = run("spine", "QA76", "--size", "5", "--floor", "9", "-o", file)
    assert refused.exit_code == 2
    assert "--floor 9 is more than --size 5" in refused.stderr
    assert run("spine", "QA76", "--size", "5", "-o", file).exit_code == 0
