"""`techproc marc`: what is printed and written, exit codes, and that data alone goes to stdout."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pyarrow.parquet as pq
import pymarc
import pytest

from techproc.marc import Loaded, RecordWriter, forms, read
from techproc_cli.marc_colours import styled
from techproc_cli.marc_inputs import FORMS

RUN = "import sys; sys.argv[0] = 'techproc'; from techproc_cli.main import main; main()"
Run: TypeAlias = Callable[..., "Done"]
SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


@dataclass(frozen=True)
class Done:
    """What a command did, in bytes."""

    returncode: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def techproc(techproc: Callable[..., Any]) -> Callable[..., Done]:
    """Run a command in this process."""

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        ran = techproc(*arguments, stdin=stdin)
        return Done(ran.code, ran.raw, ran.err.encode())

    return run


def check(name: str, lines: bytes) -> list[Any]:
    """Return the objects printed, each held against a schema."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    values = [json.loads(line) for line in lines.splitlines()]
    for value in values:
        jsonschema.Draft202012Validator(schema).validate(value)
    return values


@pytest.fixture(scope="module")
def sample(fixtures: Path) -> Path:
    return fixtures / "forms" / "sample.mrc"


@pytest.fixture
def broken(sample: Path, tmp_path: Path) -> Path:
    """Return a file with rubbish between its records."""
    path = tmp_path / "broken.mrc"
    path.write_bytes(sample.read_bytes() + b"rubbish" * 9 + b"\x1d" + sample.read_bytes())
    return path


def test_the_forms_offered_are_those_there_are() -> None:
    """The choices written out for --to are the registry's."""
    assert set(FORMS) == {form.name for form in forms()}


def test_count(sample: Path, techproc: Run) -> None:
    """The object is as documented, from a file or standard input."""
    done = techproc("marc", "count", sample, "--json")
    assert done.returncode == 0
    (value,) = check("marc-count", done.stdout)
    assert value["read"] == 5
    assert value["rejected"] == 0
    again = techproc("marc", "count", "-", "--json", stdin=sample.read_bytes())
    assert again.stdout == done.stdout
    assert b"5 read" in techproc("marc", "count", sample).stdout


def test_rejects_are_counted_kept_and_told_by_the_exit_code(
    broken: Path, tmp_path: Path, techproc: Run
) -> None:
    """Exit code 3, the rest is read, and the bytes are in the file named."""
    rejects = tmp_path / "rejects.bin"
    done = techproc("marc", "count", broken, "--json", "--rejects", rejects)
    assert done.returncode == 3
    (value,) = check("marc-count", done.stdout)
    assert value["read"] == 10 + value["rejected"]
    assert value["rejected"] == sum(value["by_reason"].values()) == 1
    assert b"rubbish" * 9 in rejects.read_bytes()
    converted = techproc("marc", "convert", broken, "-o", tmp_path / "out.mrk")
    assert converted.returncode == 3
    assert len(list(read(tmp_path / "out.mrk"))) == 10


@pytest.mark.parametrize(
    "command", [["convert"], ["filter", "--where", "245"], ["edit", "--recipe", "nfc", "--no-undo"]]
)
def test_an_input_is_not_replaced_at_the_price_of_its_rejects(
    command: list[str], broken: Path, tmp_path: Path, techproc: Run
) -> None:
    """Converted onto itself, a file would lose the pieces that are no record: exit code 5."""
    before = broken.read_bytes()
    onto = ["marc", *command, broken, "-o", broken, "--force"]
    refused = techproc(*onto)
    assert refused.returncode == 5
    assert b"--rejects FILE keeps them" in refused.stderr
    assert broken.read_bytes() == before
    assert techproc(*onto, "--rejects", tmp_path / "kept").returncode == 3
    assert broken.read_bytes() != before
    assert b"rubbish" * 9 in (tmp_path / "kept").read_bytes()


def test_unusable_inputs(tmp_path: Path, techproc: Run) -> None:
    """A missing file, an empty one and rubbish are told in a sentence, with exit code 2."""
    (tmp_path / "empty").touch()
    (tmp_path / "rubbish").write_bytes(b"nothing of the kind")
    for name in ("missing", "empty", "rubbish"):
        done = techproc("marc", "count", tmp_path / name)
        assert done.returncode == 2
        assert done.stderr.startswith(b"techproc: ")
        assert b"Traceback" not in done.stderr
    assert techproc("marc", "filter", "x", "--where", "24$a").returncode == 2
    unclosed = techproc("marc", "filter", "x", "--where", '245$a = "x')
    assert (unclosed.returncode, b"not closed" in unclosed.stderr) == (2, True)


@pytest.mark.parametrize("form", FORMS)
def test_convert_and_back(form: str, sample: Path, techproc: Run) -> None:
    """Every form brings the records back byte for byte."""
    there = techproc("marc", "convert", sample, "--to", form)
    assert there.returncode == 0, there.stderr
    back = techproc("marc", "convert", "-", "--to", "iso2709", stdin=there.stdout)
    assert back.stdout == sample.read_bytes()


def test_convert_by_the_name_of_the_output(sample: Path, tmp_path: Path, techproc: Run) -> None:
    """The output's suffix names the form; an output that is there is not overwritten."""
    output = tmp_path / "out.ndjson"
    assert techproc("marc", "convert", sample, "-o", output).returncode == 0
    assert output.read_bytes().startswith(b'{"leader"')
    assert techproc("marc", "convert", sample, "-o", output).returncode == 5
    assert techproc("marc", "convert", sample, "-o", output, "--force").returncode == 0


def test_convert_refuses_to_lose(sample: Path, tmp_path: Path, techproc: Run) -> None:
    """What a form cannot carry stops the work with exit code 5; --lossy reports it."""
    record = techproc("marc", "view", sample, "-n", "1", "--json").stdout
    lossy = record.replace(b'"a":"Di 1 ban."', b'"a":"Di $b ban."')
    assert lossy != record
    refused = techproc("marc", "convert", "-", "-o", tmp_path / "x.line", stdin=lossy)
    assert refused.returncode == 5
    assert b"250$a" in refused.stderr
    assert not (tmp_path / "x.line").exists()
    done = techproc("marc", "convert", "-", "-o", tmp_path / "x.line", "--lossy", stdin=lossy)
    assert done.returncode == 0
    assert b"250$a" in done.stderr


def test_oversize_fields_are_refused_or_divided(techproc: Run) -> None:
    """A field over 9,999 bytes is never written corrupt."""
    parts = ",".join('{"t": "' + "x" * 4000 + '"}' for _ in range(4))
    record = (
        '{"leader":"00000nam a2200000 i 4500","fields":[{"001":"b1"},'
        '{"505":{"ind1":"0","ind2":"0","subfields":[' + parts + "]}}]}"
    ).encode()
    refused = techproc("marc", "convert", "-", "--to", "iso2709", stdin=record)
    assert refused.returncode == 5
    assert b"505" in refused.stderr
    done = techproc("marc", "convert", "-", "--to", "iso2709", "--oversize", "split", stdin=record)
    assert done.returncode == 0
    assert b"505" in done.stderr
    (item,) = read(io.BytesIO(done.stdout))
    assert isinstance(item, Loaded)
    assert [len(f.subfields) for f in item.record.get_fields("505")] == [2, 2]


def test_marc8_and_back(sample: Path, techproc: Run) -> None:
    """A record goes to MARC-8, with its CJK, and comes back."""
    there = techproc("marc", "convert", sample, "--encoding", "marc-8", "--to", "iso2709")
    assert there.returncode == 0
    assert there.stdout[9:10] == b" "
    back = techproc("marc", "convert", "-", "--to", "mrk", stdin=there.stdout)
    straight = techproc("marc", "convert", sample, "--to", "mrk")
    one, two = (
        [line for line in unicodedata.normalize("NFC", done.stdout.decode()).splitlines()
         if not line.startswith("=LDR")]
        for done in (back, straight)
    )  # fmt: skip
    assert one == two


def test_view(sample: Path, techproc: Run) -> None:
    """In a pipe records are .mrk; as JSON they keep to the schema; fixed fields are named."""
    shown = techproc("marc", "view", sample, "--where", "880", "-n", "1", "--vernacular").stdout
    assert shown.index(b"=245") < shown.index(b"=880") < shown.index(b"=250")
    assert len(check("marc-view", techproc("marc", "view", sample, "--json").stdout)) == 5
    fixed = techproc("marc", "view", sample, "--record", "2", "--fixed").stdout.decode()
    assert fixed.startswith("record 2 ")
    assert "Type of record: language material" in fixed


def test_filter_passes_bytes_on(sample: Path, techproc: Run) -> None:
    """The records kept and the others are together all there are."""
    kept = techproc("marc", "filter", sample, "--where", "008/35-37=ger").stdout
    others = techproc("marc", "filter", sample, "--where", "008/35-37=ger", "-v").stdout
    assert kept
    assert kept in sample.read_bytes()
    assert len(kept) + len(others) == sample.stat().st_size


def test_join_sample_split(sample: Path, tmp_path: Path, techproc: Run) -> None:
    """Files are put together, drawn from repeatably, and divided."""
    joined = techproc("marc", "join", sample, sample).stdout
    assert joined == sample.read_bytes() * 2
    draw = [techproc("marc", "sample", sample, "-n", "2", "--seed", "4").stdout for _ in range(2)]
    assert draw[0] == draw[1]
    assert len(list(read(io.BytesIO(draw[0])))) == 2
    done = techproc("marc", "split", sample, "--every", "2", "--out", tmp_path / "parts")
    assert [line.split(b"\t")[0] for line in done.stdout.splitlines()] == [b"2", b"2", b"1"]
    assert techproc("marc", "split", sample, "--out", tmp_path / "x").returncode == 2


def test_every_subfield_to_parquet(
    techproc: Callable[..., Done], fixtures: Path, tmp_path: Path
) -> None:
    """All there is of a damaged file is in the table, or told and kept as a reject."""
    damaged, out, kept = fixtures / "marc" / "damaged.mrc", tmp_path / "x.parquet", tmp_path / "r"
    layout = ("--layout", "subfields")
    done = techproc("marc", "table", "export", damaged, *layout, "-o", out, "--rejects", kept)
    items = list(read(damaged))
    records = [item.record for item in items if isinstance(item, Loaded)]
    rejects = [item for item in items if not isinstance(item, Loaded)]
    assert done.returncode == 3
    assert f"{len(rejects)} of {len(items)} rejected" in done.stderr.decode()
    assert kept.read_bytes() == b"".join(item.raw for item in rejects)
    table = pq.read_table(out)
    assert table["record"][-1].as_py() == len(records) - 1
    assert table["value"].to_pylist() == [
        value
        for record in records
        for field in record.fields
        for value in ([field.data] if field.control_field else [v for _, v in field.subfields])
    ]
    for wrong in (["-o", tmp_path / "x.csv"], ["-o", out, "--assume", "marc-8"], []):
        assert techproc("marc", "table", "export", damaged, *layout, *wrong).returncode == 2


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_whole_records_through_a_table(
    name: str, sample: Path, tmp_path: Path, techproc: Run
) -> None:
    """A table of fields brings the records back byte for byte."""
    sheet, back = tmp_path / name, tmp_path / "back.mrc"
    assert (
        techproc("marc", "table", "export", sample, "--layout", "fields", "-o", sheet).returncode
        == 0
    )
    done = techproc("marc", "table", "import", sheet, "-o", back)
    assert done.returncode == 0, done.stderr
    assert back.read_bytes() == sample.read_bytes()


def test_changed_cells(sample: Path, tmp_path: Path, techproc: Run) -> None:
    """Changes are shown by --dry-run and applied without it; the others stay as they were."""
    sheet, out = tmp_path / "t.csv", tmp_path / "out.mrc"
    techproc("marc", "table", "export", sample, "-c", "020$a", "-c", "300$a", "-o", sheet)
    text = sheet.read_text("utf-8-sig")
    assert '="' in text.replace('""', '"')
    sheet.write_text(text.replace("135 p. :", "135 pages :", 1), "utf-8")
    shown = techproc("marc", "table", "apply", sheet, sample, "--dry-run")
    assert shown.returncode == 0
    assert shown.stdout.decode().splitlines()[1:] == ["- 135 p. :", "+ 135 pages :"]
    (change,) = check(
        "marc-table-apply",
        techproc("marc", "table", "apply", sheet, sample, "--dry-run", "--json").stdout,
    )
    assert change["path"] == "300$a"
    assert techproc("marc", "table", "apply", sheet, sample, "-o", out).returncode == 0
    before = [i.raw for i in read(sample)]
    after = [i.raw for i in read(out)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [False, True, True, True, True]
    assert b"135 pages :" in (after[0] or b"")
    patch, later = tmp_path / "t.patch", tmp_path / "later.mrc"
    techproc("marc", "table", "apply", sheet, sample, "--dry-run", "--patch", patch)
    assert b"135 pages :" in techproc("marc", "patch", "show", patch).stdout
    assert techproc("marc", "patch", "apply", patch, sample, "-o", later).returncode == 0
    assert later.read_bytes() == out.read_bytes()


def test_changes_that_cannot_be_applied(sample: Path, tmp_path: Path, techproc: Run) -> None:
    """A number that Excel ruined stops the work, and nothing is written."""
    sheet, out = tmp_path / "t.csv", tmp_path / "out.mrc"
    techproc("marc", "table", "export", sample, "-c", "020$a", "--plain", "-o", sheet)
    sheet.write_text(sheet.read_text().replace("7541611514", "7.54161E+09"))
    done = techproc("marc", "table", "apply", sheet, sample, "-o", out)
    assert done.returncode == 5
    assert b"table.mangled" in done.stderr
    assert not out.exists()
    done = techproc("marc", "table", "apply", sheet, sample)
    assert (done.returncode, done.stdout) == (5, b""), "standard output gets nothing either"
    assert techproc("marc", "table", "apply", sheet, sample, "--dry-run").returncode == 1
    assert techproc("marc", "table", "apply", sheet, sample, "-o", out, "--partial").returncode == 1
    assert out.read_bytes() == sample.read_bytes()


@pytest.mark.parametrize(
    "command",
    ["count", "view", "convert", "filter", "split", "join", "sample", "validate", "schema", "rules", "table",
     "table export", "table apply", "table import"],
)  # fmt: skip
def test_every_command_has_help_and_an_example(command: str, techproc: Run) -> None:
    """Help ends in an example."""
    done = techproc("marc", *command.split(), "--help")
    assert done.returncode == 0
    assert b"Example:" in done.stdout


def test_a_closed_pipe_is_quiet(sample: Path) -> None:
    """A reader that goes away is no error."""
    command = f'{sys.executable} -c "{RUN}" marc view {sample} {sample} {sample} | head -c 10'
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert done.stdout == b"=LDR  0122"
    assert b"Traceback" not in done.stderr


def test_validate(sample: Path, tmp_path: Path, techproc: Run) -> None:
    """Findings a line, then the summary; the exit code tells of errors; a baseline excuses."""
    assert techproc("marc", "validate", sample).returncode == 0
    faulty = techproc("marc", "view", sample, "-n", "1", "--json").stdout
    faulty = faulty.replace(b'"300":', b'"233":')
    done = techproc("marc", "validate", "-", "--json", stdin=faulty)
    assert done.returncode == 1
    *findings, summary = check("marc-validate", done.stdout)
    assert [f["rule"] for f in findings] == ["marc.undefined-field"]
    assert findings[0]["path"] == "233"
    assert summary["summary"]["severities"]["error"] == 1
    assert summary["summary"]["records_with_errors"] == 1
    baseline = tmp_path / "known.jsonl"
    baseline.write_bytes(done.stdout)
    again = techproc("marc", "validate", "-", "--json", "--baseline", baseline, stdin=faulty)
    assert again.returncode == 0
    assert check("marc-validate", again.stdout)[-1]["summary"]["excused"] == 1
    for option in (
        ["--ignore", "marc.undefined-field"],
        ["--local", "233"],
        ["--fail-on", "never"],
    ):
        assert techproc("marc", "validate", "-", *option, stdin=faulty).returncode == 0
    assert techproc("marc", "validate", "-", "--ignore", "no", stdin=faulty).returncode == 2


def test_validate_for_people(sample: Path, techproc: Run) -> None:
    """Findings stand under their record; every rule is counted, whether it is shown or not."""
    faulty = techproc("marc", "view", sample, "-n", "1", "--json").stdout
    faulty = faulty.replace(b'"300":', b'"233":')
    shown = techproc("marc", "validate", "-", stdin=faulty).stdout.decode()
    assert "record 1 · " in shown
    assert "MARC 21 bibliographic has no field 233" in shown
    assert "1 read, 0 rejected, 1 with errors" in shown
    counted = techproc("marc", "validate", "-", "--summary", stdin=faulty).stdout.decode()
    assert "record 1 · " not in counted
    assert counted.splitlines()[3].split()[:4] == ["error", "1", "1", "marc.undefined-field"]


def test_validate_as_sarif_with_waivers_and_a_schema(
    sample: Path, tmp_path: Path, techproc: Run
) -> None:
    """A SARIF log names the rule; a waiver or a field of the library's own takes it away."""
    faulty = techproc("marc", "view", sample, "-n", "1", "--json").stdout
    faulty = faulty.replace(b'"300":', b'"233":')
    done = techproc("marc", "validate", "-", "--sarif", stdin=faulty)
    assert done.returncode == 1
    results = json.loads(done.stdout)["runs"][0]["results"]
    assert "marc.undefined-field" in [result["ruleId"] for result in results]
    waivers = tmp_path / "waivers.toml"
    waivers.write_text(
        '[[waiver]]\nrule = "marc.undefined-field"\npath = "233"\nreason = "ours"\n'
        '[[waiver]]\nrule = "marc.url"\nreason = "old"\n'
    )
    waived = techproc("marc", "validate", "-", "--waivers", waivers, stdin=faulty)
    assert waived.returncode == 0
    assert b"1 known or waived" in waived.stdout
    assert b"nothing is covered by the waiver marc.url" in waived.stderr
    own = tmp_path / "own.json"
    own.write_text('{"fields": {"233": {"label": "Own"}}}')
    assert techproc("marc", "validate", "-", "--schema", own, stdin=faulty).returncode == 0
    both = techproc("marc", "validate", "-", "--sarif", "--json", stdin=faulty)
    assert both.returncode == 2


def test_the_schema_is_printed_as_avram(techproc: Run) -> None:
    """As JSON, for each format."""
    for name, tag in (("bibliographic", "245"), ("holdings", "852"), ("authority", "670")):
        assert tag in json.loads(techproc("marc", "schema", name).stdout)["fields"]


def test_the_page_of_rules_is_that_of_the_code(techproc: Run) -> None:
    """Every rule that `marc rules` prints is in docs/reference/validation-rules.md, with a page."""
    page = (SCHEMAS.parent / "validation-rules.md").read_text()
    lines = techproc("marc", "rules").stdout.decode().splitlines()[2:]
    for line in lines:
        name = line.split("`")[1]
        assert f"[`{name}`](rules/{name.removeprefix('marc.')}.md)" in page
        assert (SCHEMAS.parent / "rules" / f"{name.removeprefix('marc.')}.md").is_file()
    assert len(lines) > 60


def test_validate_counts_rejects(broken: Path, techproc: Run) -> None:
    """A rejected piece is an error with its place, and the exit code is that of rejects."""
    done = techproc("marc", "validate", broken, "--json")
    assert done.returncode == 3
    values = check("marc-validate", done.stdout)
    assert values[-1]["summary"]["rejected"] == 1
    assert any("offset" in value for value in values[:-1])


def test_colours_show_all_and_steer_nothing() -> None:
    """A coloured record holds every part of it; control characters don't reach the terminal."""
    record = pymarc.Record()
    record.leader = pymarc.Leader("00000nam a2200000 i 4500")
    subfields = [pymarc.Subfield("a", "Sea\x1b[31m"), pymarc.Subfield("c", "Roe")]
    record.fields = [
        pymarc.Field("001", data="b1\x07"),
        pymarc.Field("245", pymarc.Indicators("1", " "), subfields),
    ]
    shown = styled(record)
    assert shown.plain.splitlines() == [
        "LDR    00000nam a2200000 i 4500",
        "001    b1\ufffd",
        "245 1_ $a Sea\ufffd[31m $c Roe",
    ]
    assert {str(span.style) for span in shown.spans} == {"bold cyan", "yellow", "bold magenta"}


@pytest.fixture
def oversize(tmp_path: Path) -> Path:
    """Return a MARCXML file with a record that fits ISO 2709 between two that do not."""
    path = tmp_path / "big.xml"
    field = pymarc.Field("520", None, [pymarc.Subfield("a", "x" * 9_000)])
    with path.open("wb") as stream, RecordWriter(stream, "marcxml") as writer:
        for control, fields in (("many", [field] * 12), ("fits", [field]), ("long", [])):
            made = pymarc.Record(leader="00000nam a2200000 a 4500")
            made.add_field(pymarc.Field("001", data=control), *fields)
            if control == "long":
                subfields = [pymarc.Subfield("a", "y" * 6_000), pymarc.Subfield("b", "z" * 6_000)]
                made.add_field(pymarc.Field("520", None, subfields))
            writer.write(made)
    return path


def test_convert_refuses_splits_or_sets_aside_what_iso2709_cannot_hold(
    oversize: Path, tmp_path: Path, techproc: Run
) -> None:
    """By policy, and never a corrupt record: what is too large is in neither file or in one."""
    out = tmp_path / "out.mrc"
    refused = techproc("marc", "convert", oversize, "-o", out)
    assert refused.returncode == 5
    assert b"99999" in refused.stderr
    assert not out.exists()
    aside = techproc("marc", "convert", oversize, "-o", out, "--oversize", "marcxml", "--read-back")
    assert aside.returncode == 0, aside.stderr
    assert [i.record["001"].data for i in read(out) if isinstance(i, Loaded)] == ["fits"]
    beside = tmp_path / "out.mrc.oversize.xml"
    assert [i.record["001"].data for i in read(beside) if isinstance(i, Loaded)] == ["many", "long"]
    assert b"marc.set-aside" in aside.stderr
    techproc("marc", "filter", oversize, "--where", "001=long", "-o", tmp_path / "long.xml")
    split = techproc(
        "marc", "convert", tmp_path / "long.xml", "-o", tmp_path / "s.mrc", "--oversize", "split"
    )
    assert split.returncode == 0
    (item,) = read(tmp_path / "s.mrc")
    assert isinstance(item, Loaded)
    assert [f.get_subfields("a", "b")[0][:1] for f in item.record.get_fields("520")] == ["y", "z"]


def test_convert_tells_what_marc8_lacks(tmp_path: Path, techproc: Run) -> None:
    """Characters written as references are named; or the record is refused."""
    record = b"=LDR  00000nam a2200000 a 4500\n=245  00$aDon\xe2\x80\x99t\n"
    source, out = tmp_path / "in.mrk", tmp_path / "out.mrc"
    source.write_bytes(record)
    done = techproc("marc", "convert", source, "--encoding", "marc-8", "-o", out, "--read-back")
    assert done.returncode == 0
    assert b"U+2019" in done.stderr
    assert b"Don&#x2019;t" in out.read_bytes()
    options = ("--encoding", "marc-8", "--unencodable", "refuse", "-o", tmp_path / "no.mrc")
    assert techproc("marc", "convert", source, *options).returncode == 5


@pytest.mark.parametrize("options", [["--read-back"], ["--oversize", "marcxml"]])
def test_what_needs_a_file_says_so(options: list[str], sample: Path, techproc: Run) -> None:
    """A pipe can be neither read back nor have a file beside it."""
    done = techproc("marc", "convert", sample, *options)
    assert done.returncode == 2
    assert b"-o FILE" in done.stderr
