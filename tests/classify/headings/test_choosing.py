"""Which headings are given, in which order, and how many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from techproc.classify.headings.choosing import choose

SURE = st.integers(0, 1000).map(lambda n: n / 1000)
MAINS = st.dictionaries(st.integers(0, 6), SURE, max_size=6)
STRINGS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 5), SURE),
    max_size=12,
    unique_by=lambda row: row[:2],
)


def expected(found: list, mains: dict, strings: list, expects: float) -> float:
    """Return what is expected of a list, written out."""
    wanted = max(1.0, expects * sum(mains.values()))
    whole = max(1.0, expects * sum(sure for *_, sure in strings))
    named = {each.main: each.main_confidence for each in found}
    of_strings = sum(each.confidence for each in found) / (len(found) + whole)
    return of_strings + 0.3 * sum(named.values()) / (len(named) + wanted)


@given(MAINS, STRINGS, st.sampled_from([0.6, 1.0, 2.0]))
def test_no_other_number_is_worth_more(mains: dict, strings: list, expects: float) -> None:
    """What is given is the beginning of the five best, and no other beginning is worth more."""
    five = choose(mains, strings, expects, top=5)
    found = choose(mains, strings, expects)
    assert found == five[: len(found)]
    best = expected(found, mains, strings, expects)
    assert all(
        expected(five[:k], mains, strings, expects) <= best + 1e-9 for k in range(1, len(five) + 1)
    )


@given(MAINS, STRINGS, SURE)
def test_what_is_less_sure_is_left_out(mains: dict, strings: list, least: float) -> None:
    """Nothing below the threshold; no heading twice; none whose main heading is no candidate."""
    found = choose(mains, strings, 1.0, top=20, least=least)
    assert len({(each.main, each.chain) for each in found}) == len(found)
    for each in found:
        assert each.confidence >= least
        assert 0 < each.confidence <= each.main_confidence == mains[each.main]


@given(MAINS, st.randoms(use_true_random=False), STRINGS)
def test_the_order_of_candidates_does_not_matter(mains: dict, chance, strings: list) -> None:
    """The same headings in the same order, however the candidates come."""
    mixed = list(strings)
    chance.shuffle(mixed)
    turned = dict(reversed(mains.items()))
    assert choose(mains, strings, 1.0) == choose(turned, mixed, 1.0)
