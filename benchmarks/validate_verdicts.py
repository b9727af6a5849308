"""Draws 100 findings of `marc validate` on lc-books-2016-dev to be judged by reading the records.

    python benchmarks/validate_verdicts.py            compare with the verdicts that are recorded
    python benchmarks/validate_verdicts.py --show     print each with its record's field, to judge

Every error that the default profile raises is drawn, and warnings by chance (a hash) up to 100; the
verdicts are in `verdicts/validate.tsv`: real, doubtful or false, with a reason. What is drawn and not
there has to be judged, so that a new rule cannot raise false alarms unseen.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from techproc.findings import Finding
from techproc.marc import Loaded, read
from techproc.marc.mrk import render
from techproc.marc.validate import Validator

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc" / "lc-books-2016-dev.mrc.xz"
VERDICTS = Path(__file__).parent / "verdicts" / "validate.tsv"
Key = tuple[str, str, str]


def drawn(source: Path = DATA, size: int = 100) -> tuple[list[tuple[Finding, str]], Counter[str]]:
    """Return the findings to judge, each with its record as text, and counts of records."""
    errors, warnings = [], []
    counts: Counter[str] = Counter()
    validator = Validator.with_profile()
    for item in read(source):
        if not isinstance(item, Loaded):
            continue
        counts["records"] += 1
        grave = [f for f in validator.validate(item.record) if f.severity != "info"]
        for severity in ("error", "warning"):
            counts[severity] += any(f.severity == severity for f in grave)
        text = render(item.record) if grave else ""
        errors += [(f, text) for f in grave if f.severity == "error"]
        warnings += [(f, text) for f in grave if f.severity == "warning"]
    # By chance, but the same ones again when a new rule finds others.
    warnings.sort(key=lambda each: hashlib.sha256("/".join(key(each[0])).encode()).digest())
    return errors + warnings[: max(0, size - len(errors))], counts


def key(finding: Finding) -> Key:
    return finding.control or "", finding.rule, finding.path or ""


def recorded() -> dict[Key, tuple[str, str]]:
    """Return verdict and reason of what was judged."""
    with VERDICTS.open(encoding="utf-8", newline="") as lines:
        return {
            (row["control"], row["rule"], row["path"]): (row["verdict"], row["reason"])
            for row in csv.DictReader(lines, delimiter="\t")
        }


def context(finding: Finding, text: str) -> Iterator[str]:
    tags = {(finding.path or "")[:3], "008"} | {"041": {"041", "546"}}.get(
        (finding.path or "")[:3], set()
    )
    for line in text.splitlines():
        if line[1:4] in tags or (
            finding.rule == "marc.date-mismatch" and line[1:4] in ("260", "264")
        ):
            yield f"    {line}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    findings, counts = drawn()
    known = recorded() if VERDICTS.exists() else {}
    if options.show:
        for finding, text in findings:
            print(f"{finding.severity} {'/'.join(key(finding))}: {finding.message}")
            print("\n".join(context(finding, text)))
        return 0
    print(f"{counts['records']:,} records; with errors {counts['error']} "
          f"({100 * counts['error'] / counts['records']:.2f} %), with warnings {counts['warning']}")  # fmt: skip
    verdicts = Counter(
        (f.severity.value, known.get(key(f), ("not judged", ""))[0]) for f, _ in findings
    )
    for (severity, verdict), count in sorted(verdicts.items()):
        print(f"{severity}: {count} {verdict}")
    return int(any(verdict == "not judged" for _, verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
