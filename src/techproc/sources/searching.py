"""Searching a target by title, author and numbers, or by a query of one's own.

For books without an ISBN. What was typed becomes one clause a word, joined by "and": the one form
that servers which take phrases and servers which take words understand alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from pymarc import Record

from techproc.errors import ConfigError
from techproc.findings import Finding
from techproc.sources.conversion import convert
from techproc.sources.cql import Clause, Group, Query, Sorted, clause, parse_cql
from techproc.sources.sru import SruClient
from techproc.sources.targets import Target
from techproc.sources.transport import Network

__all__ = ["Found", "compose", "search"]

_WORD = re.compile(r"\w(?:[\w'’]*\w)?")
_MOST = 6  # words of a title: more of them rather find slips of typing than books
_LEAST = 3  # letters of a word that is worth asking for: no initials, and no articles
_ARTICLES = frozenset({
    "the", "and", "der", "die", "das", "des", "dem", "den", "und", "les", "aux", "los", "las",
    "del", "dei", "een", "het",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One place of a result: its record, None where none came, and what was wrong about it.

    `count` is the number of hits as the server gives it, `position` 0 for what concerns a page.
    """

    record: Record | None
    position: int
    count: int | None
    findings: tuple[Finding, ...] = ()


def compose(target: Target, *, cql: str = "", **terms: str) -> Query:
    """Return the query for what is known of a book, in the index names of a target.

    `terms` are title, author, lccn and issn; `cql` is a query as a person writes it, checked here.
    Raises ConfigError for bad CQL, an index that the target does not have, and no term at all.

    >>> target = Target(key="x", url="http://x", title="dc.title", author="dc.creator")
    >>> str(compose(target, title="The Left Hand of Darkness", author="Le Guin, U. K."))
    'dc.title = Left and dc.title = Hand and dc.title = Darkness and dc.creator = Guin'
    """
    if target.query != "cql":
        raise ConfigError(f"{target.key}: it takes no CQL, and can only be asked by ISBN")
    written = parse_cql(cql) if cql.strip() else None
    keys = written.keys if isinstance(written, Sorted) else ()
    bare = written.query if isinstance(written, Sorted) else written
    parts: list[Clause | Group] = [bare] if bare else []
    for name, text in terms.items():
        index: str = getattr(target, name)
        if not text.strip():
            continue
        if not index:
            raise ConfigError(f"{target.key}: its index of {name} is not known (targets.toml)")
        whole = name in ("lccn", "issn")
        parts += [clause(index, word) for word in ([text.strip()] if whole else _words(text))]
    if not parts:
        raise ConfigError("nothing to search for: give a query, a title, an author or a number")
    query = reduce(lambda left, right: Group("and", left, right), parts)
    return Sorted(query, keys) if keys else query


def _words(text: str) -> list[str]:
    every = _WORD.findall(text)
    good = [
        word
        for word in every
        if (len(word) >= _LEAST or not word.isascii()) and word.lower() not in _ARTICLES
    ]
    return (good or every)[:_MOST]


def search(
    target: Target, network: Network, query: Query | str, *, limit: int | None = None
) -> Iterator[Found]:
    """Yield the records of a result in the order of the server, as MARC 21, up to `limit`.

    Raises SourceUnavailable (Refused with the server's diagnostics) when the first page does not
    come; whatever happens later is a finding.
    """
    client = SruClient(target, network)
    for page in client.pages(query, limit=limit):
        if page.findings:
            told = tuple(f.at(file=target.key) for f in page.findings)
            yield Found(record=None, position=0, count=page.count, findings=told)
        for position, received in enumerate(page.records, page.start):
            record, findings = convert(received, position, target.key)
            yield Found(record=record, position=position, count=page.count, findings=findings)
