"""Ways in which MARC records are found damaged, made over sound ones, always the same by the seed.

Each takes the bytes of a sound UTF-8 record and a source of chance, and returns the bytes as they
would have come. The kinds are those that collections of real files hold: lengths and addresses that
are wrong or no numbers, directories with wrong, lost, doubled or disordered entries, terminators
lost or strayed, bytes lost or put in, encodings that are not what leader/09 says.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from random import Random

from techproc.marc import Loaded, encode, read

__all__ = ["BETWEEN", "ENCODINGS", "LOSSES", "STRUCTURE", "damaged", "marked"]

Damage = Callable[[bytes, Random], bytes]


def _base(raw: bytes) -> int:
    return raw.index(b"\x1e") + 1


def _entries(raw: bytes) -> list[bytes]:
    return [raw[at : at + 12] for at in range(24, _base(raw) - 1, 12)]


def _with_directory(raw: bytes, entries: list[bytes], *, fit: bool = False) -> bytes:
    """Return the record with another directory; `fit`: base address and length are made right."""
    data = raw[_base(raw) :]
    made = raw[:24] + b"".join(entries) + b"\x1e" + data
    if fit:
        base = 25 + 12 * len(entries)
        made = b"%05d" % len(made) + made[5:12] + b"%05d" % base + made[17:]
    return made


def _cut(raw: bytes, at: int, size: int, new: bytes = b"") -> bytes:
    return raw[:at] + new + raw[at + size :]


def _fit(raw: bytes) -> bytes:
    """Return a record with the length in its leader made right."""
    return b"%05d" % len(raw) + raw[5:]


def _places(raw: bytes, byte: bytes) -> list[int]:
    """Return where a byte stands in the data."""
    return [
        m.start()
        for m in re.finditer(re.escape(byte), raw[: len(raw) - 2])
        if m.start() >= _base(raw)
    ]


def _within(raw: bytes, chance: Random) -> int:
    """Return a place within the text of a subfield."""
    return chance.choice(
        [m.start() + 1 for m in re.finditer(rb"[a-z][a-z ][a-z]", raw) if m.start() > _base(raw)]
    )


def _entry_digit(raw: bytes, chance: Random) -> bytes:
    at = 24 + 12 * chance.randrange(len(_entries(raw))) + chance.randrange(3, 12)
    return _cut(raw, at, 1, b"%d" % ((int(raw[at : at + 1]) + chance.randrange(1, 10)) % 10))


def _entry_spoilt(raw: bytes, chance: Random) -> bytes:
    at = 24 + 12 * chance.randrange(len(_entries(raw))) + 3
    return _cut(raw, at, 9, bytes(chance.choice(b"\xff\x00?X ") for _ in range(9)))


def _entry_lost(raw: bytes, chance: Random, *, fit: bool) -> bytes:
    entries = _entries(raw)
    del entries[chance.randrange(1, len(entries))]
    return _with_directory(raw, entries, fit=fit)


def _entries_shuffled(raw: bytes, chance: Random) -> bytes:
    """Disorder the data, not the directory: the fields stand as the directory says."""
    base, entries = _base(raw), _entries(raw)
    bodies = raw[base:-1].split(b"\x1e")[:-1]
    order = list(range(len(bodies)))
    chance.shuffle(order)
    places, start = {}, 0
    for i in order:
        places[i] = start
        start += len(bodies[i]) + 1
    made = [e[:7] + b"%05d" % places[i] for i, e in enumerate(entries)]
    return _with_directory(
        raw[:base] + b"".join(bodies[i] + b"\x1e" for i in order) + b"\x1d", made
    )


def _lengths_in_characters(raw: bytes, _: Random) -> bytes:
    """Count characters where bytes were meant, as programs do that build records of text."""
    base = _base(raw)
    made, start = [], 0
    for entry, body in zip(_entries(raw), raw[base:-1].split(b"\x1e"), strict=False):
        size = len(body.decode()) + 1
        made.append(entry[:3] + b"%04d%05d" % (size, start))
        start += size
    done = _with_directory(raw, made)
    return b"%05d" % (base + start + 1) + done[5:]


def _starts_shifted(raw: bytes, chance: Random) -> bytes:
    by = chance.choice([1, 2, 24, base]) if (base := _base(raw)) else 1
    return _with_directory(raw, [e[:7] + b"%05d" % (int(e[7:]) + by) for e in _entries(raw)])


def _one_length(raw: bytes, chance: Random) -> bytes:
    entries = _entries(raw)
    i = chance.randrange(len(entries))
    e = entries[i]
    entries[i] = e[:3] + b"%04d" % max(int(e[3:7]) + chance.choice([-3, -1, 1, 2, 40]), 0) + e[7:]
    return _with_directory(raw, entries)


def _terminators_lost(count: int) -> Damage:
    def lose(raw: bytes, chance: Random) -> bytes:
        for at in sorted(chance.sample(_places(raw, b"\x1e"), count), reverse=True):
            raw = _cut(raw, at, 1)
        return raw

    return lose


def _long_entries(raw: bytes, _: Random) -> bytes:
    """Give lengths five places in the directory, and say so in the entry map."""
    entries = [entry[:3] + b"0" + entry[3:] for entry in _entries(raw)]
    base = 25 + 13 * len(entries)
    data = raw[_base(raw) :]
    leader = b"%05d" % (base + len(data)) + raw[5:12] + b"%05d" % base + raw[17:20] + b"5500"
    return leader + b"".join(entries) + b"\x1e" + data


def _entry_doubled(raw: bytes, chance: Random) -> bytes:
    entries = _entries(raw)
    at = chance.randrange(len(entries))
    return _with_directory(raw, entries[: at + 1] + entries[at:], fit=True)


def _in_lines(raw: bytes, size: int) -> bytes:
    """Put a line end after every `size` bytes, as a transfer by lines does."""
    return b"\r\n".join(raw[at : at + size] for at in range(0, len(raw), size))


def _other_delimiter(raw: bytes, delimiter: bytes) -> bytes:
    """Write another sign for the subfield delimiter, lengths as before."""
    return raw.replace(b"\x1f", delimiter)


STRUCTURE: dict[str, Damage] = {
    "length too short": lambda r, c: b"%05d" % (int(r[:5]) - c.randrange(1, 40)) + r[5:],
    "length too long": lambda r, c: b"%05d" % (int(r[:5]) + c.randrange(1, 3000)) + r[5:],
    "length not a number": lambda r, c: c.choice([b"     ", b"00x12", b"-0001", b"?????"]) + r[5:],
    "length left out": lambda r, c: r[5:],
    "length zero, base zero": lambda r, c: b"00000" + r[5:12] + b"00000" + r[17:],
    "base address wrong": lambda r, c: (
        r[:12] + b"%05d" % (_base(r) + c.choice([-12, -1, 1, 3, 12, 500])) + r[17:]
    ),
    "base address no number": lambda r, c: (
        r[:12] + c.choice([b"     ", b"f0037", b"0\xe90 2"]) + r[17:]
    ),
    "leader byte not ASCII": lambda r, c: _cut(r, c.choice([5, 8, 17, 18, 19]), 1, b"\xe9"),
    "leader blank": lambda r, c: b" " * 24 + r[24:],
    "leader/10-11 wrong": lambda r, c: r[:10] + c.choice([b"  ", b"00", b"33", b"11"]) + r[12:],
    "leader/20-23 wrong": lambda r, c: (
        r[:20] + c.choice([b"    ", b"0000", b"45  ", b"9999"]) + r[24:]
    ),
    "leader a byte short": lambda r, c: _cut(r, c.choice([17, 19, 22]), 1),
    "leader a byte long": lambda r, c: _cut(r, c.choice([17, 20, 24]), 0, b" "),
    "directory: a wrong digit": _entry_digit,
    "directory: an entry spoilt": _entry_spoilt,
    "directory: one length wrong": _one_length,
    "directory: all starts shifted": _starts_shifted,
    "directory: lengths in characters": _lengths_in_characters,
    "directory: in another order than the data": _entries_shuffled,
    "directory: lengths of five digits": _long_entries,
    "directory: an entry doubled": _entry_doubled,
    "directory: its terminator lost": lambda r, c: _cut(r, _base(r) - 1, 1),
    "directory: its terminator a blank": lambda r, c: _cut(r, _base(r) - 1, 1, b" "),
    "field terminator lost": _terminators_lost(1),
    "two field terminators lost": _terminators_lost(2),
    "field terminator a blank": lambda r, c: _cut(r, c.choice(_places(r, b"\x1e")), 1, b" "),
    "last field terminator lost": lambda r, c: r[:-2] + b"\x1d",
    "record terminator lost": lambda r, c: r[:-1],
    "both terminators lost": lambda r, c: r[:-2],
    "record terminator doubled": lambda r, c: r + b"\x1d",
    "field terminator doubled": lambda r, c: _cut(r, c.choice(_places(r, b"\x1e")), 0, b"\x1e"),
    "a line end after every 80 bytes": lambda r, c: _in_lines(r, 80),
    "a line end after each field": lambda r, c: r.replace(b"\x1e", b"\x1e\r\n"),
    "a line feed after each field": lambda r, c: r.replace(b"\x1e", b"\x1e\n"),
    "subfield delimiter doubled": lambda r, c: _cut(r, c.choice(_places(r, b"\x1f")), 0, b"\x1f"),
    "subfield delimiters a double dagger": lambda r, c: _other_delimiter(r, "‡".encode()),
    "subfield delimiters a dollar sign": lambda r, c: _other_delimiter(r, b"$"),
    "subfield delimiters a bar": lambda r, c: _other_delimiter(r, b"|"),
}
BETWEEN: dict[str, Damage] = {
    "CR LF after each record": lambda r, c: r + b"\r\n",
    "NUL bytes after each record": lambda r, c: r + bytes(c.randrange(1, 600)),
    "text between records": lambda r, c: b"*** next ***" + r,
    "a line of words between records": lambda r, c: (
        b"Record %d of 5000 exported\r\n" % c.randrange(5000) + r
    ),
    "a terminator between records": lambda r, c: b"\x1e\x1d" + r,
    "a byte order mark before each record": lambda r, c: b"\xef\xbb\xbf" + r,
    "a page of HTML between records": lambda r, c: (
        r
        + b"<html><head><title>504</title></head>\n<body><h1>Gateway Time-out</h1></body></html>\n"
    ),
    "half a record before": lambda r, c: r[c.randrange(_base(r) + 40, len(r) - 20) :] + r,
}
ENCODINGS: dict[str, Damage] = {}
LOSSES: dict[str, Damage] = {  # what cannot be had again: to be told, never to be passed over
    "directory: an entry lost": lambda r, c: _entry_lost(r, c, fit=False),
    "directory: an entry lost, lengths fitted": lambda r, c: _entry_lost(r, c, fit=True),
    "bytes lost within a field": lambda r, c: _cut(r, _within(r, c), c.randrange(1, 6)),
    "bytes put in within a field": lambda r, c: _cut(
        r, _within(r, c), 0, b"xyzzy"[: c.randrange(1, 6)]
    ),
    "record terminator within a field": lambda r, c: _cut(r, _within(r, c), 1, b"\x1d"),
    "field terminator within a field": lambda r, c: _cut(r, _within(r, c), 1, b"\x1e"),
    "cut short": lambda r, c: r[: c.randrange(_base(r) + 50, len(r) - 3)],
    "cut short, terminators put on": lambda r, c: (
        r[: c.randrange(_base(r) + 50, len(r) - 3)] + b"\x1e\x1d"
    ),
    "blanks at the ends of fields lost": lambda r, c: re.sub(b" +\x1e", b"\x1e", r),
    "the eighth bit lost": lambda r, c: bytes(b & 0x7F for b in r),
    "letters beyond ASCII made ?": lambda r, c: re.sub(rb"[\xc0-\xff][\x80-\xbf]+", b"?", r),
    "letters beyond ASCII lost": lambda r, c: re.sub(rb"[\x80-\xff]+", b"", r),
    "blanks run together": lambda r, c: r[: _base(r)] + re.sub(b"  +", b" ", r[_base(r) :]),
}


def _content(raw: bytes) -> list[tuple[str, str]]:
    item = next(iter(read(io.BytesIO(raw))))
    assert isinstance(item, Loaded)
    found = []
    for field in item.record.fields:
        text = field.data
        if not field.control_field:
            text = "".join(field.indicators) + "".join(f"\x1f{c}{v}" for c, v in field.subfields)
        found.append((field.tag, unicodedata.normalize("NFC", text or "")))
    return found


def _built(raw: bytes, codec: str, flag: bytes) -> bytes:
    """Return a record in another encoding, lengths right; as it was where that lacks a letter."""
    try:
        bodies = [(tag, text.encode(codec) + b"\x1e") for tag, text in _content(raw)]
    except UnicodeError:
        return raw
    directory, start = b"", 0
    for tag, data in bodies:
        directory += tag.encode() + b"%04d%05d" % (len(data), start)
        start += len(data)
    base = 25 + len(directory)
    head = b"%05d" % (base + start + 1) + raw[5:9] + flag + raw[10:12] + b"%05d" % base + raw[17:24]
    return head + directory + b"\x1e" + b"".join(d for _, d in bodies) + b"\x1d"


def _double(raw: bytes, codec: str) -> bytes:
    """Return a record whose text was taken for another encoding and made UTF-8 once more."""
    data = raw[_base(raw) :]
    try:
        again = data.decode(codec).encode()
    except UnicodeError:
        return raw
    entries, start = [], 0
    for entry, body in zip(_entries(raw), again[:-1].split(b"\x1e"), strict=False):
        entries.append(entry[:3] + b"%04d%05d" % (len(body) + 1, start))
        start += len(body) + 1
    return _fit(raw[:24] + b"".join(entries) + b"\x1e" + again)


def _marc8(raw: bytes, flag: bytes) -> bytes:
    item = next(iter(read(io.BytesIO(raw))))
    assert isinstance(item, Loaded)
    data = encode(item.record, "marc-8")
    return data[:9] + flag + data[10:]


ENCODINGS |= {
    "UTF-8 flagged MARC-8": lambda r, c: r[:9] + b" " + r[10:],
    "MARC-8 flagged UTF-8": lambda r, c: _marc8(r, b"a"),
    "Latin-1 flagged UTF-8": lambda r, c: _built(r, "latin-1", b"a"),
    "Latin-1 flagged MARC-8": lambda r, c: _built(r, "latin-1", b" "),
    "Windows-1252 flagged UTF-8": lambda r, c: _built(r, "cp1252", b"a"),
    "UTF-8 twice, by Latin-1": lambda r, c: _double(r, "latin-1"),
    "UTF-8 twice, by Windows-1252": lambda r, c: _double(r, "cp1252"),
    "UTF-8 twice, lengths as before": lambda r, c: (
        r[: _base(r)] + r[_base(r) :].decode("latin-1").encode()
    ),
}


def damaged(records: list[bytes], damage: Damage, seed: int = 7) -> bytes:
    """Return a file in which every tenth record is damaged."""
    chance = Random(seed)
    return b"".join(damage(raw, chance) if i % 10 == 5 else raw for i, raw in enumerate(records))


def marked(data: bytes, size: int, seed: int = 3) -> list[bytes]:
    """Return records with letters beyond ASCII in Latin script, sound ones, always the same."""
    records = [raw + b"\x1d" for raw in data.split(b"\x1d")[:-1]]
    found = [r for r in records if re.search(rb"[\xc3-\xc5][\x80-\xbf]|\xcc[\x80-\xbf]", r)]
    return Random(seed).sample(found, size)
