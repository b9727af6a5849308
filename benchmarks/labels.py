"""Labels: speed and memory beside reportlab and fpdf2, and how many printed barcodes scan.

    python benchmarks/labels.py [--count 10000] [--peers PYTHON] [--scan 1000] [--sample 300]

Each contender prints the same 10,000 unique LC call numbers, 30 on a letter sheet, in the same font
in a process of its own; CPU seconds include start-up. techproc is given the numbers and splits
them; the others are given the lines. `--peers` is a Python that has reportlab and fpdf2.
Barcodes of each kind are rendered and read by zxing-cpp at 300 and 203 dpi, and by zbar (Debian's
zbar-tools) at 300.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from techproc.labels import BarcodeLabel, BarcodeStyle, LabelStyle, render_sheet, split
from techproc.labels.barcodes import SYMBOLOGIES
from techproc.labels.sequence import numbers

FONT = Path(__file__).parents[1] / "src" / "techproc" / "labels" / "typefaces" / "NotoSans-Bold.ttf"

TECHPROC = """
import json, sys
from techproc.labels import SpineLabel, render_sheet
rows = json.load(open(sys.argv[1]))
with open(sys.argv[2], "wb") as stream:
    found = render_sheet((SpineLabel(call_number=r["number"]) for r in rows), "avery-5160", stream)
assert found == []
"""
REPORTLAB = """
import json, sys
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
rows = json.load(open(sys.argv[1]))
pdfmetrics.registerFont(TTFont("Noto", sys.argv[3]))
page = Canvas(sys.argv[2], pagesize=(612, 792), invariant=1)
for at, row in enumerate(rows):
    cell = at % 30
    if at and not cell:
        page.showPage()
    x, y = 13.5 + cell % 3 * 198 + 6.2, 756 - cell // 3 * 72 - 14
    page.setFont("Noto", 11)
    for line in row["lines"]:
        page.drawString(x, y, line)
        y -= 13
page.save()
"""
FPDF2 = """
import json, sys
from fpdf import FPDF
rows = json.load(open(sys.argv[1]))
page = FPDF(unit="pt", format="letter")
page.set_auto_page_break(False)
page.add_font("Noto", "", sys.argv[3])
page.set_text_shaping(True)
page.set_font("Noto", size=11)
for at, row in enumerate(rows):
    cell = at % 30
    if not cell:
        page.add_page()
    x, y = 13.5 + cell % 3 * 198 + 6.2, 36 + cell // 3 * 72 + 14
    for line in row["lines"]:
        page.set_xy(x, y - 11)  # cell() shapes the text; text() would set it unshaped
        page.cell(text=line)
        y += 13
page.output(sys.argv[2])
"""


def call_numbers(count: int) -> list[dict[str, object]]:
    chance = random.Random(5)
    letters = ["QA", "PS", "HD", "BX", "E", "KF", "TX", "ML", "Z", "RC"]
    cutters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    found: dict[str, None] = {}
    while len(found) < count:
        found[
            f"{chance.choice(letters)}{chance.randint(1, 9999)}.{chance.choice(cutters)}"
            f"{chance.randint(2, 999)} {chance.choice(cutters)}{chance.randint(2, 99)} "
            f"{chance.randint(1950, 2026)}"
        ] = None
    return [{"number": n, "lines": split(n, "lc").lines} for n in found]


def measured(python: str, program: str, rows: Path, output: Path) -> tuple[float, float]:
    """Return CPU seconds and peak MB of a program in a process of its own."""
    wrapped = (
        program
        + "\nimport resource\nu = resource.getrusage(resource.RUSAGE_SELF)"
        + "\nprint(u.ru_utime + u.ru_stime, u.ru_maxrss / 1024)"
    )
    command = [python, "-c", wrapped, str(rows), str(output), str(FONT)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, memory = done.stdout.split()[-2:]
    return float(seconds), float(memory)


def compare(count: int, peers: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        rows.write_text(json.dumps(call_numbers(count)))
        contenders = [("techproc", sys.executable, TECHPROC)]
        if peers:
            contenders += [("reportlab", peers, REPORTLAB), ("fpdf2", peers, FPDF2)]
        best: dict[str, tuple[float, float]] = {}
        for _ in range(3):  # rounds by turns, so that a busy moment strikes all alike
            for name, python, program in contenders:
                found = measured(python, program, rows, Path(folder) / f"{name}.pdf")
                best[name] = min(best.get(name, found), found)
        base = best["techproc"][0]
        print(f"{count} unique labels, best of 3, start-up included")
        for name, (seconds, memory) in best.items():
            size = (Path(folder) / f"{name}.pdf").stat().st_size / 1e6
            print(
                f"  {name:10} {seconds:7.2f} s CPU  {count / seconds:8.0f} labels/s  "
                f"{seconds / base:6.2f} × techproc  {memory:6.1f} MB  {size:5.2f} MB PDF"
            )


def flat(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        rows.write_text("[]")
        program = TECHPROC.replace(
            '(SpineLabel(call_number=r["number"]) for r in rows)',
            f"(SpineLabel(call_number=f'QA{{n % 9973}}.A{{n}} {{1950 + n % 77}}') "
            f"for n in range({count}))",
        )
        seconds, memory = measured(sys.executable, program, rows, Path(folder) / "flat.pdf")
        print(f"{count} labels made one by one: {seconds:.1f} s CPU, {memory:.1f} MB at most")


# Code 39 is wide; of many QR codes in one picture zbar passes over some, so each has its page.
STOCKS = {"code39": "avery-5161", "code39mod43": "avery-5161", "qr": "roll-2x1"}


def scan(count: int, sample: int) -> None:
    """Print how many barcodes are read back: all at 300 dpi, a sample at 203, and one by zbar."""
    for symbology in (*SYMBOLOGIES, "qr"):
        print(f"  {symbology:12}", end="")
        for dpi, much, reader in (
            (300, count, by_zxing),
            (203, sample, by_zxing),
            (300, sample, by_zbar),
        ):
            wanted = values(symbology, much)
            stock = STOCKS.get(symbology, "avery-5160")
            style = LabelStyle(barcode=BarcodeStyle(symbology=symbology, dpi=dpi))
            stream = io.BytesIO()
            render_sheet([BarcodeLabel(value=v) for v in wanted], stock, stream, style=style)
            read: set[str] = set()
            for found in reader(stream.getvalue(), dpi):
                read.add(found)
                read.add(found[1:-1] if symbology == "codabar" else found)
                read.add(found[:-1] if symbology == "code39mod43" else found)
            name = reader.__name__.removeprefix("by_")
            print(f"  {name} at {dpi} dpi {len(read & set(wanted))} of {much}", end="")
        print()


def values(symbology: str, count: int) -> list[str]:
    """Return library numbers, or what else a symbology is for: ISBNs as EAN-13."""
    if symbology != "ean13":
        return list(numbers("3123400000001", count))
    found = []
    for serial in range(count):
        body = f"978{serial * 7919 % 10**9:09}"
        found.append(
            body + str(-sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(body)) % 10)
        )
    return found


def pages(pdf: bytes, dpi: int) -> Iterator[Any]:
    # Imported late: a child's peak memory begins at its parent's.
    import numpy as np  # noqa: PLC0415
    import pymupdf  # noqa: PLC0415

    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for page in document:
            pixels = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
            image = np.frombuffer(pixels.samples, dtype=np.uint8)
            yield np.ascontiguousarray(
                image.reshape(pixels.height, pixels.stride)[:, : pixels.width]
            )


def by_zxing(pdf: bytes, dpi: int) -> Iterator[str]:
    import zxingcpp  # noqa: PLC0415

    for image in pages(pdf, dpi):
        yield from (code.text for code in zxingcpp.read_barcodes(image))


def by_zbar(pdf: bytes, dpi: int) -> Iterator[str]:
    if not shutil.which("zbarimg"):
        return
    for image in pages(pdf, dpi):
        head = b"P5 %d %d 255\n" % (image.shape[1], image.shape[0])
        command = ["zbarimg", "--quiet", "--raw", "pgm:-"]
        done = subprocess.run(
            command, input=head + image.tobytes(), capture_output=True, check=False
        )
        yield from done.stdout.decode().split()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--peers", help="a Python that has reportlab and fpdf2")
    options.add_argument("--scan", type=int, default=1_000, help="barcodes of each kind")
    options.add_argument("--sample", type=int, default=300, help="for 203 dpi and for zbar")
    options.add_argument("--flat", type=int, default=100_000)
    chosen = options.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    compare(chosen.count, chosen.peers)
    if chosen.flat:
        flat(chosen.flat)
    if chosen.scan:
        scan(chosen.scan, chosen.sample)


if __name__ == "__main__":
    main()
