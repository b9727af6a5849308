"""Patches in files: a JSON object a line, and the bytes of a file given back from them.

::

    {"patch": 1, "made_by": "marc edit --recipe rda-upgrade", "form": "iso2709"}
    {"offset": 5120, "length": 714, "record": 3, "control": "ocm1", "digest": "…", "result": "…",
     "operations": [{"tag": "245", "at": 9, "to": 9, "before": ["10", "aSea"],
                     "after": ["10", "aSea."]}]}
    {"offset": 9127, "length": 0, "bytes": "…"}
    {"end": 1, "records": 1, "applies_to": {"bytes": 91827, "digest": "…"}, "gives": {…}}

`offset` and `length` are bytes of the file that the patch applies to; `bytes` (zlib, base64) is
what comes in their place, given where writing the record anew would not give it. A line with bytes
and without a record puts back what is no record. A patch whose last line is missing is broken off,
and refused. A name that ends in .gz is compressed.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from techproc.errors import DataLossRefused, InputError
from techproc.files import explain_os_error
from techproc.marc.encoder import assemble
from techproc.marc.patch import Operation, RecordPatch, apply_operations
from techproc.marc.scanner import fields as scan_fields
from techproc.marc.scanner import run

__all__ = [
    "FileMark",
    "Marker",
    "PatchFile",
    "Splice",
    "end_line",
    "header_line",
    "is_plain",
    "patch_line",
    "patch_rest",
    "patch_text",
    "place",
    "restore",
    "rewrite_plain",
    "splice_line",
    "splice_rest",
]

_VERSION = 1
_quoted = json.encoder.encode_basestring


@dataclass(frozen=True, slots=True)
class FileMark:
    """The size of a file's (decompressed) content, and a digest of it."""

    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes of a file, from `offset` on, with what comes in their place.

    `patch` is that of the record there; None where there is none. `offset` is None where the
    bytes are not known; such a patch is of use record by record alone.
    """

    offset: int | None
    length: int
    patch: RecordPatch | None = None
    raw: bytes | None = None


def _line(data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


def header_line(made_by: str, form: str) -> bytes:
    """Return the first line of a patch file: what made it, and the form of the records."""
    return _line({"patch": _VERSION, "made_by": made_by, "form": form})


def patch_line(patch: RecordPatch, offset: int | None = None, length: int = 0) -> bytes:
    """Return the line of one record's patch, with the bytes it applies to where they are known."""
    return place(patch_rest(patch), offset, length)


def splice_line(offset: int, length: int, raw: bytes) -> bytes:
    """Return the line that puts bytes which are no record in the place of others."""
    return place(splice_rest(raw), offset, length)


def patch_rest(patch: RecordPatch) -> bytes:
    """Return the line of a patch but for its place, which `place` gives it."""
    operations = ",".join(map(_operation_text, patch.operations))
    return patch_text(
        patch.record,
        patch.control,
        patch.digest,
        patch.result,
        operations.encode("utf-8", "surrogatepass"),
        patch.raw,
    )


def patch_text(
    record: int, control: str, digest: str, result: str, operations: bytes, raw: bytes | None = None
) -> bytes:
    """Return the same, given the operations as JSON with commas between them."""
    head = f'"record":{record},"control":{_quoted(control)},"digest":"{digest}","result":"{result}"'
    tail = b"" if raw is None else b',"bytes":"%b"' % _packed(raw).encode("ascii")
    start = head.encode("utf-8", "surrogatepass")
    return b'%b,"operations":[%b]%b}\n' % (start, operations, tail)


def _operation_text(operation: Operation) -> str:
    """Return `operation.as_json()` as text, three times as quick: there are many."""
    text = f'{{"tag":{_quoted(operation.tag)}'
    if operation.at is not None:
        text += f',"at":{operation.at}'
    if operation.to is not None:
        text += f',"to":{operation.to}'
    for name, value in (("before", operation.before), ("after", operation.after)):
        if value is not None:
            text += f',"{name}":[{",".join(map(_quoted, value.split(chr(31))))}]'
    return text + "}"


def splice_rest(raw: bytes) -> bytes:
    """Return the line of bytes that are no record but for its place."""
    return _line({"bytes": _packed(raw)})[1:]


def place(rest: bytes, offset: int | None, length: int = 0) -> bytes:
    """Return a line with the place of the bytes that it applies to.

    >>> place(b'"bytes":""}', 7, 0)
    b'{"offset":7,"length":0,"bytes":""}'
    """
    return b"{" + rest if offset is None else b'{"offset":%d,"length":%d,' % (offset, length) + rest


def end_line(records: int, applies_to: FileMark | None, gives: FileMark | None) -> bytes:
    """Return the last line: how many records were patched, and the files before and after."""
    data: dict[str, Any] = {"end": 1, "records": records}
    for name, mark in (("applies_to", applies_to), ("gives", gives)):
        if mark is not None:
            data[name] = {"bytes": mark.bytes, "digest": mark.digest}
    return _line(data)


def _packed(raw: bytes) -> str:
    return base64.b64encode(zlib.compress(raw)).decode("ascii")


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text, validate=True))


class PatchFile:
    """A patch file to be read; each reading begins at its beginning.

    Raises InputError for what is no patch, is broken off or damaged.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        header: dict[str, Any] = {}
        last = b""
        for number, line in enumerate(self._lines()):
            if number == 0:
                header = self._parsed(line, 1)
            last = line
        if header.get("patch") != _VERSION:
            raise InputError(f"{path}: this is no patch that marc edit or marc table wrote")
        end = self._parsed(last, 0)
        if "end" not in end:
            raise InputError(
                f"{path}: the patch breaks off; its last line is missing. Copy it anew"
            )
        self.made_by: str = str(header.get("made_by", ""))
        self.form: str = str(header.get("form", "iso2709"))
        self.records: int = int(end.get("records", 0))
        self.applies_to = self._mark(end.get("applies_to"))
        self.gives = self._mark(end.get("gives"))

    def splices(self) -> Iterator[Splice]:
        """Yield what the patch says, in order."""
        for number, line in enumerate(self._lines(), 1):
            data = self._parsed(line, number)
            if "patch" in data or "end" in data:
                continue
            try:
                raw = _unpacked(data["bytes"]) if "bytes" in data else None
                patch = _record_patch(data, raw) if "record" in data else None
                yield Splice(data.get("offset"), data.get("length", 0), patch, raw)
            except (KeyError, TypeError, ValueError, zlib.error) as error:
                raise self._damaged(number) from error

    def patches(self) -> Iterator[RecordPatch]:
        """Yield the patches of records."""
        return (splice.patch for splice in self.splices() if splice.patch is not None)

    def _lines(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as stream:
                packed = stream.peek(2)[:2] == b"\x1f\x8b"
                opened = cast(IO[bytes], gzip.GzipFile(fileobj=stream)) if packed else stream
                yield from opened
        except (OSError, EOFError, zlib.error) as error:
            if isinstance(error, OSError) and error.errno:
                raise InputError(explain_os_error(self.path, error)) from error
            raise InputError(f"{self.path}: the compressed patch is damaged ({error})") from error

    def _parsed(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            data = json.loads(line.decode("utf-8", "surrogatepass"))
        except (UnicodeDecodeError, ValueError) as error:
            raise self._damaged(number) from error
        if not isinstance(data, dict):
            raise self._damaged(number)
        return data

    def _damaged(self, number: int) -> InputError:
        where = f"line {number}" if number else "the last line"
        return InputError(f"{self.path}: {where} is no line of a patch; the file is damaged")

    @staticmethod
    def _mark(data: dict[str, Any] | None) -> FileMark | None:
        return FileMark(int(data["bytes"]), str(data["digest"])) if data else None


def _record_patch(data: dict[str, Any], raw: bytes | None) -> RecordPatch:
    return RecordPatch(
        record=data["record"],
        control=data["control"],
        digest=data["digest"],
        result=data["result"],
        operations=tuple(Operation.from_json(operation) for operation in data["operations"]),
        raw=raw,
    )


class Marker:
    """Counts and digests the content of a file as it goes by.

    >>> one, two = Marker(), Marker()
    >>> one.add(b"ab"), one.add(b"c"), two.add(b"abc"), one.mark() == two.mark()
    (None, None, None, True)
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._digest = blake2b(digest_size=16)

    def add(self, block: bytes) -> None:
        """Take the next bytes."""
        self.bytes += len(block)
        self._digest.update(block)

    def mark(self) -> FileMark:
        """Return the mark of what has gone by."""
        return FileMark(self.bytes, self._digest.hexdigest())


def is_plain(raw: bytes) -> bool:
    """Say whether the scanner finds these bytes to be one plain record, which `rewrite_plain` can
    take apart and put together again without a difference."""
    found, end = run(raw, 0, True, 1)
    return bool(found) and end == len(raw)


def rewrite_plain(raw: bytes, patch: RecordPatch) -> bytes:
    """Return a plain record after the operations of a patch.

    Raises InputError when it is not what the patch expects.
    """
    if not is_plain(raw):
        raise InputError(f"record {patch.record}: not the bytes that the patch was made for")
    leader, fields = apply_operations(
        (raw[:24].decode("ascii"), list(zip(*scan_fields(raw), strict=True))), patch.operations
    )
    bodies = [text.encode("utf-8") + b"\x1e" for _, text in fields]
    tags = [tag for tag, _ in fields]
    return assemble(leader, tags, list(map(len, bodies)), b"".join(bodies), leader[9])


def restore(patch: PatchFile, source: BinaryIO, output: BinaryIO) -> int:
    """Write what a patch that knows its bytes makes of a file, to the byte; return how many
    records it changed.

    `source` gives the bytes of the file that the patch was made for. Raises DataLossRefused when
    it is another one, or the result is not what it should be; what was written is then worthless.
    """
    read, written = Marker(), Marker()
    changed = 0

    def take(size: int) -> bytes:
        blocks = []  # one reading may give less than there is
        while size > 0 and (block := source.read(size)):
            blocks.append(block)
            size -= len(block)
        taken = b"".join(blocks)
        read.add(taken)
        return taken

    def put(block: bytes) -> None:
        written.add(block)
        output.write(block)

    try:
        for splice in patch.splices():
            if splice.offset is None:
                continue
            while (left := splice.offset - read.bytes) > 0 and (block := take(min(left, 1 << 20))):
                put(block)
            old = take(splice.length)
            if splice.raw is not None:
                put(splice.raw)
            elif splice.patch is not None:
                put(rewrite_plain(old, splice.patch))
            changed += splice.patch is not None
        while block := take(1 << 20):
            put(block)
    except InputError as error:
        raise DataLossRefused(f"{error}; nothing was written") from error
    if read.mark() != patch.applies_to:
        raise DataLossRefused("the file is not the one that the patch was made for")
    if written.mark() != patch.gives:
        raise DataLossRefused("the patch does not give the file that it should; it is damaged")
    return changed
