"""The set of catalogue cards that a record needs, and cards in filing order.

The forms are those of the unit card: the call number in the margin, the main heading at the first
indention, the description from the second; where the title is the main entry its paragraph hangs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from pymarc import Record

from techproc.classify.callnumber import detect_scheme, shelf_key
from techproc.filing import FilingOrder, filing_key
from techproc.findings import Finding, Severity
from techproc.labels.items import CatalogCard, Paragraph, Unprintable
from techproc.marc.control import control_number
from techproc.marc.description import describe
from techproc.marc.items import LocalItem, read_items
from techproc.report.cards.headings import (
    Heading,
    added_headings,
    main_heading,
    subject_headings,
    title_of,
    tracing,
)
from techproc.report.cards.isbd import Areas, describe_isbd

__all__ = ["KINDS", "CardKind", "FiledCard", "card_set", "in_filing_order"]

CardKind = Literal["main", "title", "added", "subject", "shelflist"]
KINDS: Final[tuple[CardKind, ...]] = get_args(CardKind)
_BRIEF: Final = 60  # characters of the title that a continuation card repeats
_OWN: Final = ("090", "050", "096", "060", "092", "082")


@dataclass(frozen=True, slots=True)
class FiledCard:
    """A card with what it files by.

    `headings` are the texts compared in their order (the heading the card stands under, then what
    arranges cards of one heading); `subject` cards come after others of the same heading. A
    shelf-list card files by `shelf`, its shelving key, in a file of its own.
    """

    kind: CardKind
    card: CatalogCard
    headings: tuple[str, ...] = ()
    year: int = 0
    subject: bool = False
    shelf: str = ""


def card_set(
    record: Record,
    *,
    kinds: Collection[str] = KINDS,
    items: Iterable[LocalItem] | None = None,
    number: str = "",
    capitals: bool = True,
    every_thesaurus: bool = False,
) -> Iterator[FiledCard | Unprintable]:
    """Yield the cards of a record: main entry, title, added entries, subjects, shelf-list.

    `items` are the copies they stand for (None: those that the record carries); their first call
    number is on each card, and each call number has its shelf-list card with its copies. `number`
    is used where no item has one, and without it the record's own (099, 090, 050, 096, 060,
    092, 082). Subject headings are set in capitals unless `capitals` is false. A record without a title
    gives no card but the reason; one without a call number no shelf-list card but the reason.
    """
    held = list(read_items(record) if items is None else items)
    title = title_of(record)
    control = control_number(record)
    if title is None:
        yield Unprintable(
            finding=Finding(
                rule="card.no-title",
                message="the record has no title, so there is no card for it",
                path="245$a",
                fix="give it a title",
            ),
            name=control,
        )
        return
    unit = _Unit(record, title, held, number or _own_number(record), control)
    if "main" in kinds:
        yield unit.main(every_thesaurus=every_thesaurus)
    for heading in added_headings(record):
        if ("title" if heading.kind == "title" else "added") in kinds:
            yield unit.under(heading)
    if "subject" in kinds:
        for heading in subject_headings(record, every_thesaurus=every_thesaurus):
            yield unit.under(heading, capitals=capitals)
    if "shelflist" in kinds:
        yield from unit.shelf_list()


def in_filing_order(cards: Iterable[FiledCard], order: FilingOrder = "ala") -> list[FiledCard]:
    """Return cards in filing order, those of the shelf-list after the others by call number.

    Under one heading main and added entries come before subjects (ALA Filing Rules 2.2), then by
    what they say of the work: uniform title or title, under a subject main entry and title; then
    by date.
    """

    def key(filed: FiledCard) -> tuple[bool, str, str, bool, tuple[str, ...], int]:
        first, *others = [filing_key(text, order) for text in filed.headings] or [""]
        shelf = filed.kind == "shelflist"
        return shelf, filed.shelf, first, filed.subject, tuple(others), filed.year

    return sorted(cards, key=key)


class _Unit:
    """The unit card of a record, from which the others are made by a heading above it."""

    def __init__(
        self, record: Record, title: Heading, items: list[LocalItem], number: str, control: str
    ) -> None:
        self.record = record
        self.title = title
        self.items = items
        self.number = next((item.call_number for item in items if item.call_number), number)
        self.control = control
        self.heading = main_heading(record)
        self.text = describe_isbd(record)
        self.uniform = _uniform_title(record)
        self.year = describe(record).date.year1 or 0

    def main(self, *, every_thesaurus: bool) -> FiledCard:
        """Return the main card, the tracing at its foot."""
        subjects = list(subject_headings(self.record, every_thesaurus=every_thesaurus))
        traced = tracing(subjects, list(added_headings(self.record)))
        foot = (Paragraph(traced),) if traced else ()
        own = self.heading or self.title
        return FiledCard("main", self._card(foot=foot), (own.filing, self._work()), self.year)

    def under(self, heading: Heading, *, capitals: bool = False) -> FiledCard:
        """Return the card under an added entry or a subject."""
        shown = heading.text.upper() if capitals else heading.text
        subject = heading.kind == "subject"
        main = self.heading.filing if self.heading else ""
        arranged = (main, self._work()) if subject or heading.kind != "name" else (self._work(),)
        return FiledCard(
            "subject" if subject else "title" if heading.kind == "title" else "added",
            self._card(heading=shown),
            (heading.filing, *arranged),
            self.year,
            subject,
        )

    def shelf_list(self) -> Iterator[FiledCard | Unprintable]:
        """Yield a card for each call number, with the copies that have it."""
        numbers = dict.fromkeys([item.call_number or self.number for item in self.items])
        found = [number for number in numbers or [self.number] if number]
        if not found:
            yield Unprintable(
                finding=Finding(
                    rule="card.no-call-number",
                    severity=Severity.WARNING,
                    message=f"{self.title.text} has no call number, so it has no shelf-list card",
                    fix="give the item or the record one, or leave the shelf-list out",
                ),
                name=self.control,
            )
        for number in found:
            copies = [item for item in self.items if (item.call_number or self.number) == number]
            lines = tuple([Paragraph(_copy(item)) for item in copies if _copy(item)])
            schemes = [item.scheme for item in copies if item.scheme]
            scheme = schemes[0] if schemes else detect_scheme(number)
            card = self._card(foot=lines, number=number, notes=False)
            own = self.heading or self.title
            yield FiledCard(
                "shelflist", card, (own.filing, self._work()), self.year,
                shelf=f"{scheme} {shelf_key(number, scheme)}",
            )  # fmt: skip

    def _work(self) -> str:
        return self.uniform[1] or self.title.filing

    def _card(
        self,
        *,
        heading: str = "",
        foot: tuple[Paragraph, ...] = (),
        number: str = "",
        notes: bool = True,
    ) -> CatalogCard:
        top: list[Paragraph] = []
        if self.heading:
            top.append(Paragraph(self.heading.text, 1, 3))
        if self.uniform[0]:
            top.append(Paragraph(f"[{self.uniform[0]}]"))
        short = _shortened(self.title.text)
        return CatalogCard(
            call_number=number or self.number,
            heading=heading,
            body=(*top, *self._body(notes=notes)),
            foot=foot,
            brief=(*top[:1], Paragraph(short) if self.heading else Paragraph(short, 1, 2)),
            name=self.control,
        )

    def _body(self, *, notes: bool) -> Iterator[Paragraph]:
        """Yield the description; with the title as main entry its first paragraph hangs."""
        text: Areas = self.text
        yield Paragraph(text.title) if self.heading else Paragraph(text.title, 1, 2)
        rest = (text.physical, *text.notes, text.numbers) if notes else (text.physical,)
        for paragraph in rest:
            if paragraph:
                yield Paragraph(paragraph)


def _uniform_title(record: Record) -> tuple[str, str]:
    """Return the uniform title between heading and title (240) as written, and as it files."""
    for field in record.get_fields("240"):
        parts = [s.value.strip() for s in field.subfields if s.code in "adfgklmnoprs"]
        text = " ".join(part for part in parts if part).rstrip(" .,/:")
        skip = int(field.indicator2) if field.indicator2.isdecimal() else 0
        return text, text[skip:]
    return "", ""


def _own_number(record: Record) -> str:
    """Return a record's call number: 099, which has a part in each $a, else class and item number.

    A second $a of the others is another class number for the same work.
    """
    for field in record.get_fields("099"):
        if number := " ".join(v.strip() for v in field.get_subfields("a") if v.strip()):
            return number
    for tag in _OWN:
        for field in record.get_fields(tag):
            parts = [(field.get(code) or "").strip() for code in "ab"]
            if number := " ".join(filter(None, parts)):
                return number
    return ""


def _copy(item: LocalItem) -> str:
    """Return a copy as the shelf-list has it: enumeration, copy, barcode, place, price."""
    copy = f"c.{item.copy}" if item.copy.isdecimal() else item.copy
    place = " ".join(filter(None, (item.branch, item.location)))
    return "  ".join(filter(None, (item.enumeration, copy, item.barcode, place, item.price)))


def _shortened(title: str) -> str:
    if len(title) <= _BRIEF:
        return title
    return title[:_BRIEF].rpartition(" ")[0].rstrip(" ,;:.") + " …"
