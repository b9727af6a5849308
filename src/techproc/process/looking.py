"""Looking into a record: what to ask of the catalogue and the suggester, ahead or when it is due."""

from __future__ import annotations

from pymarc import Record

from techproc.config import ClassifyPolicy
from techproc.process.case import Case
from techproc.process.desk import Desk
from techproc.process.foresight import SCHEMES, Query, foresee
from techproc.process.numbering import own_number
from techproc.sources import Gathered

__all__ = ["look_into", "query_of"]


def query_of(
    record: Record,
    isbn: str,
    gathered: Gathered,
    policy: ClassifyPolicy,
    *,
    delivered: bool,
    raw: bytes = b"",
) -> Query:
    """Return the question about a record (or its bytes), with the other candidates for its ISBN.

    Numbers are suggested for every scanned item; for a delivered record, by default, when it has
    none of the library's scheme.
    """
    others = [each.record for each in gathered.of(isbn) if each.record is not record]
    needless = delivered and policy.delivered == "missing" and own_number(record, policy.scheme)[0]
    return Query(raw or record, others, () if needless else SCHEMES)


def look_into(case: Case, desk: Desk) -> None:
    """Give the case what is foreseen for its record, or find it out now."""
    arrival, record = case.arrival, case.record
    assert record is not None
    delivered = record is arrival.record
    ahead = desk.foreseen.get(arrival.number) if delivered else None
    if ahead is None:
        policy = desk.policy
        query = query_of(record, arrival.isbn, desk.gathered, policy.classify, delivered=delivered)
        (ahead,) = foresee([query], desk.catalog, policy)
    case.foreseen = ahead
