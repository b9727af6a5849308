"""Identity: a record answers for an ISBN only when its own 020 claims it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pymarc import Record

from techproc.findings import Finding, Severity
from techproc.identifiers import isbn as isbns_
from techproc.marc.control import control_number
from techproc.sources.candidate import Answer, Candidate, Claim

__all__ = ["asked_for", "attribute", "claims"]

_COMPONENT_LEVELS = frozenset("ab")  # LDR/07: monographic and serial component part


def asked_for(isbns: Iterable[str]) -> tuple[list[str], list[Finding]]:
    """Return the distinct ISBNs as 13 digits each, in order, and a finding for each invalid one.

    Nothing is repaired: a wrong check digit is usually another book's right one.

    >>> good, findings = asked_for(["0-306-40615-2", "9780306406157", "9780306406150"])
    >>> good, [f.rule for f in findings]
    (['9780306406157'], ['sources.isbn-invalid'])
    """
    good: dict[str, None] = {}
    findings = []
    for text in isbns:
        normal = isbns_.normalize(text)
        if normal is None:
            findings.append(
                Finding(
                    rule="sources.isbn-invalid",
                    message=f"{text!r} is not a valid ISBN and was not looked up",
                    fix="compare it with the item in hand",
                )
            )
        else:
            good[normal] = None
    return list(good), findings


def claims(record: Record) -> dict[str, Claim]:
    """Return the ISBNs (13 digits) that a record claims: 020 $a "valid", $z "cancelled".

    ISBNs in linking fields (76X-78X) belong to other books and are not looked at. A number in both
    subfields counts as valid.
    """
    found: dict[str, Claim] = {}
    for field in record.get_fields("020"):
        for subfield in field.subfields:
            if subfield.code not in ("a", "z"):
                continue
            number = isbns_.parse(subfield.value).isbn13
            if number is None:
                continue
            if subfield.code == "a":
                found[number] = "valid"
            else:
                found.setdefault(number, "cancelled")
    return found


def attribute(
    records: Iterable[tuple[Record, tuple[Finding, ...]]], isbns: Sequence[str], source: str
) -> Answer:
    """Return the records of one answer, each under every ISBN asked for that it claims.

    A record that claims none of them, and a component part, are findings instead of candidates.
    """
    candidates: dict[str, list[Candidate]] = {isbn: [] for isbn in isbns}
    findings: list[Finding] = []
    for record, noted in records:
        claimed = {isbn: claim for isbn, claim in claims(record).items() if isbn in candidates}
        refused = _refusal(record, bool(claimed), isbns)
        if refused:
            findings.append(refused.at(file=source, control=control_number(record) or None))
            continue
        for isbn, claim in claimed.items():
            held = candidates[isbn]
            candidate = Candidate(record=record, source=source, findings=noted, claim=claim)
            if not any(_same(candidate, other) for other in held):
                held.append(candidate)
    return Answer(candidates=candidates, findings=tuple(findings))


def _refusal(record: Record, claimed: bool, isbns: Sequence[str]) -> Finding | None:
    leader = str(record.leader)
    if not record.fields:
        return Finding(
            rule="sources.empty-record",
            message="the source sent a record without fields",
            severity=Severity.WARNING,
        )
    if not claimed:
        wanted = ", ".join(isbns[:3]) + (" …" if len(isbns) > 3 else "")
        return Finding(
            rule="sources.isbn-not-claimed",
            message=f"the source answered {wanted} with a record whose 020 names none of them",
            severity=Severity.INFO,
            path="020$a",
        )
    if leader[7:8] in _COMPONENT_LEVELS:
        return Finding(
            rule="sources.component-part",
            message="the record describes a part (LDR/07) of what was asked for, not the whole",
            severity=Severity.INFO,
            path="LDR/07",
        )
    if leader[5:6] == "d":
        return Finding(
            rule="sources.deleted-record",
            message="the source has marked the record as deleted (LDR/05 d)",
            severity=Severity.INFO,
            path="LDR/05",
        )
    return None


def _same(a: Candidate, b: Candidate) -> bool:
    """Two records of one source are one when leader (lengths apart) and all fields are the same."""
    return a.record is b.record or _content(a.record) == _content(b.record)


def _content(record: Record) -> list[str]:
    leader = str(record.leader)
    return [leader[5:12] + leader[17:], *map(str, record.fields)]
