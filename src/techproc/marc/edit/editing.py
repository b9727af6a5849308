"""One record's bytes through a recipe: the bytes after, and the patch that undoes it.

What no step touches keeps its very bytes: a whole record, and the other fields of a record that
is written anew, in the encoding that it came in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pymarc

from techproc.errors import NotEncodable, RecordTooLarge
from techproc.findings import Finding, Severity
from techproc.marc import marc8
from techproc.marc.edit.linking import loosened
from techproc.marc.edit.outcome import Outcome
from techproc.marc.edit.recipe import Recipe
from techproc.marc.edit.steps import Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.encoder import assemble
from techproc.marc.fielddiff import FieldText
from techproc.marc.framing import Frame
from techproc.marc.iso2709 import read_frame
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.patch import (
    Operation,
    RecordPatch,
    content_digest,
    content_of,
    plain_digest,
    reverse,
)
from techproc.marc.patchfile import is_plain, patch_rest, patch_text
from techproc.marc.scanned import ScannedRecord
from techproc.marc.scanner import fields as scan_fields
from techproc.marc.scanner import rewrite
from techproc.marc.structure import Structure, parse

__all__ = ["Edited", "Editor"]


@dataclass(slots=True)
class Edited:
    """What became of one record: its bytes now, and, if it changed, how to undo it.

    `raw` is None for what is no record, which then is in `reject`. `line` is that of the patch, but
    for its place; `undo` is the patch itself, where it was asked for. `refused`: the recipe could
    not be applied, and the record is as it was.
    """

    number: int
    raw: bytes | None
    line: bytes | None = None
    undo: RecordPatch | None = None
    findings: Sequence[Finding] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    reject: Quarantined | None = None
    refused: bool = False


class Editor:
    """Applies one recipe to records' bytes.

    `twice` checks that doing it again changes nothing; `show` keeps the patch of each change.
    """

    def __init__(
        self, recipe: Recipe, options: ReadOptions, *, twice: bool = True, show: bool = False
    ) -> None:
        self._recipe = recipe
        self._options = options
        self._twice = twice
        self._show = show

    def plain(self, raw: bytes, number: int) -> Edited:
        """Edit a record that the scanner found to be plain."""
        tags, texts = scan_fields(raw)
        working = WorkingRecord(raw[:24].decode("ascii"), tags, texts)
        done = self._edit(working, number, raw)
        if not isinstance(done, _Done):
            return done
        outcome = done.outcome
        made = rewrite(raw, outcome.leader, outcome.entries)
        if made is not None:
            after, operations, linked = made
            control = _control(tags, texts)
            line = patch_text(number, control, plain_digest(after), plain_digest(raw), operations)
            undo = None
            if self._show:
                patch = self._patch(done, number, plain_digest(raw), plain_digest(after))
                undo = reverse(patch)
            return self._finish(Edited(number, after, line, undo), done, working, linked)
        try:
            after, noticed = _written(outcome)
        except (RecordTooLarge, NotEncodable) as error:
            return self._refuse(raw, number, working, str(error))
        still_plain = is_plain(after)
        result = plain_digest(after) if still_plain else done.digest()
        patch = self._patch(done, number, plain_digest(raw), result)
        done.log.findings += noticed
        return self._undone(
            number, after, reverse(patch, None if still_plain else raw), done, working
        )

    def frame(self, frame: Frame, number: int) -> Edited:
        """Edit what a frame holds, sound or not."""
        item = read_frame(frame, number, self._options)
        if isinstance(item, Quarantined):
            return Edited(number, None, reject=item)
        record = item.record
        assert isinstance(record, ScannedRecord) and item.raw is not None
        before = list(record.texts())
        leader = str(record.leader)
        tags, texts = _columns(before)
        working = WorkingRecord(leader, tags, texts)
        done = self._edit(working, number, item.raw)
        if not isinstance(done, _Done):
            return done
        outcome = done.outcome
        encoding = encoding_to_keep(item.encoding, leader)
        flag = "a" if encoding == "utf-8" else " "
        if outcome.leader[9] != leader[9]:  # the recipe's own wish
            flag = outcome.leader[9]
            encoding = "utf-8" if flag == "a" else "marc-8"
        try:
            parts, noticed = _parts(outcome, encoding, _own_bytes(item, encoding, tags))
            after = _whole(outcome.leader, parts, flag)
        except (RecordTooLarge, NotEncodable) as error:
            return self._refuse(item.raw, number, working, str(error))
        patch = self._patch(done, number, content_digest((leader, before)), done.digest())
        done.log.findings += [*item.findings, *noticed]
        return self._undone(number, after, reverse(patch, item.raw), done, working)

    def item(self, item: Loaded) -> Edited:
        """Edit a record of any form in its place; its bytes are not said."""
        record = item.record
        before = content_of(record)
        applied = self._recipe.apply(record)
        number, control = item.number, _control(*_columns(before[1]))
        if not applied.operations:
            return Edited(number, b"", findings=_placed(applied.findings, number, control))
        findings = [*item.findings, *applied.findings]
        if self._twice and (again := self._recipe.apply(_copy(record)).operations):
            findings.append(_not_idempotent(again))
        patch = RecordPatch(
            record=number,
            control=control,
            digest=content_digest(before),
            result=content_digest(content_of(record)),
            operations=applied.operations,
        )
        undo = reverse(patch)
        placed = _placed(findings, number, control)
        return Edited(number, b"", patch_rest(undo), undo, placed, applied.counts)

    def _edit(self, working: WorkingRecord, number: int, raw: bytes) -> _Done | Edited:
        """Do the steps; return what there is to write, or the record as it was."""
        log = Log()
        counts = self._recipe.run(working, log)
        if not working.pristine:
            try:
                outcome = working.outcome()
            except NotEncodable as error:
                return self._refuse(raw, number, working, str(error))
            if not outcome.unchanged:
                return _Done(outcome, log, counts)
        return Edited(number, raw, findings=_placed(log.findings, number, working))

    def _patch(self, done: _Done, number: int, digest: str, result: str) -> RecordPatch:
        outcome = done.outcome
        control = _control(outcome.tags, outcome.before)
        return RecordPatch(
            record=number,
            control=control,
            digest=digest,
            result=result,
            operations=outcome.operations(),
        )

    def _undone(
        self, number: int, raw: bytes, undo: RecordPatch, done: _Done, working: WorkingRecord
    ) -> Edited:
        linked = any("\x1f6" in (o.before or "") + (o.after or "") for o in undo.operations)
        edited = Edited(number, raw, patch_rest(undo), undo)
        return self._finish(edited, done, working, linked)

    def _finish(self, edited: Edited, done: _Done, working: WorkingRecord, linked: bool) -> Edited:
        """Look at the record after the edit: at its links, and whether a second run would do more."""
        findings, now = done.log.findings, done.outcome
        if linked:
            before = zip(now.tags, now.before, strict=True)
            findings += loosened(before, now.texts())
        if self._twice and self._recipe.again(working, done.counts):
            texts = now.texts()
            if working.outcome().texts() != texts:
                then = WorkingRecord(now.leader, *_columns(texts))
                self._recipe.run(then, Log())
                findings.append(_not_idempotent(then.outcome().operations()))
        edited.findings = _placed(findings, edited.number, working)
        edited.counts = done.counts
        return edited

    def _refuse(self, raw: bytes, number: int, working: WorkingRecord, reason: str) -> Edited:
        finding = Finding(
            rule="edit.refused",
            message=f"left as it was: after the recipe, {reason}",
            fix="change the recipe, or edit the record by hand",
        )
        return Edited(number, raw, findings=_placed([finding], number, working), refused=True)


@dataclass(slots=True)
class _Done:
    outcome: Outcome
    log: Log
    counts: Mapping[str, int]

    def digest(self) -> str:
        """Return the digest of the record as it is now."""
        return content_digest((self.outcome.leader, self.outcome.texts()))


def _control(tags: Sequence[str], texts: Sequence[str]) -> str:
    return texts[tags.index("001")].strip() if "001" in tags else ""


def _columns(fields: Sequence[FieldText]) -> tuple[list[str], list[str]]:
    return [tag for tag, _ in fields], [text for _, text in fields]


def _copy(record: pymarc.Record) -> pymarc.Record:
    """Return a record of the same content, to be edited in its place."""
    data = pymarc.Record(fields=list(record.fields))
    data.leader = pymarc.Leader(str(record.leader))
    return data


def _placed(
    findings: Sequence[Finding], number: int, working: WorkingRecord | str = ""
) -> Sequence[Finding]:
    if not findings:
        return ()
    control = working if isinstance(working, str) else _control(working.tags, working.before)
    return [f.at(record=number, control=control or None) for f in findings]


def _not_idempotent(again: Sequence[Operation]) -> Finding:
    tags = dict.fromkeys(operation.tag for operation in again)
    return Finding(
        rule="edit.not-idempotent",
        severity=Severity.WARNING,
        message=f"doing the recipe again would change {', '.join(tags) or 'the record'} again",
        fix="give the step a condition (unless = …) that is false once it is done",
    )


def encoding_to_keep(encoding: str, leader: str) -> str:
    """Return the encoding in which a record is written again: as it came, where that is sound."""
    if encoding == "marc-8" or (encoding == "ascii" and leader[9:10] != "a"):
        return "marc-8"
    return "utf-8"


def _written(outcome: Outcome) -> tuple[bytes, list[Finding]]:
    """Return a plain record's new bytes; text beyond ASCII goes by leader/09."""
    leader = outcome.leader
    tags, texts = _columns(outcome.texts())
    joined = "\x1e".join(texts) + "\x1e" if texts else ""
    flag = leader[9]
    if joined.isascii() and (flag == "a" or "\x1b" not in joined):
        sizes = [size + 1 for size in map(len, texts)]
        return assemble(leader, tags, sizes, joined.encode("ascii"), flag), []
    if flag != "a":
        parts, findings = _parts(outcome, "marc-8", ())
        return _whole(leader, parts, flag), findings
    body = joined.encode()
    sizes = [size + 1 for size in map(len, body[:-1].split(b"\x1e"))]
    return assemble(leader, tags, sizes, body, flag), []


def _own_bytes(item: Loaded, encoding: str, tags: Sequence[str]) -> Sequence[bytes]:
    """Return the bytes of each field as they came, where they may stand as they are."""
    if any(finding.rule.startswith("marc.encoding") for finding in item.findings):
        return ()
    if item.encoding not in (encoding, "ascii") or item.raw is None:
        return ()
    structure = parse(item.raw)
    if not isinstance(structure, Structure) or [t for t, _, _ in structure.fields] != list(tags):
        return ()
    raw = structure.raw or item.raw
    return [raw[start:stop] for _, start, stop in structure.fields]


def _parts(
    outcome: Outcome, encoding: str, own: Sequence[bytes]
) -> tuple[list[tuple[str, bytes]], list[Finding]]:
    """Return tags and bytes in an encoding; fields that are as they were keep their `own`."""
    parts: list[tuple[str, bytes]] = []
    findings: list[Finding] = []
    for origin, tag, text in outcome.fields():
        if own and origin is not None and text == outcome.before[origin]:
            body = own[origin]
            if b"\x1e" not in body and b"\x1d" not in body:
                parts.append((tag, body + b"\x1e"))
                continue
        if encoding == "utf-8" or (text.isascii() and "\x1b" not in text):
            body = text.encode("utf-8")
        else:
            pieces = text.split("\x1f")
            try:
                body = b"\x1f".join(marc8.encode(piece, references=False) for piece in pieces)
            except NotEncodable as error:
                body = b"\x1f".join(marc8.encode(piece) for piece in pieces)
                message = f"{error}; written as &#x…;"
                findings.append(
                    Finding(
                        rule="edit.not-marc8", severity=Severity.WARNING, message=message, path=tag
                    )
                )
        parts.append((tag, body + b"\x1e"))
    return parts, findings


def _whole(leader: str, parts: Sequence[tuple[str, bytes]], flag: str) -> bytes:
    """Return the record of its parts; raises RecordTooLarge, NotEncodable."""
    bodies = [body for _, body in parts]
    return assemble(
        leader, [tag for tag, _ in parts], list(map(len, bodies)), b"".join(bodies), flag
    )
