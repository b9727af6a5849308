"""Every script as a picture: against goldens that were looked at, and against typst's typesetting.

A golden belongs to a font file, by its digest; where this machine has another, that test is
skipped. `python tests/labels/test_scripts.py` makes the goldens anew, to be looked at.
"""

import hashlib
import io
import json
import shutil
import subprocess
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from fontTools.ttLib import TTFont

from techproc.labels import LabelStyle, Stock, TextLabel, render_sheet
from techproc.labels.fonts import FontSet, script_of
from techproc.labels.preview import render_preview
from techproc.labels.shaping import Shaper

pymupdf = pytest.importorskip("pymupdf")

GOLDEN = Path(__file__).parents[1] / "fixtures" / "scripts"
STOCK = Stock(key="strip", page_width=110, page_height=16, width=110, height=16)
STYLE = LabelStyle(size=24)
# name → (language for typst, line); the nine scripts of the issue, each form of Han, mixed lines.
LINES = {
    "latin": ("en", "Dvořák k͡hỗ g̈ ḥ Nguyễn"),
    "greek": ("el", "Ἑλληνικὴ γλῶσσα"),
    "cyrillic": ("ru", "Война и мир Її Ђ"),
    "hebrew": ("he", "שלום עולם"),
    "arabic": ("ar", "الكتاب العربي"),
    "devanagari": ("hi", "हिन्दी क्षत्रिय"),
    "thai": ("th", "ภาษาไทย ที่นี่"),
    "japanese": ("ja", "日本の文学"),
    "chinese": ("zh", "中文书"),
    "hangul": ("ko", "한국어 책"),
    "hebrew-in-latin": ("en", "QH 541 (שלום) 2012"),
    "latin-in-arabic": ("ar", "الكتاب 12.5 QA76"),
    "han-and-latin": ("zh", "日本QA76 Привет"),
}


def dots(data: bytes, kind: str) -> np.ndarray:
    """Return the first page of a PDF, or a PNG, as black dots at 300 to the inch, cropped."""
    if kind == "png":
        pixels = pymupdf.Pixmap(data)
        pixels = pymupdf.Pixmap(pymupdf.csGRAY, pixels) if pixels.n > 1 else pixels
    else:
        with pymupdf.open(stream=data, filetype="pdf") as document:
            pixels = document[0].get_pixmap(dpi=300, colorspace=pymupdf.csGRAY)
    image = np.frombuffer(pixels.samples, dtype=np.uint8)
    black = image.reshape(pixels.height, pixels.stride)[:, : pixels.width] < 128
    rows, columns = np.flatnonzero(black.any(axis=1)), np.flatnonzero(black.any(axis=0))
    return black[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the share of either's ink that is over a dot from any of the other's."""
    high, wide = np.maximum(one.shape, other.shape)
    first, second = (np.pad(a, ((1, high - a.shape[0] + 1), (1, wide - a.shape[1] + 1)))
                     for a in (one, other))  # fmt: skip

    def spread(a: np.ndarray) -> np.ndarray:
        shifted = [np.roll(a, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        return np.logical_or.reduce(shifted)

    stray = (first & ~spread(second)).sum() + (second & ~spread(first)).sum()
    return float(stray / (first.sum() + second.sum()))


def printed(text: str) -> bytes:
    """Return a line as a PDF of a strip."""
    stream = io.BytesIO()
    assert render_sheet([TextLabel(lines=(text,))], STOCK, stream, style=STYLE) == []
    return stream.getvalue()


def faces(text: str) -> list[tuple[str, Path]]:
    """Return the family and file of each face that a line is set in; skip where one is missing."""
    fonts = FontSet()
    if not all(fonts.face_for(c, script_of(c)) for c in text if not c.isspace()):
        pytest.skip(f"no font of this machine has {text}")
    shaper = Shaper(FontSet())
    shaper.line(text)
    found = []
    for face in shaper.used:
        collection = face.path.suffix.lower() in (".ttc", ".otc")
        with TTFont(face.path, fontNumber=face.index if collection else -1, lazy=True) as font:
            names = font["name"]
            found.append((names.getDebugName(16) or names.getDebugName(1), face.path))
    return sorted(found, key=lambda pair: pair[0] != "Noto Sans")


def digest(text: str) -> str:
    """Return what tells the font files of a line from others."""
    files = {path for _, path in faces(text)}
    return hashlib.sha256(b"".join(sorted(path.read_bytes() for path in files))).hexdigest()[:16]


def preview(text: str) -> bytes:
    """Return a line as the raster of a strip, a PNG."""
    stream = io.BytesIO()
    assert render_preview([TextLabel(lines=(text,))], STOCK, stream, style=STYLE) == []
    return stream.getvalue()


@pytest.mark.parametrize("name", LINES)
def test_a_line_looks_as_its_golden_does(name):
    """The dots for thermal printers and the PDF, both against the picture that was looked at."""
    text = LINES[name][1]
    known = json.loads((GOLDEN / "fonts.json").read_text())
    if digest(text) != known[name]:
        pytest.skip("this machine has other fonts of the script than the golden was made with")
    golden = dots((GOLDEN / f"{name}.png").read_bytes(), "png")
    assert apart(dots(preview(text), "png"), golden) == 0
    assert apart(dots(printed(text), "pdf"), golden) < 0.002


@pytest.mark.parametrize("name", LINES)
def test_a_line_is_set_as_typst_sets_it(name):
    """Another typesetter, the same fonts: sizes within two dots, ink within one."""
    typst = pytest.importorskip("typst")
    language, text = LINES[name]
    fonts = faces(text)
    families = "".join(f'"{family}",' for family, _ in fonts)
    direction = "rtl" if language in ("he", "ar") else "ltr"
    source = (
        "#set page(width: 130mm, height: 30mm, margin: 8mm)\n"
        f'#set text(font: ({families}), size: 24pt, weight: "bold", fallback: false, '
        f'lang: "{language}", dir: {direction}, cjk-latin-spacing: none)\n{text}'
    )
    folders = sorted({str(path.parent) for _, path in fonts})
    theirs = dots(
        typst.compile(source.encode(), font_paths=folders, ignore_system_fonts=True), "pdf"
    )
    ours = dots(printed(text), "pdf")
    assert np.abs(np.subtract(ours.shape, theirs.shape)).max() <= 2
    assert apart(ours, theirs) < 0.005


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("name", [name for name in LINES if "-in-" not in name])
def test_a_line_copies_out_of_poppler_too(name):
    """In the order it is read, marks and ligatures as they were written."""
    text = LINES[name][1]
    faces(text)
    command = ["pdftotext", "-", "-"]
    ran = subprocess.run(command, input=printed(text), capture_output=True, check=True)
    copied = ran.stdout.decode().translate(dict.fromkeys(range(0x202A, 0x202F))).strip()
    assert unicodedata.normalize("NFC", copied) == unicodedata.normalize("NFC", text)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for each, (_, line) in LINES.items():
        (GOLDEN / f"{each}.png").write_bytes(preview(line))
    known_fonts = {each: digest(line) for each, (_, line) in LINES.items()}
    (GOLDEN / "fonts.json").write_text(json.dumps(known_fonts, indent=2) + "\n")
