"""Feed the reader what no one wrote: mutated records of every form, for as long as you like.

    python scripts/fuzz_reader.py [--seconds 600] [--seed N] [--corpus FILE...]

Each input is a file of some form, changed by mutations that know the form (terminators, lengths,
escapes, tags, braces) and by ones that do not. For each: nothing may be raised but InputError; the
items must be in order and hold the bytes they say, and of ISO 2709 every byte; reading must take
less than a bounded time; what was read must go out in every form and come back the same, unless the
form declares what it cannot carry or refuses it. An input that fails is written to a file and named.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random

import pymarc

from techproc.errors import InputError, NotEncodable, RecordTooLarge
from techproc.marc import Form, Loaded, RecordWriter, forms, read

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
MEMORY = 4 << 30  # bytes of address space
SLOW = 0.5, 4e-5  # seconds for any input, and for each byte of it

TOKENS = [
    b"\x1d", b"\x1e", b"\x1f", b"\x1e\x1d", b"\x1fa", b"\x1b(N", b"\x1b$1", b"\x1b", b"\xe2", b"\xc3\xa9",
    b"\xff", b"\x00", b"00000", b"99999", b"     ", b"-1", b"4500", b"22", b"&#x2019;", b"&#xD800;",
    b"245", b"880", b"<record>", b"</record>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&lol;", b"&#0;",
    b"<!DOCTYPE x [<!ENTITY l 'l'>]>", b'<datafield tag="245" ind1="1" ind2="0">', b"<subfield code='a'>",
    b"{", b"}", b"[", b"]", b'"', b"\\", b"\\ud800", b'"fields":', b'"leader":', b"=LDR  ", b"\n=245  10$a",
    b"{dollar}", b"{", b"$", b"\r\n", b"\n\n", b",", b'""', b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"PK\x03\x04", b"BZh9",
]  # fmt: skip


def seeds(more: list[str]) -> list[bytes]:
    """Return inputs to begin with: the fixtures in every form, and files that are named."""
    found = []
    items = [i for i in read(FIXTURES / "forms" / "sample.mrc") if isinstance(i, Loaded)]
    for form in forms():
        if form.write is None:
            continue
        for encoding in ("utf-8", "marc-8"):
            stream = io.BytesIO()
            with RecordWriter(stream, form.name, encoding=encoding) as writer:
                for item in items:
                    writer.write(item.record)
            found.append(stream.getvalue())
    found.append((FIXTURES / "marc" / "damaged.mrc").read_bytes())
    for name in more:
        data = Path(name).read_bytes()
        found += (
            [part + b"\x1d" for part in data.split(b"\x1d") if part] if b"\x1d" in data else [data]
        )
    return found


def mutate(data: bytes, others: list[bytes], chance: Random) -> bytes:
    """Return an input changed in one to eight places."""
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        at = chance.randrange(len(data) + 1)
        size = min(chance.choice([1, 1, 2, 5, 12, 24, 200]), len(data) - at)
        kind = chance.randrange(8)
        if kind == 0:
            data = data[:at] + data[at + size :]
        elif kind == 1:
            data = data[:at] + chance.choice(TOKENS) + data[at:]
        elif kind == 2:
            data = data[:at] + chance.choice(TOKENS) + data[at + size :]
        elif kind == 3:
            data = data[:at] + chance.randbytes(size) + data[at + size :]
        elif kind == 4:
            data = data[:at] + data[at : at + size] * chance.choice([2, 3, 100]) + data[at + size :]
        elif kind == 5:
            other = chance.choice(others)
            place = chance.randrange(len(other) + 1)
            data = data[:at] + other[place : place + chance.choice([30, 300, 3000])] + data[at:]
        elif kind == 6:
            digits = [i for i, byte in enumerate(data[:400]) if 0x30 <= byte <= 0x39]
            if digits:
                place = chance.choice(digits)
                data = data[:place] + b"%d" % chance.randrange(10) + data[place + 1 :]
        else:
            data = data[:at] if chance.random() < 0.2 else data[at:] + data[:at]
    return data[: 1 << 20]


def check(data: bytes, counts: Counter[str]) -> None:
    """Read an input and hold what comes to what is promised."""
    try:
        items = list(read(io.BytesIO(data)))
    except InputError:
        counts["refused whole"] += 1
        return
    numbers = [item.number for item in items]
    assert numbers == list(range(1, len(items) + 1)), numbers
    packed = data[:2] in (b"\x1f\x8b", b"PK", b"BZ", b"\xfd7", b"\x28\xb5")
    plain = not packed and data[:2] not in (b"\xff\xfe", b"\xfe\xff")
    for item in items:
        counts[type(item).__name__] += 1
        if plain and item.raw is not None and item.length:
            assert data[item.offset : item.offset + item.length] == item.raw, item.number
    records = [item for item in items if isinstance(item, Loaded)]
    if plain and records and records[0].form == "iso2709":
        at = items[0].offset
        for item in items:
            assert item.offset == at, item.number
            at += item.length + item.padding
        assert at == len(data)
    for item in records[:5]:
        for form in forms():
            if form.write is not None:
                go_round(item.record, form, counts)


def content(record: pymarc.Record) -> tuple[object, ...]:
    """Return all that a record says, without what the writer sets: lengths and leader/09."""
    leader = str(record.leader)
    fields = [
        (
            f.tag,
            f.data if f.control_field else (tuple(f.indicators), [tuple(s) for s in f.subfields]),
        )
        for f in record.fields
    ]
    return leader[5:9] + leader[10:12] + leader[17:], fields


def go_round(record: pymarc.Record, form: Form, counts: Counter[str]) -> None:
    """Write a record in a form: it comes back the same unless the form says what it cannot carry."""
    stream = io.BytesIO()
    declared = list(form.losses(record))
    try:
        with RecordWriter(stream, form.name) as writer:
            declared += writer.write(record)
    except (RecordTooLarge, NotEncodable):
        counts["refused by " + form.name] += 1
        return
    if declared:
        counts["declared by " + form.name] += 1
        return
    stream.seek(0)
    back = list(read(stream, form=form.name, assume="utf-8"))
    assert len(back) == 1, (form.name, record.as_dict(), back)
    assert isinstance(back[0], Loaded), (form.name, record.as_dict(), back[0])
    assert content(back[0].record) == content(record), (form.name, record.as_dict())


def run(data: bytes, counts: Counter[str]) -> str | None:
    """Check one input; return what is wrong with how it was read, or None."""
    started = time.process_time()
    try:
        check(data, counts)
    except Exception:
        return traceback.format_exc()
    took = time.process_time() - started
    limit = 10 * (SLOW[0] + SLOW[1] * len(data))
    return f"{took:.1f} s for {len(data)} bytes" if took > limit else None


def keep(data: bytes, problem: str) -> None:
    """Write a failing input to a file beside and say so."""
    path = Path(f"fuzz-{hashlib.sha256(data).hexdigest()[:12]}.bin")
    path.write_bytes(data)
    print(f"\n{path}: {problem}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--corpus", nargs="*", default=[], metavar="FILE")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    counts: Counter[str] = Counter()
    begin = seeds(options.corpus)
    chance = Random(options.seed)
    ends = time.monotonic() + options.seconds
    inputs = failed = 0
    while time.monotonic() < ends:
        data = mutate(chance.choice(begin), begin, chance)
        inputs += 1
        if problem := run(data, counts):
            failed += 1
            keep(data, problem)
    print(f"{inputs:,} inputs, {failed} failed")
    for name, count in counts.most_common():
        print(f"{count:>10,}  {name}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
