"""Catalogue cards set in lines: hanging indentions, the call number in the margin, overflow.

A card that does not hold its text says so at its foot and goes on, on cards that repeat the call
number and the headings, each with its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from techproc.findings import Finding, Severity
from techproc.labels.fonts import FontSet
from techproc.labels.items import CardFace, CatalogCard, FaceLine, Paragraph, Unprintable
from techproc.labels.pdf import MM
from techproc.labels.profiles import Profile
from techproc.labels.shaping import Shaper
from techproc.labels.splitting import split
from techproc.labels.stock import Stock
from techproc.labels.style import LabelStyle
from techproc.labels.wrapping import wrap

__all__ = ["card_faces", "in_piles"]

_CONTINUED: Final = "Continued on next card"
_MOST: Final = 20  # cards that one entry may fill; what needs more is a slip in the record
_Set = tuple[str, int]  # a line and its indention


def card_faces(
    cards: Iterable[CatalogCard | Unprintable],
    stock: Stock,
    *,
    style: LabelStyle | None = None,
    profiles: Mapping[str, Profile] | None = None,
) -> Iterator[CardFace | Unprintable]:
    """Yield the cards that entries fill, in order, each as lines in their places.

    An entry whose call number does not fit its margin, or that would fill over 20 cards, comes as
    `Unprintable`.
    """
    setter = _Setter(stock, style or LabelStyle(), profiles)
    for card in cards:
        if isinstance(card, Unprintable):
            yield card
        else:
            yield from setter.faces(card)


def in_piles(faces: Sequence[CardFace], places: int) -> list[CardFace]:
    """Return cards in the order in which sheets of so many places cut into piles stay in order.

    The sheets are cut as one stack; the piles, laid one on the other, hold the cards as they were.

    >>> cards = [CardFace(lines=(), number=n) for n in range(1, 7)]
    >>> [card.number for card in in_piles(cards, 4)]
    [1, 3, 5, 6, 2, 4]
    """
    sheets, rest = divmod(len(faces), places)
    sizes = [sheets + (place < rest) for place in range(places)]
    starts = [sum(sizes[:place]) for place in range(places)]
    return [
        faces[start + sheet]
        for sheet in range(sheets + (rest > 0))
        for start, size in zip(starts, sizes, strict=True)
        if sheet < size
    ]


class _Setter:
    """Breaks the text of cards into lines for one stock and style."""

    def __init__(
        self, stock: Stock, style: LabelStyle, profiles: Mapping[str, Profile] | None
    ) -> None:
        self.style = style
        self.look = style.card
        self.profiles = profiles
        self.shaper = Shaper(FontSet(bold=False, paths=style.fonts))
        em = self.look.size / MM
        starts = (self.look.left, *self.look.indentions)
        self.widths = [(stock.width - self.look.right - start) / em for start in starts]
        self.margin = (self.look.indentions[0] - self.look.left - 1.0) / em
        self.height = (stock.height - self.look.top - self.look.bottom) / em

    def faces(self, card: CatalogCard) -> Iterator[CardFace | Unprintable]:
        """Yield the cards of one entry."""
        number = self._number(card)
        if isinstance(number, Unprintable):
            yield number
            return
        head = list(self._lines([Paragraph(card.heading, 2, 3)] if card.heading else []))
        rest = list(self._lines(card.body))
        if card.foot:
            rest += [("", 0), *self._lines(card.foot)]
        top, note = head, ""
        for at in range(1, _MOST + 1):
            count = self._holds(top, rest, note)
            if count >= len(rest):
                yield self._face(card, number, [*top, *rest], at=at, note=note)
                return
            note = f"({note.strip('()')}. {_CONTINUED})" if note else f"({_CONTINUED})"
            count = self._holds(top, rest, note)
            while count and not rest[count - 1][0]:
                count -= 1  # no empty line stands before the note
            if not count:
                yield _refused(card, "its headings leave no room for the text")
                return
            yield self._face(card, number, [*top, *rest[:count]], at=at, note=note)
            rest = rest[count:] if rest[count][0] else rest[count + 1 :]
            top, note = [*head, *self._lines(card.brief)], f"(Card {at + 1})"
        yield _refused(card, f"its text fills more than {_MOST} cards")

    def _number(self, card: CatalogCard) -> list[str] | Unprintable:
        """Return the lines of the call number, or why they do not stand in the margin."""
        if not card.call_number.strip():
            return [card.prefix] if card.prefix else []
        found = split(
            card.call_number,
            card.profile or self.style.profile,
            prefix=card.prefix,
            max_width=self.margin,
            measure=self.shaper.width,
            profiles=self.profiles,
        )
        errors = [f for f in found.findings if f.severity is Severity.ERROR]
        if errors:
            return Unprintable(finding=replace(errors[0], control=card.name or None))
        if self._margin(found.lines)[-1] > self.height:
            return _refused(card, f"its call number takes {len(found.lines)} lines")
        return list(found.lines)

    def _margin(self, number: Sequence[str]) -> list[float]:
        """Return how far down the lines of the call number stand, from the second line on."""
        return self._downs(["x", *number])[1:]

    def _lines(self, paragraphs: Iterable[Paragraph]) -> Iterator[_Set]:
        for text, first, turn in paragraphs:
            indention = first
            for line in wrap(text, self.widths[first], self.widths[turn], self.shaper.width):
                yield line, indention
                indention = turn

    def _holds(self, top: list[_Set], rest: list[_Set], note: str) -> int:
        """Return how many lines of the rest a card holds below `top`, with a note at its foot."""
        room = self.height - (self.look.leading if note else 0.0)
        downs = self._downs([text for text, _ in (*top, *rest)])
        return max(0, sum(down <= room for down in downs) - len(top))

    def _downs(self, texts: Sequence[str]) -> list[float]:
        """Return how far below the top each baseline stands; the ink of two lines never meets."""
        found: list[float] = []
        down = descent = 0.0
        for text in texts:
            line = self.shaper.line(text or "x")
            step = max(self.look.leading, descent + line.ascent + 0.05) if found else line.ascent
            down += step
            descent = line.descent
            found.append(down)
        return found

    def _face(
        self, card: CatalogCard, number: list[str], lines: list[_Set], *, at: int, note: str
    ) -> CardFace:
        downs = self._downs([text for text, _ in lines])
        placed = [
            FaceLine(text, indention, down)
            for (text, indention), down in zip(lines, downs, strict=True)
            if text
        ]
        placed += [
            FaceLine(text, 0, down) for text, down in zip(number, self._margin(number), strict=True)
        ]
        if note:
            placed.append(FaceLine(note, -1, self.height))
        return CardFace(lines=tuple(placed), number=at, name=card.name)


def _refused(card: CatalogCard, reason: str) -> Unprintable:
    return Unprintable(
        finding=Finding(
            rule="label.does-not-fit",
            message=f"{card.call_number or card.heading}: {reason}",
            control=card.name or None,
            fix="shorten the record's notes, or use smaller type",
        )
    )
