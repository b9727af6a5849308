"""Made records for the tests of matching."""

from __future__ import annotations

from collections.abc import Callable

import pymarc
import pytest
from pymarc import Field, Indicators, Subfield


def _book(
    control: str | None = "1",
    title: str = "The wine-dark sea",
    *,
    rest: str = "",
    author: str = "O'Brian, Patrick,",
    edition: str = "",
    place: str = "New York :",
    publisher: str = "Norton,",
    year: str = "1993",
    pages: str = "261 p. ;",
    isbn: str = "",
    parts: str = "",
    leader: str = "00000nam a2200000 a 4500",
    form: str = " ",
    language: str = "eng",
    extra: tuple[Field, ...] = (),
) -> pymarc.Record:
    """Return a book; every argument is one thing that may differ between two records."""
    record = pymarc.Record()
    record.leader = pymarc.Leader(leader)
    if control is not None:
        record.add_field(Field("001", data=control))
    record.add_field(Field("008", data=f"930101s{year:4}    nyu     {form}     000 1 {language} d"))
    if isbn:
        record.add_field(_data("020", a=isbn))
    if author:
        record.add_field(Field("100", Indicators("1", " "), [Subfield("a", author)]))
    subfields = [Subfield("a", title)]
    if rest:
        subfields.append(Subfield("b", rest))
    if parts:
        subfields.append(Subfield("n", parts))
    record.add_field(Field("245", Indicators("1", "0"), subfields))
    if edition:
        record.add_field(_data("250", a=edition))
    record.add_field(_data("260", a=place, b=publisher, c=f"{year}."))
    record.add_field(_data("300", a=pages, c="24 cm."))
    for field in extra:
        record.add_field(field)
    return record


def _data(tag: str, **subfields: str) -> Field:
    """Return a data field with blank indicators and these subfields."""
    parts = [Subfield(code.rstrip("_"), value) for code, value in subfields.items()]
    return Field(tag, Indicators(" ", " "), parts)


@pytest.fixture(scope="session")
def book() -> Callable[..., pymarc.Record]:
    """A maker of books."""
    return _book


@pytest.fixture(scope="session")
def data() -> Callable[..., Field]:
    """A maker of data fields."""
    return _data
