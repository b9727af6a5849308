"""`marc validate` beside marc-lint and pydantic-marc: speed, and what each says, rule by rule.

    python benchmarks/validate.py --peers /path/to/venv/bin/python [--records N] [--only speed|rules]

Speed is in records per CPU-second and per second on the clock, reading included and imports not, in one run on the same
file, the best of three; pydantic-marc, which is slow, gets the first records only. On the clock techproc has as many
processes as there are processors (at most four), as the command does; the peers have one, and no way to have more. The
comparison takes mixed-utf8: for each kind of finding, how many records each tool names. `--peers` names the Python of
an environment with `pip install marc-lint pydantic-marc`; a peer that is not there is left out, and said so.
"""

from __future__ import annotations

import argparse
import json
import lzma
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc"

SPEED = {
    "techproc": """
from techproc.marc import read
from techproc.marc.validate import Validator
validator = Validator.with_profile({profile!r})
next(iter(read(path)))  # imports the reader
started = now()
for item in read(path):
    if hasattr(item, "record"):
        count += 1
        for finding in validator.validate(item.record): pass
""",
    "techproc, several processes": """
from techproc.marc import read
from techproc.marc.validate import Validator
from techproc.marc.validate.run import validate_file
from techproc.workers import usual_jobs
import concurrent.futures.process
validator = Validator.with_profile({profile!r})
next(iter(read(path)))
started = now()
for part in validate_file(path, validator, jobs=usual_jobs()):
    count += part.read - len(part.rejects)
""",
    "marc-lint": """
import pymarc
from marc_lint import MarcLint
lint = MarcLint()
started = now()
for record in pymarc.MARCReader(open(path, "rb")):
    if record is None: continue
    if count == most: break
    count += 1
    lint.clear_warnings()
    lint.check_record(record)
""",
    "pydantic-marc": """
import pymarc
from pydantic_marc import MarcRecord
started = now()
for record in pymarc.MARCReader(open(path, "rb")):
    if record is None: continue
    if count == most: break
    count += 1
    try: MarcRecord.model_validate(record, from_attributes=True)
    except Exception: pass
""",
}
TIMED = """
import time, json
def now(): return time.process_time(), time.perf_counter()
path, most, count = {path!r}, {most}, 0
{program}
print(json.dumps([count, *(after - before for before, after in zip(started, now()))]))
"""
SAID = {
    "marc-lint": """
import json, pymarc
from marc_lint import MarcLint
lint, said = MarcLint(), []
for number, record in enumerate(pymarc.MARCReader(open(path, "rb"))):
    if record is None: continue
    lint.clear_warnings()
    lint.check_record(record)
    said.append([number, [[w.field, w.message] for w in lint.warnings_structured()]])
print(json.dumps(said))
""",
    "pydantic-marc": """
import json, pymarc
from pydantic import ValidationError
from pydantic_marc import MarcRecord
said = []
for number, record in enumerate(pymarc.MARCReader(open(path, "rb"))):
    if record is None: continue
    try: MarcRecord.model_validate(record, from_attributes=True)
    except ValidationError as error:
        said.append([number, [[str(e["loc"]), e["type"] + " " + e["msg"]] for e in error.errors()]])
    except Exception as error:
        said.append([number, [["", "crash " + type(error).__name__]]])
print(json.dumps(said))
""",
}
# What the peers' messages are about, in the order in which they are tried.
ABOUT = (
    ("leader", "fixed-code"), ("LDR", "fixed-code"), ("nonrepeatable_field", "repeated-field"),
    ("nonrepeatable_subfield", "repeated-subfield"), ("multiple_1xx", "main-entries"),
    ("missing_required", "missing-field"), ("invalid_indicator", "undefined-indicator"),
    ("subfield_not_allowed", "undefined-subfield"), ("control_field_length", "fixed-length"),
    ("invalid_fixed_field", "fixed-code"), ("indicator", "undefined-indicator"),
    ("not repeatable", "repeated-subfield"), ("not allowed", "undefined-subfield"),
    ("checksum", "isbn or issn"), ("ISBN", "isbn or issn"), ("ISSN", "isbn or issn"),
    ("article", "nonfiling"), ("non-filing", "nonfiling"), ("area code", "area-code"),
    ("language", "language-code"), ("preceded by", "punctuation"), ("punctuation", "punctuation"),
    ("period", "punctuation"), ("Full stop", "punctuation"), ("end with", "punctuation"),
)  # fmt: skip
OURS = {"isbn": "isbn or issn", "issn": "isbn or issn", "linked-number": "isbn or issn",
        "punctuation-missing": "punctuation", "punctuation-present": "punctuation",
        "heading-punctuation": "punctuation", "nonfiling-article": "nonfiling",
        "nonfiling-word": "nonfiling", "fixed-obsolete": "fixed-code, obsolete"}  # fmt: skip


def unpack(name: str, folder: Path, most: int) -> tuple[Path, int]:
    """Write the first records of a file, unpacked; return the path and how many there are."""
    with lzma.open(DATA / f"{name}.mrc.xz") as stream:
        records = stream.read(most * 4000).split(b"\x1d")[:-1][:most]
    path = folder / f"{name}.mrc"
    path.write_bytes(b"".join(record + b"\x1d" for record in records))
    return path, len(records)


def peer(python: str, program: str) -> str | None:
    ran = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    if ran.returncode:
        print(f"not there, or failed: {ran.stderr.strip().splitlines()[-1][:100]}")
        return None
    return ran.stdout


def speed(path: Path, peers: str, slow: int) -> None:
    print(
        "| validator | records | records per CPU-second | records per second |\n|---|---:|---:|---:|"
    )
    rates: dict[str, tuple[float, float]] = {}
    runs = [("marc-lint", peers, 3000, ""), ("pydantic-marc", peers, slow, "")]
    for profile in ("default", "minimal"):
        runs += [(who, sys.executable, 0, profile) for who in SPEED if who.startswith("techproc")]
    for who, python, most, profile in runs:
        program = SPEED[who].format(profile=profile) if profile else SPEED[who]
        made = TIMED.format(path=str(path), most=most, program=program)
        took = [json.loads(printed) for _ in range(3) if (printed := peer(python, made))]
        if not took:
            continue
        count = took[0][0]
        by_cpu, by_clock = (count / min(each[at] for each in took) for at in (1, 2))
        rates[f"{who} {profile}".strip()] = by_cpu, by_clock
        # The CPU-seconds of other processes are not counted: one process says what a record costs.
        several = who.endswith("processes")
        shown = "" if several else f"{by_cpu:,.0f}"
        print(f"| {who} {profile} | {count:,} | {shown} | {by_clock:,.0f} |")
    for profile in ("default", "minimal"):
        one = rates.get(f"techproc {profile}")
        several = rates.get(f"techproc, several processes {profile}")
        for other in ("marc-lint", "pydantic-marc"):
            if one and several and other in rates:
                by_cpu, by_clock = one[0] / rates[other][0], several[1] / rates[other][1]
                print(f"| techproc {profile} beside {other} | | {by_cpu:.1f}× | {by_clock:.1f}× |")


def about(message: str) -> str:
    return next((kind for word, kind in ABOUT if word.lower() in message.lower()), "other")


def compare(path: Path, peers: str) -> None:
    from techproc.marc import Loaded, read  # noqa: PLC0415
    from techproc.marc.validate import Validator  # noqa: PLC0415

    counts: dict[str, Counter[str]] = {}
    grave: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    validator = Validator.with_profile()
    for item in read(path):
        if isinstance(item, Loaded):
            found = list(validator.validate(item.record))
            names = {f.rule.removeprefix("marc.") for f in found}
            ours.update({OURS.get(name, name) for name in names})
            grave.update({f.severity.value for f in found})
            ours["any"] += bool(found)
    counts["techproc"] = ours
    for who, program in SAID.items():
        printed = peer(peers, f"path = {str(path)!r}\n{program}")
        if printed:
            counts[who] = Counter()
            for _, messages in json.loads(printed):
                kinds = {about(f"{field} {message}") for field, message in messages}
                counts[who].update(kinds)
                counts[who]["any"] += bool(messages)
    kinds = sorted({kind for each in counts.values() for kind in each}, key=lambda k: -ours[k])
    print(f"\nRecords named, by kind ({path.stem})\n\n| kind | {' | '.join(counts)} |")
    print("|---|" + "---:|" * len(counts))
    for kind in kinds:
        print(f"| {kind} | {' | '.join(str(each[kind]) for each in counts.values())} |")
    print("\ntechproc, records by severity:", dict(grave))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--records", type=int, default=15_000)
    parser.add_argument("--slow", type=int, default=300, help="records for pydantic-marc")
    parser.add_argument("--compared", type=int, default=2_000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for data in ("lc-books-2016-dev", "mixed-utf8"):
            if options.only in ("", "speed"):
                path, count = unpack(data, Path(name), options.records)
                print(f"\n{data} ({count:,} records)\n")
                speed(path, options.peers, options.slow)
        if options.only in ("", "rules"):
            path, _ = unpack("mixed-utf8", Path(name), options.compared)
            compare(path, options.peers)


if __name__ == "__main__":
    main()
