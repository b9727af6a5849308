"""Records written as cataloguers write them, and their cards by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.report.cards import FiledCard, card_set


@pytest.fixture
def record() -> Callable[..., Record]:
    """Make a record of fields such as '245 10 $aTitle / $cAuthor.'; # is a blank."""

    def make(*fields: str) -> Record:
        made = Record()
        for text in fields:
            tag, indicators, rest = text[:3], text[4:6].replace("#", " "), text[7:]
            if tag < "010":
                made.add_field(Field(tag, data=rest))
                continue
            parts = [Subfield(part[0], part[1:].strip()) for part in rest.split("$")[1:]]
            made.add_field(Field(tag, Indicators(*indicators), parts))
        return made

    return make


@pytest.fixture
def cards(record: Callable[..., Record]) -> Callable[..., dict[str, list[FiledCard]]]:
    """Make a record and return its cards by kind."""

    def make(*fields: str, **options: Any) -> dict[str, list[FiledCard]]:
        found: dict[str, list[FiledCard]] = {}
        for card in card_set(record(*fields), **options):
            assert isinstance(card, FiledCard)
            found.setdefault(card.kind, []).append(card)
        return found

    return make
