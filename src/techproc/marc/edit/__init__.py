"""Records edited by recipe: what is done is written down, can be shown first and undone after."""

from techproc.marc.edit.recipe import Applied, Parameter, Recipe, load_recipe, shipped_recipes
from techproc.marc.edit.registry import (
    Transformation,
    mended_rules,
    transformation,
    transformations,
)

__all__ = [
    "Applied",
    "Parameter",
    "Recipe",
    "Transformation",
    "load_recipe",
    "mended_rules",
    "shipped_recipes",
    "transformation",
    "transformations",
]
