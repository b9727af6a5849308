"""Sheets: exact places, the same bytes each time, what is refused, and what is left over."""

import io
import re
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import LabelError
from techproc.labels import (
    BarcodeLabel,
    BarcodeStyle,
    Calibration,
    LabelStyle,
    SpineLabel,
    Stock,
    TextLabel,
    render_sheet,
    stock_named,
)

pymupdf = pytest.importorskip("pymupdf")
MM = 72 / 25.4


def rendered(labels, stock="avery-5160", **options) -> bytes:
    """Return the PDF of labels that print without a finding."""
    stream = io.BytesIO()
    assert render_sheet(labels, stock, stream, **options) == []
    return stream.getvalue()


def contents(pdf: bytes) -> list[str]:
    """Return the page contents of a PDF, uncompressed, in order."""
    streams = re.findall(rb"/FlateDecode >>\nstream\n(.*?)\nendstream", pdf, re.DOTALL)
    texts = [zlib.decompress(data) for data in streams]
    return [text.decode("latin-1") for text in texts if b"BT " in text or b" re" in text]


def origins(pdf: bytes) -> list[tuple[float, float]]:
    """Return where the lines of text begin, in mm from the upper left of a letter page."""
    found = []
    for page in contents(pdf):
        for x, y in re.findall(r"([\d.]+) ([\d.]+) Tm", page):
            found.append((float(x) / MM, 279.4 - float(y) / MM))
    return found


SPINES = [SpineLabel(call_number=f"QA{n} .K5 2001") for n in range(1, 41)]


def test_the_page_is_the_stocks_and_is_not_to_be_scaled():
    """MediaBox to a thousandth of a point; the viewer is asked to print at true size."""
    pdf = rendered(SPINES[:1], "avery-l7160")
    assert b"/MediaBox [0 0 595.276 841.89]" in pdf
    assert b"/PrintScaling /None" in pdf


def test_labels_stand_where_the_stock_says_to_a_hundredth_of_a_millimetre():
    """The left ends of lines on label n are those on label 1 plus whole pitches."""
    stock = stock_named("avery-5160")
    pdf = rendered([SpineLabel(call_number="FIC", profile="local")] * 30)
    found = origins(pdf)
    first = found[0]
    assert len(found) == 30
    for number, (x, y) in enumerate(found, start=1):
        place = stock.place(number)
        assert x - first[0] == pytest.approx(place[0] - stock.left, abs=0.005)
        assert y - first[1] == pytest.approx(place[1] - stock.top, abs=0.005)
    assert first[0] == pytest.approx(stock.left + LabelStyle().padding_x, abs=0.005)


def test_bars_are_whole_dots_of_the_printer():
    """Every bar begins and ends on a dot of 1/300 inch of the page."""
    pdf = rendered([BarcodeLabel(value="31234000000016")] * 30)
    page = contents(pdf)[0]
    assert "q 0.240000 0 0 0.240000 0 0 cm" in page
    bars = re.findall(r"^(\S+) (\S+) (\S+) (\S+) re$", page, re.MULTILINE)
    assert len(bars) == 30 * 64
    assert all(value.isdecimal() for bar in bars for value in bar)


def test_the_same_labels_give_the_same_bytes():
    """No clock and no chance: twice the same file."""
    labels = [*SPINES, BarcodeLabel(value="31234000000016", caption="Bücherei")]
    assert rendered(labels) == rendered(labels)


def test_start_skip_and_copies_fill_the_places_that_are_left():
    """Start at 29, skip 30: the second label begins the second sheet."""
    pdf = rendered(SPINES[:2], start=29, skip=[30])
    assert len(contents(pdf)) == 2
    assert len(contents(rendered(SPINES[:15], copies=2))) == 1
    assert len(contents(rendered(SPINES[:16], copies=2))) == 2


def test_columns_first_goes_down():
    """The second label stands below the first."""
    (x1, y1), *rest = origins(rendered(SPINES[:2], order="columns"))
    assert rest[3][0] == pytest.approx(x1, abs=0.005)
    assert rest[3][1] - y1 == pytest.approx(25.4, abs=0.01)


def test_a_calibration_moves_labels_and_leaves_bars_on_dots():
    """An offset is taken back; the bars' widths stay whole."""
    plain = origins(rendered(SPINES[:1]))
    moved = origins(rendered(SPINES[:1], calibration=Calibration(offset_x=1.5, offset_y=-0.7)))
    for (x, y), (a, b) in zip(plain, moved, strict=True):
        assert (x - a, y - b) == (pytest.approx(1.5, abs=0.002), pytest.approx(-0.7, abs=0.002))


def test_long_numbers_shrink_then_break_then_are_refused():
    """12 points; then smaller; then broken again with a finding; then an error, and no label."""
    tall = Stock(key="tall", page_width=20, page_height=40, width=20, height=40)

    def sizes(number: str, stock: Stock) -> tuple[set[str], list[str]]:
        stream = io.BytesIO()
        found = render_sheet([SpineLabel(call_number=number)], stock, stream, partial=True)
        text = contents(stream.getvalue())
        return set(re.findall(r"([\d.]+) 0 0 [\d.]+ [\d.]+ [\d.]+ Tm", "".join(text))), [
            f.rule for f in found
        ]

    assert sizes("QA76 .K5", tall) == ({"12"}, [])
    smaller, rules = sizes("598.297387 K56", tall)
    assert not rules
    assert 7 <= float(*smaller) < 12
    assert sizes("598.2973872819 K56", tall)[1] == ["label.rebroken"]
    assert sizes("Donaudampfschifffahrt", tall) == (set(), ["label.does-not-fit"])


def test_one_bad_label_stops_the_job_and_is_named():
    """All bad items are named; nothing is printed unless the rest are asked for."""
    labels = [SPINES[0], SpineLabel(call_number="", name="31234000000016"), SPINES[1]]
    with pytest.raises(LabelError, match=r"31234000000016.*empty"):
        render_sheet(labels, "avery-5160", io.BytesIO())
    stream = io.BytesIO()
    found = render_sheet(labels, "avery-5160", stream, partial=True)
    assert [(f.rule, f.record, f.control) for f in found] == [("label.empty", 2, "31234000000016")]
    # The bad one takes no place: the third item stands on the second label.
    assert max(x for x, _ in origins(stream.getvalue())) == pytest.approx(76.81, abs=0.02)


def test_a_barcode_is_refused_with_the_width_it_needs():
    """Codabar of 14 digits on a 38 mm label: 51.7 mm at 300 dots; a narrower bar fits none."""
    with pytest.raises(LabelError, match=r"needs a label 51\.7 mm wide.*38\.1 mm"):
        render_sheet([BarcodeLabel(value="31234000000016")], "avery-l7651", io.BytesIO())
    style = LabelStyle(barcode=BarcodeStyle(x=0.19, symbology="code128"))
    rendered([BarcodeLabel(value="31234000000016")], "avery-l7651", style=style)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 31}, "no label 31 to start at"),
        ({"skip": [0]}, "no label 0 to skip"),
        ({"copies": 0}, "0 copies"),
        ({"skip": range(1, 31)}, "all 30 labels"),
        ({"start": 29, "skip": [29, 30]}, "all 30 labels of the sheet from 29 on"),
    ],
)
def test_jobs_that_cannot_be_are_misuse(options, message):
    """With the number of labels that there are."""
    with pytest.raises(LabelError, match=message):
        render_sheet(SPINES, "avery-5160", io.BytesIO(), **options)


def test_stock_that_overlaps_is_refused():
    """A stock made in code is checked like one from a file."""
    wrong = Stock(
        key="wrong", page_width=100, page_height=100, columns=2, width=40, height=20, pitch_x=30
    )
    with pytest.raises(LabelError, match="overlap"):
        render_sheet(SPINES, wrong, io.BytesIO())


def test_a_spine_and_pocket_set_prints_number_title_and_author():
    """One item fills a row: the split number on the spine, the whole on the pockets."""
    item = SpineLabel(call_number="QA76 .K5", copy="2", title="A title", author="Somebody, Ann")
    pdf = rendered([item], "avery-5160-sets", outlines=True)
    assert contents(pdf)[0].count(" Tm ") == 4 + 3 + 3
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        text = document[0].get_text()
    assert text.count("QA76 .K5 c.2\n") == 2


@settings(max_examples=12, deadline=None)
@given(st.lists(st.text(min_size=0, max_size=12), max_size=6))
def test_any_text_prints_or_is_reported(texts):
    """Whatever the text: a PDF with a trailer, or an error that names the item."""
    labels = [TextLabel(lines=(text,), name=str(n)) for n, text in enumerate(texts)]
    stream = io.BytesIO()
    found = render_sheet(labels, "avery-5160", stream, partial=True)
    assert stream.getvalue().endswith(b"%%EOF\n")
    assert len({f.control for f in found}) <= len(labels)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_pages():
    """Five times the labels take hardly more memory: pages are written as they fill."""

    class Sink(io.RawIOBase):
        def write(self, data):
            return len(data)

    peaks = []
    for count in (3_000, 15_000):
        tracemalloc.start()
        render_sheet(
            (SpineLabel(call_number=f"QA{n % 9000}.{n} .K5") for n in range(count)),
            "avery-5160",
            Sink(),
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 10_000_000


def test_a_line_break_in_a_caption_is_named():
    """It is no matter of fonts."""
    label = BarcodeLabel(value="31234000000016", caption="My\nLibrary")
    (found,) = render_sheet([label], "avery-5160", io.BytesIO(), partial=True)
    assert found.message == "no font has U+000A"
    assert "take out" in str(found.fix)
