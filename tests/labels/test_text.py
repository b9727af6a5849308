"""Text: bidirectional order, fonts by script, missing glyphs, and what copies out of the PDF."""

import io
import random
import unicodedata

import pytest

from techproc.errors import LabelError
from techproc.labels import TextLabel, render_sheet
from techproc.labels.bidi import levels, visual_runs
from techproc.labels.fonts import FontSet, script_of
from techproc.labels.shaping import Shaper

pymupdf = pytest.importorskip("pymupdf")

# One line for each script that the issue names; the font that Debian's fonts-noto has for it.
LINES = {
    "Latn": "Dvořák k͡hỗ g̈ ḥ Nguyễn",
    "Grek": "Ἑλληνικὴ γλῶσσα",
    "Cyrl": "Война и мир",
    "Hebr": "שלום עולם",
    "Arab": "الكتاب العربي",
    "Deva": "हिन्दी क्षत्रिय",
    "Thai": "ภาษาไทย ที่นี่",
    "Jpan": "日本の文学",
    "Hang": "한국어 책",
    "Hans": "中文书",
}


def has_font(text: str) -> bool:
    """Return True when this machine has a font for every character."""
    fonts = FontSet()
    return all(fonts.face_for(c, script_of(c)) for c in text if not c.isspace())


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("ab אב 12", "ab 12 בא"),
        ("אב 12", "12 בא"),
        ("QH 541 (אב)", "QH 541 (בא)"),
        ("אב QH 541.", ".QH 541 בא"),
        ("12.5 אב", "בא 12.5"),
        ("אב 5%", "5% בא"),
        ("אב-גד", "דג-בא"),
    ],
)
def test_characters_stand_in_visual_order(text, order):
    """Mixed lines by UAX #9: numbers stay left to right inside right-to-left text."""
    shown = "".join(
        text[start:end] if level % 2 == 0 else text[start:end][::-1]
        for start, end, level in visual_runs(text)
    )
    assert shown == order


def test_every_character_has_its_place_once():
    """For random mixed lines the runs are a permutation of the text."""
    chance = random.Random(1)
    for _ in range(500):
        text = "".join(chance.choices("aZ1 2.,(-)אבגبتث%", k=chance.randint(1, 20)))
        covered = sorted(at for start, end, _ in visual_runs(text) for at in range(start, end))
        assert covered == list(range(len(text)))
        assert len(levels(text)) == len(text)


@pytest.mark.parametrize("script", LINES)
def test_each_script_is_set_whole_and_copies_out(script):
    """No glyph is missing, every font is embedded, and the text that is copied is the text."""
    text = LINES[script]
    if not has_font(text):
        pytest.skip(f"no font for {script} is installed")
    assert Shaper().line(text).missing == ""
    stream = io.BytesIO()
    assert render_sheet([TextLabel(lines=(text,))], "avery-5160", stream) == []
    with pymupdf.open(stream=stream.getvalue(), filetype="pdf") as document:
        copied = document[0].get_text().strip()
        assert all(font[3].partition("+")[2] for font in document[0].get_fonts())
    assert unicodedata.normalize("NFC", copied) == unicodedata.normalize("NFC", text)


def test_stacked_marks_stand_above_each_other():
    """A second mark stands higher than one alone, and the line is as high as its ink."""
    shaper = Shaper()
    one, two = shaper.line("x̂"), shaper.line("x̂̂")
    assert one.ascent < two.ascent
    assert one.width == pytest.approx(two.width)


def test_the_remembered_pairs_are_what_harfbuzz_says():
    """ASCII put together from kerned pairs is the same as shaping the whole line."""
    shaper = Shaper()
    chance = random.Random(2)
    for _ in range(300):
        text = "".join(chr(chance.randint(32, 126)) for _ in range(chance.randint(1, 20)))
        quick = shaper._ascii(text)
        whole = shaper.writer()
        whole.run(text, shaper.fonts.default, "Latn", 0)
        slow = whole
        assert quick.width == pytest.approx(slow.width)
        assert quick.operators.replace(b"><", b"") == slow.operators().replace(b"><", b"")


def test_a_missing_glyph_is_a_finding_never_a_box():
    """The finding names the character; the label is not printed."""
    label = TextLabel(lines=("QH \U000e0100 \U0010e123",), name="item 7")
    stream = io.BytesIO()
    found = render_sheet([label], "avery-5160", stream, partial=True)
    assert [f.rule for f in found] == ["label.missing-glyph"]
    assert "U+10E123" in found[0].message
    assert found[0].control == "item 7"


def test_fonts_that_are_none_are_misuse(tmp_path):
    """A path that is not there, and a file that is no font."""
    with pytest.raises(LabelError, match="no such font file"):
        FontSet(paths=[tmp_path / "none.ttf"])
    other = tmp_path / "text.ttf"
    other.write_text("not a font")
    with pytest.raises(LabelError, match="font"):
        FontSet(paths=[other])


def test_without_system_fonts_latin_greek_and_cyrillic_are_there(tmp_path):
    """The package's own font is enough for them; other scripts are then missing."""
    shaper = Shaper(FontSet(folders=[tmp_path]))
    for script in ("Latn", "Grek", "Cyrl"):
        assert shaper.line(LINES[script]).missing == ""
    assert shaper.line("日本").missing == "日本"
