"""Findings as SARIF 2.1.0, which code review and quality tools read.

Source: OASIS Static Analysis Results Interchange Format 2.1.0. A finding is a result; its record is
a region of bytes of the file, its field path a logical location.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from techproc.findings import Finding, Severity
from techproc.marc.validate.rules import RULES

__all__ = ["sarif_pieces"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {name: i for i, name in enumerate(RULES)}


def sarif_pieces(findings: Iterable[Finding], version: str) -> Iterator[str]:
    """Yield the text of a SARIF log in pieces, a result at a time, as the findings come.

    `version` is that of techproc, which the log names as the tool.

    >>> log = json.loads("".join(sarif_pieces([Finding(rule="marc.isbn", message="wrong")], "1")))
    >>> log["runs"][0]["results"][0]["ruleId"]
    'marc.isbn'
    """
    driver = {"name": "techproc", "version": version, "rules": [_rule(name) for name in RULES]}
    head = {"version": "2.1.0", "$schema": _SCHEMA}
    yield json.dumps(head)[:-1] + ', "runs": [{"tool": ' + json.dumps({"driver": driver})
    yield ', "columnKind": "unicodeCodePoints", "results": ['
    comma = "\n"
    for finding in findings:
        yield comma + json.dumps(_result(finding), ensure_ascii=False)
        comma = ",\n"
    yield "\n]}]}\n"


def _rule(name: str) -> dict[str, Any]:
    rule = RULES[name]
    about: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.finds},
        "fullDescription": {"text": f"{rule.finds}. Source: {rule.source}."},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    if rule.fix:
        about["help"] = {"text": rule.fix}
    return about


def _result(finding: Finding) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
    }
    if finding.rule in _INDEX:
        result["ruleIndex"] = _INDEX[finding.rule]
    location: dict[str, Any] = {}
    if finding.file:
        uri = "stdin" if finding.file == "-" else quote(Path(finding.file).as_posix())
        physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
        if finding.offset is not None:
            physical["region"] = {"byteOffset": finding.offset}
        location["physicalLocation"] = physical
    parts = [f"record {finding.record}"] if finding.record is not None else []
    parts += [part for part in (finding.control, finding.path) if part]
    if parts:
        logical = {"name": finding.path or parts[-1], "fullyQualifiedName": "/".join(parts)}
        location["logicalLocations"] = [logical]
    if location:
        result["locations"] = [location]
    key = "/".join((finding.control or "", finding.rule, finding.path or "", finding.message))
    result["partialFingerprints"] = {"finding/v1": key}
    return result
