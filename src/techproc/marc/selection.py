"""Passing records on: filtered, sampled, split over files, with the bytes they came in."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Literal

from techproc.errors import ConfigError, DataLossRefused
from techproc.files import atomic_output
from techproc.findings import Finding
from techproc.marc.encoder import encode, references
from techproc.marc.forms import form_named
from techproc.marc.loaded import Loaded
from techproc.marc.path import FieldPath
from techproc.marc.where import Where
from techproc.marc.writing import LateOutput, ReadBack, RecordWriter

__all__ = ["Passing", "sample", "select", "split_by", "split_every"]

_MOST_FILES = 500
_UNSAFE = re.compile(r"[^0-9A-Za-z._-]+")


def select(items: Iterable[Loaded], where: Where, *, invert: bool = False) -> Iterator[Loaded]:
    """Yield the records for which a condition holds; with `invert`, the others."""
    for item in items:
        if where.matches(item.record) is not invert:
            yield item


def sample(items: Iterable[Loaded], size: int, seed: int) -> list[Loaded]:
    """Return `size` records drawn without favour, in the order in which they came.

    The same records and the same seed give the same sample. Reservoir sampling: what is held in
    memory is the sample alone.

    >>> sample(iter(()), 3, seed=1)
    []
    """
    drawn = random.Random(seed)
    kept: list[tuple[int, Loaded]] = []
    for position, item in enumerate(items):
        if position < size:
            kept.append((position, item))
        elif (slot := drawn.randrange(position + 1)) < size:
            kept[slot] = (position, item)
    return [item for _, item in sorted(kept, key=lambda pair: pair[0])]


class Passing:
    """Writes records in a form; those whose form stays the same keep their very bytes.

    `encoding` is that of ISO 2709; "keep" leaves each record in the one it came in. Where a form
    cannot carry something, the record is refused (DataLossRefused) unless `lossy`. `unencodable`
    and `oversize` are those of `WriteOptions`; they are for records that are written anew, and
    oversize="marcxml" sends them to the stream `aside`. With `check` every record is kept in mind,
    to be held against the file when it is written.
    """

    def __init__(
        self,
        stream: BinaryIO,
        form: str,
        *,
        encoding: Literal["utf-8", "marc-8", "keep"] = "keep",
        unencodable: Literal["ncr", "refuse"] = "ncr",
        oversize: Literal["refuse", "split", "marcxml"] = "refuse",
        aside: LateOutput | None = None,
        lossy: bool = False,
        check: ReadBack | None = None,
    ) -> None:
        chosen = form_named(form)
        self._stream = stream
        self._form = chosen
        self._encoding = encoding
        self._unencodable = unencodable
        self._lossy = lossy
        self._check = check
        options: dict[str, Any] = {"unencodable": unencodable, "oversize": oversize}
        if aside is not None:
            options["aside"] = aside
        if encoding != "keep":
            options["encoding"] = encoding
        self._writer = RecordWriter(stream, form, **options)
        self.records = 0

    def write(self, item: Loaded, *, changed: bool = False) -> tuple[Finding, ...]:
        """Write one record; return what could not be carried or had to be changed.

        `changed`: it was edited since it was read, so that the bytes it came in are not its own.
        """
        lost = _placed(item, self._form.losses(item.record))
        if lost and not self._lossy:
            raise DataLossRefused(
                f"{lost[0]}; {self._form.title} cannot carry this record whole: choose another "
                "form, or --lossy to go on without"
            )
        noticed: tuple[Finding, ...] = ()
        before = self._writer.set_aside
        if self._encoding == "keep" and self._form.name == "iso2709":
            data, told_of = self._kept(item, changed)
            self._stream.write(data)
            noticed = tuple(_placed(item, told_of))
        else:
            noticed = tuple(_placed(item, self._writer.write(item.record)))
        if self._check is not None and self._writer.set_aside == before:
            self._check.add(item.record)
        self.records += 1
        told = {finding.rule + (finding.path or "") for finding in lost}
        return (*lost, *(f for f in noticed if f.rule + (f.path or "") not in told))

    def _kept(self, item: Loaded, changed: bool) -> tuple[bytes, Iterable[Finding]]:
        whole = item.raw is not None and not item.findings and not changed
        if whole and item.form == "iso2709" and item.raw is not None:
            return item.raw, ()
        encoding = "marc-8" if item.encoding == "marc-8" else "utf-8"
        data = encode(item.record, encoding, unencodable=self._unencodable)
        return data, references(item.record, data) if encoding == "marc-8" else ()

    def close(self) -> None:
        """Write what stands after the last record."""
        self._writer.close()


def _placed(item: Loaded, findings: Iterable[Finding]) -> list[Finding]:
    """Say of findings which record they are about; one without any is left untouched."""
    found = list(findings)
    if not found:
        return found
    control = item.record["001"].data if "001" in item.record else None
    return [finding.at(record=item.number, control=control) for finding in found]


def _parts(stem: Path, form: str, name: str) -> Path:
    return stem.with_name(f"{stem.name}-{name}{form_named(form).suffixes[0]}")


def split_every(
    items: Iterable[Loaded], size: int, stem: Path, form: str, *, force: bool = False
) -> list[tuple[Path, int]]:
    """Write `size` records to each file (`stem-0001.mrc` …); return files and counts.

    Each file appears when it is whole. Raises OutputExists when one is there already.
    """
    if size < 1:
        raise ConfigError(f"files of {size} records cannot be; at least 1")
    made: list[tuple[Path, int]] = []
    waiting: Iterator[Loaded] = iter(items)
    first = next(waiting, None)
    while first is not None:
        path = _parts(stem, form, f"{len(made) + 1:04d}")
        with atomic_output(path, force=force) as stream:
            passing = Passing(stream, form)
            passing.write(first)
            first = next(waiting, None)
            while first is not None and passing.records < size:
                passing.write(first)
                first = next(waiting, None)
            passing.close()
        made.append((path, passing.records))
    return made


def split_by(
    items: Iterable[Loaded], path: FieldPath, stem: Path, form: str, *, force: bool = False
) -> list[tuple[Path, int]]:
    """Write a file for each first value of a path (`stem-eng.mrc`); return files and counts.

    Records without a value go to `stem-none`. No file appears unless all of them do. Raises
    DataLossRefused when two values would share a name or more than 500 files be made.
    """
    open_files: dict[str, tuple[Path, Passing]] = {}
    named: dict[str, str] = {}
    with ExitStack() as stack:
        for item in items:
            value = path.first(item.record) or ""
            name = _UNSAFE.sub("_", value.strip()).strip("_.") or "none"
            if named.setdefault(name.lower(), value) != value:
                raise DataLossRefused(
                    f"{named[name.lower()]!r} and {value!r} would both go to {stem.name}-{name}; "
                    "split by another path"
                )
            if name not in open_files:
                if len(open_files) == _MOST_FILES:
                    raise DataLossRefused(f"{path} has over {_MOST_FILES} values; choose another")
                target = _parts(stem, form, name)
                stream = stack.enter_context(atomic_output(target, force=force))
                open_files[name] = (target, Passing(stream, form))
            open_files[name][1].write(item)
        for _, passing in open_files.values():
            passing.close()
    return sorted((target, passing.records) for target, passing in open_files.values())
