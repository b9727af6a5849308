"""SARIF: a log that tools can read, whatever the findings."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from techproc.findings import Finding, Severity
from techproc.marc.validate import RULES
from techproc.marc.validate.sarif import sarif_pieces

FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from([*RULES, "marc.padding"]),
    message=st.text(min_size=1),
    severity=st.sampled_from(list(Severity)),
    file=st.none() | st.sampled_from(["a b.mrc", "-", "folder/ä.mrc"]),
    record=st.none() | st.integers(1, 99),
    control=st.none() | st.text(),
    offset=st.none() | st.integers(0, 9999),
    path=st.none() | st.just("245$a"),
)


@given(st.lists(FINDINGS, max_size=4))
def test_a_log_holds_every_finding(findings: list[Finding]) -> None:
    """In order, with its rule and level, and an index that leads to the rule."""
    log = json.loads("".join(sarif_pieces(findings, "1.0")))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    listed = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in listed] == list(RULES)
    assert len(run["results"]) == len(findings)
    for result, finding in zip(run["results"], findings, strict=True):
        assert result["ruleId"] == finding.rule
        assert result["message"]["text"] == finding.message
        assert result["level"] in ("error", "warning", "note")
        if "ruleIndex" in result:
            assert listed[result["ruleIndex"]]["id"] == finding.rule
