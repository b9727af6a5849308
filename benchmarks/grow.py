"""Grow a file of any size from real records, by a stated model of noise.

    python benchmarks/grow.py SOURCE.mrc[.xz] SIZE OUT.mrc [--seed 7] [--copies 0.15]

The first records of SOURCE come first, as they are, a fifth of SIZE at most, so that files of any
size are made alike. After them come, drawn at random:

* *copies* (a share of `--copies`): a record that was written already, as another library would have
  it. Each of these happens to it independently: its control number and 035 are others (always);
  010 gone (.5), 020 gone (.5); a letter of the title is mistyped (.1), the subtitle gone (.1), its
  capitals lost (.1), ISBD punctuation gone (.3); the statement of responsibility gone (.15); the
  publisher is shortened to its first word (.2); the place gone (.1); another year in 008, by one
  (.05); 300 without its roman pages (.2) or with a wrong number of pages, by one to three (.1);
  subjects gone (.4); series gone (.3); no 008/35-37 (.02).
* *others*: a new publication made of four: title of one, with one word in three taken from another's,
  name of a third, imprint of a fourth, year and pages drawn anew, identifiers drawn anew. One in
  ten takes an existing record's whole title: namesakes ("Poems") are what blocking has to survive.

The same source, size and seed give the same bytes. Memory is the source's size.
"""

from __future__ import annotations

import argparse
import lzma
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from techproc.marc.scanner import fields, run

_NAMES = ("100", "110", "111")
_IMPRINT = ("260", "264")
_SUBJECTS = ("600", "610", "611", "630", "650", "651")
_SERIES = ("490", "440", "830")
_DIGITS = re.compile(r"\d+")

Fields = list[tuple[str, str]]


def pool_of(path: Path, most: int) -> list[bytes]:
    """Return the plain records of a file, at most as many as asked for; others are passed over."""
    opener = lzma.open if path.suffix == ".xz" else open
    out: list[bytes] = []
    with opener(path, "rb") as stream:
        rest = b""
        while len(out) < most and (block := stream.read(8 << 20)):
            data, at = rest + block, 0
            while len(out) < most:
                found, at = run(data, at, False, most - len(out))
                out += [raw for raw, _ in found]
                # A record that is not plain ends a run; the last one may be whole in the next block.
                end = data.find(b"\x1d", at) + 1
                if not end or len(data) - end < 100_000:
                    break
                at = end
            rest = data[at:]
    return out


def built(leader: bytes, parts: Fields) -> bytes:
    """Return a record of ISO 2709."""
    directory, body, at = [], [], 0
    for tag, text in parts:
        data = text.encode() + b"\x1e"
        directory.append(b"%s%04d%05d" % (tag.encode(), len(data), at))
        body.append(data)
        at += len(data)
    base = 25 + 12 * len(parts)
    head = b"%05d%s%05d%s" % (base + at + 1, leader[5:12], base, leader[17:24])
    return b"".join((head, *directory, b"\x1e", *body, b"\x1d"))


def grown(pool: list[bytes], size: int, seed: int, copies: float) -> Iterator[bytes]:
    """Yield the records."""
    yield from pool[:size]
    chance = random.Random(seed)
    for number in range(len(pool), size):
        base = chance.choice(pool)
        parts = list(zip(*fields(base), strict=True))
        if chance.random() < copies:
            parts = copied(parts, chance)
        else:
            others = [dict(zip(*fields(chance.choice(pool)), strict=True)) for _ in range(3)]
            parts = recombined(parts, others, chance)
        kept = [(tag, text) for tag, text in parts if tag not in ("001", "035")]
        yield built(base[:24], [("001", f"g{number:09}"), *kept])


def copied(parts: Fields, chance: random.Random) -> Fields:
    """Return a record as another library would have it."""
    gone = {"010"} if chance.random() < 0.5 else set()
    if chance.random() < 0.5:
        gone.add("020")
    if chance.random() < 0.4:
        gone.update(_SUBJECTS)
    if chance.random() < 0.3:
        gone.update(_SERIES)
    out = []
    for tag, given in parts:
        text = given
        if tag in gone:
            continue
        if tag == "245":
            text = _title(text, chance)
        elif tag in _IMPRINT:
            text = _imprint(text, chance)
        elif tag == "300":
            text = _extent(text, chance)
        elif tag == "008" and len(text) == 40:
            if chance.random() < 0.05 and text[7:11].isdigit():
                text = f"{text[:7]}{int(text[7:11]) + 1}{text[11:]}"
            if chance.random() < 0.02:
                text = f"{text[:35]}   {text[38:]}"
        out.append((tag, text))
    return out


def _title(text: str, chance: random.Random) -> str:
    head, *subfields = text.split("\x1f")
    if chance.random() < 0.1:
        subfields = [part for part in subfields if part[:1] != "b"] or subfields
    if chance.random() < 0.15:
        subfields = [part for part in subfields if part[:1] != "c"] or subfields
    if chance.random() < 0.1 and len(subfields[0]) > 6:
        at = chance.randrange(3, len(subfields[0]) - 1)
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
        subfields[0] = subfields[0][:at] + letter + subfields[0][at + 1 :]
    if chance.random() < 0.1:
        subfields = [part[:1] + part[1:].lower() for part in subfields]
    if chance.random() < 0.3:
        subfields = [part.rstrip(" /:;,.") for part in subfields]
    return "\x1f".join((head, *subfields))


def _imprint(text: str, chance: random.Random) -> str:
    head, *subfields = text.split("\x1f")
    if chance.random() < 0.1:
        subfields = [part for part in subfields if part[:1] != "a"] or subfields
    if chance.random() < 0.2:
        subfields = [part.split()[0] + "," if part[:1] == "b" else part for part in subfields]
    return "\x1f".join((head, *subfields))


def _extent(text: str, chance: random.Random) -> str:
    if chance.random() < 0.2:
        text = re.sub(r"\x1fa[ivxlcdm]+, ", "\x1fa", text)
    if chance.random() < 0.1:
        text = _DIGITS.sub(lambda m: str(int(m[0]) + chance.randint(1, 3)), text, count=1)
    return text


def recombined(parts: Fields, others: list[dict[str, str]], chance: random.Random) -> Fields:
    """Return a publication that is none of those it is made of."""
    words, naming, printing = others
    held = dict(parts)
    year, pages = chance.randint(1950, 2016), chance.randint(48, 700)
    out = []
    for tag, given in parts:
        text = given
        if tag in ("010", "020", "050", "082", "880") or tag[0] == "7":
            continue
        if tag == "245":
            title = next((p for p in given.split("\x1f")[1:] if p[:1] == "a"), "aUntitled")
            if chance.random() >= 0.1:
                title = _mixed(title, words.get("245", ""), chance)
            text = f"{given[:2]}\x1f{title}"
        elif tag in _NAMES:
            text = next((naming[name] for name in _NAMES if name in naming), given)
            tag = next((name for name in _NAMES if name in naming), tag)  # noqa: PLW2901
        elif tag in _IMPRINT:
            other = next((printing[name] for name in _IMPRINT if name in printing), given)
            text = re.sub(r"\x1fc[^\x1f]*", f"\x1fc{year}.", other)
        elif tag == "300":
            text = f"  \x1fa{pages} p. ;\x1fc{chance.randint(18, 31)} cm."
        elif tag == "008" and len(text) == 40:
            text = f"{text[:6]}s{year}    {text[15:]}"
        out.append((tag, text))
    if "020" in held:
        out.insert(1, ("020", f"  \x1fa{_isbn(chance)}"))
    return out


def _mixed(title: str, other: str, chance: random.Random) -> str:
    """Return a title with one word in three from another's."""
    foreign = re.sub(r"\x1f(?:6[^\x1f]*|.)", " ", other[2:]).split() or ["another"]
    mine = title[1:].split()
    at = chance.randrange(3)
    for place in range(at if len(mine) > at else 0, len(mine), 3):
        mine[place] = chance.choice(foreign)
    return title[:1] + " ".join(mine)


def _isbn(chance: random.Random) -> str:
    body = f"978{chance.randrange(10**9):09}"
    weighted = sum((1, 3)[place % 2] * int(digit) for place, digit in enumerate(body))
    return body + str(-weighted % 10)


def grow(source: Path, size: int, out: Path, *, seed: int = 7, copies: float = 0.15) -> None:
    """Write the grown file."""
    pool = pool_of(source, size // 5)
    with out.open("wb") as stream:
        stream.writelines(grown(pool, size, seed, copies))


def main() -> None:
    """Grow a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("size", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--copies", type=float, default=0.15)
    given = parser.parse_args()
    grow(given.source, given.size, given.out, seed=given.seed, copies=given.copies)
    sys.stderr.write(f"{given.out}: {given.size} records\n")


if __name__ == "__main__":
    main()
