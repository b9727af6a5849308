"""The structure of one ISO 2709 record: leader, directory, fields; rebuilt where it is damaged.

`parse` never guesses: where the directory and the field terminators disagree and more than one
reading is possible, it says so and the record goes to quarantine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from techproc.findings import Finding, Severity

__all__ = ["Structure", "parse"]

_ENTRIES = re.compile(rb"(?:[\x21-\x7e]{3}[0-9]{9})*")
_LOOSE_ENTRIES = re.compile(rb"(?:[\x20-\x7e]{3}[0-9]{9})*")  # blanks in tags
_CODES = re.compile("[0-9]{5}[ -~]{7}[0-9]{5}[ -~]{3}")  # a leader up to its entry map
_BASE_AT = slice(12, 17)
_SHORN = 19  # the size of a leader whose length was left out
_STRAYS = 1000  # field terminators beyond the fields: with more it is no record
_NEAR = 24  # bytes by which a field may have moved and still be where the directory says, about

_Entry = tuple[str, int, int]  # tag, length, start
_Field = tuple[str, int, int]  # tag, first byte, byte after the last


@dataclass(frozen=True, slots=True)
class Structure:
    """Where the fields of a record are: (tag, first byte, byte after the last, without 0x1E)."""

    leader: str
    fields: list[tuple[str, int, int]]
    findings: tuple[Finding, ...] = ()


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
    return _Repair(raw).structure()


def _parse_sound(raw: bytes) -> list[_Field] | None:  # noqa: PLR0911 (a list of conditions)
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


def _entries(directory: bytes) -> list[_Entry]:
    """Return the entries of a directory: tag, length, start."""
    text = directory.decode("ascii")
    return [
        (text[at : at + 3], int(text[at + 3 : at + 7]), int(text[at + 7 : at + 12]))
        for at in range(0, len(text), 12)
    ]


def _contiguous(entries: list[_Entry]) -> bool:
    """Say whether each entry starts where the one before it ends, the first at 0."""
    at = 0
    for _, length, start in entries:
        if start != at:
            return False
        at = start + length
    return True


class _Repair:
    """One damaged record and what was found out about it."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.directory_at = 24
        self.end = len(raw) - raw.endswith(b"\x1d")
        self.findings: list[Finding] = []

    def note(
        self,
        rule: str,
        message: str,
        *,
        severity: Severity = Severity.WARNING,
        path: str | None = None,
        offset: int | None = None,
    ) -> None:
        """Keep a finding; offsets count from the record's beginning here."""
        self.findings.append(
            Finding(
                rule=rule,
                message=message,
                severity=severity,
                path=path,
                offset=offset,
                fix="compare the record with its source before loading it",
            )
        )

    def give_up(self, message: str, rule: str = "marc.unreadable") -> Finding:
        """Return the finding for a record that cannot be read."""
        return Finding(
            rule=rule,
            message=message,
            fix="ask the supplier for the record again; its bytes are in quarantine",
        )

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
        fields = self._fields(found, base) if is_directory else found
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
        if len(text) != 24 and _CODES.match(text[:20]) and not text[20:].strip("450 \ufffd"):
            text = text[:20] + "4500"  # what stands there is the same in every record
        clean = "".join(char if " " <= char <= "~" else " " for char in text)
        if clean[20:] != "4500" and len(clean) == 24 and clean[:20] == text[:20]:
            clean = clean[:20] + "4500" if not head.isascii() else clean
        if clean.encode() != head:
            self.note("marc.leader", f"the leader was {head!r}, read as {clean!r}", path="LDR")
        return clean

    def _directory(  # noqa: PLR0911 (one way of reading it after the other)
        self,
    ) -> tuple[list[_Entry] | list[_Field], int, bool] | Finding:
        """Return the directory's entries or the fields, where the data begin, which it is."""
        raw = self.raw
        end = raw.find(b"\x1e", 24)
        if end < 0:
            return self.give_up("no field terminator (0x1E) in it")
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

    def _fit(self, entries: list[_Entry], base: int) -> int:
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

    def _spoilt(self, end: int, most: float) -> list[_Entry] | None:
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
        entries: list[_Entry] = []
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

    def _oversize(self, end: int) -> list[_Field] | None:
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

    def _fields(
        self, entries: list[tuple[str, int, int]], base: int
    ) -> list[tuple[str, int, int]] | Finding:
        """Match directory entries (tag, length, start) with the fields that terminators bound."""
        raw = self.raw
        segments: list[tuple[int, int]] = []
        if raw.count(b"\x1e", base) > len(entries) + _STRAYS:
            return self.give_up("far more field terminators (0x1E) than fields", "marc.directory")
        declared = self.raw[:5]
        # Lengths may be wrong by a few bytes, where the terminators say that it is all there.
        slack = 8 if raw.endswith((b"\x1d", b"\x1e")) else 1
        if declared.isdigit() and int(declared) > len(raw) + slack:
            longest = max(start + length for _, length, start in entries)
            if base + longest > len(raw) + slack:
                return self.give_up(
                    f"the record breaks off after {len(raw)} of {int(declared)} bytes",
                    "marc.truncated",
                )
        at = base
        while at < self.end:
            stop = raw.find(b"\x1e", at, self.end)
            if stop < 0:
                stop = self.end
                if not raw[at:stop].strip(b" \r\n\x00"):
                    self.note(
                        "marc.padding",
                        f"{stop - at} blank bytes before the terminator",
                        severity=Severity.INFO,
                        offset=at,
                    )
                    break
                self.note(
                    "marc.missing-terminator",
                    "the last field has no terminator (0x1E)",
                    offset=stop,
                )
            segments.append((at, stop))
            at = stop + 1
        places = {segment: place for place, segment in enumerate(segments)}
        spans = [(base + start, base + start + length - 1) for _, length, start in entries]
        if all(span in places for span in spans) and len(set(spans)) == len(spans):
            self._unlisted(segments, set(spans))
            return [(tag, *span) for (tag, _, _), span in zip(entries, spans, strict=True)]
        if len(segments) == len(entries):
            self.note(
                "marc.directory-rebuilt",
                "the directory's lengths or places are wrong; the fields were told by "
                "their terminators",
                severity=Severity.WARNING,
            )
            sure = {i: places[span] for i, span in enumerate(spans) if span in places}
            if len(set(sure.values())) < len(sure) or len(sure) * 2 < len(entries):
                sure = {}  # what fits by chance is no evidence
            rest = [place for place in range(len(segments)) if place not in sure.values()]
            loose = [i for i in range(len(entries)) if i not in sure]

            def fit(order: Iterable[int]) -> int:
                return sum(
                    _likeness(entries[i], segments[place], base)
                    for i, place in zip(order, rest, strict=True)
                )

            found = sure | dict(zip(max(_orders(entries, loose), key=fit), rest, strict=True))
            return [(entry[0], *segments[found[i]]) for i, entry in enumerate(entries)]
        return self._align(entries, segments, base)

    def _unlisted(self, segments: list[tuple[int, int]], listed: set[tuple[int, int]]) -> None:
        """Note fields that stand in the data but not in the directory."""
        for start, stop in segments:
            if (start, stop) not in listed and stop > start:
                shown = self.raw[start : min(stop, start + 40)].decode("latin-1")
                self.note(
                    "marc.unlisted-field",
                    f"{stop - start} bytes are in no directory entry and were left out: {shown!r}",
                    severity=Severity.ERROR,
                    offset=start,
                )

    def _align(
        self, entries: list[tuple[str, int, int]], segments: list[tuple[int, int]], base: int
    ) -> list[tuple[str, int, int]] | Finding:
        """Match entries and segments of different number by their lengths, where that is sure."""
        order, anchors = max(
            (
                (order, _common([entries[i] for i in order], segments, base))
                for order in _orders(entries, list(range(len(entries))))
            ),
            key=lambda found: len(found[1]),
        )
        found: dict[int, tuple[int, int]] = {}
        at_entry = at_segment = 0
        for entry, segment in [*anchors, (len(entries), len(segments))]:
            loose = order[at_entry:entry]
            between = segments[at_segment:segment]
            if not self._between(entries, loose, between, found):
                return self.give_up(
                    "the directory and the field terminators disagree and more than one "
                    "reading is possible",
                    "marc.directory",
                )
            if entry < len(entries):
                found[order[entry]] = segments[segment]
            at_entry, at_segment = entry + 1, segment + 1
        self.note(
            "marc.directory-rebuilt",
            "the directory and the field terminators disagree; the fields were told by "
            "their lengths and terminators",
        )
        return [(entries[i][0], *found[i]) for i in range(len(entries)) if i in found]

    def _between(
        self,
        entries: list[tuple[str, int, int]],
        loose: list[int],
        between: list[tuple[int, int]],
        found: dict[int, tuple[int, int]],
    ) -> bool:
        """Settle the entries and segments that stand between two sure matches."""
        if len(loose) == len(between):
            found.update(zip(loose, between, strict=True))
            return True
        if not loose:
            for start, stop in between:
                self._unlisted([(start, stop)], set())
            return True
        if not between:
            tags = ", ".join(entries[i][0] for i in loose)
            self.note(
                "marc.missing-field",
                f"the directory lists {tags}, the data lack it",
                severity=Severity.ERROR,
            )
            return True
        if len(between) == 1:
            start, stop = between[0]
            for gap in (1, 0):  # the terminator was overwritten, or lost
                widths = [entries[i][1] - 1 for i in loose]
                if sum(widths) + gap * (len(widths) - 1) == stop - start:
                    at = start
                    for i, width in zip(loose, widths, strict=True):
                        found[i] = (at, at + width)
                        at += width + gap
                    self.note(
                        "marc.missing-terminator",
                        "a field terminator (0x1E) is missing; the directory gave the place",
                        offset=start,
                    )
                    return True
        if len(loose) == 1:
            start, stop = between[0][0], between[-1][1]
            if stop - start == entries[loose[0]][1] - 1:
                found[loose[0]] = (start, stop)
                self.note(
                    "marc.stray-terminator",
                    f"field terminators (0x1E) within {entries[loose[0]][0]}, read as blanks",
                    path=entries[loose[0]][0],
                    offset=start,
                )
                return True
        return False


def _orders(entries: list[_Entry], which: list[int]) -> list[list[int]]:
    """Return the orders in which fields may stand: the directory's, and that of their starts."""
    starts = [entries[i][2] for i in which]
    if len(set(starts)) < len(starts):
        return [which]
    return [which, sorted(which, key=lambda i: entries[i][2])]


def _likeness(entry: _Entry, segment: tuple[int, int], base: int) -> int:
    """Return how well a field is what an entry says: its length, and then its place."""
    _, length, start = entry
    if segment[1] - segment[0] != length - 1:
        return 0
    moved = abs(segment[0] - base - start)
    return 4 if not moved else 3 if moved <= _NEAR else 1


def _common(
    entries: list[_Entry], segments: list[tuple[int, int]], base: int
) -> list[tuple[int, int]]:
    """Return the pairs, both in order, that are most alike together (bounded work)."""
    if len(entries) * len(segments) > 1_000_000:
        return []
    rows = [[0] * (len(segments) + 1) for _ in range(len(entries) + 1)]
    for i in range(len(entries) - 1, -1, -1):
        for j in range(len(segments) - 1, -1, -1):
            like = _likeness(entries[i], segments[j], base)
            rows[i][j] = max(
                rows[i + 1][j + 1] + like if like else 0, rows[i + 1][j], rows[i][j + 1]
            )
    pairs, i, j = [], 0, 0
    while i < len(entries) and j < len(segments):
        like = _likeness(entries[i], segments[j], base)
        if like and rows[i][j] == rows[i + 1][j + 1] + like:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
