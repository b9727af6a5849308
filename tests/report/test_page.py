"""The report in a real browser: it loads, filters, opens, and asks no one for anything."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from techproc.process import process
from techproc.report import write_report

EXAMPLES = Path(__file__).parents[2] / "examples"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-sync", "--disable-background-networking", "--disable-component-update"),
    *("--virtual-time-budget=4000", "--enable-logging=stderr", "--v=0"),
]
# Appended to the page: drives it as a person would and writes down what it saw.
DRIVER = """
<script>
const seen = {};
const rows = () => document.querySelectorAll("details.arrival");
const count = () => document.getElementById("shown").textContent;
const press = (id, value, event) => {
  const e = document.getElementById(id); e.value = value; e.dispatchEvent(new Event(event));
};
seen.ready = document.documentElement.dataset.ready;
seen.first = rows()[0].className;
seen.all = count();
document.querySelector("#totals [data-kind=rejected]").click();
seen.rejected = rows().length;
document.querySelector("#totals [data-kind='']").click();
press("search", "barcode.used", "input"); seen.barcode = rows().length;
press("search", "zzzz nothing", "input"); seen.nothing = rows().length;
press("search", "", "input");
press("match", "copy", "change"); seen.copies = rows().length;
press("match", "", "change");
press("order", "shelf", "change");
seen.shelf = [...rows()].map(r => r.querySelector(".number").textContent).filter(Boolean);
press("search", "second edition", "input"); press("search", "thunder", "input");
const row = rows()[0]; row.open = true; row.dispatchEvent(new Event("toggle"));
seen.body = row.querySelector(".body").innerText;
const note = document.createElement("pre"); note.id = "seen";
note.textContent = JSON.stringify(seen); document.body.append(note);
</script>
"""


def browse(page: Path, tmp_path: Path) -> tuple[str, str]:
    """Return the document after scripts ran, and the browser's log."""
    assert CHROMIUM
    ran = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return ran.stdout, ran.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "out"
    process(
        [str(EXAMPLES / "trolley.csv"), str(EXAMPLES / "vendor.mrc")],
        folder,
        catalog=EXAMPLES / "catalogue.mrc",
        source_files=[str(EXAMPLES / "copy-source.mrc")],
        now=datetime.datetime(2026, 1, 5, 9, 0),
    )
    return folder


@pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")
def test_a_person_can_work_from_it(folder: Path, tmp_path: Path) -> None:
    """Totals filter, the search finds rules and titles, details open, the shelf order is shelf order."""
    page = tmp_path / "driven.html"
    page.write_text(
        (folder / "report.html").read_text("utf-8").replace("</body>", DRIVER + "</body>"), "utf-8"
    )
    document, log = browse(page, tmp_path)
    assert "Uncaught" not in log
    assert "Refused to" not in log
    match = re.search(r'<pre id="seen">(.*?)</pre>', document, re.DOTALL)
    assert match, log
    seen = json.loads(match[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    report = json.loads((folder / "report.json").read_text("utf-8"))
    totals = report["run"]["totals"]
    keys = {
        a["call_number"]["number"]: a["call_number"]["key"]
        for a in report["arrivals"]
        if a["call_number"]
    }
    assert seen["ready"] == "true"
    assert seen["first"] == "arrival review"
    assert seen["all"] == f"{totals['read']} arrivals"
    assert (seen["rejected"], seen["copies"], seen["nothing"]) == (
        totals["rejected"],
        totals["merged"],
        0,
    )
    assert seen["barcode"] == 3
    assert [keys[n] for n in seen["shelf"]] == sorted(keys[n] for n in seen["shelf"])
    assert "Large print ed." in seen["body"]
    assert "differ" in seen["body"]


def test_it_needs_nothing_but_itself(folder: Path) -> None:
    """No address to load from, and a policy that forbids the browser to try."""
    page = (folder / "report.html").read_text("utf-8")
    static = page.split('<script id="report"')[0]
    assert "default-src 'none'" in static
    assert not re.findall(r"(?:src|href)=[\"'](?!data:)", static)
    assert not re.findall(r"@import|url\(", static)


@pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")
def test_a_title_cannot_become_markup(tmp_path: Path) -> None:
    """A record whose title holds a script is shown, not run."""
    evil = '</script><script>document.title="broken"</script><img src=x onerror=alert(1)><!--'
    arrival = {
        "number": 1, "disposition": "written", "name": evil, "file": evil, "place": 1, "isbn": "",
        "control": "", "title": evil, "typed": {}, "chosen": None, "runners_up": [],
        "verification": None, "match": {"kind": "new", "with": evil, "reasons": [evil]},
        "suggestions": {}, "call_number": None, "items": [], "findings": [],
    }  # fmt: skip
    totals = {"read": 1, "written": 1, "review": 0, "merged": 0, "rejected": 0}
    run = {"title": "Safe <b>", "started": "2026-01-05T09:00:00", "inputs": [], "catalog": "",
           "sources": [], "version": "0", "totals": totals}  # fmt: skip
    write_report([arrival], run, html_file=tmp_path / "r.html", json_file=tmp_path / "r.json")
    document, log = browse(tmp_path / "r.html", tmp_path)
    assert "<title>Safe &lt;b&gt;</title>" in document
    assert "Uncaught" not in log
    assert "<img" not in document
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["arrivals"] == [arrival]
