"""Reading records from anything: the form is told from the content, and read as it streams."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from techproc.errors import InputError
from techproc.findings import Finding, Severity
from techproc.marc.evidence import ENCODINGS, known_encoding
from techproc.marc.forms import Form, detect, form_named
from techproc.marc.framing import LIMIT
from techproc.marc.loaded import BESIDE, Loaded, Quarantined, ReadOptions
from techproc.marc.source import HEAD, Source, open_sources
from techproc.marc.transcoding import Transcoded

__all__ = ["damage_of", "encoding_assumed", "form_by", "form_of", "read"]


def read(
    source: str | Path | BinaryIO, *, assume: str | None = None, form: str | None = None
) -> Iterator[Loaded | Quarantined]:
    """Yield every record of a source, and the bytes that are none, in order.

    `source` is a path, "-" for standard input, or a binary stream; it may be compressed (gz, xz,
    bz2, zst) or an archive (zip, tar). The form is told from the content unless `form` names it; a
    member of an archive that holds no records is yielded as that. `assume` names the character
    encoding ("utf-8", "marc-8", "latin-1", "koi8-r", …); None goes by the evidence.

    Nothing is left out: everything in the input is yielded as a record (`Loaded`) or in quarantine
    (`Quarantined`), and memory does not grow with the input. Raises InputError when there is
    nothing to read: a missing file, an empty one, a directory, or something that holds no records.
    """
    assume = encoding_assumed(assume)
    if form is not None:
        form_named(form)  # complain before anything is opened
    with open_sources(source) as inputs:
        number = 1
        for plain in inputs:
            for item in _read_one(plain, assume, form, number):
                number = item.number + 1
                yield item


def encoding_assumed(name: str | None) -> str | None:
    """Return an encoding by its usual name; raises InputError for one that is not known."""
    if name is not None and (name := known_encoding(name)) is None:
        raise InputError(
            f"no encoding of that name can be assumed; {', '.join(ENCODINGS)} and others can"
        )
    return name


def _read_one(
    plain: Source, assume: str | None, form_name: str | None, first: int
) -> Iterator[Loaded | Quarantined]:
    stream, form = form_of(plain, form_name)
    options = ReadOptions(file=plain.name, assume=assume, first=first)
    number = first - 1
    for item in form.read(stream, options):
        number = item.number
        yield item
    if plain.damage is not None:
        yield damage_of(plain, number + 1)


def form_of(plain: Source, name: str | None = None) -> tuple[BinaryIO, Form]:
    """Return a stream of an opened input, from its beginning, and the form it is in.

    What is in UTF-16 comes as UTF-8, and places are those in it. A member of an archive that
    holds no records has a form too, which reads it as what stands beside the records. Raises
    InputError for an input that is empty, or of no form that is known when none is named.
    """
    stream: io.BufferedReader[Any] = io.BufferedReader(plain, HEAD)
    head = stream.peek(HEAD)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head[: len(head) & ~1].decode("utf-16", "replace").encode("utf-8", "replace")
        form = form_named(name) if name else detect(text)
        if form is not None and form.name != "marcxml":  # which knows itself what to do with it
            stream = io.BufferedReader(Transcoded(b"", stream, "utf-16"), HEAD)
            head = text
    return cast(BinaryIO, stream), form_by(plain, head, name)


def form_by(plain: Source, head: bytes, name: str | None = None) -> Form:
    """Return the form of an opened input by its first bytes, as `form_of` does."""
    archive = plain.archive
    if archive is not None:
        archive.asked = True
    form = form_named(name) if name else detect(head)
    if archive is not None and (form is None or not head or (name and plain.litter)):
        if not head and plain.damage is not None:
            return _NOTHING
        return _OTHER if head and not plain.litter else _LITTER
    if not head:
        raise InputError(f"{plain.name}: {plain.damage or 'it is empty'}; there is nothing to read")
    if form is None:
        raise InputError(
            f"{plain.name}: this is no form of MARC that is known (it begins {head[:24]!r}); "
            "if it is one, name it with --from"
        )
    if archive is not None:
        archive.held = True
    return form


def _beside(
    stream: BinaryIO, options: ReadOptions, severity: Severity = Severity.WARNING
) -> Iterator[Quarantined]:
    """Yield what a member of an archive holds that is no form of MARC, in pieces."""
    offset, number = 0, options.first
    piece = stream.read(LIMIT)
    while piece or not offset:
        said = f"no form of MARC (it begins {piece[:24]!r})" if piece else "an empty file"
        finding = Finding(
            rule=BESIDE,
            severity=severity,
            message=f"{said} beside the records in the archive: {len(piece)} bytes were not read",
            file=options.file,
            offset=offset,
            fix="if it holds records, unpack it and name its form with --from" if piece else None,
        )
        yield Quarantined(
            raw=piece, number=number, offset=offset, length=len(piece), finding=finding
        )
        offset, number = offset + len(piece), number + 1
        if not (piece := stream.read(LIMIT)):
            return


_OTHER = Form(
    name="other",
    title="no form of MARC",
    suffixes=(),
    sniff=lambda head: False,
    read=_beside,
)
_LITTER = replace(_OTHER, read=partial(_beside, severity=Severity.INFO))
_NOTHING = replace(_OTHER, read=lambda stream, options: iter(()))  # damage is all there is to tell


def damage_of(plain: Source, number: int) -> Quarantined:
    """Return the item that says where a compressed input breaks off."""
    offset = plain.tell_bytes()
    finding = Finding(
        rule="marc.source-damaged",
        message=f"the compressed file breaks off or is damaged here ({plain.damage})",
        file=plain.name,
        record=number,
        offset=offset,
        fix="fetch or copy the file again: what follows could not be read",
    )
    return Quarantined(raw=b"", number=number, offset=offset, length=0, finding=finding)
