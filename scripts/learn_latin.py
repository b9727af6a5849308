"""Learn how Latin-1 is told from MARC-8, and write it as a data file.

    python scripts/learn_latin.py RECORDS.mrc -o src/techproc/marc/latin_odds.tsv

RECORDS are sound ones in any form, a hundred thousand or more with letters beyond ASCII. Each is
written in MARC-8, and in Windows-1252 where that has all its letters. What is counted, once a
record, is each byte above 0x7F with the kinds of bytes before and after it (`marc/latin.py`); the
table has the differences of the logarithms of how often that is in one and in the other.
"""

from __future__ import annotations

import argparse
import math
import unicodedata
from collections import Counter
from pathlib import Path

import pymarc

from techproc.marc import Loaded, latin, marc8, read

_FEW = 0.5  # added to how often a byte was seen: none is impossible
_SPREAD = 2.0  # so many times that a byte is taken to have been seen beside each kind alike


class Counts:
    """How often bytes were seen in one encoding, alone and beside each kind."""

    def __init__(self) -> None:
        self.bytes: Counter[int] = Counter()
        self.beside: Counter[tuple[str, int, int]] = Counter()

    def add(self, data: bytes) -> None:
        """Count what is in one record."""
        for byte, before, after in latin.pairs(data):
            self.bytes[byte] += 1
            self.beside["before", byte, before] += 1
            self.beside["after", byte, after] += 1

    def share(self, byte: int) -> float:
        """Return the logarithm of how often a byte is this one."""
        return math.log((self.bytes[byte] + _FEW) / (self.bytes.total() + 128 * _FEW))

    def share_beside(self, side: str, byte: int, kind: int) -> float:
        """Return the logarithm of how often a byte has a kind of bytes beside it."""
        seen = self.beside[side, byte, kind] + _SPREAD / latin.CLASSES
        return math.log(seen / (self.bytes[byte] + _SPREAD))


def texts_of(record: pymarc.Record) -> list[str]:
    """Return the texts of a record as they stand in it, field by field."""
    found = []
    for field in record.fields:
        found.append(field.data if field.control_field else "".join(field.indicators or "  "))
        found += [f"\x1f{code}{value}" for code, value in field.subfields or ()]
        found.append("\x1e")
    return [text or "" for text in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    ours, theirs = Counts(), Counts()  # MARC-8 and Latin-1
    for item in read(options.records):
        texts = texts_of(item.record) if isinstance(item, Loaded) else []
        if all(map(str.isascii, texts)):
            continue
        data = b"".join(marc8.encode(text) for text in texts)
        if b"\x1b" not in data:
            ours.add(data)
        try:
            theirs.add(unicodedata.normalize("NFC", "".join(texts)).encode("cp1252"))
        except UnicodeError:
            continue
    lines = []
    for byte in range(0x80, 0x100):
        if not ours.bytes[byte] + theirs.bytes[byte]:
            continue
        for side in ("before", "after"):
            alone = theirs.share(byte) - ours.share(byte) if side == "before" else 0.0
            odds = [
                alone + theirs.share_beside(side, byte, kind) - ours.share_beside(side, byte, kind)
                for kind in range(latin.CLASSES)
            ]
            lines.append("\t".join([f"{byte:02x}", side, *(str(round(100 * o)) for o in odds)]))
    options.out.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{ours.bytes.total()} bytes beside others in MARC-8, {theirs.bytes.total()} in Latin-1")


if __name__ == "__main__":
    main()
