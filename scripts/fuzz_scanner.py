"""Hold the C core and its Python twin to the same answers on damaged records, for as long as asked.

    python scripts/fuzz_scanner.py [--seconds 60] [--seed 1] [FILE.mrc ...]

Records of the files (the fixtures, by default) are damaged as vendors' files are: bytes overwritten,
inserted, cut out; lengths, tags and entries of the directory changed; terminators and delimiters
put where they do not belong. The first difference is printed, with what makes it again, and ends
the run. `scripts/sanitize.sh` runs this with the core built to report every wrong access.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

from techproc.marc import _plainscan, weights

try:
    from techproc.marc import _scan
except ImportError:
    sys.exit("the C core is not built: there is nothing to compare")

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"
COLUMNS = [(b"001", b""), (b"245", b"ab"), (b"020", b""), (b"650", b"axyz"), (b"880", b"6a")]
MARKS = [b"\x1d", b"\x1e", b"\x1f", b"\x1b", b"\x1b$1", b"\x00", b"\xc3\xa9", b"\xc3\x83\xc2", b"\xe2",
         b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"&#x41;", b"\xff", b" ", b"9", b"00000", b"99999"]  # fmt: skip


QUERIES = (((("020", "245", "880"), "ab6", "l")), (("245",), "abc", "t1"), (("650",), "ax", "lo"))


def damaged(data: bytes, luck: random.Random) -> bytes:
    """Return records with up to six things wrong."""
    out = bytearray(data)
    for _ in range(luck.randrange(7)):
        place = luck.randrange(len(out) + 1)
        kind = luck.randrange(6)
        if kind == 0:
            out[place : place + 1] = bytes([luck.randrange(256)])
        elif kind == 1:
            out[place:place] = luck.choice(MARKS)
        elif kind == 2:
            del out[place : place + luck.choice([1, 2, 12, 100])]
        elif kind == 3:  # within a leader or directory
            start = out.rfind(b"\x1d", 0, place) + 1 + luck.randrange(120)
            out[start : start + 1] = luck.choice([b"0", b"9", b" ", b"\x1e", b"a"])
        elif kind == 4:
            other = luck.randrange(len(out) + 1)
            out[place:place] = out[other : other + luck.randrange(200)]
        else:
            out = out[: max(place, 1)]
    return bytes(out) or b"\x1d"


def answers(core: Any, data: bytes, final: bool) -> list[Any]:
    """Return what a core makes of some bytes."""
    found, after = core.run(data, 0, final, 50)
    after_columns, records, columns = core.gather(data, 0, final, 50, COLUMNS)
    after_rows, rows, every = core.subfields(data, 0, final, 50)
    labels = [core.labels(every[i], width) for i, width in ((2, 3), (3, 2), (4, 1))]
    texts = [core.fields(raw) for raw, _ in found]
    tagged = [core.grouped(raw, b"001008020100245650880") for raw, _ in found]
    asked = [core.ask(data, QUERIES) for _, data in tagged]
    return [
        found, after, after_columns, records, after_rows, rows, texts, tagged, asked,
        [[bytes(part) for part in column] for column in columns],
        [bytes(column) for column in every],
        [[bytes(part) for part in pair] for pair in labels],
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    luck = random.Random(options.seed)
    records = [
        raw + b"\x1d"
        for path in options.files or sorted(FIXTURES.rglob("*.mrc"))
        for raw in path.read_bytes().split(b"\x1d")[:-1]
        if len(raw) < 20_000
    ]
    weights.core()
    until, runs = time.monotonic() + options.seconds, 0
    while time.monotonic() < until:
        made = damaged(b"".join(luck.sample(records, min(3, len(records)))), luck)
        final = luck.random() < 0.5
        ours, theirs = (answers(core, made, final) for core in (_scan, _plainscan))
        if ours != theirs:
            place = next(
                i for i, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]
            )
            sys.exit(f"they differ in answer {place} (final={final}) on {made!r}")
        # Those that have no twin here, or hand over what they doubt: they must only not fail.
        for at in (0, made.find(b"\x1d") + 1):
            _scan.marc8_record(made, at, final)
        _scan.marc8_decode(made[: luck.randrange(200)], True)
        _scan.xml_record(made)
        runs += 1
    print(f"{runs:,} damaged files, seed {options.seed}: the same answers")


if __name__ == "__main__":
    main()
