"""Catalogue cards from MARC: the description by ISBD, the headings, the set in filing order."""

from techproc.report.cards.cardset import KINDS, CardKind, FiledCard, card_set, in_filing_order
from techproc.report.cards.isbd import Areas, describe_isbd
from techproc.report.cards.printing import printed_cards

__all__ = [
    "KINDS",
    "Areas",
    "CardKind",
    "FiledCard",
    "card_set",
    "describe_isbd",
    "in_filing_order",
    "printed_cards",
]
