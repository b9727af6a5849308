"""How `marc validate` prints: grouped by record for people, lines of JSON, or SARIF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import click

from techproc.findings import Finding, Severity
from techproc.marc.edit.registry import mended_rules
from techproc.marc.validate import RULES

__all__ = ["Counts", "summary_lines", "text_of_record"]

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}


@dataclass(slots=True)
class Counts:
    """Every finding counted, whether it is printed or not."""

    severities: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(Severity, 0)))
    rules: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)  # by rule
    gravest: dict[str, Severity] = field(default_factory=dict)  # of a rule
    faulty: int = 0
    excused: int = 0

    def add(self, findings: list[Finding]) -> None:
        """Count the findings of one record."""
        errors = False
        for finding in findings:
            self.severities[finding.severity.value] += 1
            self.rules[finding.rule] += 1
            before = self.gravest.setdefault(finding.rule, finding.severity)
            if finding.severity.rank < before.rank:
                self.gravest[finding.rule] = finding.severity
            errors = errors or finding.severity is Severity.ERROR
        for rule in {finding.rule for finding in findings}:
            self.records[rule] += 1
        self.faulty += errors

    def as_json(self, read: int, rejected: int) -> dict[str, Any]:
        """Return the summary that --json ends with."""
        ordered = sorted(self.rules, key=lambda rule: (-self.rules[rule], rule))
        return {
            "read": read,
            "rejected": rejected,
            "records_with_errors": self.faulty,
            "severities": {severity.value: self.severities[severity] for severity in Severity},
            "rules": {rule: self.rules[rule] for rule in ordered},
            "records_by_rule": {rule: self.records[rule] for rule in ordered},
            "excused": self.excused,
        }


def text_of_record(findings: list[Finding], title: str) -> str:
    """Return the findings of one record as lines under its number, control number and title."""
    first = findings[0]
    head = [f"record {first.record}"] if first.record is not None else ["record ?"]
    head += [part for part in (first.control, title) if part]
    lines = [click.style(" · ".join(head), bold=True)]
    for finding in findings:
        severity = click.style(f"{finding.severity.value:<8}", fg=_COLOURS[finding.severity.value])
        lines.append(f"  {severity}{finding.path or '':<12}{_printable(finding.message)}")
        advice = f"; {finding.fix}" if finding.fix else ""
        lines.append(" " * 22 + click.style(f"{finding.rule}{advice}", dim=True))
    return "\n".join(lines)


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def summary_lines(counts: Counts, read: int, rejected: int) -> Iterator[str]:
    """Yield what all findings come to, a line a rule: how often, in how many records, what it is."""
    shown = ", ".join(f"{counts.severities[s]:,} {s.value}" for s in Severity)
    excused = f"; {counts.excused:,} known or waived" if counts.excused else ""
    yield f"{read:,} read, {rejected:,} rejected, {counts.faulty:,} with errors: {shown}{excused}"
    if not counts.rules:
        return
    yield ""
    yield f"{'severity':<9}{'findings':>9}{'records':>9}  rule"
    width = max(map(len, counts.rules))
    order = sorted(counts.rules, key=lambda r: (counts.gravest[r].rank, -counts.rules[r], r))
    for rule in order:
        severity = counts.gravest[rule].value
        finds = f"{rule:<{width}}  {RULES[rule].finds}" if rule in RULES else rule
        coloured = click.style(f"{severity:<9}", fg=_COLOURS[severity])
        yield f"{coloured}{counts.rules[rule]:>9,}{counts.records[rule]:>9,}  {finds}"
    mended = [rule for rule in order if rule in mended_rules()]
    if mended:
        yield ""
        yield f"`techproc marc edit FILE --recipe repair` mends of {', '.join(mended)} what it safely can"
