"""`techproc dedupe`: its output by schema, its exit codes, and the review page in a browser."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pymarc
import pytest
from click.testing import CliRunner

from techproc import marc
from techproc.catalog import Catalog
from techproc.marc import Loaded, read
from techproc_cli.dedupe import dedupe

SCHEMAS = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


def run(*arguments, code=0, **more):
    """Run the command group and expect an exit code."""
    result = CliRunner().invoke(dedupe, [str(a) for a in arguments], **more)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def objects(result, schema):
    """Return the JSON lines of a result, each held against its schema."""
    rules = json.loads((SCHEMAS / f"{schema}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(rules)
    found = [json.loads(line) for line in result.stdout.splitlines()]
    for item in found:
        jsonschema.validate(item, rules)
    assert found
    return found


@pytest.fixture
def twice(tmp_path, examples):
    """Twenty records of the example catalogue, and five of them again under other numbers."""
    records = [item.raw for item in read(examples / "catalogue.mrc") if isinstance(item, Loaded)]
    path = tmp_path / "twice.mrc"
    again = []
    for raw in records[:5]:
        record = next(iter(pymarc.MARCReader(io.BytesIO(raw))))
        record["001"].data = "x" + record["001"].data.strip()
        again.append(record.as_marc())
    path.write_bytes(b"".join([*records[:20], *again]))
    return path


def test_files_alone_mean_find(twice):
    """`dedupe FILE` and `dedupe find FILE` print the same groups, by schema."""
    short = objects(run(twice, "--json"), "dedupe")
    assert short == objects(run("find", "--json", twice), "dedupe")
    assert len(short) == 5
    assert all(item["best"] in item["records"] and item["reasons"] for item in short)


def test_options_may_come_first(twice):
    """`dedupe --pairs --json FILE` works too, and prints pairs with their evidence."""
    found = objects(run("--pairs", "--json", twice), "dedupe-pairs")
    assert {item["decision"] for item in found} <= {"match", "review", "no"}
    assert all(item["evidence"]["title"]["points"] > 0 for item in found[:1])


def test_plain_output_is_data_only(twice):
    """Groups go to standard output, the summary to standard error; -q leaves that out."""
    result = run(twice)
    assert result.stdout.startswith("1: ")
    assert "25 read" in result.stderr
    assert run(twice, "-q").stderr == ""


def test_rejected_bytes_end_with_3(tmp_path, twice):
    """What is no record is told, and the exit code says so."""
    twice.write_bytes(twice.read_bytes() + b"rubbish")
    assert "1 rejected" in run(twice, code=3).stderr


def test_explain_says_what_each_field_gave(examples):
    """Two records of one file by their 001."""
    controls = [
        item.record["001"].data
        for item in read(examples / "catalogue.mrc")
        if isinstance(item, Loaded)
    ][:2]
    wheres = [f"{examples / 'catalogue.mrc'}#{control.strip()}" for control in controls]
    assert objects(run("explain", *wheres, "--json"), "dedupe-explain")[0]["decision"] == "no"
    assert "title" in run("explain", *wheres).stdout


def test_explain_names_what_is_not_there(examples):
    """A 001 that no record has is an error in a sentence."""
    result = CliRunner().invoke(dedupe, ["explain", f"{examples / 'catalogue.mrc'}#nope"] * 1)
    assert result.exit_code == 2


def test_against_a_catalogue(tmp_path, examples, twice):
    """A record that the catalogue has is a duplicate of it; one that it lacks is new."""
    with Catalog(tmp_path / "c.sqlite", create=True) as store:
        store.import_records(read(twice))
    found = objects(run("against", tmp_path / "c.sqlite", twice, "--json"), "dedupe-against")
    assert {item["kind"] for item in found} <= {"duplicate", "unsure"}
    others = run("against", tmp_path / "c.sqlite", examples / "copy-source.mrc", "--json")
    assert "new" in {item["kind"] for item in objects(others, "dedupe-against")}


def test_decisions_are_kept_and_contradictions_told(tmp_path, twice):
    """Decisions add up in their file, later words win, contradictions end with exit code 1."""
    lines = [{"a": "1", "b": "2", "decision": "same"}, {"a": "2", "b": "3", "decision": "same"}]
    (tmp_path / "d1").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    kept = tmp_path / "kept.jsonl"
    result = run("decide", tmp_path / "d1", "--decisions", kept, "--json")
    assert objects(result, "dedupe-decide")[-1]["summary"] == {"added": 2, "kept": 2}
    (tmp_path / "d2").write_text('{"a": "3", "b": "1", "decision": "different"}\n', "utf-8")
    found = objects(
        run("decide", tmp_path / "d2", "--decisions", kept, "--json", code=1), "dedupe-decide"
    )
    assert found[0]["rule"] == "dedupe.decisions-contradict"
    (tmp_path / "d3").write_text('{"a": "3"}\n', "utf-8")
    refused = CliRunner().invoke(dedupe, ["decide", str(tmp_path / "d3"), "--decisions", str(kept)])
    assert "line 1" in str(refused.exception)


def test_a_decision_overrules_the_score(tmp_path, twice):
    """Records that a person called different are not grouped."""
    first = objects(run(twice, "--json"), "dedupe")[0]
    a, b = first["records"]
    (tmp_path / "d").write_text(json.dumps({"a": a, "b": b, "decision": "different"}), "utf-8")
    again = objects(run(twice, "--json", "--decisions", tmp_path / "d"), "dedupe")
    assert [a, b] not in [item["records"] for item in again]


def test_merge_plan_then_merge_then_undo(tmp_path, twice):
    """The plan changes nothing; merging and undoing gives the bytes back."""
    plan = objects(run("merge", twice, "--plan", "--json"), "dedupe-merge")
    assert len(plan) == 5
    out, back = tmp_path / "out.mrc", tmp_path / "back.mrc"
    (summary,) = objects(run("merge", twice, "-o", out, "--json"), "dedupe-merge")
    assert summary["summary"]["merged"] == 5
    run("undo", out, "--journal", f"{out}.journal", "-o", back)
    assert back.read_bytes() == twice.read_bytes()
    assert "--plan" in run("merge", twice, code=2).stderr


def test_merge_by_rules_of_a_preset_or_a_file(tmp_path, twice):
    """--rules says what is kept, instead of the policy; a name that is none is told with the nearest."""
    own = tmp_path / "own.toml"
    own.write_text('old_numbers = "035"\n', "utf-8")
    for rules, old in ((None, True), ("melinda", False), (own, False)):
        out = tmp_path / f"{Path(rules or 'policy').stem}.mrc"
        run("merge", twice, "-o", out, *(("--rules", rules) if rules else ()))
        merged = [item.record for item in read(out) if isinstance(item, Loaded)]
        assert any(record.get("019") for record in merged) is old
    refused = run("merge", twice, "-o", tmp_path / "no.mrc", "--rules", "melindo", code=1)
    assert "did you mean melinda?" in str(refused.exception)
    assert not (tmp_path / "no.mrc").exists()


def test_standard_input_is_read_once(twice):
    """Finding reads standard input; merging and reviewing, which read twice, refuse it."""
    assert run("-", input=twice.read_bytes()).stdout.startswith("1: ")
    for command in ("merge", "review"):
        refused = run(command, "-", "-o", "nowhere", code=2, input=twice.read_bytes())
        assert "read twice" in refused.stderr


def _uncertain(tmp_path: Path, examples: Path) -> Path:
    """Write records of which some pairs need a person: another language code in the copy."""
    records = [item.raw for item in read(examples / "catalogue.mrc") if isinstance(item, Loaded)]
    path = tmp_path / "uncertain.mrc"
    with path.open("wb") as stream:
        for raw in records[:40]:
            stream.write(raw)
            record = next(iter(pymarc.MARCReader(io.BytesIO(raw))))
            record["001"].data = "x" + record["001"].data.strip()
            record["008"].data = record["008"].data[:35] + "fre" + record["008"].data[38:]
            stream.write(record.as_marc())
    return path


def test_the_review_page_is_self_contained(tmp_path, examples):
    """One file, no address to fetch from, every text escaped, a section for each pair."""
    page = tmp_path / "review.html"
    run("review", _uncertain(tmp_path, examples), "-o", page)
    text = page.read_text("utf-8")
    assert text.count('<section class="pair"') > 5
    assert not re.search(r'(?:src|href)="?https?:', text)
    assert "<mark>" in text


@pytest.mark.slow
def test_the_review_page_works_in_a_browser(tmp_path, examples):
    """In headless Chromium the keys decide, and the decisions read back."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium here")
    page = tmp_path / "review.html"
    run("review", _uncertain(tmp_path, examples), "-o", page)
    press = """<script>
for (const key of ["s", "d", "k"]) dispatchEvent(new KeyboardEvent("keydown", {key}));
document.body.insertAdjacentHTML("beforeend", "<pre id=out></pre>");
document.getElementById("out").textContent = lines();
</script></body>"""
    page.write_text(page.read_text("utf-8").replace("</body>", press), "utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu",
         f"--user-data-dir={tmp_path / 'u'}",
         "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    lines = re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.DOTALL)
    assert lines is not None
    decided = [json.loads(line) for line in lines[1].splitlines()]
    assert [item["decision"] for item in decided] == ["same", "different", "skip"]
    (tmp_path / "d").write_text(lines[1], "utf-8")
    run("decide", tmp_path / "d", "--decisions", tmp_path / "kept.jsonl")


def test_what_is_no_record_is_told_by_every_command(twice, tmp_path):
    """With its exit code, and without the offset within the record that is not the file's."""
    damaged = tmp_path / "damaged.mrc"
    damaged.write_bytes(twice.read_bytes() + twice.read_bytes()[:100])
    page = tmp_path / "page.html"
    for command in ([], ["review", "-o", page], ["merge", "--plan"]):
        ran = run(*command, damaged, code=3)
        assert "damaged.mrc, record 26: no field terminator" in ran.stderr, command


def test_pieces_of_a_text_form_are_kept_as_rejects(tmp_path):
    """What of MARCXML is no record goes to --rejects, byte for byte."""
    xml = tmp_path / "a.xml"
    broken = "<record><leader>x</lead></record>"
    marc.write([pymarc.Record()], xml, form="marcxml")
    xml.write_text(xml.read_text().replace("</collection>", broken + "</collection>"))
    rejects = tmp_path / "rejects"
    run("merge", xml, "-o", tmp_path / "out.mrc", "--rejects", rejects, code=3)
    assert broken in rejects.read_text()
