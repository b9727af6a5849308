"""One damaged record and what was found out about it."""

from __future__ import annotations

from techproc.findings import Finding, Severity

__all__ = ["Damage", "Entry", "Field"]

Entry = tuple[str, int, int]  # of a directory: tag, length, start
Field = tuple[str, int, int]  # tag, first byte, byte after the last


class Damage:
    """The bytes of a record that is not as it should be, and the findings about them."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.end = len(raw) - raw.endswith(b"\x1d")
        self.findings: list[Finding] = []

    def note(
        self,
        rule: str,
        message: str,
        *,
        severity: Severity = Severity.WARNING,
        path: str | None = None,
        offset: int | None = None,
    ) -> None:
        """Keep a finding; offsets count from the record's beginning here."""
        self.findings.append(
            Finding(
                rule=rule,
                message=message,
                severity=severity,
                path=path,
                offset=offset,
                fix="compare the record with its source before loading it",
            )
        )

    def give_up(self, message: str, rule: str = "marc.unreadable") -> Finding:
        """Return the finding for a record that cannot be read."""
        return Finding(
            rule=rule,
            message=message,
            fix="ask the supplier for the record again; its bytes are in quarantine",
        )
