"""Which fields a step looks at and may change."""

from __future__ import annotations

import pytest

from techproc.marc.edit import Recipe, transformations
from techproc.marc.edit.scope import ANYTHING, Scope
from techproc.marc.path import FieldPath
from techproc.marc.where import Where


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [("300", "300", True), ("3XX", "336", True), ("3XX", ".3.", True), ("300", "301", False)],
)
def test_wildcards_meet_what_they_may_be(one: str, other: str, meet: bool) -> None:
    """X and . stand for any character."""
    assert Scope.of(one).may_change(Scope.of(other)) is meet


def test_an_880_may_belong_to_any_field() -> None:
    """Who edits 880s may change the $6 of all."""
    assert Scope.linked(FieldPath.parse("8XX$a")) == ANYTHING
    assert Scope.linked(FieldPath.parse("245$a")).writes == ("245", "880")


def test_conditions_are_looked_at() -> None:
    """Those of the step, and the material."""
    recipe = Recipe.parse(
        '[[step]]\ndelete = "500"\nwhen = "(008/06=s or count(650$a) > 1) and not 245[$h]"\n'
        'material = "BK"'
    )
    assert set(recipe.steps[0].scope.reads or ()) == {"500", "880", "LDR", "008", "650", "245"}
    assert Where.parse("not 245$a~x or 6XX_0$a").tags == ("245", "6XX")


def test_what_is_filled_in_looks_at_anything() -> None:
    """So does what is made in Python and does not say."""
    recipe = Recipe.parse('[[step]]\nadd = "500 ## $a{245$a}"\n[[step]]\nmove = "500"\nto = "520"')
    assert [step.scope for step in recipe.steps] == [ANYTHING, ANYTHING]


def test_fields_of_transformations_are_tags() -> None:
    """Where they are given."""
    tags = [t for each in transformations().values() for t in each.fields or ()]
    assert tags and all(len(tag) == 3 for tag in tags)
