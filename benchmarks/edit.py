"""Three edits on every record: techproc by recipe, a pymarc loop, and Catmandu where it is there.

python benchmarks/edit.py FILE.mrc[.xz] [--records N]

Each does the same to the same records: 9XX deleted, "p." and "v." in 300 $a spelt out, a 655 added.
techproc also writes the patch that undoes the run, checks that a second run would change nothing,
and here gives the file back from the patch. The outputs are compared field by field. Below, the
shipped RDA upgrade: `marc edit` beside `Recipe.apply` between pymarc's reader and writer. Times are
CPU seconds of all the processes that take part; what counts is the ratio in one run.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pymarc

from techproc.findings import Finding
from techproc.marc import Loaded, Quarantined, read
from techproc.marc.edit import Recipe, load_recipe
from techproc.marc.edit.run import edit_file
from techproc.marc.fielddiff import record_texts
from techproc.marc.patch import RecordPatch
from techproc.marc.patchfile import PatchFile, restore

RECIPE = """
[[step]]
delete = "9XX"

[[step]]
replace = "300$a"
words = { "p." = "pages", "v." = "volumes" }

[[step]]
add = "655 #7 $aBooks.$2local"
"""
FIX = r"""
marc_remove('9**')
marc_replace_all('300a', '(?<![\w.])p\.(?!\w)', 'pages')
marc_replace_all('300a', '(?<![\w.])v\.(?!\w)', 'volumes')
unless marc_match('655a', '^Books\.$')
  marc_add('655', ind1, ' ', ind2, '7', a, 'Books.', 2, local)
end
"""
THREE = Recipe.parse(RECIPE, "three")
UPGRADE = load_recipe("rda-upgrade")
WORDS = re.compile(r"(?<![\w.])(?:p\.|v\.)(?!\w)")
SPELT = {"p.": "pages", "v.": "volumes"}


class Counting:
    """Counts what is told."""

    def __init__(self) -> None:
        self.findings = 0

    def changed(self, undo: RecordPatch) -> None:
        pass

    def found(self, findings: Iterable[Finding]) -> None:
        self.findings += len(list(findings))

    def rejected(self, item: Quarantined) -> None:
        pass


def by_pymarc(data: bytes) -> bytes:
    output = io.BytesIO()
    for record in pymarc.MARCReader(io.BytesIO(data)):
        if record is None:
            continue
        for field in [f for f in record.fields if f.tag[0] == "9"]:
            record.remove_field(field)
        for field in record.get_fields("300"):
            field.subfields = [
                pymarc.Subfield(code, WORDS.sub(lambda m: SPELT[m[0]], value))
                if code == "a"
                else pymarc.Subfield(code, value)
                for code, value in field.subfields
            ]
        made = pymarc.Field("655", pymarc.Indicators(" ", "7"))
        made.subfields = [pymarc.Subfield("a", "Books."), pymarc.Subfield("2", "local")]
        if str(made) not in [str(f) for f in record.get_fields("655")]:
            record.add_ordered_field(made)
        output.write(record.as_marc())
    return output.getvalue()


def upgraded_by_pymarc(data: bytes) -> bytes:
    """Read and write with pymarc, and upgrade each of its records."""
    output = io.BytesIO()
    for record in pymarc.MARCReader(io.BytesIO(data)):
        if record is not None:
            UPGRADE.apply(record)
            output.write(record.as_marc())
    return output.getvalue()


def by_techproc(
    data: bytes, jobs: int, twice: bool = True, recipe: Recipe = THREE
) -> tuple[bytes, bytes]:
    output, undo = io.BytesIO(), io.BytesIO()
    edit_file(io.BytesIO(data), recipe, output, undo, Counting(), jobs=jobs, twice=twice)
    return output.getvalue(), undo.getvalue()


def by_catmandu(path: Path) -> Callable[[], bytes] | None:
    """Return what runs Catmandu's fixes on a file, or None where it is not installed."""
    if shutil.which("catmandu") is None:
        return None
    fixes = path.with_suffix(".fix")
    fixes.write_text(FIX)
    command = ["catmandu", "convert", "MARC", "--type", "ISO", "--fix", str(fixes)]
    command += ["to", "MARC", "--type", "ISO"]

    def run() -> bytes:
        with path.open("rb") as stream:
            return subprocess.run(command, stdin=stream, capture_output=True, check=True).stdout

    return run


def measured(work: Callable[[], object]) -> tuple[float, float, object]:
    """Return CPU seconds (children too), wall seconds and the result."""
    before = time.process_time() + _children()
    start = time.perf_counter()
    result = work()
    wall = time.perf_counter() - start
    return time.process_time() + _children() - before, wall, result


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fields(data: bytes) -> list[list[tuple[str, str]]]:
    items = read(io.BytesIO(data))
    return [sorted(record_texts(i.record)) for i in items if isinstance(i, Loaded)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    raws: list[bytes] = []
    for item in read(options.file):
        if isinstance(item, Loaded) and item.as_it_came and item.raw and item.raw[9:10] == b"a":
            raws.append(item.raw)
        if len(raws) == options.records:
            break
    data = b"".join(raws)
    cores = len(os.sched_getaffinity(0))
    print(f"{len(raws)} records, {len(data) / 1e6:.1f} MB, {cores} processors")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.mrc"
        path.write_bytes(data)
        runs: dict[str, Callable[[], object]] = {
            "pymarc loop": lambda: by_pymarc(data),
            "techproc, one process": lambda: by_techproc(data, 1),
            "techproc, two processes": lambda: by_techproc(data, 2),
            "techproc, one process, --once": lambda: by_techproc(data, 1, twice=False),
        }
        if (catmandu := by_catmandu(path)) is not None:
            runs["Catmandu"] = catmandu
        runs["pymarc, rda-upgrade"] = lambda: upgraded_by_pymarc(data)
        runs["techproc, rda-upgrade"] = lambda: by_techproc(data, 1, recipe=UPGRADE)
        runs["techproc, rda-upgrade, two"] = lambda: by_techproc(data, 2, recipe=UPGRADE)
        best: dict[str, tuple[float, float]] = {}
        results: dict[str, object] = {}
        for _ in range(options.rounds):  # in turn, so that all see the same machine
            for name, work in runs.items():
                cpu, wall, results[name] = measured(work)
                old = best.get(name, (cpu, wall))
                best[name] = min(cpu, old[0]), min(wall, old[1])
        print(f"{'':<32}{'records/CPU s':>14}{'× pymarc':>10}{'records/s':>12}{'× pymarc':>10}")
        for name, (cpu, wall) in best.items():
            base = best["pymarc, rda-upgrade" if "rda-upgrade" in name else "pymarc loop"]
            print(
                f"{name:<32}{len(raws) / cpu:>14,.0f}{base[0] / cpu:>10.1f}"
                f"{len(raws) / wall:>12,.0f}{base[1] / wall:>10.1f}"
            )
        after, undo = results["techproc, two processes"]  # type: ignore[misc]
        upgraded, _ = results["techproc, rda-upgrade"]  # type: ignore[misc]
        same = fields(after) == fields(results["pymarc loop"])  # type: ignore[arg-type]
        same = same and fields(upgraded) == fields(results["pymarc, rda-upgrade"])  # type: ignore[arg-type]
        print(f"the fields are those of the pymarc loops: {same}")
        patch = Path(folder) / "undo.jsonl"
        patch.write_bytes(undo)
        back = io.BytesIO()
        restore(PatchFile(patch), io.BytesIO(after), back)
        print(
            f"the patch ({len(undo) / 1e6:.1f} MB) gives the file back: {back.getvalue() == data}"
        )
    if not same or back.getvalue() != data:
        sys.exit(1)


if __name__ == "__main__":
    main()
