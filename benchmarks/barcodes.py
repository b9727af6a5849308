"""Bars and spaces beside zint's, for random values of each kind of barcode.

    python benchmarks/barcodes.py --peer PYTHON [--count 10000]

`--peer` is a Python that has zint-bindings. A value agrees when every module is the same.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from pathlib import Path

from techproc.labels.barcodes import encode
from techproc.labels.qr import qr_modules

DIGITS = "0123456789"
CODE39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
WIDE = {"codabar": 2, "code39": 2, "code39mod43": 2, "itf": 3}  # zint's own ratios
ZINT = """
import json, sys, zint
kinds = zint.Symbology
which = {"codabar": kinds.CODABAR, "code39": kinds.CODE39, "code39mod43": kinds.CODE39,
         "itf": kinds.C25INTER, "code128": kinds.CODE128, "ean13": kinds.EANX,
         "qr": kinds.QRCODE}
patterns = []
for kind, value in json.load(open(sys.argv[1])):
    symbol = zint.Symbol()
    symbol.symbology = which[kind]
    if kind == "code39mod43":
        symbol.option_2 = 1
    if kind == "qr":
        symbol.option_1 = 2  # error correction M
    symbol.encode((f"A{value}B" if kind == "codabar" else value).encode())
    rows = symbol.encoded_data.tobytes()  # 144 bytes each
    patterns.append("".join(str(rows[144 * row + n // 8] >> n % 8 & 1)
                            for row in range(symbol.rows) for n in range(symbol.width)))
json.dump(patterns, open(sys.argv[2], "w"))
"""


def value(kind: str, chance: random.Random) -> str:
    size = chance.randint(1, 14)
    if kind == "codabar":
        return "".join(chance.choices("0123456789-$:/.+", k=size))
    if kind.startswith("code39"):
        return "".join(chance.choices(CODE39, k=size))
    if kind == "itf":
        return "".join(chance.choices("0123456789", k=2 * (size // 2 + 1)))
    if kind == "ean13":
        body = chance.choices(range(10), k=12)
        check = -sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(body)) % 10
        return "".join(map(str, [*body, check]))
    if kind == "qr":  # of every mixture of the segments that a code may have
        lots = [
            DIGITS,
            CODE39,
            "".join(map(chr, range(32, 127))),
            "".join(map(chr, range(161, 256))),
        ]
        return "".join(
            "".join(chance.choices(chance.choice(lots), k=chance.randint(1, 20)))
            for _ in range(chance.randint(1, 4))
        )
    letters = chance.choice(["0123456789", "0123456789AB", "".join(map(chr, range(32, 127)))])
    return "".join(chance.choices(letters, k=size))


def modules(kind: str, text: str) -> str:
    if kind == "qr":
        return "".join(str(int(module)) for row in qr_modules(text) for module in row)
    bars = encode(kind, text)
    widths = [(1 if w else WIDE[kind]) for w in bars.widths] if bars.two_widths else bars.widths
    return "".join(str(1 - at % 2) * width for at, width in enumerate(widths))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--peer", required=True, help="a Python that has zint-bindings")
    options.add_argument("--count", type=int, default=10_000)
    chosen = options.parse_args()
    chance = random.Random(7)
    for kind in ("codabar", "code39", "code39mod43", "code128", "itf", "ean13", "qr"):
        pairs = [(kind, value(kind, chance)) for _ in range(chosen.count)]
        with tempfile.TemporaryDirectory() as folder:
            asked, answered = Path(folder) / "asked.json", Path(folder) / "answered.json"
            asked.write_text(json.dumps(pairs))
            subprocess.run([chosen.peer, "-c", ZINT, str(asked), str(answered)], check=True)
            theirs = json.loads(answered.read_text())
        same = sum(
            modules(*pair).strip("0") == pattern.strip("0")
            for pair, pattern in zip(pairs, theirs, strict=True)
        )
        print(f"  {kind:12} {same} of {chosen.count} as zint has them")


if __name__ == "__main__":
    main()
