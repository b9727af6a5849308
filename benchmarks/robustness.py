"""How many records each reader gets right out of damaged files: techproc beside its peers.

    python benchmarks/robustness.py [--peers /path/to/venv/bin/python] [--perl DIR] [--file NAME]

Three tables. The first damages real, sound records in the ways of `damages.py` (every tenth of a
file), so that it is known what each should have been: a record counts when its tags, indicators,
subfields and text all come out as they were before the damage. The last column counts records that
techproc yielded otherwise than they were without a finding that says so: there should be none. The
second does the same with losses that nothing can mend, and counts wrong records passed on. The
third reads records that were found damaged (458 of them): nobody knows what they were, so a record
counts when it is whole on the face of it: a field for each directory entry or terminator,
indicators and subfields in each, no replacement characters, no text encoded twice.

`--peers` names the Python of an environment with pymarc, rmarc and mrrc (`pip install pymarc rmarc
mrrc`); `--perl` a folder with MARC::Record. A peer that is not there is left out, and said so.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

import damages

from techproc.marc import Loaded, read

DATA = Path(__file__).parents[2] / "shared" / "data"
Content = list[tuple[str, str, str]]  # tag, indicators, text with "$c" before each subfield

OURS = """
import sys, json
from techproc.marc import read, Loaded
from techproc.errors import InputError
for path in sys.argv[1:]:
    try:
        for item in read(path):
            if isinstance(item, Loaded):
                print(json.dumps(item.record.as_dict()))
    except InputError as error:
        print(error, file=sys.stderr)
    print("null")
"""
PYMARC = """
import sys, json, warnings
warnings.simplefilter("ignore")
import {name} as lib
for path in sys.argv[1:]:
    with open(path, "rb") as stream:
        reader = lib.MARCReader(stream{options})
        while True:
            try:
                record = next(reader)
            except StopIteration:
                break
            except Exception as error:
                if type(error).__name__ == "FatalReaderError":
                    break
                continue
            if record is not None:
                print(json.dumps(record.as_dict()))
    print("null")
"""
MRRC = """
import sys, json, mrrc
for path in sys.argv[1:]:
    with open(path, "rb") as stream:
        try:
            reader = mrrc.MARCReader(stream, recovery_mode="{mode}")
            while (record := reader.read_record()) is not None:
                print(json.dumps(record.as_dict()))
        except Exception as error:
            print(error, file=sys.stderr)
    print("null")
"""
PERL = r"""
use MARC::Batch; use JSON::PP; binmode STDOUT, ":raw";
my $json = JSON::PP->new->utf8;
for my $path (@ARGV) {
my $batch = MARC::Batch->new("USMARC", $path); $batch->strict_off; $batch->warnings_off;
while (1) {
    my $record = eval { $batch->next }; if ($@) { next } last unless $record;
    my @fields;
    for my $f ($record->fields) {
        if ($f->is_control_field) { push @fields, { $f->tag => $f->data } }
        else { push @fields, { $f->tag => { ind1 => $f->indicator(1), ind2 => $f->indicator(2),
            subfields => [ map { { $_->[0] => $_->[1] } } $f->subfields ] } } }
    }
    print $json->encode({ leader => $record->leader, fields => \@fields }), "\n";
}
print "null\n";
}
"""


def contents(output: bytes) -> list[Content | None]:
    """Return the records of MARC-in-JSON lines (or concatenated objects); None ends a file."""
    decoder = json.JSONDecoder(strict=False)
    text = output.decode("utf-8", "replace").strip()
    found, at = [], 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("\n", at) + 1 or len(text)
            continue
        while at < len(text) and text[at].isspace():
            at += 1
        found.append(content(value) if isinstance(value, dict) else None)
    return found


def content(record: dict) -> Content:
    """Return what a record holds, composed, without the leader."""
    fields: Content = []
    for entry in record.get("fields", []):
        for tag, value in entry.items():
            if isinstance(value, str) or value is None:
                fields.append((tag, "", unicodedata.normalize("NFC", value or "")))
            else:
                text = "".join(
                    f"${code}{part}"
                    for sub in value.get("subfields", [])
                    for code, part in sub.items()
                )
                indicators = f"{value.get('ind1', '')}{value.get('ind2', '')}"
                fields.append((tag, indicators, unicodedata.normalize("NFC", text)))
    return fields


Reader = Callable[[list[Path]], list[list[Content]]]


def run(command: list[str], *, one_at_a_time: bool = False) -> Reader:
    """Return a reader that runs a program on files; what it printed before dying counts."""

    def reader(paths: list[Path]) -> list[list[Content]]:
        if one_at_a_time and len(paths) > 1:
            return [reader([path])[0] for path in paths]
        try:
            done = subprocess.run(
                [*command, *map(str, paths)], capture_output=True, timeout=300, check=False
            )
            output = done.stdout
        except subprocess.TimeoutExpired as error:
            output = error.stdout or b""
        files: list[list[Content]] = [[]]
        for value in contents(output):
            if value is None:
                files.append([])
            else:
                files[-1].append(value)
        return (files + [[]] * len(paths))[: len(paths)]

    return reader


def best(readers: list[Reader]) -> Reader:
    """Return a reader that takes, of several settings, what yields most whole records of each."""

    def reader(paths: list[Path]) -> list[list[Content]]:
        tried = [reader(paths) for reader in readers]
        return [max(each, key=lambda r: sum(map(whole, r))) for each in zip(*tried, strict=True)]

    return reader


def runs(command: list[str]) -> bool:
    """Say whether a program runs."""
    if not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def readers(peers: str, perl: str | None) -> dict[str, Reader]:
    """Return the readers there are, by name; say which are missing."""
    found: dict[str, Reader] = {"techproc": run([sys.executable, "-c", OURS])}
    for name in ("pymarc", "rmarc"):
        if not runs([peers, "-c", f"import {name}"]):
            print(f"{name} is not there: left out")
            continue
        programs = [
            PYMARC.format(name=name, options=options)
            for options in ("", ", utf8_handling='replace'", ", force_utf8=True")
        ]
        found[name] = best([run([peers, "-c", program]) for program in programs])
    if not runs([peers, "-c", "import mrrc"]):
        print("mrrc is not there: left out")
    else:
        modes = ("strict", "lenient", "permissive")
        found["mrrc"] = best([run([peers, "-c", MRRC.format(mode=mode)]) for mode in modes])
    if shutil.which("yaz-marcdump"):
        sets = ("utf-8", "marc-8")
        found["yaz-marcdump"] = best(
            [
                run(["yaz-marcdump", "-f", s, "-t", "utf-8", "-o", "json"], one_at_a_time=True)
                for s in sets
            ]
        )
    else:
        print("yaz-marcdump is not there: left out")
    include = [f"-I{perl}"] if perl else []
    if runs(["perl", *include, "-MMARC::Batch", "-e1"]):
        found["MARC::Record"] = run(["perl", *include, "-e", PERL, "--"])
    else:
        print("MARC::Record is not there: left out")
    return found


def whole(fields: Content) -> bool:
    """Say whether a record is whole on the face of it."""
    if len(fields) < 2:
        return False
    for tag, indicators, text in fields:
        if not re.fullmatch("[0-9A-Za-z]{3}", tag) or re.search("[\x1d-\x1f\ufffd]", text):
            return False
        if re.search("[\xc2\xc3][\x80-\xbf]|[ÃÅÄ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]", text):
            return False
        if tag >= "010" and (len(indicators) != 2 or not re.match(r"\$[!-~]", text)):
            return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--perl")
    parser.add_argument("--records", type=int, default=500)
    parser.add_argument("--file", default="lc-books-2016-dev")
    options = parser.parse_args()
    found = readers(options.peers, options.perl)
    names = list(found)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.mrc"
        with lzma.open(DATA / "marc" / f"{options.file}.mrc.xz") as stream:
            records = damages.marked(stream.read(), options.records)
        path.write_bytes(b"".join(records))
        truth = [as_key(r) for r in found["techproc"]([path])[0]]
        print(f"\n{len(records)} records, every tenth damaged; records that came out right, and of")
        print("techproc's the wrong ones without a finding:\n")
        print("| damage | " + " | ".join(names) + " | wrong, not told |")
        print("|---|" + "---:|" * (len(names) + 1))
        for group in (damages.STRUCTURE, damages.BETWEEN, damages.ENCODINGS):
            for name, damage in group.items():
                path.write_bytes(damages.damaged(records, damage))
                counts = []
                for reader in found.values():
                    got = {as_key(r) for r in reader([path])[0]}
                    counts.append(sum(key in got for key in truth))
                cells = " | ".join(str(c) for c in [*counts, not_told(path, truth)])
                print(f"| {name} | {cells} |")
        print("\nThe same with losses that nothing can mend; wrong records that were passed on:\n")
        print("| damage | " + " | ".join(names) + " | wrong, not told |")
        print("|---|" + "---:|" * (len(names) + 1))
        for name, damage in damages.LOSSES.items():
            path.write_bytes(damages.damaged(records, damage))
            counts = [
                sum(as_key(r) not in truth for r in reader([path])[0]) for reader in found.values()
            ]
            cells = " | ".join(str(c) for c in [*counts, not_told(path, truth)])
            print(f"| {name} | {cells} |")
        bad = DATA / "bad" / "structurally-faulty.mrc.xz"
        path.write_bytes(lzma.decompress(bad.read_bytes()))
        one_by_one = path.read_bytes().split(b"\x1d")
        print("\n458 records found damaged; whole records (yielded in all):\n")
        print("| how | " + " | ".join(names) + " |")
        print("|---|" + "---:|" * len(names))
        results = [reader([path])[0] for reader in found.values()]
        shown = [f"{sum(map(whole, r))} ({len(r)})" for r in results]
        print("| in one file | " + " | ".join(shown) + " |")
        paths = []
        for i, raw in enumerate(part for part in one_by_one if part.strip()):
            paths.append(Path(folder) / f"{i}.mrc")
            paths[-1].write_bytes(raw + b"\x1d")
        cells = []
        for reader in found.values():
            got = reader(paths)
            cells.append(f"{sum(any(map(whole, r)) for r in got)} ({sum(map(bool, got))})")
        print("| one file each | " + " | ".join(cells) + " |")


def not_told(path: Path, truth: list[str]) -> int:
    """Return how many records techproc yields that are not right, without a finding."""
    return sum(
        isinstance(item, Loaded)
        and not item.findings
        and as_key(content(item.record.as_dict())) not in truth
        for item in read(path)
    )


def as_key(fields: Content) -> str:
    """Return a record's content as one string."""
    return "\x1e".join(f"{tag}{indicators}{text}" for tag, indicators, text in fields)


if __name__ == "__main__":
    main()
