"""Reading records from anything: the form is told from the content, and read as it streams."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.marc.evidence import ENCODINGS, known_encoding
from techproc.marc.forms import Form, detect, form_named
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.source import HEAD, Source, open_sources

__all__ = ["damage_of", "encoding_assumed", "form_of", "read"]


def read(
    source: str | Path | BinaryIO, *, assume: str | None = None, form: str | None = None
) -> Iterator[Loaded | Quarantined]:
    """Yield every record of a source, and the bytes that are none, in order.

    `source` is a path, "-" for standard input, or a binary stream; it may be compressed (gz, xz,
    bz2, zst, zip). The form is told from the content unless `form` names it. `assume` names the
    character encoding ("utf-8", "marc-8", "latin-1", "koi8-r", …); None goes by the evidence.

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

    Raises InputError when it is empty, or of no form that is known and none is named.
    """
    stream = io.BufferedReader(plain, HEAD)
    head = stream.peek(HEAD)
    if not head:
        reason = plain.damage or "it is empty"
        raise InputError(f"{plain.name}: {reason}; there is nothing to read")
    form = form_named(name) if name else detect(head)
    if form is None:
        raise InputError(
            f"{plain.name}: this is no form of MARC that is known (it begins {head[:24]!r}); "
            "if it is one, name it with --from"
        )
    return cast(BinaryIO, stream), form


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
