"""How records that say MARC-8 in leader/09 are read when they are in MARC-8, and when in Latin-1.

    python benchmarks/encodings.py [--file NAME ...] [--most N]

Real, sound UTF-8 records with letters beyond ASCII are written in each (those in Latin-1 that it
can hold) under a blank leader/09, and read again: right or wrong, told by a finding or not. The
letters' odds were learned on lc-books-2016-train (`scripts/learn_latin.py`), which has none of
these. Records that came flagged MARC-8 are read as they are: nobody knows for sure what they are.
"""

from __future__ import annotations

import argparse
import io
import lzma
import unicodedata
from collections import Counter
from pathlib import Path
from random import Random

import damages

from techproc.marc import Loaded, read

DATA = Path(__file__).parents[2] / "shared" / "data" / "marc"
WAYS = ("read right", "right, but doubted", "read wrong, told", "read wrong, not told")


def load(raw: bytes) -> Loaded | None:
    """Return the record that some bytes are."""
    found = list(read(io.BytesIO(raw)))
    return found[0] if len(found) == 1 and isinstance(found[0], Loaded) else None


def content(item: Loaded) -> list[str]:
    """Return the fields of a record, in composed letters."""
    return [unicodedata.normalize("NFC", str(field)) for field in item.record.fields]


def told(item: Loaded) -> bool:
    """Say whether a finding is about the encoding."""
    return any(f.rule.startswith("marc.encoding") for f in item.findings)


def way(item: Loaded | None, truth: list[str], expected: bool) -> str:
    """Return how a record was read; `expected`: its encoding is what the leader says."""
    if item is None:
        return WAYS[2]
    if content(item) == truth:
        return WAYS[expected and told(item)]
    return WAYS[2 if item.findings else 3]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", nargs="+", default=["lc-books-2016-dev", "mixed-utf8"])
    parser.add_argument("--most", type=int, default=20_000)
    options = parser.parse_args()
    print("| file | written in | records | " + " | ".join(WAYS) + " |")
    print("|---|---|" + "---:|" * (len(WAYS) + 1))
    for name in options.file:
        data = lzma.decompress((DATA / f"{name}.mrc.xz").read_bytes())
        counts = {"MARC-8": Counter[str](), "Latin-1": Counter[str]()}
        for part in data.split(b"\x1d")[: options.most]:
            raw = part + b"\x1d"
            item = None if part.isascii() else load(raw)
            if item is None or item.findings:
                continue
            truth, chance = content(item), Random(0)
            made = damages.ENCODINGS["MARC-8 flagged UTF-8"](raw, chance)
            made = made[:9] + b" " + made[10:]
            counts["MARC-8"][way(load(made), truth, True)] += 1
            made = damages.ENCODINGS["Latin-1 flagged MARC-8"](raw, chance)
            if made[9:10] == b" " and not made.isascii():
                counts["Latin-1"][way(load(made), truth, False)] += 1
        for encoding, found in counts.items():
            cells = " | ".join(f"{found[each]:,}" for each in WAYS)
            print(f"| {name} | {encoding} | {found.total():,} | {cells} |", flush=True)
    said = Counter[str]()
    with lzma.open(DATA / "mixed-marc8.mrc.xz") as stream:
        for each in read(io.BytesIO(stream.read())):
            if not isinstance(each, Loaded) or each.raw is None or each.raw.isascii():
                continue
            if each.raw[9:10] == b" ":
                doubted = any(f.rule == "marc.encoding-doubtful" for f in each.findings)
                said[each.encoding + (", doubted" if doubted else "")] += 1
    print("\nmixed-marc8, of the records that say MARC-8 and are not ASCII, read as: ", end="")
    print(", ".join(f"{encoding} {count}" for encoding, count in said.most_common()))


if __name__ == "__main__":
    main()
