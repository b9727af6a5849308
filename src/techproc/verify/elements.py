"""The comparison of each element but the title: author, publisher, date, ISBN, extent and so on.

Each function takes two prepared sides, the item first, and returns (verdict, rule id); the rules
and their sources are in `techproc.verify.rules`.
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from techproc.marc.dates import PublicationDate
from techproc.verify._words import words
from techproc.verify.editions import NOTHING, compare_editions
from techproc.verify.names import NameKey, corporate_key, match_name, romanized_names
from techproc.verify.prepared import Prepared
from techproc.verify.publishers import compare_publishers

__all__ = [
    "author", "date", "edition", "extent", "isbn", "language", "publisher", "series",
]  # fmt: skip

Answer = tuple[str, str]
_BEST = {"same": 0, "initials": 1, "part": 2, "surname": 3, "typo": 4}
_ARTICLES = words("the a of and")


def author(item: Prepared, record: Prepared) -> Answer:  # noqa: PLR0911
    """Compare the names: any of the record's, in any order, or its statement of responsibility."""
    if not item.names or not (record.names or record.said):
        return "absent", "author.absent"
    if not item.typed:
        return _author_of_records(item, record)
    met = [_meet(name, record) for name in item.names]
    if not any(met):
        return _author_otherwise(item, record)
    ways = {way for way in met if way}
    if not all(met):
        return "compatible", "author.some"
    if ways <= {"same", "part"}:
        return "agree", "author.same"
    if ways <= {"same", "part", "initials"}:
        return "agree", "author.initials"
    if "typo" in ways:
        return "compatible", "author.typo"
    return "compatible", "author.surname" if "surname" in ways else "author.responsibility"


def _meet(name: NameKey, record: Prepared) -> str:
    best = ""
    for known in record.names:
        way = match_name(name, known)
        if way == "same":
            return way
        if way and (not best or _BEST[way] < _BEST[best]):
            best = way
    if not best and name.significant and name.significant <= record.said:
        return "responsibility"
    return best


def _author_otherwise(item: Prepared, record: Prepared) -> Answer:
    """Try what was typed as the name of a body, then out of Cyrillic or Greek."""
    typed = corporate_key(item.shown["author"])
    if typed:
        for known in record.names:
            if match_name(typed, known):
                return "compatible", "author.body"
        words = typed.significant - _ARTICLES
        if len(words) > 1 and words <= record.said:
            return "compatible", "author.responsibility"
    latin = romanized_names(item.names)
    if any(_meet(name, record) for name in latin):
        return "compatible", "author.transliterated"
    back = romanized_names(record.names)
    if any(match_name(a, b) for a in item.names for b in back):
        return "compatible", "author.transliterated"
    return "differ", "author.other"


def _author_of_records(left: Prepared, right: Prepared) -> Answer:
    if not right.names:
        met = any(n.significant and n.significant <= right.said for n in left.names)
        return ("compatible", "author.responsibility") if met else ("absent", "author.absent")
    first = _meet(left.names[0], right)
    if first:
        good = first in ("same", "initials", "part")
        return ("agree", "author.same") if good else ("compatible", f"author.{first}")
    if any(_meet(name, right) for name in left.names[1:]) or any(
        n.significant and n.significant <= left.said for n in right.names
    ):
        return "compatible", "author.some"
    return _author_otherwise(left, right)


def edition(item: Prepared, record: Prepared) -> Answer:
    """Compare the edition statements; a record without one says there is none."""
    if item.edition is None:
        return "absent", "edition.absent"
    if item.edition is record.edition:
        return ("absent", "edition.absent") if item.edition.silent else ("agree", "edition.same")
    if item.typed and item.edition.silent:
        # Only a printing was typed; of the edition nothing was said.
        return "compatible", "edition.printing"
    return compare_editions(item.edition, record.edition or NOTHING)


def publisher(item: Prepared, record: Prepared) -> Answer:
    """Compare the publishers: names first, then the registrant in the ISBNs of both."""
    if not item.publishers or not record.publishers:
        return "absent", "publisher.absent"
    answer = compare_publishers(item.publishers, record.publishers)
    if answer[0] != "differ":
        return answer
    for mine, yours in ((item, record), (record, item)):
        if any(
            set(key) - {"author"} and set(key) <= yours.said for key in mine.publishers.named
        ) or (
            ("author",) in mine.publishers.named
            and any(
                name.significant & set(key)
                for name in yours.names
                for key in yours.publishers.named
            )
        ):
            return "compatible", "publisher.author"
    if item.registrants & record.registrants:
        return "compatible", "publisher.registrant"
    return answer


def date(item: Prepared, record: Prepared, slack: int = 1) -> Answer:  # noqa: PLR0911
    """Compare the dates of publication: years, copyright years, spans, later printings."""
    mine, yours = item.date, record.date
    if mine.year1 is None or yours.year1 is None:
        return "absent", "date.absent"
    own, other = item.years, record.years
    if mine.year1 == yours.year1 and mine.kind != "q" and yours.kind != "q":
        return "agree", "date.same"
    if own & other:
        return _shared_year(mine, yours, own & other)
    if "q" in (mine.kind, yours.kind) or "m" in (mine.kind, yours.kind):
        if _overlap(mine, yours):
            return "compatible", "date.span"
        # A guess is no mismatch when it ends just short.
        low, high = _span(mine), _span(yours)
        gap = max(low[0] - high[1], high[0] - low[1])
    else:
        gap = min(abs(a - b) for a in own for b in other)
    if gap <= slack:
        return "compatible", "date.off-by-one"
    if item.printed_later or record.printed_later:
        return "compatible", "date.printing"
    if _one_slip(mine, yours):
        return "differ", "date.slip"
    return "differ", "date.other"


def _shared_year(mine: PublicationDate, yours: PublicationDate, shared: frozenset[int]) -> Answer:
    if yours.kind == "r" and shared <= {yours.year2}:
        return "differ", "date.original"
    if mine.kind == "r" and shared <= {mine.year2}:
        return "differ", "date.original"
    if shared & {mine.copyright} or shared & {yours.copyright}:
        apart = mine.year1 and yours.year1 and abs(mine.year1 - yours.year1) > 1
        return "compatible" if apart else "agree", "date.copyright"
    return "agree", "date.stated"


def _span(d: PublicationDate) -> tuple[int, int]:
    first = d.year1 or 0
    if d.kind in "qm":
        return first, d.year2 or (first if d.kind == "q" else 9999)
    return first, first


def _overlap(a: PublicationDate, b: PublicationDate) -> bool:
    low, high = _span(a), _span(b)
    return low[0] <= high[1] and high[0] <= low[1]


def _one_slip(a: PublicationDate, b: PublicationDate) -> bool:
    """Tell a year typed with two digits swapped, or one digit missed by a key."""
    one, two = str(a.year1), str(b.year1)
    return sorted(one) == sorted(two) and sum(x != y for x, y in zip(one, two, strict=False)) == 2


def isbn(item: Prepared, record: Prepared) -> Answer:  # noqa: PLR0911
    """Compare the ISBNs: 020 $a with its qualifier before $z; a wrong check digit is no number."""
    if not item.isbns:
        return "absent", "isbn.invalid" if item.bad_isbn else "isbn.absent"
    if not record.isbns:
        return "absent", "isbn.absent"
    shared = item.isbns.keys() & record.isbns.keys()
    if not shared:
        mine = {n for n, kind in item.isbns.items() if kind != "cancelled"}
        yours = {n for n, kind in record.isbns.items() if kind != "cancelled"}
        return ("differ", "isbn.other") if mine and yours else ("absent", "isbn.cancelled-only")
    kinds = {(item.isbns[number], record.isbns[number]) for number in shared}
    good = [(a, b) for a, b in kinds if "cancelled" not in (a, b)]
    if not good:
        if {"online", "electronic"} & {
            item.carrier,
            record.carrier,
        } and item.carrier != record.carrier:
            return "differ", "isbn.other-format"
        return "compatible", "isbn.cancelled"
    if all(_clash(a, b, item.carrier, record.carrier) for a, b in good):
        return "differ", "isbn.other-format"
    return "agree", "isbn.same"


def _clash(a: str, b: str, carrier: str, other: str) -> bool:
    """Tell whether a shared ISBN is, by its qualifiers, that of another format than one side's."""
    kinds = {a, b} - {""}
    if len(kinds) > 1:
        return True
    kind = next(iter(kinds), "")
    for side in (carrier, other):
        digital = side in ("online", "electronic")
        if (kind == "electronic" and side == "print") or (kind == "print" and digital):
            return True
    return False


def extent(item: Prepared, record: Prepared) -> Answer:  # noqa: PLR0911
    """Compare carrier, volumes and pages."""
    one, two = item.carrier, record.carrier
    if one and two and one != two and not {one, two} <= {"online", "electronic"}:
        return "differ", "extent.carrier"
    # What was typed may leave the large print of the record unsaid, as long as no edition is typed.
    said = item.large_print or not item.typed or item.edition is not None
    if said and item.large_print != record.large_print:
        return "differ", "extent.large-print"
    if item.volumes and record.volumes and item.volumes != record.volumes:
        return "differ", "extent.volumes"
    if item.pages is None or record.pages is None:
        return "absent", "extent.absent"
    if item.pages == record.pages:
        return "agree", "extent.same"
    sums = {record.pages, record.pages + record.front}
    if {item.pages, item.pages + item.front} & sums:
        return "compatible", "extent.preliminaries"
    gap = abs(item.pages - record.pages)
    if gap <= max(4, 0.02 * record.pages):
        return "compatible", "extent.near"
    return "differ", "extent.pages"


def series(item: Prepared, record: Prepared) -> Answer:
    """Compare the series; they never decide, since many records leave them out."""
    if not item.series or not record.series:
        return "absent", "series.absent"
    for a in item.series:
        for b in record.series:
            if a == b:
                return "agree", "series.same"
            if a in b or b in a or Levenshtein.normalized_similarity(a, b) >= 0.9:
                return "compatible", "series.near"
    return "differ", "series.other"


def language(item: Prepared, record: Prepared) -> Answer:
    """Compare the languages of the text."""
    if not item.language or not record.language:
        return "absent", "language.absent"
    if item.language == record.language or "mul" in (item.language, record.language):
        return "agree", "language.same"
    return "differ", "language.other"
