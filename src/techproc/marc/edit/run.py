"""A whole file through a recipe: records out, and the patch that gives the file back.

ISO 2709 goes by blocks of bytes, through several processes when there are many; the order is
kept. Other forms go record by record, and their patch holds the file as it was.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, cast

from techproc.findings import Finding
from techproc.marc.edit.blocks import Block, Framed, blocks
from techproc.marc.edit.editing import Edited, Editor
from techproc.marc.edit.recipe import Recipe
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.patch import RecordPatch
from techproc.marc.patchfile import (
    Marker,
    end_line,
    header_line,
    place,
    splice_line,
    splice_rest,
)
from techproc.marc.reading import damage_of, encoding_assumed, form_of
from techproc.marc.selection import Passing
from techproc.marc.source import open_sources
from techproc.workers import in_order

__all__ = ["EditReport", "Watcher", "edit_file"]


class Watcher(Protocol):
    """What is told of a file while it is edited."""

    def changed(self, undo: RecordPatch) -> None:
        """Take the patch that makes a changed record what it was."""

    def found(self, findings: Iterable[Finding]) -> None:
        """Take what was noticed about a record."""

    def rejected(self, item: Quarantined) -> None:
        """Take bytes that are no record, and were left out of the output."""


@dataclass(slots=True)
class EditReport:
    """What became of a file's records: read = changed + unchanged + refused + rejected.

    `steps` counts the records that each step changed. `form` is that of the records written.
    """

    read: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    rejected: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    form: str = "iso2709"

    def add(self, part: EditReport) -> None:
        """Add the counts of a part of the file."""
        self.read += part.read
        self.changed += part.changed
        self.unchanged += part.unchanged
        self.refused += part.refused
        self.rejected += part.rejected
        self.steps.update(part.steps)

    def as_json(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        return {
            "read": self.read,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "rejected": self.rejected,
            "steps": dict(self.steps),
        }


@dataclass(slots=True)
class _Chunk:
    """What became of a block: its bytes, and the rest of each line of the patch with its place."""

    raw: bytes
    lines: list[tuple[int, int, bytes]]
    report: EditReport
    findings: list[Finding]
    rejects: list[Quarantined]
    shown: list[RecordPatch]


def _work(editor: Editor, block: Block, *, show: bool) -> _Chunk:
    """Edit the records of a block."""
    chunk = _Chunk(b"", [], EditReport(), [], [], [])
    out: list[bytes] = []
    at = 0
    for number, item in enumerate(block.items, block.first):
        leading = padding = b""
        if isinstance(item, Framed):
            leading, padding = item.leading, item.padding
            edited = editor.frame(item.frame, number)
        else:
            edited = editor.plain(item, number)
        _count(chunk.report, edited)
        chunk.findings += edited.findings
        out.append(leading)
        at += len(leading)
        if edited.reject is not None:
            chunk.rejects.append(edited.reject)
            chunk.lines.append((at, 0, splice_rest(edited.reject.raw + padding)))
            continue
        assert edited.raw is not None
        out += (edited.raw, padding)
        if edited.line is not None:
            chunk.lines.append((at, len(edited.raw), edited.line))
            if show:
                assert edited.undo is not None
                chunk.shown.append(edited.undo)
        at += len(edited.raw) + len(padding)
    chunk.raw = b"".join(out)
    return chunk


def _count(report: EditReport, edited: Edited) -> None:
    report.read += 1
    if edited.reject is not None:
        report.rejected += 1
    elif edited.refused:
        report.refused += 1
    elif edited.line is not None:
        report.changed += 1
        for step in edited.counts:
            report.steps[step] += 1
    else:
        report.unchanged += 1


class _Recorded(io.RawIOBase):
    """An input whose content is marked as it is read, and kept in the patch if need be."""

    def __init__(
        self, inner: IO[bytes], mark: Marker, undo: BinaryIO | None = None, at: int = 0
    ) -> None:
        self._inner = inner
        self._mark = mark
        self._undo = undo
        self._at = at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._inner.read(len(buffer)) or b""
        buffer[: len(data)] = data
        self._mark.add(data)
        if self._undo is not None and data:
            self._undo.write(splice_line(self._at, 0, data))
        return len(data)


class _Run(io.RawIOBase):
    """One file on its way through a recipe; as a stream, it takes the bytes of the output."""

    def __init__(
        self, output: BinaryIO | None, undo: BinaryIO | None, watcher: Watcher, made_by: str
    ) -> None:
        self._output = output
        self._undo = undo
        self._watcher = watcher
        self._made_by = made_by
        self._after = Marker()
        self._passing: Passing | None = None
        self._start = 0  # of the output that is written anew, whose input is kept in the patch
        self.before = Marker()
        self.report = EditReport()
        self.begun = False

    def begin(self, form: str) -> None:
        """Write the first line of the patch."""
        self.begun = True
        self.report.form = form
        if self._undo is not None:
            self._undo.write(header_line(self._made_by, form))

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Write bytes of the output."""
        self._after.add(data)
        if self._output is not None:
            self._output.write(data)
        return len(data)

    def take(self, chunk: _Chunk) -> None:
        """Write what became of a block."""
        start = self._after.bytes
        if self._undo is not None:
            for at, length, rest in chunk.lines:
                self._undo.write(place(rest, start + at, length))
        self.write(chunk.raw)
        self.report.add(chunk.report)
        for patch in chunk.shown:
            self._watcher.changed(patch)
        for reject in chunk.rejects:
            self._watcher.rejected(reject)
        if chunk.findings:
            self._watcher.found(chunk.findings)

    @property
    def anew(self) -> bool:
        """True once records are written anew, all of them."""
        return self._passing is not None

    def recorded(self, stream: BinaryIO) -> BinaryIO:
        """Return a stream whose bytes the patch keeps, for what is written anew."""
        if self._passing is None:
            self._start = self._after.bytes
            self._passing = Passing(cast(BinaryIO, self), self.report.form)
        kept = _Recorded(stream, self.before, self._undo, self._start)
        return cast(BinaryIO, io.BufferedReader(kept, 1 << 20))

    def rewrite(self, editor: Editor, items: Iterable[Loaded | Quarantined]) -> None:
        """Edit records one by one, and write each anew."""
        assert self._passing is not None
        for item in items:
            if isinstance(item, Quarantined):
                self.reject(item)
                continue
            edited = editor.item(item)
            _count(self.report, edited)
            findings = [*edited.findings, *self._passing.write(item, changed=True)]
            if edited.line is not None and edited.undo is not None:
                self._watcher.changed(edited.undo)
                if self._undo is not None:
                    self._undo.write(place(edited.line, None))
            if findings:
                self._watcher.found(findings)

    def reject(self, item: Quarantined) -> None:
        """Count bytes that are no record, and pass them on."""
        self.report.read += 1
        self.report.rejected += 1
        self._watcher.rejected(item)

    def leave(self, item: Quarantined) -> None:
        """Keep in the patch what stands beside the records in an archive, and pass it on."""
        self.before.add(item.raw)
        if self._undo is not None and item.raw:
            at = self._after.bytes if self._passing is None else self._start
            self._undo.write(splice_line(at, 0, item.raw))
        self._watcher.rejected(item)

    def end(self) -> None:
        """Write what stands after the last record, and the last line of the patch."""
        if self._passing is not None:
            self._passing.close()
        if self._undo is not None:
            # The input has been put before what was written anew, which goes.
            at, end = self._start if self._passing is not None else self._after.bytes, 1 << 20
            while at < self._after.bytes:
                size = min(end, self._after.bytes - at)
                self._undo.write(splice_line(at, size, b""))
                at += size
            marks = self._after.mark(), self.before.mark()
            self._undo.write(end_line(self.report.changed, *marks))


def edit_file(
    source: str | Path | BinaryIO,
    recipe: Recipe,
    output: BinaryIO | None,
    undo: BinaryIO | None,
    watcher: Watcher,
    *,
    form: str | None = None,
    to: str | None = None,
    assume: str | None = None,
    jobs: int = 1,
    twice: bool = True,
    show: bool = False,
    made_by: str = "marc edit",
) -> EditReport:
    """Write the records of a file as a recipe makes them; return what became of them.

    `undo` gets the patch that makes the output what the input was, byte for byte. Either may be
    None: nothing is written. `to` is the form to write, by default that of the input; `assume`
    the input's encoding. `jobs` is the number of processes; `twice` does the recipe to each
    changed record again and reports where that changes something (`edit.not-idempotent`);
    `show` tells `watcher` of each change.

    Records that no step touches keep their bytes, and so does what stands between records. What
    is no record is left out of the output, told to `watcher`, and kept in `undo`. Raises
    InputError when there is nothing to read.
    """
    work = _Run(output, undo, watcher, made_by)
    assume = encoding_assumed(assume)
    with open_sources(source) as inputs:
        beside: list[Quarantined] = []  # what is to be told when the form is known
        for plain in inputs:
            stream, found = form_of(plain, form)
            options = ReadOptions(file=plain.name, assume=assume, first=work.report.read + 1)
            if found.name == "other":
                beside += cast(Iterable[Quarantined], found.read(stream, options))
                continue
            if not work.begun:
                work.begin(to or found.name)
            while beside:
                work.leave(beside.pop(0))
            editor = Editor(recipe, options, twice=twice, show=show)
            if found.name == work.report.form == "iso2709" and not work.anew:
                recorded = io.BufferedReader(_Recorded(stream, work.before), 1 << 20)
                cut = blocks(cast(BinaryIO, recorded), options.first, scan=assume is None)
                work_on = partial(_work, editor, show=show)
                with closing(in_order(work_on, cut, jobs)) as chunks:
                    for chunk in chunks:
                        work.take(chunk)
            else:
                work.rewrite(editor, found.read(work.recorded(stream), options))
            if plain.damage is not None:
                work.reject(damage_of(plain, work.report.read + 1))
        for item in beside:
            work.leave(item)
    work.end()
    return work.report
