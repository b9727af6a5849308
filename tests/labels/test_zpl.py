"""ZPL, CSV and the raster behind them."""

import csv
import io
import re

import numpy as np
import pytest

from techproc.errors import LabelError
from techproc.labels import (
    BarcodeLabel,
    BarcodeStyle,
    Calibration,
    LabelStyle,
    SpineLabel,
    TextLabel,
    stock_named,
)
from techproc.labels.layout import Painter
from techproc.labels.marks import Box
from techproc.labels.pdf import MM
from techproc.labels.preview import render_preview
from techproc.labels.raster import rasterize, write_png
from techproc.labels.table import render_csv
from techproc.labels.zpl import render_zpl

zxingcpp = pytest.importorskip("zxingcpp")
pymupdf = pytest.importorskip("pymupdf")

STYLE = LabelStyle(barcode=BarcodeStyle(dpi=203))
ROLL = stock_named("roll-2.625x1")


def dots(label):
    """Return a label as dots at 203 dpi."""
    box = Box(0.0, 0.0, ROLL.width * MM, ROLL.height * MM)
    drawn = Painter(STYLE).draw(label, box, ROLL)
    assert drawn.findings == ()
    return rasterize(drawn.marks, box.width, box.height, 203)


def zpl(*labels, **options):
    """Return labels as ZPL text."""
    stream = io.BytesIO()
    assert render_zpl(labels, ROLL, stream, style=STYLE, **options) == []
    return stream.getvalue().decode("ascii")


@pytest.mark.parametrize("symbology", ["codabar", "code128", "itf", "qr"])
def test_bars_as_dots_scan(symbology):
    """The raster of a barcode label is read back."""
    image = np.where(dots(BarcodeLabel(value="31234000000016", symbology=symbology)), 0, 255)
    (code,) = zxingcpp.read_barcodes(image.astype(np.uint8))
    assert code.text.strip("AB") == "31234000000016"


def test_type_as_dots_has_the_weight_of_its_outlines():
    """The black of an H is its two stems and bar, to a twentieth."""
    ink = dots(TextLabel(lines=("H",))).sum()
    shaper = Painter(STYLE).spine
    (contours,) = shaper.outlines("H")
    area = abs(
        sum(
            (x0 * y1 - x1 * y0) / 2
            for contour in contours
            for (x0, y0), (x1, y1) in zip(contour, contour[1:] + contour[:1], strict=True)
        )
    )
    assert ink == pytest.approx(area * (12 * 203 / 72) ** 2, rel=0.05)


def test_a_label_is_one_format_with_native_bars():
    """Figures as dots, bars by the printer, the copies by the printer too."""
    text = zpl(BarcodeLabel(value="31234000000016", caption="Library"), copies=3)
    assert text.count("^XA") == text.count("^XZ") == 1
    assert "^PW533^LL203" in text
    assert re.search(r"\^BY2,2\.5,\d+\^BKN,N,\d+,N,N,A,B\^FH\^FD31234000000016\^FS", text)
    assert "^PQ3" in text


def test_the_dots_of_a_field_are_as_many_as_it_says():
    """^GFA's counts match its data."""
    for size, total, width, data in re.findall(
        r"\^GFA,(\d+),(\d+),(\d+),([0-9A-F]+)\^FS", zpl(SpineLabel(call_number="QA76 日本"))
    ):
        assert int(size) == int(total) == len(data) // 2
        assert int(size) % int(width) == 0


def test_characters_of_zpl_itself_are_escaped():
    """A caret in a value cannot end the field."""
    assert "^FD_5EXA_7E^FS" in zpl(BarcodeLabel(value="^XA~", symbology="code128"))


def test_an_isbn_is_sent_without_hyphens_and_check_digit():
    """The printer works the last digit out itself; hyphens are no digits."""
    text = zpl(BarcodeLabel(value="978-0-306-40615-7", symbology="ean13"))
    assert "^FD978030640615^FS" in text


def test_a_preview_keeps_to_what_is_said_of_the_sheet():
    """Copies, outlines and calibration show as they will print."""

    def shown(**options) -> np.ndarray:
        stream = io.BytesIO()
        render_preview([TextLabel(lines=("I",))], "avery-5160", stream, style=STYLE, **options)
        pixmap = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.Pixmap(stream.getvalue()))
        image = np.frombuffer(pixmap.samples, dtype=np.uint8)
        return image.reshape(pixmap.height, pixmap.stride)[:, : pixmap.width] < 128

    one = shown()
    assert shown(copies=3).sum() == pytest.approx(3 * one.sum(), rel=0.05)
    moved = shown(calibration=Calibration(offset_x=-2.0))
    first, second = (np.flatnonzero(a.any(axis=0))[0] for a in (one, moved))
    assert second - first == pytest.approx(2 * 203 / 25.4, abs=1)
    edges = shown(outlines=True) & ~one
    stock = stock_named("avery-5160")
    # Rows stand without a gap, so that neighbours share an edge.
    length = 3 * 11 * stock.width + 3 * 2 * 10 * stock.height
    assert edges.sum() == pytest.approx(length * 203 / 25.4, rel=0.01)


def test_bad_labels_stop_zpl_and_csv_too():
    """Unless the rest are asked for."""
    labels = [SpineLabel(call_number="", name="item 9"), SpineLabel(call_number="QA76 .K5")]
    with pytest.raises(LabelError, match="item 9"):
        render_zpl(labels, ROLL, io.BytesIO())
    with pytest.raises(LabelError, match="item 9"):
        render_csv(labels, io.BytesIO())
    stream = io.BytesIO()
    assert len(render_csv(labels, stream, partial=True)) == 1
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode())))
    assert rows[1] == ["spine", "", "QA76 .K5", "QA", "76", ".K5"]


def test_a_barcode_as_csv_has_all_its_lines():
    """Caption, title and text, none of them left out."""
    label = BarcodeLabel(value="31234000000016", caption="Library", title="Emma", text="no. 1")
    stream = io.BytesIO()
    assert render_csv([label], stream) == []
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode())))
    assert rows[1] == ["barcode", "", "31234000000016", "Library", "Emma", "no. 1"]


def test_a_png_has_its_size_and_resolution():
    """Preview files open at their true size."""
    data = write_png(np.zeros((20, 30), dtype=np.bool_), 300)
    assert data[16:24] == (30).to_bytes(4, "big") + (20).to_bytes(4, "big")
    assert (11811).to_bytes(4, "big") in data


def test_a_preview_shows_the_first_sheet():
    """Two places left on the sheet: two labels, in the dots of the style."""
    labels = [BarcodeLabel(value="31234000000016")] * 3
    stream = io.BytesIO()
    assert render_preview(labels, "avery-5160", stream, style=STYLE, start=28, skip=[29]) == []
    pixmap = pymupdf.Pixmap(stream.getvalue())
    assert (pixmap.width, pixmap.height) == (1726, 2233)
    grey = pymupdf.Pixmap(pymupdf.csGRAY, pixmap)
    image = np.frombuffer(grey.samples, dtype=np.uint8).reshape(grey.height, grey.stride)
    assert len(zxingcpp.read_barcodes(np.ascontiguousarray(image[:, : grey.width]))) == 2
    with pytest.raises(LabelError):
        render_preview([SpineLabel(call_number="")], "avery-5160", io.BytesIO())
