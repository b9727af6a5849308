"""Barcodes: lengths by the standards, values refused, and pages that scan."""

import io
import random
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.errors import LabelError
from techproc.labels import BarcodeLabel, BarcodeStyle, LabelStyle, render_sheet
from techproc.labels.barcodes import SYMBOLOGIES, BarcodeValueError, encode, human_readable
from techproc.labels.qr import qr_modules
from techproc.labels.sequence import numbers

zxingcpp = pytest.importorskip("zxingcpp")
pymupdf = pytest.importorskip("pymupdf")
np = pytest.importorskip("numpy")


def decoded(pdf: bytes, dpi: int) -> list[str]:
    """Return what zxing-cpp reads from the pages of a PDF."""
    images = rendered_pages(pdf, dpi)
    return [code.text for image in images for code in zxingcpp.read_barcodes(image)]


def rendered_pages(pdf: bytes, dpi: int):
    """Yield the pages of a PDF as grey dots."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for page in document:
            pixels = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
            image = np.frombuffer(pixels.samples, dtype=np.uint8)
            yield np.ascontiguousarray(
                image.reshape(pixels.height, pixels.stride)[:, : pixels.width]
            )


def values(symbology: str, count: int) -> list[str]:
    """Return numbers of a kind that its symbology holds."""
    chance = random.Random(symbology)
    bodies = ["3" + "".join(chance.choices("0123456789", k=12)) for _ in range(count)]
    full = [next(numbers(body, 1)) for body in bodies]
    if symbology == "ean13":
        weights = [1, 3] * 6
        return [
            body[:12] + str(-sum(int(d) * w for d, w in zip(body, weights, strict=False)) % 10)
            for body in bodies
        ]
    if symbology == "code128":
        printable = [chr(c) for c in range(33, 127)]
        return full[::2] + ["".join(chance.choices(printable, k=8)) for _ in full[1::2]]
    return full


def read_back(symbology: str, wanted: list[str], dpi: int) -> list[str]:
    """Print values on sheets and return what a scanner reads, as the values were."""
    return as_given(symbology, decoded(printed(symbology, wanted, dpi), dpi))


def printed(symbology: str, wanted: list[str], dpi: int) -> bytes:
    """Return values as sheets of barcodes."""
    style = LabelStyle(barcode=BarcodeStyle(symbology=symbology, dpi=dpi))
    stock = "avery-5161" if symbology.startswith("code39") else "avery-5160"
    stream = io.BytesIO()
    assert render_sheet([BarcodeLabel(value=v) for v in wanted], stock, stream, style=style) == []
    return stream.getvalue()


def as_given(symbology: str, found: list[str]) -> list[str]:
    """Return what a scanner reads without start, stop and check characters."""
    if symbology == "codabar":
        return [text[1:-1] for text in found]
    return [text[:-1] for text in found] if symbology == "code39mod43" else found


@pytest.mark.parametrize(
    ("symbology", "length"),
    [("codabar", 198), ("code39", 251), ("itf", 140.5), ("code128", 132)],
)
def test_fourteen_digits_take_the_published_length(symbology, length):
    """Modules with quiet zones at ratio 2.5, as published for each symbology."""
    bars = encode(symbology, "31234000000016")
    assert bars.modules(2.5) + 2 * bars.quiet == length


@pytest.mark.parametrize(
    ("symbology", "dpi"),
    [*((name, 300) for name in (*SYMBOLOGIES, "qr")), ("codabar", 203), ("code39", 203)],
)
def test_a_sheet_scans(symbology, dpi):
    """Every barcode of a page is read back, at an office and at a thermal printer's resolution."""
    wanted = values(symbology, 12)
    assert sorted(read_back(symbology, wanted, dpi)) == sorted(wanted)


@pytest.mark.skipif(not shutil.which("zbarimg"), reason="zbar-tools is not installed")
@pytest.mark.parametrize("symbology", [*SYMBOLOGIES, "qr"])
def test_a_second_reader_agrees(symbology):
    """zbar reads every barcode of a page, too."""
    wanted = values(symbology, 12)
    if symbology == "code128":
        wanted = wanted[:6]  # the others hold blanks and signs that its output divides
    if symbology == "qr":
        wanted = wanted[:1]  # of many QR codes in one picture zbar passes over some
    (image,) = rendered_pages(printed(symbology, wanted, 300), 300)
    head = b"P5 %d %d 255\n" % (image.shape[1], image.shape[0])
    command = ["zbarimg", "--quiet", "--raw", "pgm:-"]
    ran = subprocess.run(command, input=head + image.tobytes(), capture_output=True, check=True)
    assert sorted(as_given(symbology, ran.stdout.decode().split())) == sorted(wanted)


@settings(max_examples=60)
@given(
    st.text(st.sampled_from("0123456789ABC -:/abcé"), min_size=1, max_size=400),
    st.sampled_from([1, 1, 4]),
)
def test_any_text_comes_back_from_its_qr_code(text, times):
    """Of any mixture of segments and any size zxing-cpp reads the text."""
    text *= times
    modules = np.array(qr_modules(text))
    image = np.where(np.pad(np.kron(modules, np.ones((4, 4))), 20), 0, 255).astype(np.uint8)
    (code,) = zxingcpp.read_barcodes(image)
    assert code.text == text


def test_a_qr_code_holds_so_much_and_no_more():
    """7,089 would be figures at the lowest correction; at M it is 5,596. Han as UTF-8."""
    assert len(qr_modules("7" * 5596)) == 177
    with pytest.raises(BarcodeValueError, match="does not hold 5597"):
        qr_modules("7" * 5597)
    with pytest.raises(BarcodeValueError, match="no text"):
        qr_modules("")
    modules = np.array(qr_modules("日本 QA76"))
    image = np.where(np.pad(np.kron(modules, np.ones((4, 4))), 20), 0, 255).astype(np.uint8)
    assert zxingcpp.read_barcodes(image)[0].text == "日本 QA76"


@pytest.mark.slow
def test_ten_thousand_barcodes_scan():
    """10,000 of 10,000 Codabar numbers are read at 300 dpi."""
    wanted = values("codabar", 10_000)
    assert sorted(read_back("codabar", wanted, 300)) == sorted(wanted)


@pytest.mark.parametrize(
    ("symbology", "value", "message"),
    [
        ("codabar", "3123A", "Codabar has no A"),
        ("code39", "abc", "Code 39 has no a"),
        ("itf", "123", "even number of digits"),
        ("itf", "12X4", "has no X"),
        ("code128", "é", "Code 128 has no é"),
        ("ean13", "9780306406158", "should be 7"),
        ("ean13", "978", "13 digits"),
        ("codabar", "", "no number"),
        ("codabar", "12\n34", r"U\+000A"),
    ],
)
def test_what_a_symbology_cannot_hold_is_named(symbology, value, message):
    """The refusal names the value and the character."""
    with pytest.raises(BarcodeValueError, match=message):
        encode(symbology, value)


def test_unknown_symbologies_and_guards_are_misuse():
    """A wrong name raises at once."""
    with pytest.raises(LabelError, match="pdf417"):
        encode("pdf417", "1")
    with pytest.raises(LabelError, match="A, B, C or D"):
        encode("codabar", "1", start="E")


@pytest.mark.parametrize("symbology", ["codabar", "code39", "itf"])
def test_two_widths_keep_their_ratio_on_whole_dots(symbology):
    """Whatever the dots to a module, narrow and wide are each one width, 2 to 3 apart."""
    for narrow in range(2, 9):
        found = set(encode(symbology, "31234000000016").dots(narrow))
        assert len(found) == 2
        assert min(found) == narrow
        assert 2 <= max(found) / narrow <= 3


def test_groups_of_a_library_number():
    """Only a number of a library's form is grouped."""
    assert human_readable("codabar", "31234000000016") == "3 1234 00000001 6"
    assert human_readable("codabar", "1234") == "1234"
