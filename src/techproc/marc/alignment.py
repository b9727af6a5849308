"""The fields of a damaged record: directory entries held against what field terminators bound.

Nothing is guessed: where more than one reading is possible, that is said, and there are no fields.
"""

from __future__ import annotations

from collections.abc import Iterable

from techproc.findings import Finding, Severity
from techproc.marc.carrying import is_control
from techproc.marc.damage import Damage, Entry, Field

__all__ = ["fields_by"]

_STRAYS = 1000  # field terminators beyond the fields: with more it is no record
_FEW = 8  # bytes by which a length may be wrong where terminators say that it is all there
_NEAR = 24  # bytes by which a field may have moved and still be where the directory says, about

Span = tuple[int, int]  # first byte, byte after the last


def fields_by(damage: Damage, entries: list[Entry], base: int) -> list[Field] | Finding:
    """Match directory entries (tag, length, start) with the fields that terminators bound."""
    raw = damage.raw
    if raw.count(b"\x1e", base) > len(entries) + _STRAYS:
        return damage.give_up("far more field terminators (0x1E) than fields", "marc.directory")
    if short := _broken_off(raw, entries, base):
        return damage.give_up(short, "marc.truncated")
    segments = _segments(damage, base)
    spans = [(base + start, base + start + length - 1) for _, length, start in entries]
    if set(spans).issubset(segments) and len(set(spans)) == len(spans):
        _unlisted(damage, segments, set(spans))
        return [(tag, *span) for (tag, _, _), span in zip(entries, spans, strict=True)]
    if len(segments) == len(entries):
        return _one_for_one(damage, entries, segments, base)
    return _align(damage, entries, segments, base)


def _broken_off(raw: bytes, entries: list[Entry], base: int) -> str | None:
    """Return that a record breaks off, where the leader and the directory both say so.

    Bytes that are missing elsewhere than at its end are no reason: indicators or letters may be
    lost where all fields are there, the last is about as long as it should be, and so, to the
    byte, are the control fields, in which places count.
    """
    declared = raw[:5]
    ended = raw.endswith((b"\x1d", b"\x1e"))
    slack = _FEW if ended else 1
    _, length, start = max(entries, key=lambda entry: entry[1] + entry[2])
    if not declared.isdigit() or int(declared) <= len(raw) + slack:
        return None
    if base + start + length <= len(raw) + slack:
        return None
    found = raw.rstrip(b"\x1d")[base:].split(b"\x1e")[:-1]
    if ended and len(found) == len(entries) and length - 1 - len(found[-1]) <= _FEW:
        ordered = sorted(entries, key=lambda entry: entry[2])
        fixed = [(e, f) for e, f in zip(ordered, found, strict=True) if is_control(e[0])]
        if all(size == len(data) + 1 for (_, size, _), data in fixed):
            return None
    return f"the record breaks off after {len(raw)} of {int(declared)} bytes"


def _segments(damage: Damage, base: int) -> list[Span]:
    """Return what terminators bound, to the end of the record."""
    raw = damage.raw
    segments: list[Span] = []
    at = base
    while at < damage.end:
        stop = raw.find(b"\x1e", at, damage.end)
        if stop < 0:
            stop = damage.end
            if not raw[at:stop].strip(b" \r\n\x00"):
                damage.note(
                    "marc.padding",
                    f"{stop - at} blank bytes before the terminator",
                    severity=Severity.INFO,
                    offset=at,
                )
                break
            damage.note(
                "marc.missing-terminator", "the last field has no terminator (0x1E)", offset=stop
            )
        segments.append((at, stop))
        at = stop + 1
    return segments


def _one_for_one(
    damage: Damage, entries: list[Entry], segments: list[Span], base: int
) -> list[Field]:
    """Match as many segments as there are entries: those whose place is right, the rest in order."""
    damage.note(
        "marc.directory-rebuilt",
        "the directory's lengths or places are wrong; the fields were told by their terminators",
    )
    places = {segment: place for place, segment in enumerate(segments)}
    spans = [(base + start, base + start + length - 1) for _, length, start in entries]
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


def _unlisted(damage: Damage, segments: list[Span], listed: set[Span]) -> None:
    """Note fields that stand in the data but not in the directory."""
    for start, stop in segments:
        if (start, stop) not in listed and stop > start:
            shown = damage.raw[start : min(stop, start + 40)].decode("latin-1")
            damage.note(
                "marc.unlisted-field",
                f"{stop - start} bytes are in no directory entry and were left out: {shown!r}",
                severity=Severity.ERROR,
                offset=start,
            )


def _align(
    damage: Damage, entries: list[Entry], segments: list[Span], base: int
) -> list[Field] | Finding:
    """Match entries and segments of different number by their lengths, where that is sure."""
    order, anchors = max(
        (
            (order, _common([entries[i] for i in order], segments, base))
            for order in _orders(entries, list(range(len(entries))))
        ),
        key=lambda found: len(found[1]),
    )
    found: dict[int, Span] = {}
    at_entry = at_segment = 0
    for entry, segment in [*anchors, (len(entries), len(segments))]:
        loose = order[at_entry:entry]
        between = segments[at_segment:segment]
        if not _between(damage, entries, loose, between, found):
            return damage.give_up(
                "the directory and the field terminators disagree and more than one "
                "reading is possible",
                "marc.directory",
            )
        if entry < len(entries):
            found[order[entry]] = segments[segment]
        at_entry, at_segment = entry + 1, segment + 1
    damage.note(
        "marc.directory-rebuilt",
        "the directory and the field terminators disagree; the fields were told by "
        "their lengths and terminators",
    )
    return [(entries[i][0], *found[i]) for i in range(len(entries)) if i in found]


def _between(
    damage: Damage,
    entries: list[Entry],
    loose: list[int],
    between: list[Span],
    found: dict[int, Span],
) -> bool:
    """Settle the entries and segments that stand between two sure matches."""
    if len(loose) == len(between):
        found.update(zip(loose, between, strict=True))
        return True
    if not loose:
        for start, stop in between:
            _unlisted(damage, [(start, stop)], set())
        return True
    if not between:
        tags = ", ".join(entries[i][0] for i in loose)
        damage.note(
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
                damage.note(
                    "marc.missing-terminator",
                    "a field terminator (0x1E) is missing; the directory gave the place",
                    offset=start,
                )
                return True
    if len(loose) == 1:
        start, stop = between[0][0], between[-1][1]
        if stop - start == entries[loose[0]][1] - 1:
            found[loose[0]] = (start, stop)
            damage.note(
                "marc.stray-terminator",
                f"field terminators (0x1E) within {entries[loose[0]][0]}, read as blanks",
                path=entries[loose[0]][0],
                offset=start,
            )
            return True
    return False


def _orders(entries: list[Entry], which: list[int]) -> list[list[int]]:
    """Return the orders in which fields may stand: the directory's, and that of their starts."""
    starts = [entries[i][2] for i in which]
    if len(set(starts)) < len(starts):
        return [which]
    return [which, sorted(which, key=lambda i: entries[i][2])]


def _likeness(entry: Entry, segment: Span, base: int) -> int:
    """Return how well a field is what an entry says: its length, and then its place."""
    _, length, start = entry
    if segment[1] - segment[0] != length - 1:
        return 0
    moved = abs(segment[0] - base - start)
    return 4 if not moved else 3 if moved <= _NEAR else 1


def _common(entries: list[Entry], segments: list[Span], base: int) -> list[tuple[int, int]]:
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
