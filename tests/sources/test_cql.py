"""CQL: what is built cannot be injected; what is parsed is what was meant, or an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techproc.errors import ConfigError
from techproc.sources.cql import Clause, Group, any_of, clause, parse_cql, quote

TEXT = st.text(max_size=40)


def unescaped(term: str) -> str:
    """Undo the escapes of a parsed term."""
    out, escape = [], False
    for char in term:
        if char == "\\" and not escape:
            escape = True
            continue
        out.append(char)
        escape = False
    return "".join(out)


@given(TEXT)
def test_any_text_is_one_term_and_nothing_else(text) -> None:
    """Whatever stands in a term, the query parses to one clause that holds exactly that text."""
    parsed = parse_cql(str(clause("dc.title", text)))
    assert isinstance(parsed, Clause)
    assert (parsed.index, parsed.relation) == ("dc.title", "=")
    assert unescaped(parsed.term) == " ".join(text.split())


@given(st.lists(TEXT, min_size=2, max_size=6))
def test_batches_keep_their_shape(texts) -> None:
    """A chain of "or" has as many clauses as texts, whatever the texts say."""
    query = parse_cql(str(any_of(clause("isbn", text) for text in texts)))
    count = 1
    while isinstance(query, Group):
        assert query.operator == "or"
        count += 1
        query = query.left
    assert count == len(texts)


@given(TEXT)
def test_the_parser_never_fails_in_another_way(text) -> None:
    """Any input is a query or a ConfigError that names a place; and a query survives rewriting."""
    try:
        query = parse_cql(text)
    except ConfigError as error:
        assert str(error).startswith("CQL, character ")
    else:
        assert parse_cql(str(query)) == query


@pytest.mark.parametrize(
    "text",
    [
        'dc.title = "war and peace"', "cat", "cat and dog", "cat or (dog not fish)",
        "dc.creator all/relevant/fuzzy tolstoy", "dc.date within 2000", "title any cat",
        "a = 1 and b = 2 or c = 3", "dc.date >= 1999", "cat prox/unit=word/distance<3 dog",
        "bath.title exact cat*", 'x = "a \\" b"', "isbn == 9780306406157",
        "dc.title = war sortBy dc.date/sort.descending dc.title", "cat or dog sortby dc.date",
    ],
)  # fmt: skip
def test_queries_as_people_write_them(text) -> None:
    """Good CQL parses, and is written again with the same meaning."""
    assert parse_cql(str(parse_cql(text))) == parse_cql(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "missing"), ("dc.title =", "no term"), ("(cat", "not closed"), ('"cat', "not closed"),
        ("cat and", "missing"), ("and cat", "operator"), ("title = war and peace = x y", "follows"),
        ("title = the cat", "quotes"), ("> dc = x cat", "prefix"), ("cat)", "follows"),
        ("(" * 300 + "x" + ")" * 300, "too deeply"), ("a = and", "operator"),
        ("cat sortBy", "no index after it"), ("sortBy dc.date", "operator"),
        ("cat sortBy 1a", "not an index name"),
    ],
)  # fmt: skip
def test_bad_queries_are_refused_with_a_place(text, what) -> None:
    """The server is spared, and the person told where it goes wrong."""
    with pytest.raises(ConfigError, match=what):
        parse_cql(text)


def test_masks_are_escaped_when_built_and_kept_when_written_by_a_person() -> None:
    """A title with an asterisk is no truncation; a person's asterisk is."""
    assert quote("M*A*S*H") == '"M\\*A\\*S\\*H"'
    assert str(parse_cql("title = comput*")) == "title = comput*"


@pytest.mark.parametrize("name", ["a b", "x=1", "", "a.b.c", "é", "1a"])
def test_index_names_cannot_carry_a_query(name) -> None:
    """Only names go where names stand; no index at all is the server's choice."""
    if name:
        with pytest.raises(ConfigError, match="index"):
            clause(name, "x")
    else:
        assert str(clause(name, "x")) == "x"
    with pytest.raises(ConfigError, match="relation"):
        clause("a", "x", "= 1 or b =")
