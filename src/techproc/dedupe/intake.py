"""Reading for bulk work: the frames of ISO 2709 as bytes, everything else as records."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import pymarc

from techproc.dedupe.features import Features, features_of
from techproc.dedupe.view import view_bytes, view_record
from techproc.errors import InputError
from techproc.findings import Finding
from techproc.marc.blocks import Piece, over_blocks
from techproc.marc.forms import Form
from techproc.marc.framing import frames
from techproc.marc.loaded import Quarantined, ReadOptions
from techproc.marc.reading import form_of, read
from techproc.marc.scanner import run
from techproc.marc.source import Source, open_sources

__all__ = ["Part", "Raw", "cut", "parts", "raw_items", "read_features"]

_BATCH = 500  # records of other forms to a part


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it came: its file, number and bytes, or the record when it came otherwise."""

    file: str
    number: int
    data: bytes
    record: pymarc.Record | None = None
    finding: Finding | None = None


def raw_items(paths: Iterable[str | Path]) -> Iterator[Raw]:
    """Yield what the files hold, in order; ISO 2709 undecoded, so that others may do that work.

    Raises InputError for a file that is missing, empty or no form of MARC.
    """
    for stream, plain, form in _streams(paths):
        if form.name == "iso2709":
            for number, frame in enumerate(frames(stream), start=1):
                yield Raw(plain.name, number, frame.raw)
        else:
            yield from _other_forms(form, stream, plain.name)


def _streams(paths: Iterable[str | Path]) -> Iterator[tuple[BinaryIO, Source, Form]]:
    """Yield what the files hold as streams, and the form of each.

    Raises InputError for one that is empty, and after one that breaks off.
    """
    for path in paths:
        with open_sources(path) as inputs:
            for plain in inputs:
                stream, form = form_of(plain)
                yield stream, plain, form
                if plain.damage is not None:
                    raise InputError(f"{plain.name}: {plain.damage}; fetch the file again")


@dataclass(frozen=True, slots=True)
class Part:
    """Some records of a file that follow each other: as bytes still to be cut, or one by one."""

    file: str
    data: bytes = b""
    items: tuple[Raw, ...] = ()


def parts(paths: Iterable[str | Path]) -> Iterator[Part]:
    """Yield what `raw_items` does by the hundred, ISO 2709 not even cut into records."""
    for stream, plain, form in _streams(paths):
        if form.name == "iso2709":
            for data in over_blocks(stream, _copy):
                yield Part(plain.name, data)
        else:
            items = _other_forms(form, stream, plain.name)
            while batch := tuple(islice(items, _BATCH)):
                yield Part(plain.name, items=batch)


def _copy(piece: Piece) -> bytes:
    return bytes(piece.data)


def cut(part: Part) -> Iterator[Raw]:
    """Yield the records of a part; those of ISO 2709 are numbered from 1."""
    yield from part.items
    if not part.data:
        return
    plain, after = run(part.data, 0, True, len(part.data))
    for number, (data, _) in enumerate(plain, start=1):
        yield Raw(part.file, number, data)
    # From the first record that is not plain on, the tolerant way.
    rest = frames(io.BytesIO(part.data[after:]))
    for number, frame in enumerate(rest, start=len(plain) + 1):
        yield Raw(part.file, number, frame.raw)


def _other_forms(form: Form, stream: BinaryIO, name: str) -> Iterator[Raw]:
    for number, item in enumerate(form.read(stream, ReadOptions(file=name)), start=1):
        if isinstance(item, Quarantined):
            yield Raw(name, number, item.raw, finding=item.finding)
        else:
            yield Raw(name, number, b"", item.record)


def read_features(raw: Raw) -> Features | Finding:
    """Return the features of a raw item, or the finding that says why it is no record."""
    if raw.record is not None:
        return features_of(view_record(raw.record))
    if raw.finding is not None:
        return raw.finding
    view = view_bytes(raw.data)
    if view is not None:
        return features_of(view)
    return _closer_look(raw)


def _closer_look(raw: Raw) -> Features | Finding:
    """Read a record that is not plain UTF-8, or damaged, with the tolerant reader."""
    try:
        for item in read(io.BytesIO(raw.data), form="iso2709"):
            if isinstance(item, Quarantined):
                # Its offset is that within the record: where that begins is not known here.
                return item.finding.at(file=raw.file, record=raw.number, offset=None)
            return features_of(view_record(item.record))
    except InputError as error:
        return _unreadable(raw, str(error))
    return _unreadable(raw, "no record in these bytes")


def _unreadable(raw: Raw, message: str) -> Finding:
    return Finding(rule="marc.not-a-record", message=message, file=raw.file, record=raw.number)
