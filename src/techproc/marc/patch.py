"""What was done to records, as data: it can be shown, applied and reversed.

A patch says of each record which one it is (its number, control number and a digest of its
content) and what is done to it, field by field, with what stood there before. A record that is not
what the patch expects is left alone, with a finding. `techproc.marc.patchfile` keeps patches in
files and gives a file back byte for byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

import pymarc

from techproc.errors import InputError
from techproc.findings import Finding
from techproc.marc.control import control_number
from techproc.marc.fielddiff import FieldText, compare_texts, record_texts
from techproc.marc.scanned import build_field

__all__ = [
    "Content",
    "Operation",
    "Patcher",
    "RecordPatch",
    "apply_operations",
    "content_digest",
    "content_of",
    "operations_between",
    "patch_between",
    "plain_digest",
    "reverse",
    "write_content",
]

Content: TypeAlias = tuple[str, Sequence[FieldText]]  # leader, then tag and text of each field


@dataclass(frozen=True, slots=True)
class Operation:
    """A field changed, removed (`to` is None) or added (`at` is None).

    `at` counts the fields of the record as it was, `to` those of the result, both from 0. A field
    that moves is removed and added. The leader has the tag "LDR" and neither place.
    """

    tag: str
    at: int | None
    to: int | None
    before: str | None
    after: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the operation as JSON; texts are lists: indicators, then code and value each."""
        places = {"at": self.at, "to": self.to}
        texts = {"before": self.before, "after": self.after}
        return {
            "tag": self.tag,
            **{name: place for name, place in places.items() if place is not None},
            **{name: text.split("\x1f") for name, text in texts.items() if text is not None},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Operation:
        """Return the operation that `as_json` wrote; raises InputError for anything else."""
        try:
            texts = [
                "\x1f".join(data[name]) if name in data else None for name in ("before", "after")
            ]
            found = cls(data["tag"], data.get("at"), data.get("to"), *texts)
        except (KeyError, TypeError):
            raise InputError(f"{data!r:.80} is no operation of a patch") from None
        if not isinstance(found.tag, str) or not all(
            place is None or (isinstance(place, int) and place >= 0)
            for place in (found.at, found.to)
        ):
            raise InputError(f"{data!r:.80} is no operation of a patch")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPatch:
    """What is done to one record.

    `record` is its number in its file, `control` its 001; `digest` tells the content that it must
    have, `result` that which it gets. `raw`: the bytes that the result must have, where they are
    not what writing the result gives (MARC-8, damaged records).
    """

    record: int
    control: str
    digest: str
    result: str
    operations: tuple[Operation, ...]
    raw: bytes | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the patch as JSON, without its bytes."""
        return {
            "record": self.record,
            "control": self.control,
            "digest": self.digest,
            "result": self.result,
            "operations": [operation.as_json() for operation in self.operations],
        }


def content_of(record: pymarc.Record) -> Content:
    """Return the leader and the texts of a record's fields."""
    return str(record.leader), record_texts(record)


def content_digest(content: Content) -> str:
    """Return sixteen hexadecimal digits that tell a record's content, whatever its encoding.

    >>> content_digest(("00000nam a2200000 i 4500", [("001", "1")]))
    '48b20e2209c32de9'
    """
    leader, fields = content
    entries, bodies, start = [], [], 0
    for tag, text in fields:
        body = text.encode("utf-8", "surrogatepass") + b"\x1e"
        entries.append(f"{tag}{len(body):04d}{start:05d}")
        bodies.append(body)
        start += len(body)
    head = f"{leader[5:9]}{leader[17:24]}{''.join(entries)}\x1e".encode("utf-8", "surrogatepass")
    return blake2b(head + b"".join(bodies), digest_size=8).hexdigest()


def plain_digest(raw: bytes) -> str:
    """Return `content_digest` of a plain record (`techproc.marc.scanner`) from its bytes."""
    return blake2b(raw[5:9] + raw[17:-1], digest_size=8).hexdigest()


def operations_between(before: Content, after: Content) -> tuple[Operation, ...]:
    """Return the operations that make one record's content the other's.

    >>> leader = "00000nam a2200000 i 4500"
    >>> operations_between((leader, [("001", "1")]), (leader, [("001", "1"), ("003", "X")]))
    (Operation(tag='003', at=None, to=1, before=None, after='X'),)
    """
    found = []
    if _leader_content(before[0]) != _leader_content(after[0]):
        found.append(Operation("LDR", None, None, before[0], after[0]))
    for c in compare_texts(before[1], after[1]):
        if c.moved:
            found.append(Operation(c.tag, c.before_at, None, c.before, None))
            found.append(Operation(c.tag, None, c.after_at, None, c.after))
        elif c.kind != "kept":
            found.append(Operation(c.tag, c.before_at, c.after_at, c.before, c.after))
    return tuple(found)


def _leader_content(leader: str) -> str:
    return leader[5:12] + leader[17:]


def patch_between(number: int, before: Content, after: Content) -> RecordPatch:
    """Return the patch that makes record `number` of a file, `before`, into `after`."""
    control = next((text.strip() for tag, text in before[1] if tag == "001"), "")
    return RecordPatch(
        record=number,
        control=control,
        digest=content_digest(before),
        result=content_digest(after),
        operations=operations_between(before, after),
    )


def reverse(patch: RecordPatch, raw: bytes | None = None) -> RecordPatch:
    """Return the patch that undoes another; `raw`: the bytes that the record had before.

    The digests and the operations change sides. Reversing twice gives the same operations.
    """
    control = next((o.after for o in patch.operations if o.tag == "001" and o.after), None)
    return RecordPatch(
        record=patch.record,
        control=patch.control if control is None else control.strip(),
        digest=patch.result,
        result=patch.digest,
        operations=tuple(Operation(o.tag, o.to, o.at, o.after, o.before) for o in patch.operations),
        raw=raw,
    )


def apply_operations(content: Content, operations: Iterable[Operation]) -> Content:
    """Return the content after the operations.

    Raises InputError when something else stands where a field should be changed or removed.
    """
    leader, fields = content
    changed: list[FieldText | None] = list(fields)
    added: list[Operation] = []
    for operation in operations:
        if operation.tag == "LDR":
            if _leader_content(operation.before or "") != _leader_content(leader):
                raise InputError(f"the leader is {leader!r}, not {operation.before!r}")
            leader = operation.after or leader
            continue
        if operation.at is None:
            added.append(operation)
            continue
        expected = (operation.tag, operation.before)
        if operation.at >= len(fields) or fields[operation.at] != expected:
            raise InputError(f"field {operation.at + 1} is not the {operation.tag} expected")
        after = operation.after
        changed[operation.at] = None if after is None else (operation.tag, after)
    result = [item for item in changed if item is not None]
    for operation in sorted(added, key=lambda o: o.to or 0):
        result.insert(operation.to or 0, (operation.tag, operation.after or ""))
    return leader, result


def write_content(record: pymarc.Record, content: Content) -> None:
    """Make a record say what `content` says."""
    record.leader = pymarc.Leader(content[0])
    record.fields = [build_field(tag, text) for tag, text in content[1]]


class Patcher:
    """Applies patches to records as they come; a patch finds its record wherever it stands now.

    It is found by control number and content; of equal records each takes its own, in order.
    """

    def __init__(self, patches: Iterable[RecordPatch]) -> None:
        self._waiting: dict[tuple[str, str], list[RecordPatch]] = {}
        self._controls: Counter[str] = Counter()
        self._stale: Counter[str] = Counter()
        for patch in patches:
            self._waiting.setdefault((patch.control, patch.digest), []).append(patch)
            self._controls[patch.control] += 1
        self.applied = 0

    def apply(self, record: pymarc.Record) -> RecordPatch | None:
        """Change a record as its patch says and return the patch; None when there is none."""
        control = control_number(record)
        if not self._controls[control]:
            return None
        content = content_of(record)
        found = self._waiting.get((control, content_digest(content)))
        if not found:
            self._stale[control] += 1
            return None
        write_content(record, apply_operations(content, found[0].operations))
        self._controls[control] -= 1
        self.applied += 1
        return found.pop(0)

    def unused(self) -> Iterator[Finding]:
        """Yield a finding for each patch that found no record.

        Rules: `patch.stale` (its record has changed since) and `patch.no-record`.
        """
        for patches in self._waiting.values():
            for patch in patches:
                stale = self._stale[patch.control] > 0
                self._stale[patch.control] -= stale
                yield Finding(
                    rule="patch.stale" if stale else "patch.no-record",
                    message="the record has changed since the patch was made; it was left as it is"
                    if stale
                    else "the patch is for a record that is not here",
                    record=patch.record,
                    control=patch.control or None,
                    fix="apply the patch to the file that it was made for",
                )
