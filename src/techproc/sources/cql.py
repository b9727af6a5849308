"""CQL, the query language of SRU: built so that nothing can be injected, and parsed to be checked.

CQL 1.2 (http://www.loc.gov/standards/sru/cql/) and 2.0 as far as they agree. A query is built from
`Clause` and `Group` values; text is always a value in them and never part of a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from techproc.errors import ConfigError

__all__ = ["Clause", "Group", "Query", "Sorted", "any_of", "clause", "parse_cql", "quote"]

_INDEX = re.compile(r"[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)?\Z", re.A)
_RELATION = re.compile(
    r"(?:=|==|<>|<|>|<=|>=|[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)?)"
    r"(?:\s*/\s*[A-Za-z][\w.-]*(?:(?:=|<|>|<=|>=|<>)[\w.-]+)?)*\Z",
    re.A,
)
_BARE = re.compile(r"[^\s()=<>/\"'\\*?^]+\Z")
_BOOLEANS = frozenset({"and", "or", "not", "prox"})
_WORDS = _BOOLEANS | {"sortby"}
_MASKS = re.compile(r'([\\"*?^])')


@dataclass(frozen=True, slots=True)
class Clause:
    """One search clause: index, relation and term; without an index, the server's choice."""

    index: str
    relation: str
    term: str
    masked: bool = False  # the term's * ? ^ mask, as in a query that a person wrote

    def __str__(self) -> str:
        term = _quote_masked(self.term) if self.masked else quote(self.term)
        return f"{self.index} {self.relation} {term}" if self.index else term


@dataclass(frozen=True, slots=True)
class Group:
    """Two queries joined by a boolean operator, with its modifiers as written."""

    operator: str
    left: Clause | Group
    right: Clause | Group

    def __str__(self) -> str:
        # A chain of one operator needs no brackets, and a chain of fifty must not have fifty.
        right = f"({self.right})" if isinstance(self.right, Group) else str(self.right)
        left = str(self.left)
        if isinstance(self.left, Group) and self.left.operator != self.operator:
            left = f"({left})"
        return f"{left} {self.operator} {right}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A query with the keys to sort its result by, each with its modifiers as written (CQL 1.2)."""

    query: Clause | Group
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.query} sortBy {' '.join(self.keys)}"


Query = Clause | Group | Sorted


def quote(text: str) -> str:
    r"""Return a text as a CQL term that means exactly this text.

    Everything but plain words is quoted; the quote, the backslash and the masking characters
    * ? ^ are escaped, so that no text can end the term or mask.

    >>> quote("9780306406157"), quote("O'Brien"), quote('5" or cql.allRecords=1')
    ('9780306406157', '"O\'Brien"', '"5\\" or cql.allRecords=1"')
    """
    cleaned = " ".join(text.split())
    if _BARE.match(cleaned) and cleaned.lower() not in _WORDS and cleaned.isascii():
        return cleaned
    return '"' + _MASKS.sub(r"\\\1", cleaned) + '"'


def clause(index: str, term: str, relation: str = "=") -> Clause:
    """Return a search clause; raises ConfigError when index or relation is not a CQL name.

    >>> str(clause("bath.isbn", "9780306406157"))
    'bath.isbn = 9780306406157'
    >>> clause("isbn=1 or x", "y")
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: 'isbn=1 or x' is not a CQL index name
    """
    if index and not _INDEX.match(index):
        raise ConfigError(f"{index!r} is not a CQL index name")
    if not _RELATION.match(relation) or relation.lower() in _WORDS:
        raise ConfigError(f"{relation!r} is not a CQL relation")
    return Clause(index, relation, term)


def any_of(clauses: Iterable[Clause | Group]) -> Clause | Group:
    """Return the clauses joined by "or".

    Raises ConfigError without any.

    >>> str(any_of([clause("isbn", "1"), clause("isbn", "2"), clause("isbn", "3")]))
    'isbn = 1 or isbn = 2 or isbn = 3'
    """
    joined: Clause | Group | None = None
    for item in clauses:
        joined = item if joined is None else Group("or", joined, item)
    if joined is None:
        raise ConfigError("a query needs at least one clause")
    return joined


_TOKEN = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<symbol><=|>=|<>|==|[=<>()/])|(?P<word>[^\s"()=<>/]+))',
    re.S,
)
_Kind = Literal["string", "symbol", "word", "end"]


def parse_cql(text: str) -> Query:
    """Return the query that a person wrote, or raise ConfigError saying where it goes wrong.

    Servers answer bad CQL in many ways, some with no hits and no diagnostic; so it is checked
    before it is sent. Prefix assignments are not taken.

    >>> str(parse_cql('dc.title = "jazz guitar" and dc.creator all/relevant montgomery'))
    'dc.title = "jazz guitar" and dc.creator all/relevant montgomery'
    >>> parse_cql("dc.title = jazz guitar")
    Traceback (most recent call last):
    ...
    techproc.errors.ConfigError: CQL, character 17: 'guitar' follows a whole clause; put a term \
of several words in quotes
    """
    parser = _Parser(text)
    query = parser.whole()
    kind, value, at = parser.next()
    if kind != "end":
        hint = "; put a term of several words in quotes" if kind in ("word", "string") else ""
        raise _error(at, f"{value!r} follows a whole clause{hint}")
    return query


def _error(at: int, what: str) -> ConfigError:
    return ConfigError(f"CQL, character {at}: {what}")


class _Parser:
    """Recursive descent over the tokens; nesting is bounded so that no query exhausts the stack."""

    _DEPTH = 100

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[_Kind, str, int]] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                start = at + len(text[at:]) - len(text[at:].lstrip())
                raise _error(start + 1, "a quotation mark is opened and not closed")
            kind: _Kind = match.lastgroup  # type: ignore[assignment]
            self._tokens.append((kind, match[kind], match.start(kind) + 1))
            at = match.end()
        self._end = ("end", "", len(text) + 1)
        self._at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str, int]:
        place = self._at + ahead
        return self._tokens[place] if place < len(self._tokens) else self._end

    def next(self) -> tuple[str, str, int]:
        token = self.peek()
        self._at += 1
        return token

    def whole(self) -> Query:
        query = self.query(0)
        kind, value, _ = self.peek()
        if kind != "word" or value.lower() != "sortby":
            return query
        self.next()
        return Sorted(query, self.sort_keys())

    def sort_keys(self) -> tuple[str, ...]:
        keys = []
        while self.peek()[0] == "word":
            _, value, at = self.next()
            if not _INDEX.match(value):
                raise _error(at, f"{value!r} is not an index name to sort by")
            keys.append(value + self.modifiers())
        if not keys:
            raise _error(self.peek()[2], "sortBy has no index after it")
        return tuple(keys)

    def query(self, depth: int) -> Clause | Group:
        if depth > self._DEPTH:
            raise _error(self.peek()[2], "brackets are nested too deeply")
        left = self.clause(depth)
        while self.peek()[0] == "word" and self.peek()[1].lower() in _BOOLEANS:
            operator = self.next()[1].lower() + self.modifiers()
            left = Group(operator, left, self.clause(depth))
        return left

    def clause(self, depth: int) -> Clause | Group:
        kind, value, at = self.next()
        if (kind, value) == ("symbol", "("):
            inner = self.query(depth + 1)
            kind, value, at = self.next()
            if (kind, value) != ("symbol", ")"):
                raise _error(at, "a bracket is opened and not closed")
            return inner
        if (kind, value) == ("symbol", ">"):
            raise _error(at, "prefix assignments are not supported")
        if kind not in ("word", "string"):
            raise _error(at, "a term or an index is missing here")
        if kind == "word" and value.lower() in _WORDS:
            raise _error(at, f"{value!r} is an operator; in quotes it is a term")
        if not self._relation_follows():
            return Clause("", "", self._unquote(kind, value), masked=True)
        if kind == "string" or not _INDEX.match(value):
            raise _error(at, f"{value!r} is not an index name")
        relation = self.next()[1] + self.modifiers()
        term_kind, term, term_at = self.next()
        if term_kind not in ("word", "string"):
            raise _error(term_at, f"{value} {relation} has no term after it")
        if term_kind == "word" and term.lower() in _WORDS:
            raise _error(term_at, f"{term!r} is an operator; in quotes it is a term")
        return Clause(value, relation, self._unquote(term_kind, term), masked=True)

    def _relation_follows(self) -> bool:
        kind, value, _ = self.peek()
        if kind == "symbol":
            return value not in "()/"
        # A named relation (all, any, exact, within …) stands between two terms.
        if kind != "word" or value.lower() in _WORDS or not _INDEX.match(value):
            return False
        after = self.peek(1)
        named = value.lower().rpartition(".")[2] in _NAMED or (after[0], after[1]) == (
            "symbol",
            "/",
        )
        return named and (after[0] in ("word", "string") or after[1] == "/")

    def modifiers(self) -> str:
        text = ""
        while (self.peek()[0], self.peek()[1]) == ("symbol", "/"):
            self.next()
            kind, value, at = self.next()
            if kind != "word":
                raise _error(at, "a modifier's name is missing after /")
            text += "/" + value
            if self.peek()[0] == "symbol" and self.peek()[1] not in "()/":
                text += self.next()[1] + self.next()[1]
        return text

    @staticmethod
    def _unquote(kind: str, value: str) -> str:
        """Return a term with \\" resolved; other escapes keep their backslash and meaning."""
        return value[1:-1].replace('\\"', '"') if kind == "string" else value


_NAMED = frozenset(
    {"all", "any", "exact", "adj", "within", "encloses", "scr", "eq", "lt", "gt", "le", "ge"}
)


def _quote_masked(text: str) -> str:
    """Quote a term that a person wrote: their masks and escapes stay, their quotes are escaped."""
    if re.fullmatch(r"[^\s()=<>/\"]+", text) and text.lower() not in _WORDS:
        return text
    return '"' + text.replace('"', '\\"') + '"'
