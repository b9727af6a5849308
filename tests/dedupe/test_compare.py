"""Two records compared: bands, vetoes, relations, and that each field answers for its points."""

from __future__ import annotations

import numpy as np
import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from techproc.config import MatchPolicy
from techproc.dedupe import compare, features
from techproc.dedupe.measures import MEASURES, measure
from techproc.dedupe.weights import FIELDS, shipped_weights


def test_copies_match(book):
    """The same book catalogued twice in two styles is a match, with reasons."""
    one = features(book("1"))
    two = features(book("2", "Wine-dark sea /", author="O'Brian, Patrick", pages="261 pages ;"))
    found = compare(one, two)
    assert (found.band, found.relation, found.vetoes) == ("match", "same", ())
    assert "title +" in found.explain()


def test_contributions_add_up(book):
    """The start value and the fields' points are the score, and nothing else is in it."""
    found = compare(features(book("1")), features(book("2", year="1995", pages="300 p.")))
    total = shipped_weights().start + sum(points for _, points, _ in found.contributions)
    assert found.score == pytest.approx(total, abs=0.02)


@pytest.mark.parametrize(
    ("change", "veto", "relation", "band"),
    [
        ({"edition": "3rd ed."}, "edition", "other-edition", None),
        ({"pages": "1 online resource (261 pages)"}, "carrier", "other-format", "no"),
        ({"pages": "3 microfiches"}, "carrier", "other-format", "no"),
        ({"parts": "Part 2"}, "part", "other-part", "no"),
        ({"leader": "00000nas a2200000 a 4500"}, "level", "different", None),
        ({"leader": "00000nem a2200000 a 4500"}, "type", "different", "no"),
        ({"language": "fre"}, "language", "other-edition", None),
    ],
)
def test_vetoes_keep_apart(book, change, veto, relation, band):
    """A veto keeps two otherwise equal records from being merged, and says what they are."""
    first = book("1", edition="2nd ed.", parts="Part 1")
    second = book("2", **{"edition": "2nd ed.", "parts": "Part 1"} | change)
    found = compare(features(first), features(second))
    assert veto in {name.split(":")[0] for name in found.vetoes}
    assert found.relation == relation
    assert found.band != "match"
    if band:
        assert found.band == band


def test_a_form_code_alone_asks_a_person(book):
    """A form of item in 008 against plain pages is too weak to part records, but stops a merge."""
    found = compare(features(book("1")), features(book("2", form="a")))
    assert found.band == "review"


def test_what_is_stated_otherwise_beside_a_second_sign_parts_records(book):
    """Another edition asks a person, and so does a code; together they need none."""
    one = features(book("1", edition="2nd ed."))
    edition, form = ({"edition": "3rd ed."}, {"edition": "2nd ed.", "form": "a"})
    bands = [compare(one, features(book("2", **made))).band for made in (edition, form)]
    assert bands == ["review", "review"]
    assert compare(one, features(book("2", **(form | edition)))).band == "no"
    codes = features(book("2", edition="2nd ed.", form="a", language="fre"))
    assert compare(one, codes).band == "review"


def test_contradictory_carriers_are_held(book, data):
    """A print record that kept 338 of the online one is not merged unseen with either."""
    carrier = Field("338", Indicators(" ", " "), [Subfield("b", "cr")])
    mixed = book("1", extra=(carrier,))
    online = book("2", pages="1 online resource (261 p.)", extra=(carrier,))
    assert compare(features(mixed), features(online)).band == "review"


@pytest.mark.parametrize(
    ("tag", "relation"), [("776", "other-format"), ("775", "other-edition"), ("785", "other-part")]
)
def test_links_mean_related(book, tag, relation):
    """An explicit link between two records says what they are, whatever the score."""
    link = Field(tag, Indicators("0", "8"), [Subfield("w", "2")])
    found = compare(features(book("1", extra=(link,))), features(book("2")))
    assert (found.band, found.relation) == ("no", relation)


def test_an_identifier_is_not_enough(book):
    """Records that share an ISBN and nothing else do not match."""
    first = book("1", isbn="9780306406157")
    second = book("2", "Plasma physics", author="Chen, Francis", isbn="9780306406157",
                  publisher="Plenum,", year="1984", pages="421 p.")  # fmt: skip
    assert compare(features(first), features(second)).band != "match"


def test_thin_records_absorb_nothing(book):
    """A record of title and ISBN alone needs a person before it joins a full one."""
    thin = pymarc.Record()
    for field in book("2", isbn="9780306406157").get_fields("001", "020", "245"):
        thin.add_field(field)
    found = compare(features(book("1", isbn="9780306406157")), features(thin))
    assert found.band != "match"
    assert any(veto.startswith("thin") for veto in found.vetoes)


def test_serials_need_the_same_title_and_beginning(book):
    """A near title is enough for no serial."""
    leader = "00000cas a2200000 a 4500"
    made = [
        features(book(str(i), title, author="", leader=leader, year=year))
        for i, (title, year) in enumerate(
            [
                ("Journal of physics A", "1968"),
                ("Journal of physics A", "1968"),
                ("Journal of physics B", "1968"),
                ("Journal of physics A", "1975"),
            ]
        )
    ]
    bands = [compare(made[0], other).band for other in made[1:]]
    assert bands[0] in ("match", "review")
    assert bands[1] != "match"
    assert bands[2] != "match"


def test_policy_changes_the_outcome(book):
    """Weights' factors, veto strengths and limits of the policy are obeyed."""
    one, two = features(book("1", edition="2nd ed.")), features(book("2", edition="3rd ed."))
    assert compare(one, two, MatchPolicy(vetoes=("edition = no",))).band == "no"
    open_ = MatchPolicy(
        vetoes=("edition = off",), factors=("edition = 0",), duplicate=0.5, review=0.1
    )
    found = compare(one, two, open_)
    assert not found.vetoes
    assert {name: points for name, points, _ in found.contributions}["edition"] == 0
    assert found.band == "match"


def test_every_measure_belongs_to_one_field():
    """No measure is counted twice or left out of the explanation."""
    named = [measure for measures in FIELDS.values() for measure in measures]
    assert sorted(named) == sorted(MEASURES)
    used = {name for table in shipped_weights().tables for name in table.measures}
    assert used <= set(MEASURES)
    assert len(used) > len(MEASURES) - 3  # learning may find no use for one, but none is idle


texts = st.text(max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(texts, texts, texts, texts, st.from_regex(r"[0-9u|]{4}", fullmatch=True)),
    st.tuples(texts, texts, texts, texts, st.from_regex(r"[0-9u|]{4}", fullmatch=True)),
)
def test_comparing_is_symmetric_and_total(book, left, right):
    """Whatever stands in the fields, comparing works and doesn't depend on the order."""
    made = [
        features(book("1", title, author=author, publisher=publisher, pages=pages, year=year))
        for title, author, publisher, pages, year in (left, right)
    ]
    one, two = compare(*made), compare(*reversed(made))
    assert one.score == pytest.approx(two.score, abs=1e-3)
    assert (one.band, one.relation) == (two.band, two.relation)


def test_columns_equal_single_pairs(book):
    """Many pairs at a time give the same measures as one at a time."""
    made = [features(book(str(y), year=str(y), pages=f"{y - 1700} p.")) for y in range(1990, 1998)]
    together = measure(made[:-1], made[1:])
    for row, a, b in zip(together, made[:-1], made[1:], strict=True):
        alone = measure([a], [b])[0]
        assert np.array_equal(row, alone, equal_nan=True)
