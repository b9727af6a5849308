"""Others' suggestions pooled with the index's own."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pymarc import Field, Indicators, Record, Subfield

from techproc.classify.advice import Advice, Advised, pool, without_numbers
from techproc.classify.numbers import Scheme
from techproc.classify.suggest import Step, Suggestion, cut_off


class Nobody:
    """An adviser of whom only the name matters here."""

    name = "nobody"

    def advise(
        self, records: Sequence[Record], scheme: Scheme, *, limit: int
    ) -> Sequence[Sequence[Advice]]:
        raise AssertionError


def suggestion(number: str, *sure: float) -> Suggestion:
    steps = (Step("three-digits", number[:3], sure[0]), Step("full", number, sure[1]))
    return Suggestion(number, "full", sure[1], (), 4, 1, steps, "test")


def test_what_an_adviser_says_is_pooled_by_its_weight() -> None:
    """A quarter of the score joins three quarters of the confidence, at each level."""
    advised = Advised(Nobody(), 0.25)
    advice = [Advice("338.9", 0.8, "Development"), Advice("338.1", 0.2)]
    ours = [suggestion("338.4", 0.6, 0.5), suggestion("338.9", 0.6, 0.4)]
    best, second, third = pool(ours, [(advised, advice)], "ddc")
    assert best.number == "338.9"
    assert best.confidence == pytest.approx(0.75 * 0.4 + 0.25 * 0.8)
    assert best.at("three-digits").confidence == pytest.approx(0.75 * 0.6 + 0.25 * 1.0)
    assert best.evidence[-1].kind == "nobody"
    assert (best.evidence[-1].text, best.evidence[-1].count) == ("338.9 Development", 80)
    assert second.confidence == pytest.approx(0.375)
    assert not second.evidence
    assert third.number == "338.1"
    assert third.confidence == pytest.approx(0.05)
    assert third.at("three-digits").confidence == pytest.approx(0.25)


def test_no_advice_changes_nothing() -> None:
    """An adviser that has nothing to say does not lower what we say."""
    ours = [suggestion("338.4", 0.6, 0.5)]
    assert pool(ours, [(Advised(Nobody()), [])], "ddc") == ours


def test_cut_at_the_deepest_level_that_is_sure_enough() -> None:
    """What is nowhere sure is left out; two numbers cut to the same one are one."""
    ours = [
        suggestion("338.4", 0.7, 0.5),
        suggestion("338.9", 0.7, 0.1),
        suggestion("500", 0.2, 0.2),
    ]
    assert [(s.number, s.confidence) for s in cut_off(ours, 0.4, 5)] == [
        ("338.4", 0.5),
        ("338", 0.7),
    ]
    assert [s.number for s in cut_off(ours, 0.6, 5)] == ["338"]


def test_blind_copies_have_no_class_numbers() -> None:
    """The copy is without them; the record keeps them."""
    record = Record()
    for tag in ("050", "082", "090", "245", "650"):
        record.add_field(Field(tag, Indicators(" ", "0"), [Subfield("a", "x")]))
    assert [f.tag for f in without_numbers(record).fields] == ["245", "650"]
    assert len(record.fields) == 5
