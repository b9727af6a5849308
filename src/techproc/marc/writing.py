"""Writing records to files and streams, whole or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import pymarc

from techproc.errors import ConfigError, NotEncodable, OutputError, RecordTooLarge
from techproc.files import atomic_output
from techproc.findings import Finding, Severity
from techproc.marc import marc8
from techproc.marc.control import control_number
from techproc.marc.forms import FormWriter, WriteOptions, form_named
from techproc.marc.loaded import Loaded
from techproc.marc.reading import read

__all__ = ["LateOutput", "ReadBack", "RecordWriter", "Written", "oversize_path", "write"]


class Writable(Protocol):
    """What bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Write bytes; return how many."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many records were written, what had to be changed, and where oversize ones went."""

    records: int
    findings: tuple[Finding, ...] = ()
    aside: Path | None = None  # MARCXML file of the records that ISO 2709 cannot hold


class RecordWriter:
    """Writes records to a stream one at a time; use it as a context manager, or call `close`.

    The stream stays open: it is its owner's to close. Options are those of `WriteOptions`. With
    oversize="marcxml" the records that ISO 2709 cannot hold go to the stream `aside`.

    >>> import io
    >>> stream = io.BytesIO()
    >>> with RecordWriter(stream, "marcxml") as writer:
    ...     findings = writer.write(pymarc.Record())
    >>> stream.getvalue()[-24:]
    b'</record>\\n</collection>\\n'
    """

    def __init__(self, stream: BinaryIO, form: str = "iso2709", **options: Any) -> None:
        chosen = form_named(form)
        aside: Writable | None = options.pop("aside", None)
        if chosen.write is None:
            raise ConfigError(f"{chosen.title} can be read but not written")
        self._options = WriteOptions(**options)
        if self._options.oversize == "marcxml" and aside is None and form == "iso2709":
            raise ConfigError("oversize='marcxml' needs a stream for those records: aside=…")
        self._writer = chosen.write(stream, self._options)
        self._aside_stream = aside
        self._aside: FormWriter | None = None
        self._closed = False
        self.records = 0
        self.set_aside = 0

    def write(self, record: pymarc.Record | Loaded) -> tuple[Finding, ...]:
        """Write one record; return findings for what had to be changed.

        Raises RecordTooLarge or NotEncodable before anything of the record is written.
        """
        if isinstance(record, Loaded):
            record = record.record
        try:
            findings = self._writer.write(record)
        except RecordTooLarge as error:
            if self._options.oversize != "marcxml":
                raise
            findings = self._put_aside(record, str(error))
        except UnicodeEncodeError as error:
            half = ord(error.object[error.start])
            raise NotEncodable(
                f"half of a surrogate pair (U+{half:04X}) is in the record, which is no character; "
                "correct the text"
            ) from error
        self.records += 1
        return findings

    def _put_aside(self, record: pymarc.Record, reason: str) -> tuple[Finding, ...]:
        if self._aside is None:
            assert self._aside_stream is not None
            write = form_named("marcxml").write
            assert write is not None
            self._aside = write(cast(BinaryIO, self._aside_stream), self._options)
        self.set_aside += 1
        return (
            Finding(
                rule="marc.set-aside",
                severity=Severity.WARNING,
                control=control_number(record) or None,
                message=f"written to the MARCXML file beside ({reason.split(';', maxsplit=1)[0]})",
                fix="load the MARCXML file too",
            ),
            *self._aside.write(record),
        )

    def close(self) -> None:
        """Write what stands after the last record."""
        if not self._closed:
            self._closed = True
            self._writer.finish()
            if self._aside is not None:
                self._aside.finish()

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
    read_back: bool = False,
    **options: Any,
) -> Written:
    """Write records to a file that appears only when it is whole.

    `form` names the form and `options` are those of `WriteOptions`: encoding ("utf-8", "marc-8"),
    oversize ("refuse", "split", "marcxml": to a file beside, named like `path` with
    `.oversize.xml`), unencodable ("ncr", "refuse"). `read_back` reads the file again before it is
    put in place and compares every record. Raises RecordTooLarge or NotEncodable (and leaves no
    file) when a record cannot be written as asked, OutputExists when `path` is there and `force`
    is not set, OutputError when what is read back is not what was written.
    """
    findings: list[Finding] = []
    aside_path = oversize_path(path)
    if read_back and options.get("oversize") == "split":
        raise ConfigError("a record that is split does not read back as it was; leave one of them")
    check = ReadBack(form, options.get("encoding", "utf-8"))
    with ExitStack() as stack:
        stream = stack.enter_context(atomic_output(path, force=force))
        aside = None
        if options.get("oversize") == "marcxml" and form == "iso2709":
            aside = LateOutput(stack, aside_path, force=force)
        with RecordWriter(stream, form, aside=aside, **options) as writer:
            for record in records:
                plain = record.record if isinstance(record, Loaded) else record
                before = writer.set_aside
                findings += writer.write(plain)
                if read_back and writer.set_aside == before:
                    check.add(plain)
        if read_back:
            stream.flush()
            check.compare(stream.name, path)
    return Written(writer.records, tuple(findings), aside_path if writer.set_aside else None)


def oversize_path(path: str | Path) -> Path:
    """Return where the records go that are too large for the ISO 2709 file `path`.

    >>> oversize_path("books.mrc").name
    'books.mrc.oversize.xml'
    """
    return Path(f"{path}.oversize.xml")


class LateOutput:
    """A file that is made only when something is written to it, whole when `stack` closes."""

    def __init__(self, stack: ExitStack, path: Path, *, force: bool) -> None:
        self._stack, self._path, self._force = stack, path, force
        self._stream: BinaryIO | None = None

    def write(self, data: bytes) -> int:
        """Write bytes, opening the file the first time."""
        if self._stream is None:
            self._stream = self._stack.enter_context(atomic_output(self._path, force=self._force))
        return self._stream.write(data)


class ReadBack:
    """What was written, to be held against what the file says when it is read again.

    `encoding` is that of ISO 2709, or "keep" where each record stayed in its own.
    """

    def __init__(self, form: str, encoding: str = "utf-8") -> None:
        self._form = form
        self._encoding = encoding
        self._written = blake2b(digest_size=16)

    def add(self, record: pymarc.Record) -> None:
        """Take a record as it was written, in order."""
        self._written.update(self._digest(record))

    def compare(self, beside: str, path: str | Path) -> None:
        """Read the file `beside`; raise OutputError, naming `path`, unless all is as it was."""
        found = blake2b(digest_size=16)
        assume = None if self._encoding == "keep" else self._encoding
        with Path(beside).open("rb") as stream:
            if stream.read(1):
                stream.seek(0)
                for item in read(stream, form=self._form, assume=assume):
                    if isinstance(item, Loaded):
                        found.update(self._digest(item.record))
        if found.digest() != self._written.digest():
            raise OutputError(
                f"{path}: what was written does not read back the same; no file was made. "
                "Please report this with the records"
            )

    def _digest(self, record: pymarc.Record) -> bytes:
        text = "\x1e".join(_contents(record, self._encoding))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _contents(record: pymarc.Record, encoding: str) -> Iterator[str]:
    """Yield a record's content in an order and a spelling in which equal records are equal."""

    def plain(text: str) -> str:
        if encoding == "marc-8" and not text.isascii():
            text = marc8.decode(marc8.encode(text))[0]
        return unicodedata.normalize("NFC", text)

    leader = str(record.leader)
    yield leader[5:9] + leader[17:20]
    for field in record.fields:
        yield field.tag
        if field.control_field:
            yield plain(field.data or "")
        else:
            yield "".join(field.indicators or "  ")
            for code, value in field.subfields:
                yield code + plain(value)
