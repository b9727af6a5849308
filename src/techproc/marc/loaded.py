"""What reading yields: records that could be read, and bytes that could not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techproc.findings import Finding

if TYPE_CHECKING:
    import pymarc

__all__ = ["BESIDE", "Loaded", "Quarantined", "ReadOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A record that was read, with where it stood and what was noticed about it.

    `record` is a `pymarc.Record`. `number` counts everything the input held, from 1, quarantined
    pieces included. `offset` and `length` are bytes of the decompressed input; `padding` counts
    the blank bytes (line ends, NUL, Ctrl-Z) that follow the record, so that `offset + length +
    padding` is where the next item starts. `encoding` is what the bytes turned out to be:
    "ascii", "utf-8", "marc-8", "latin-1", "cp1252" or "mixed". `raw` holds the bytes as they were
    for forms whose records are runs of bytes, else None.
    """

    record: pymarc.Record
    number: int
    offset: int
    length: int
    form: str
    encoding: str = "utf-8"
    findings: tuple[Finding, ...] = ()
    padding: int = 0
    raw: bytes | None = None

    @property
    def as_it_came(self) -> bool:
        """True when `raw` is the record in sound ISO 2709 and UTF-8, with nothing to remark on."""
        plain = self.form == "iso2709" and self.encoding in ("ascii", "utf-8")
        return plain and not self.findings and self.raw is not None


BESIDE = "marc.beside-records"  # the rule of what an archive holds besides records


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Bytes that could not be read as a record, kept as they were, with the reason."""

    raw: bytes
    number: int
    offset: int
    length: int
    finding: Finding
    padding: int = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The reason, as a tuple, so that callers may ask any item for its findings."""
        return (self.finding,)

    @property
    def beside(self) -> bool:
        """True for a member of an archive that is no form of MARC, a readme for example.

        It is told and kept; it is no rejected record.
        """
        return self.finding.rule == BESIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a form's reader is told.

    `file` is the name for findings. `assume` is the character encoding to take for granted
    ("utf-8", "marc-8", "latin-1", "cp1252"), None to go by the evidence; text forms that declare
    or imply their encoding may ignore it. `first` is the number of the first record.
    """

    file: str | None = None
    assume: str | None = None
    first: int = 1
