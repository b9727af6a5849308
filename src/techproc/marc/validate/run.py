"""A whole file through a validator, in several processes when there is much of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from techproc.findings import Finding
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.reading import damage_of, encoding_assumed, form_of
from techproc.marc.runs import Block, cut, read_block
from techproc.marc.source import open_sources
from techproc.marc.validate.registry import Fault
from techproc.marc.validate.validator import Validator
from techproc.workers import in_order

__all__ = ["Checked", "Passed", "validate_file"]


@dataclass(frozen=True, slots=True)
class Checked:
    """An item of a file of which there is something to say.

    `noticed` is what reading it noticed, `found` what validating it finds.
    """

    title: str  # the first 245 $a, where titles are asked for
    noticed: tuple[Finding, ...]
    found: list[Finding]


@dataclass(slots=True)
class Passed:
    """What became of some consecutive items: how many were read, and those to speak of."""

    read: int = 0
    checked: list[Checked] = field(default_factory=list)
    rejects: list[Quarantined] = field(default_factory=list)


# Number, offset, 001, title, what reading noticed, and faults as plain tuples: they cross to another
# process, and there are many.
_Said = tuple[
    int, int, str | None, str, tuple[Finding, ...], list[tuple[str, str, str, str | None]]
]


def validate_file(
    source: str | Path | BinaryIO,
    validator: Validator,
    *,
    form: str | None = None,
    assume: str | None = None,
    jobs: int = 1,
    titles: bool = False,
    file: str | None = None,
) -> Iterator[Passed]:
    """Yield what becomes of the records of a file, some at a time, in order.

    `source`, `form` and `assume` are those of `techproc.marc.read`; `jobs` is the number of
    processes, of which only ISO 2709 makes use. `file` is the name for findings, `titles` asks for
    titles. Raises InputError when there is nothing to read.
    """
    assume = encoding_assumed(assume)
    with open_sources(source) as inputs:
        first = 1
        for plain in inputs:
            stream, found = form_of(plain, form)
            options = ReadOptions(file=plain.name, assume=assume, first=first)
            if found.name == "iso2709":
                work = partial(_work, validator, options, titles)
                parts = in_order(work, cut(stream, options), jobs)
            else:
                parts = (_said(validator, [item], titles) for item in found.read(stream, options))
            with closing(parts):
                for read, said, rejects in parts:
                    first += read
                    yield Passed(read, [_checked(validator, one, file) for one in said], rejects)
            if plain.damage is not None:
                damage = damage_of(plain, first)
                first += 1
                yield Passed(1, [Checked("", damage.findings, [])], [damage])


def _work(
    validator: Validator, options: ReadOptions, titles: bool, block: Block
) -> tuple[int, list[_Said], list[Quarantined]]:
    return _said(validator, read_block(block, options), titles)


def _said(
    validator: Validator, items: Iterable[Loaded | Quarantined], titles: bool
) -> tuple[int, list[_Said], list[Quarantined]]:
    """Return how many items there are, what there is to say of them, and those that are no record."""
    read = 0
    said: list[_Said] = []
    rejects: list[Quarantined] = []
    for item in items:
        read += 1
        if isinstance(item, Quarantined):
            rejects.append(item)
            said.append((item.number, item.offset, None, "", item.findings, []))
            continue
        control, faults = validator.faults(item.record)
        if faults or item.findings:
            title = _title(item) if titles else ""
            plain = [(fault.rule, fault.path, fault.message, fault.fix) for fault in faults]
            said.append((item.number, item.offset, control, title, item.findings, plain))
    return read, said, rejects


def _checked(validator: Validator, said: _Said, file: str | None) -> Checked:
    number, offset, control, title, noticed, faults = said
    found = [
        validator.finding(Fault(*fault), control, file=file, record=number, offset=offset)
        for fault in faults
    ]
    return Checked(title, noticed, found)


def _title(item: Loaded) -> str:
    field = item.record.get("245")
    title = field.get("a") or "" if field is not None and not field.control_field else ""
    return title.strip(" /:;=,")[:60]
