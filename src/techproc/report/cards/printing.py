"""Cards of many records, set and in the order in which they are printed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from techproc.errors import LabelError
from techproc.filing import FilingOrder
from techproc.labels.cards import card_faces, in_piles
from techproc.labels.items import CardFace, Unprintable
from techproc.labels.profiles import Profile
from techproc.labels.stock import Stock
from techproc.labels.style import LabelStyle
from techproc.marc.path import FieldPath
from techproc.report.cards.cardset import KINDS, FiledCard, card_set, in_filing_order
from techproc.report.holdings import Holding

__all__ = ["printed_cards"]


def printed_cards(
    records: Iterable[Holding | Unprintable],
    stock: Stock,
    *,
    kinds: Collection[str] = KINDS,
    order: FilingOrder | Literal["record"] = "ala",
    piles: bool = False,
    field: str = "",
    capitals: bool = True,
    every_thesaurus: bool = False,
    style: LabelStyle | None = None,
    profiles: Mapping[str, Profile] | None = None,
) -> list[CardFace | Unprintable]:
    """Return the cards of records as labels to print, what cannot be one before the others.

    They are in filing order, or with "record" each record's set together; `piles` orders them so
    that sheets cut as one stack give piles that, laid one on the other, are in that order. `field`
    is a path to the call number, for records whose items have none. A record that comes twice (two
    barcodes of it were asked for) has its cards once. All are held, since filing needs them all.
    Raises LabelError for a kind that is none.
    """
    if wrong := [kind for kind in kinds if kind not in KINDS]:
        raise LabelError(f"no card is called {wrong[0]}; known: {', '.join(KINDS)}")
    refused: list[CardFace | Unprintable] = []
    filed: list[FiledCard] = []
    path = FieldPath.parse(field) if field else None
    for record in _each_once(records):
        if isinstance(record, Unprintable):
            refused.append(record)
            continue
        cards = card_set(
            record.record,
            kinds=kinds,
            items=record.items,
            number=next(iter(path.texts(record.record)), "") if path else "",
            capitals=capitals,
            every_thesaurus=every_thesaurus,
        )
        for card in cards:
            if isinstance(card, FiledCard):
                filed.append(card)
            else:
                refused.append(card)
    if order != "record":
        filed = in_filing_order(filed, order)
    faces: list[CardFace] = []
    for face in card_faces((c.card for c in filed), stock, style=style, profiles=profiles):
        if isinstance(face, CardFace):
            faces.append(face)
        else:
            refused.append(face)
    return [*refused, *(in_piles(faces, stock.count) if piles else faces)]


def _each_once(records: Iterable[Holding | Unprintable]) -> Iterator[Holding | Unprintable]:
    seen: set[str] = set()
    for record in records:
        if isinstance(record, Holding):
            text = str(record.record)
            if text in seen:
                continue
            seen.add(text)
        yield record
