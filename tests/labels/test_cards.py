"""Cards: nothing of the text is lost, indentions hang, overflow goes on, piles stay in order."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techproc.labels import CardStyle, CatalogCard, LabelStyle, card_faces, render_sheet
from techproc.labels.cards import in_piles
from techproc.labels.items import CardFace, Paragraph, Unprintable
from techproc.labels.stock import stock_named
from techproc.labels.wrapping import wrap

pymupdf = pytest.importorskip("pymupdf")
STOCK = stock_named("cards-letter")
BODY = (Paragraph("Melville, Herman, 1819-1891.", 1, 3), Paragraph("Moby Dick / " + "whale " * 40))


def faces(card, **options):
    """Return the cards that an entry fills."""
    return list(card_faces([card], STOCK, **options))


def text_at(face, indention):
    """Return the lines of a card that begin at an indention."""
    return [line.text for line in face.lines if line.indention == indention]


def test_lines_hang_from_their_indentions():
    """The heading at the first, a paragraph from the second back to the first, number in the margin."""
    (face,) = faces(CatalogCard(call_number="PS2384 .M6 1851", heading="Whales.", body=BODY))
    assert text_at(face, 0) == ["PS", "2384", ".M6", "1851"]
    assert text_at(face, 2)[0] == "Whales."
    assert text_at(face, 2)[1].startswith("Moby Dick / whale")
    assert text_at(face, 1)[0] == "Melville, Herman, 1819-1891."
    assert text_at(face, 1)[1].startswith("whale")


def test_overflow_goes_on_with_headings_and_number():
    """Each card but the last says so; all repeat call number and heading; the text is whole."""
    words = [f"word{n}" for n in range(400)]
    card = CatalogCard(
        call_number="QA76 .K5",
        heading="COMPUTERS.",
        body=(Paragraph(" ".join(words)),),
        brief=(Paragraph("Knuth."),),
        foot=(Paragraph("1. Tracing."),),
    )
    found = faces(card)
    assert len(found) > 2
    for at, face in enumerate(found, start=1):
        assert face.number == at
        assert text_at(face, 0) == ["QA", "76", ".K5"]
        assert "COMPUTERS." in text_at(face, 2)
        (note,) = text_at(face, -1)
        assert ("ontinued on next card" in note) is (at < len(found))
        assert (f"Card {at}" in note) is (at > 1)
    shown = " ".join(line.text for f in found for line in f.lines if line.indention > 0)
    assert [word for word in shown.split() if word.startswith("word")] == words
    assert shown.count("1. Tracing.") == 1


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab -—日本のภาษา.,;: xyz"), max_size=300), st.integers(8, 40))
def test_wrapping_loses_nothing_and_keeps_the_width(text, width):
    """The lines put together are the text, blanks aside, and none is wider."""
    lines = list(wrap(text, width, width - 3, len))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(len(line) <= width for line in lines)


@given(st.integers(0, 40), st.integers(1, 4))
def test_piles_laid_on_each_other_are_in_order(count, places):
    """Cut the sheets as one stack, put the piles together: the cards are as they were."""
    cards = [CardFace(lines=(), number=n) for n in range(count)]
    laid = in_piles(cards, places)
    piles = [laid[place::places] for place in range(places)]
    assert [card for pile in piles for card in pile] == cards


def test_a_card_stands_on_its_stock():
    """No line of type leaves the card or reaches the hole's margin, in the PDF itself."""
    cards = [CatalogCard(call_number="QA76 .K5", body=BODY, foot=(Paragraph("1. Whales."),))] * 4
    stream = io.BytesIO()
    assert render_sheet(card_faces(cards, STOCK), STOCK, stream) == []
    mm = 72 / 25.4
    with pymupdf.open(stream=stream.getvalue(), filetype="pdf") as document:
        (page,) = document
        assert page.rect.width == pytest.approx(792)
        for word in page.get_text("words"):
            x0, y0, x1, y1 = (value / mm for value in word[:4])
            column = int(x0 > 14.7 + 125)
            row = int(y0 > 32.95 + 75)
            assert 14.7 + 125 * column + 3.9 <= x0 < x1 <= 14.7 + 125 * (column + 1) - 3.9
            assert 32.95 + 75 * row < y0 < y1 < 32.95 + 75 * (row + 1) - 9


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (CatalogCard(call_number="ABCDEFGHIJKLMNOPQRSTUV", body=BODY), "wide"),
        (CatalogCard(call_number=" ".join(f"A{n}" for n in range(30)), body=BODY), "30 lines"),
        (CatalogCard(heading="long " * 400, body=BODY), "no room"),
        (CatalogCard(body=(Paragraph("word " * 9000),)), "more than 20 cards"),
    ],
)
def test_what_no_card_holds_is_refused(card, message):
    """By the item's name, with the reason."""
    found = faces(card, style=LabelStyle(profile="local"))
    assert isinstance(found[-1], Unprintable)
    assert message in found[-1].finding.message


def test_larger_type_takes_more_cards():
    """The style's size and margins decide."""
    card = CatalogCard(body=(Paragraph("word " * 120),))
    large = LabelStyle(card=CardStyle(size=14))
    assert len(faces(card, style=large)) > len(faces(card))
