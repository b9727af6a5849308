"""The structure of one ISO 2709 record: leader, directory, fields; rebuilt where it is damaged.

`parse` never guesses: where the directory and the field terminators disagree and more than one
reading is possible, it says so and the record goes to quarantine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

from techproc.findings import Finding, Severity
from techproc.marc.alignment import fields_by
from techproc.marc.damage import Damage, Entry, Field

__all__ = ["Structure", "parse"]

_ENTRIES = re.compile(rb"(?:[\x21-\x7e]{3}[0-9]{9})*")
_LOOSE_ENTRIES = re.compile(rb"(?:[\x20-\x7e]{3}[0-9]{9})*")  # blanks in tags
_CODES = re.compile("[0-9]{5}[ -~]{7}[0-9]{5}[ -~]{3}")  # a leader up to its entry map
_BASE_AT = slice(12, 17)
_SHORN = 19  # the size of a leader whose length was left out


@dataclass(frozen=True, slots=True)
class Structure:
    """Where the fields of a record are: (tag, first byte, byte after the last, without 0x1E).

    `raw` is what they are places in, where that is not the record as it came.
    """

    leader: str
    fields: list[tuple[str, int, int]]
    findings: tuple[Finding, ...] = ()
    raw: bytes | None = None


def parse(raw: bytes) -> Structure | Finding:
    """Return the structure of a record's bytes, or a finding that says why there is none.

    >>> parse(b"00042nam a2200037   4500001000400000\\x1e123\\x1e\\x1d").fields
    [('001', 37, 40)]
    >>> parse(b"no record").rule
    'marc.unreadable'
    """
    fields = _parse_sound(raw)
    if fields is not None:
        return Structure(raw[:24].decode("ascii"), fields)
    return _without_line_ends(raw) or _Repair(raw).structure()


def _without_line_ends(raw: bytes) -> Structure | None:
    """Parse a record that is as it should be but for line ends; None when there is more amiss.

    Programs that take a record for text put them in: after each field, or after so many bytes.
    """
    joined = raw.translate(None, b"\r\n")
    if len(joined) == len(raw) or (fields := _parse_sound(joined)) is None:
        return None
    finding = Finding(
        rule="marc.line-ends",
        severity=Severity.WARNING,
        message=f"{len(raw) - len(joined)} bytes of line ends stand in the record, which is right "
        "without them; they were left out",
    )
    return Structure(joined[:24].decode("ascii"), fields, (finding,), joined)


def _parse_sound(raw: bytes) -> list[Field] | None:  # noqa: PLR0911 (a list of conditions)
    """Parse a record that is as it should be; None when anything is amiss."""
    size = len(raw)
    end = raw.find(b"\x1e", 24)
    if (
        end < 24
        or raw[0:5] != b"%05d" % size
        or raw[_BASE_AT] != b"%05d" % (end + 1)
        or raw[-2:] != b"\x1e\x1d"
        or (end - 24) % 12
        or not raw[:24].isascii()
    ):
        return None
    base = end + 1
    directory = raw[24:end]
    if not directory.isascii() or _ENTRIES.fullmatch(directory) is None:
        return None
    text = directory.decode("ascii")
    fields: list[tuple[str, int, int]] = []
    total = 0
    for at in range(0, len(text), 12):
        length = int(text[at + 3 : at + 7])
        start = base + int(text[at + 7 : at + 12])
        stop = start + length - 1
        if length < 1 or stop >= size or raw.find(b"\x1e", start, stop + 1) != stop:
            return None
        if raw[start - 1] != 0x1E:
            return None
        fields.append((text[at : at + 3], start, stop))
        total += length
    if total != size - 1 - base or not fields:
        return None
    if len({start for _, start, _ in fields}) != len(fields):
        return None
    return fields


def _entries(directory: bytes) -> list[Entry]:
    """Return the entries of a directory: tag, length, start."""
    text = directory.decode("ascii")
    return [
        (text[at : at + 3], int(text[at + 3 : at + 7]), int(text[at + 7 : at + 12]))
        for at in range(0, len(text), 12)
    ]


def _contiguous(entries: list[Entry]) -> bool:
    """Say whether each entry starts where the one before it ends, the first at 0."""
    at = 0
    for _, length, start in entries:
        if start != at:
            return False
        at = start + length
    return True


class _Repair(Damage):
    """What can be read of a damaged record: its leader, and its directory or what is left of it."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw)
        self.directory_at = 24
        self.by_map = False  # the directory is as LDR/20-23 says, and not as MARC does

    def structure(self) -> Structure | Finding:
        """Return what can be recovered."""
        raw = self.raw
        if len(raw) < 38:
            return self.give_up(f"{len(raw)} bytes are too few for a record", "marc.unreadable")
        placed = self._directory()
        if isinstance(placed, Finding):
            return placed
        found, base, is_directory = placed
        leader = self._leader(base)
        fields = fields_by(self, found, base) if is_directory else found
        if isinstance(fields, Finding):
            return fields
        if not fields:
            return self.give_up("there is no field in it")
        return Structure(leader, fields, tuple(self.findings))

    def _leader(self, base: int) -> str:
        """Return the leader, 24 characters, with what is wrong in it noted."""
        raw = self.raw
        size = len(raw)
        if not raw.endswith(b"\x1d"):
            self.note(
                "marc.missing-terminator", "the record terminator (0x1D) is missing", offset=size
            )
        head = self._leader_text()
        if head[:5] != f"{size:05d}":
            self.note(
                "marc.length-mismatch",
                f"the leader gives the length as {head[:5]!r}, it is {size}",
                path="LDR/00-04",
            )
        if head[12:17] != f"{base:05d}":
            self.note(
                "marc.base-address",
                f"the leader says the data begin at {head[12:17]!r}, they begin at {base}",
                path="LDR/12-16",
            )
        return head

    def _leader_text(self) -> str:
        """Return 24 printable ASCII characters for the leader's bytes."""
        head = self.raw[: self.directory_at]
        if len(head) == _SHORN:
            self.note("marc.leader", "the leader lacks its length", path="LDR")
            return f"{len(self.raw):05d}"[:5] + head.decode("ascii", "replace")
        text = (
            head.decode("ascii", "replace") if len(head) == 24 else head.decode("utf-8", "replace")
        )
        if self.by_map or (
            len(text) != 24 and _CODES.match(text[:20]) and not text[20:].strip("450 \ufffd")
        ):
            text = text[:20] + "4500"  # what stands there is the same in every record
        clean = "".join(char if " " <= char <= "~" else " " for char in text)
        if clean[20:] != "4500" and len(clean) == 24 and clean[:20] == text[:20]:
            clean = clean[:20] + "4500" if not head.isascii() else clean
        if clean.encode() != head:
            self.note("marc.leader", f"the leader was {head!r}, read as {clean!r}", path="LDR")
        return clean

    def _directory(  # noqa: PLR0911 (one way of reading it after the other)
        self,
    ) -> tuple[list[Entry] | list[Field], int, bool] | Finding:
        """Return the directory's entries or the fields, where the data begin, which it is."""
        raw = self.raw
        end = raw.find(b"\x1e", 24)
        if end < 0:
            return self.give_up("no field terminator (0x1E) in it")
        if entries := self._by_map(end):
            return entries, end + 1, True
        if (end - 24) % 12 == 0 and _LOOSE_ENTRIES.fullmatch(raw, 24, end) and end > 24:
            self._note_tags(raw[24:end])
            return _entries(raw[24:end]), end + 1, True
        # A character lost, doubled or made several bytes in the leader moves the directory.
        for start in (23, 25, 26, 22, 27, _SHORN):
            if end - start > 0 and _ENTRIES.fullmatch(raw, start, end):
                entries = _entries(raw[start:end])
                if _contiguous(entries) and self._leader_fits(start):
                    self.directory_at = start
                    return entries, end + 1, True
        whole = cast(re.Match[bytes], _ENTRIES.match(raw, 24, end)).end()
        declared = int(raw[_BASE_AT]) if raw[_BASE_AT].isdigit() else 0
        entries = _entries(raw[24:whole])
        if 36 < declared <= self.end and whole in (declared, declared - 1) and _contiguous(entries):
            self.note("marc.directory", "the directory's terminator is missing", offset=whole)
            return entries, max((declared, whole), key=lambda base: self._fit(entries, base)), True
        if oversize := self._oversize(end):
            return oversize, end + 1, False
        for stop in (end, declared - 1):
            most = 1.0 if stop == end else 0.5
            if 36 <= stop < self.end and (spoilt := self._spoilt(stop, most)):
                self.note("marc.directory", "part of the directory was overwritten")
                return spoilt, stop + 1, True
        return self.give_up("the directory is not made of entries of 12 bytes", "marc.directory")

    def _by_map(self, end: int) -> list[Entry] | None:
        """Read a directory whose entries are as long as the leader says, where MARC says 12."""
        map_ = self.raw[20:24]
        if not map_.isdigit() or map_[:2] == b"45" or b"0" in map_[:2]:
            return None
        length, start = int(map_[:1]), int(map_[1:2])
        size = 3 + length + start + int(map_[2:3])
        found = []
        for at in range(24, end, size):
            numbers = self.raw[at + 3 : at + 3 + length + start]
            tag = self.raw[at : at + 3]
            if not (tag.isalnum() and tag.isascii() and numbers.isdigit()):
                return None
            found.append((tag.decode("ascii"), int(numbers[:length]), int(numbers[length:])))
        if (end - 24) % size or not _contiguous(found):
            return None
        self.note("marc.directory", f"its entries have {size} bytes, as LDR/20-23 says, not 12")
        self.by_map = True
        return found

    def _fit(self, entries: list[Entry], base: int) -> int:
        """Return how many entries end at a terminator if the data begin at `base`."""
        ends = (base + start + length - 1 for _, length, start in entries)
        return sum(self.raw[end : end + 1] == b"\x1e" for end in ends)

    def _note_tags(self, directory: bytes) -> None:
        """Note tags that are not three letters or digits."""
        for at in range(0, len(directory), 12):
            tag = directory[at : at + 3]
            if not tag.isalnum():
                self.note(
                    "marc.tag",
                    f"{tag.decode('ascii')!r} is no tag of letters and digits",
                    offset=24 + at,
                )

    def _leader_fits(self, size: int) -> bool:
        """Say whether the leader's codes can be told although it is not 24 bytes long."""
        head = self.raw[:size]
        text = head.decode("utf-8", "replace")
        if len(text) == 24 and len(head) != 24:
            return True
        if size == _SHORN:
            return _CODES.match("00000" + text[:15]) is not None
        return _CODES.match(text[:20]) is not None and not text[20:].strip("450 \ufffd")

    def _spoilt(self, end: int, most: float) -> list[Entry] | None:
        """Read the tags of a directory some of whose bytes were overwritten, if they can be told.

        At most the share `most` of the entries may be spoilt. Numbers that are gone are -1: the
        fields are then told by their terminators alone.
        """
        text = self.raw[24:end]
        if len(text) % 12:
            chars = text.decode("utf-8", "replace")
            if len(chars) % 12:
                return None
            text = chars.encode("ascii", "replace")
        entries: list[Entry] = []
        spoilt = 0
        for at in range(0, len(text), 12):
            tag, numbers = text[at : at + 3], text[at + 3 : at + 12]
            if not tag.isalnum() or not tag.isascii():
                return None
            if numbers.isdigit():
                entries.append((tag.decode("ascii"), int(numbers[:4]), int(numbers[4:])))
            else:
                spoilt += 1
                entries.append((tag.decode("ascii"), -1, -1))
        # One entry among sound ones, or a damage that leaves the fields as many as the entries.
        fields = self.raw[end + 1 : self.end].count(b"\x1e")
        return entries if 0 < spoilt <= most * len(entries) and len(entries) == fields else None

    def _oversize(self, end: int) -> list[Field] | None:
        """Read a directory whose numbers outgrew their places, as some programs write it."""
        raw, at, start = self.raw, 24, end + 1
        fields: list[tuple[str, int, int]] = []
        while at < end:
            stop = raw.find(b"\x1e", start)
            if stop < 0:
                return None
            numbers = b"%04d%05d" % (stop + 1 - start, start - end - 1)
            tag = raw[at : at + 3]
            if not tag.isalnum() or raw[at + 3 : at + 3 + len(numbers)] != numbers:
                return None
            fields.append((tag.decode("ascii"), start, stop))
            at += 3 + len(numbers)
            start = stop + 1
        if at != end or not fields:
            return None
        self.note("marc.oversize", "a field is longer than 9,999 bytes or the record than 99,999")
        return fields
