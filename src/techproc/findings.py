"""What is wrong with data is a value: a `Finding`; what became of records is a `Tally`."""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields, replace
from typing import Any

from techproc.errors import TechprocError

__all__ = ["Finding", "Severity", "Tally", "finding_at"]


class Severity(enum.StrEnum):
    """How much a finding matters; compare with `rank` (0 is the gravest)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for information."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was noticed about data, with where it is and what to do about it.

    >>> f = Finding(rule="isbn.check-digit", message="0306406153 has a wrong check digit",
    ...             record=3, control="ocm1", path="020$a", fix="compare with the item in hand")
    >>> print(f)
    error isbn.check-digit: record 3 (ocm1), 020$a: 0306406153 has a wrong check digit; \
compare with the item in hand
    """

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    file: str | None = None
    record: int | None = None  # position in its file, counted from 1
    control: str | None = None  # 001
    offset: int | None = None  # bytes from the start of the (decompressed) file
    path: str | None = None  # field path: 245$a, 008/35-37
    fix: str | None = None
    confidence: float | None = None  # 0 to 1, where the finding is a guess

    def at(self, **where: Any) -> Finding:
        """Return the same finding with its whereabouts (file, record, control, …) filled in."""
        return replace(self, **where)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as a JSON object; absent parts are left out."""
        values = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: value for name, value in values if value is not None}

    def __str__(self) -> str:
        where = [self.file] if self.file else []
        if self.record is not None:
            where.append(f"record {self.record}" + (f" ({self.control})" if self.control else ""))
        elif self.control:
            where.append(self.control)
        if self.offset is not None:
            where.append(f"byte {self.offset}")
        if self.path:
            where.append(self.path)
        place = ", ".join(where) + ": " if where else ""
        fix = f"; {self.fix}" if self.fix else ""
        return f"{self.severity} {self.rule}: {place}{self.message}{fix}"


_new_finding = Finding.__new__
_RULE, _MESSAGE, _SEVERITY, _FILE, _RECORD, _CONTROL, _OFFSET, _PATH, _FIX, _CONFIDENCE = (
    getattr(Finding, part.name).__set__ for part in fields(Finding)
)


def finding_at(
    rule: str,
    message: str,
    severity: Severity,
    path: str | None,
    fix: str | None,
    control: str | None,
    file: str | None,
    record: int | None,
    offset: int | None,
) -> Finding:
    """Return a finding in half the time that its class takes, for where there are many.

    >>> finding_at("a", "b", Severity.INFO, "001", None, None, None, 1, None) == Finding(
    ...     rule="a", message="b", severity=Severity.INFO, path="001", record=1)
    True
    """
    made = _new_finding(Finding)
    _RULE(made, rule)
    _MESSAGE(made, message)
    _SEVERITY(made, severity)
    _FILE(made, file)
    _RECORD(made, record)
    _CONTROL(made, control)
    _OFFSET(made, offset)
    _PATH(made, path)
    _FIX(made, fix)
    _CONFIDENCE(made, None)
    return made


@dataclass(slots=True)
class Tally:
    """What became of everything that was read.

    >>> Tally(read=3, written=2, rejected=1).check()
    >>> Tally(read=3, written=1).check()
    Traceback (most recent call last):
    ...
    techproc.errors.TechprocError: the totals do not add up: read 3, accounted for 1 (written 1, \
review 0, merged 0, rejected 0, skipped 0)
    """

    read: int = 0
    written: int = 0
    review: int = 0
    merged: int = 0
    rejected: int = 0
    skipped: int = 0

    def check(self) -> None:
        """Raise TechprocError unless read = written + review + merged + rejected + skipped."""
        parts = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "read"}
        if sum(parts.values()) != self.read:
            listed = ", ".join(f"{name} {count}" for name, count in parts.items())
            raise TechprocError(
                f"the totals do not add up: read {self.read}, "
                f"accounted for {sum(parts.values())} ({listed})"
            )

    def as_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}
