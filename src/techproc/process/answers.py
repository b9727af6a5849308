"""What the sources answered, as bytes for the journal: a resumed run must not ask again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from techproc import marc
from techproc.errors import RecordTooLarge
from techproc.findings import Finding, Severity
from techproc.sources import Candidate, Gathered

__all__ = ["findings_of", "from_bytes", "plain_findings", "to_bytes"]


def to_bytes(gathered: Gathered) -> bytes:
    """Return the answers as bytes that `from_bytes` reads back."""
    candidates: dict[str, list[Any]] = {}
    findings = list(gathered.findings)
    for isbn, found in gathered.candidates.items():
        candidates[isbn] = []
        for each in found:
            try:
                record = base64.b64encode(marc.encode(each.record)).decode()
            except RecordTooLarge as error:
                findings.append(Finding(rule="marc.too-large", message=str(error), file=each.source,
                                        fix="catalogue from another source"))  # fmt: skip
                continue
            candidates[isbn].append(
                [record, each.source, each.claim, plain_findings(each.findings)]
            )
    return json.dumps(
        {
            "candidates": candidates,
            "findings": plain_findings(findings),
            "unavailable": dict(gathered.unavailable),
            "unanswered": {key: sorted(isbns) for key, isbns in gathered.unanswered.items()},
        }
    ).encode()


def from_bytes(content: bytes) -> Gathered:
    """Return the answers that `to_bytes` wrote."""
    stored = json.loads(content)
    return Gathered(
        candidates={
            isbn: [
                Candidate(
                    record=marc.decode(base64.b64decode(record)),
                    source=source,
                    claim=claim,
                    findings=findings_of(findings),
                )
                for record, source, claim, findings in found
            ]
            for isbn, found in stored["candidates"].items()
        },
        findings=findings_of(stored["findings"]),
        unavailable=stored["unavailable"],
        unanswered={key: frozenset(isbns) for key, isbns in stored["unanswered"].items()},
    )


def plain_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON has them, for `findings_of` to make again."""
    return [asdict(finding) for finding in findings]


def findings_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return the findings that `plain_findings` was given."""
    return tuple(Finding(**{**each, "severity": Severity(each["severity"])}) for each in stored)
