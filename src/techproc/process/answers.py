"""What the sources answered, as bytes for the journal: a resumed run must not ask again."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import Any

from techproc import marc
from techproc.errors import RecordTooLarge
from techproc.findings import Finding, Severity
from techproc.sources import Candidate, Gathered

__all__ = ["from_bytes", "to_bytes"]


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
            candidates[isbn].append([record, each.source, each.claim, _plain(each.findings)])
    return json.dumps(
        {
            "candidates": candidates,
            "findings": _plain(findings),
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
                    findings=_findings(findings),
                )
                for record, source, claim, findings in found
            ]
            for isbn, found in stored["candidates"].items()
        },
        findings=_findings(stored["findings"]),
        unavailable=stored["unavailable"],
        unanswered={key: frozenset(isbns) for key, isbns in stored["unanswered"].items()},
    )


def _plain(findings: Any) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in findings]


def _findings(stored: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**{**each, "severity": Severity(each["severity"])}) for each in stored)
