"""Writing records to files and streams, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pymarc

from techproc.errors import ConfigError
from techproc.files import atomic_output
from techproc.findings import Finding
from techproc.marc.forms import WriteOptions, form_named
from techproc.marc.loaded import Loaded

__all__ = ["RecordWriter", "Written", "write"]


@dataclass(frozen=True, slots=True)
class Written:
    """How many records were written, and what had to be changed to write them."""

    records: int
    findings: tuple[Finding, ...] = ()


class RecordWriter:
    """Writes records to a stream one at a time; use it as a context manager, or call `close`.

    The stream stays open: it is its owner's to close. Options are those of `WriteOptions`.

    >>> import io
    >>> stream = io.BytesIO()
    >>> with RecordWriter(stream, "marcxml") as writer:
    ...     findings = writer.write(pymarc.Record())
    >>> stream.getvalue()[-24:]
    b'</record>\\n</collection>\\n'
    """

    def __init__(self, stream: BinaryIO, form: str = "iso2709", **options: Any) -> None:
        chosen = form_named(form)
        if chosen.write is None:
            raise ConfigError(f"{chosen.title} can be read but not written")
        self._writer = chosen.write(stream, WriteOptions(**options))
        self._closed = False
        self.records = 0

    def write(self, record: pymarc.Record | Loaded) -> tuple[Finding, ...]:
        """Write one record; return findings for what had to be changed."""
        if isinstance(record, Loaded):
            record = record.record
        findings = self._writer.write(record)
        self.records += 1
        return findings

    def close(self) -> None:
        """Write what stands after the last record."""
        if not self._closed:
            self._closed = True
            self._writer.finish()

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.close()


def write(
    records: Iterable[pymarc.Record | Loaded],
    path: str | Path,
    *,
    form: str = "iso2709",
    force: bool = False,
    **options: Any,
) -> Written:
    """Write records to a file that appears only when it is whole.

    `form` names the form and `options` are those of `WriteOptions` (encoding="utf-8" or "marc-8",
    …). Raises RecordTooLarge or NotEncodable (and leaves no file) when a record cannot be written
    as asked, OutputExists when `path` is there and `force` is not set.
    """
    findings: list[Finding] = []
    with (
        atomic_output(path, force=force) as stream,
        RecordWriter(stream, form, **options) as writer,
    ):
        for record in records:
            findings += writer.write(record)
    return Written(writer.records, tuple(findings))
