"""`techproc process` as its users meet it: bad input gets a message, an exit code and no half files."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc import marc
from techproc.marc import Loaded
from techproc.process.staging import OUTPUTS

Techproc = Callable[..., Any]
HEADER = "isbn,barcode,title\n"
GOOD = "0306406152,31234000002996,Example\n"


def processed(techproc: Techproc, folder: Path, *arguments: object, stdin: bytes = b"") -> Any:
    return techproc("process", *arguments, "--offline", "--out", folder / "out", stdin=stdin)


def read_report(folder: Path) -> Any:
    return json.loads((folder / "out" / "report.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.csv", None, "no such file"),
        ("empty.csv", b"", "empty"),
        ("empty.mrc", b"", "empty"),
        ("header-only.csv", HEADER.encode(), "no line under it"),
        ("no-isbn.csv", b"barcode,title\n1,A\n", "line 1: no column is called isbn"),
        ("binary.csv", bytes(range(256)) * 20, "no text file"),
        ("binary.mrc", bytes(range(256)) * 20, "MARC"),
        ("text.mrc", b"This is a letter to the editor.\n" * 50, "MARC"),
        ("half-utf16.csv", b"\xff\xfei\x00s\x00b", "UTF-16"),
    ],
)
def test_an_unusable_input_is_named_and_nothing_is_left(
    techproc: Techproc, tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    """The message names the file and what is wrong; exit code 2; no output folder appears."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    ran = processed(techproc, tmp_path, path)
    assert ran.code == 2, ran.err
    assert name in ran.err
    assert says in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "out").exists()


def test_the_output_folder_of_the_user_stays(techproc: Techproc, tmp_path: Path) -> None:
    """A folder that was there before a run that failed is there after it."""
    (tmp_path / "out").mkdir()
    assert processed(techproc, tmp_path, tmp_path / "missing.csv").code == 2
    assert list((tmp_path / "out").iterdir()) == []


def test_a_directory_is_no_input(techproc: Techproc, tmp_path: Path) -> None:
    """A folder given as an input is told apart from a missing file."""
    ran = processed(techproc, tmp_path, tmp_path)
    assert (ran.code, "is a directory" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + GOOD).encode("utf-8-sig"),
        (HEADER + GOOD).replace(",", ";").encode(),
        (HEADER + GOOD).replace(",", "\t").encode(),
        (HEADER + GOOD).encode("utf-16"),
        (HEADER + GOOD).replace("\n", "\r\n").encode(),
        ("\n\nISBN-13,Item Barcode,TITLE\n\n" + GOOD + "\n").encode(),
        (b'isbn,barcode,title\n="0306406152","31234000002996","Example"\n'),
        (HEADER + GOOD.replace("Example", "Café")).encode("latin-1"),
    ],
    ids=["bom", "semicolon", "tab", "utf-16", "crlf", "blank-lines", "excel-text", "latin-1"],
)
def test_lists_are_read_however_they_were_saved(
    techproc: Techproc, tmp_path: Path, content: bytes
) -> None:
    """BOM, delimiter, line ends and encoding make no difference to what was scanned."""
    (tmp_path / "list.csv").write_bytes(content)
    ran = processed(techproc, tmp_path, tmp_path / "list.csv")
    assert ran.code == 3, ran.err
    (arrival,) = read_report(tmp_path)["arrivals"]
    assert arrival["isbn"] == "9780306406157"
    assert arrival["typed"]["title"] in ("Example", "Café")
    rules = [finding["rule"] for finding in arrival["findings"]]
    assert rules in (["source.not-found"], ["list.encoding", "source.not-found"])


@pytest.mark.parametrize(
    ("isbn", "rule"),
    [
        ("0306406153", "isbn.check-digit"),
        ("9.78E+12", "isbn.rounded"),
        ("9,78031E+12", "isbn.rounded"),
        ("", "isbn.missing"),
        ("see note", "isbn.form"),
        ("97803064061", "isbn.form"),
        ("٩٧٨٠٣٠٦٤٠٦١٥٧", "isbn.form"),
    ],
)
def test_an_unusable_isbn_is_rejected_with_its_line(
    techproc: Techproc, tmp_path: Path, isbn: str, rule: str
) -> None:
    """Nothing is repaired: the line is in rejects.jsonl with the reason and what was typed."""
    (tmp_path / "list.csv").write_text(f'isbn,title\n"{isbn}",Typed\n', "utf-8")
    assert processed(techproc, tmp_path, tmp_path / "list.csv").code == 3
    (line,) = (tmp_path / "out" / "rejects.jsonl").read_text("utf-8").splitlines()
    reject = json.loads(line)
    typed = {"title": "Typed", "isbn": isbn} if isbn else {"title": "Typed"}
    assert (reject["place"], reject["typed"]) == (2, typed)
    assert [finding["rule"] for finding in reject["findings"]] == [rule]


def test_a_plain_list_of_isbns_needs_no_header(techproc: Techproc, tmp_path: Path) -> None:
    """A .txt is one ISBN a line."""
    (tmp_path / "list.txt").write_text("0-306-40615-2\n9780306406157\n")
    assert processed(techproc, tmp_path, tmp_path / "list.txt").code == 3
    assert [a["isbn"] for a in read_report(tmp_path)["arrivals"]] == ["9780306406157"] * 2


def test_the_same_from_standard_input(techproc: Techproc, tmp_path: Path, examples: Path) -> None:
    """A MARC file in a pipe comes to the same as the file."""
    piped = processed(
        techproc, tmp_path, "-", "--json", stdin=(examples / "vendor.mrc").read_bytes()
    )
    named = techproc(
        "process", examples / "vendor.mrc", "--offline", "--json", "--out", tmp_path / "named"
    )
    assert piped.code == named.code == 3
    assert json.loads(piped.out)["totals"] == json.loads(named.out)["totals"]
    for name in ("records.mrc", "review.mrc", "rejects.mrc", "spine-labels.pdf"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "named" / name).read_bytes()


def test_outputs_are_not_written_over(techproc: Techproc, tmp_path: Path, examples: Path) -> None:
    """Exit code 5 and the old files untouched; --force replaces them; strangers' files stay."""
    arguments = (examples / "trolley.csv", "--source", examples / "copy-source.mrc")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert processed(techproc, tmp_path, *arguments).code == 3
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    ran = processed(techproc, tmp_path, *arguments)
    assert (ran.code, "--force" in ran.err) == (5, True)
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == before
    assert processed(techproc, tmp_path, *arguments, "--force").code == 3
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_a_file_in_the_place_of_the_folder(
    techproc: Techproc, tmp_path: Path, examples: Path
) -> None:
    """--out must be a folder."""
    (tmp_path / "out").write_text("a file")
    ran = processed(techproc, tmp_path, examples / "trolley.csv")
    assert (ran.code, "names a folder" in ran.err) == (2, True)
    assert (tmp_path / "out").read_text() == "a file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_place(techproc: Techproc, tmp_path: Path, examples: Path) -> None:
    """A place that cannot be written is named."""
    tmp_path.chmod(0o500)
    ran = processed(techproc, tmp_path, examples / "trolley.csv")
    assert (ran.code, "permission" in ran.err) == (2, True)


def test_a_full_disk_keeps_the_journal(tmp_path: Path, examples: Path) -> None:
    """When no more can be written the run stops with a message, and goes on when there is room."""
    command = [
        sys.executable, "-c", "from techproc_cli.main import main; main()", "process",
        str(examples / "trolley.csv"), str(examples / "vendor.mrc"), "--offline",
        "--source", str(examples / "copy-source.mrc"), "--out", str(tmp_path / "out"),
    ]  # fmt: skip

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    stopped = subprocess.run(
        command, preexec_fn=little_room, capture_output=True, text=True, check=False
    )
    assert stopped.returncode == 2, stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert not any((tmp_path / "out" / name).exists() for name in OUTPUTS)
    went_on = subprocess.run(command, capture_output=True, text=True, check=False)
    assert went_on.returncode == 3, went_on.stderr
    assert "read 97" in went_on.stdout


def test_an_unknown_key_of_the_policy(techproc: Techproc, tmp_path: Path, examples: Path) -> None:
    """A typing error in techproc.toml is an error that names the key meant."""
    (tmp_path / "policy.toml").write_text("[match]\nreveiw = 0.4\n")
    ran = processed(
        techproc, tmp_path, examples / "trolley.csv", "--config", tmp_path / "policy.toml"
    )
    assert (ran.code, "did you mean match.review?" in ran.err) == (2, True)


@pytest.mark.parametrize("catalog", ["missing.sqlite", "trolley.csv"])
def test_an_unusable_catalogue(
    techproc: Techproc, tmp_path: Path, examples: Path, catalog: str
) -> None:
    """A catalogue that is missing or none is named, and nothing is left."""
    ran = processed(techproc, tmp_path, examples / "vendor.mrc", "--catalog", examples / catalog)
    assert (ran.code, catalog in ran.err) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_copy_of_what_waits_for_review_waits_too(
    techproc: Techproc, tmp_path: Path, examples: Path
) -> None:
    """The second copy of a book whose record a person must see is not loaded before it."""
    (tmp_path / "list.csv").write_text(
        "isbn,barcode\n9780773475762,31234000002990\n9780773475762,31234000003002\n"
    )
    ran = processed(
        techproc, tmp_path, tmp_path / "list.csv", "--source", examples / "copy-source.mrc"
    )
    assert ran.code == 0, ran.err
    first, second = read_report(tmp_path)["arrivals"]
    assert [f["rule"] for f in first["findings"]] == ["barcode.check-digit"]
    assert second["match"]["kind"] == "copy"
    assert [f["rule"] for f in second["findings"]] == ["match.awaits-review"]
    assert (tmp_path / "out" / "records.mrc").read_bytes() == b""


def test_what_of_the_catalogue_and_the_sources_is_no_record_is_told(
    techproc: Techproc, tmp_path: Path, examples: Path
) -> None:
    """A held record that cannot be read is not matched with: the run says so, resumed or not."""
    whole = (examples / "catalogue.mrc").read_bytes()
    (tmp_path / "held.mrc").write_bytes(whole + whole[:100])
    listed = tmp_path / "list.csv"
    listed.write_text(HEADER + GOOD)
    ran = processed(techproc, tmp_path, listed, "--catalog", tmp_path / "held.mrc")
    assert ran.code == 3
    assert f"held.mrc, record 297, byte {len(whole)}" in ran.err
    assert [f["severity"] for f in read_report(tmp_path)["run"]["findings"]] == ["warning"]


def test_a_barcode_on_two_items_of_one_record_goes_to_review(
    techproc: Techproc, tmp_path: Path, examples: Path
) -> None:
    """What is loaded must not have two items under one barcode."""
    entries = [entry for entry in marc.read(examples / "vendor.mrc") if isinstance(entry, Loaded)]
    record = next(entry.record for entry in entries if entry.record.get_fields("952"))
    record.add_field(record["952"])
    (tmp_path / "twice.mrc").write_bytes(marc.encode(record))
    processed(techproc, tmp_path, tmp_path / "twice.mrc")
    (arrival,) = read_report(tmp_path)["arrivals"]
    assert arrival["disposition"] == "review"
    assert [f["rule"] for f in arrival["findings"]] == ["barcode.used"]


def test_pockets_have_author_and_title(
    techproc: Techproc, tmp_path: Path, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stock of spine and pocket labels the run prints both, as `labels spine` does."""
    pypdf = pytest.importorskip("pypdf")
    monkeypatch.setenv("TECHPROC_SPINE_STOCK", "avery-5160-sets")
    assert processed(techproc, tmp_path, examples / "vendor.mrc").code == 3
    page = pypdf.PdfReader(tmp_path / "out" / "spine-labels.pdf").pages[0].extract_text()
    assert "Facing reality" in page
    assert "Bandy, Thomas G" in page


def test_a_barcode_that_a_spreadsheet_rounded_is_named(techproc: Techproc, tmp_path: Path) -> None:
    """It is no digit that was scanned wrong, and no label is printed of it."""
    path = tmp_path / "list.csv"
    path.write_text("isbn,barcode\n0306406152,3.1234E+13\n")
    source = tmp_path / "source.mrc"
    record = Record(fields=[
        Field("020", Indicators(" ", " "), [Subfield("a", "0306406152")]),
        Field("245", Indicators("0", "0"), [Subfield("a", "Example")]),
    ])  # fmt: skip
    source.write_bytes(marc.encode(record))
    assert processed(techproc, tmp_path, path, "--source", source).code in (0, 1)
    (arrival,) = read_report(tmp_path)["arrivals"]
    rules = {finding["rule"] for finding in arrival["findings"]}
    assert (arrival["disposition"], "barcode.rounded" in rules) == ("review", True)


def test_a_record_too_long_when_written_is_kept_as_it_came(
    techproc: Techproc, tmp_path: Path
) -> None:
    """MARC-8 of 90,000 bytes outgrows ISO 2709 as UTF-8: the rejects hold its own bytes."""
    note = b"  \x1fa" + b"\xa1odz " * 900 + b"\x1e"  # Łodz: one byte in MARC-8, two in UTF-8
    fields = [("245", b"00\x1faExample\x1e"), *[("500", note)] * 20]
    directory = b""
    data = b""
    for tag, content in fields:
        directory += f"{tag}{len(content):04}{len(data):05}".encode()
        data += content
    base = 25 + len(directory)
    leader = f"{base + len(data) + 1:05}nam  22{base:05} a 4500".encode()
    raw = leader + directory + b"\x1e" + data + b"\x1d"
    path = tmp_path / "long.mrc"
    path.write_bytes(raw)
    ran = processed(techproc, tmp_path, path)
    (arrival,) = read_report(tmp_path)["arrivals"]
    assert arrival["disposition"] == "rejected", ran.err
    assert (tmp_path / "out" / "rejects.mrc").read_bytes() == raw
