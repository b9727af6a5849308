"""Named transformations: what a recipe's declarative verbs cannot say, written in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TypeAlias

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.marc.edit.scope import ANYTHING, Scope
from techproc.marc.edit.steps import Act
from techproc.marc.path import FieldPath

__all__ = ["Maker", "Transformation", "mended_rules", "transformation", "transformations"]

Maker: TypeAlias = Callable[[FieldPath | None, Mapping[str, str]], Act]
_MODULES = (
    "characters", "numbers", "rda_carriers", "rda_description", "rda_publication", "repair_codes",
    "repair_indicators", "repair_series", "repair_text",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transformation:
    """A transformation: its name in recipes, one sentence, its options, and what makes the act.

    `options` gives the meaning of each; `on` says whether it takes a field path. `fields` are the
    tags of all that it looks at or may change; None: any. `mends` are the rules of `marc validate`
    (without `marc.`) whose faults it repairs, where the record says how.
    """

    name: str
    summary: str
    make: Maker
    options: Mapping[str, str] = field(default_factory=dict)
    on: bool = False
    fields: tuple[str, ...] | None = None
    mends: tuple[str, ...] = ()

    def prepare(self, path: FieldPath | None, options: Mapping[str, str]) -> Act:
        """Return the act for a step's path and options; raises ConfigError for unknown ones."""
        for name in options:
            if name not in self.options:
                hint = name_hint(name, self.options)
                raise ConfigError(f"{self.name} has no option {name}; {hint}")
        if path is not None and not self.on:
            raise ConfigError(f"{self.name} takes no `on`: it knows its fields")
        return self.make(path, options)

    def scope(self, path: FieldPath | None) -> Scope:
        """Return which fields it looks at and may change, given the path of a step."""
        if self.fields is not None:
            return Scope.of(*self.fields)
        return ANYTHING


_REGISTRY: dict[str, Transformation] = {}


def transformation(
    name: str,
    summary: str,
    *,
    on: bool = False,
    fields: str | None = None,
    mends: tuple[str, ...] = (),
    **options: str,
) -> Callable[[Maker], Maker]:
    """Register what follows as a transformation that recipes may name.

    The function takes the step's path (None without `on`) and options, and returns the act: a
    function of the record that edits it and returns how much it changed. The act must change
    nothing when it is done a second time. `fields` are the tags of all fields that it looks at or
    may change ("264 040"), where they are known; `mends` the rules of `marc validate` whose faults
    it repairs.
    """

    def register(make: Maker) -> Maker:
        tags = None if fields is None else tuple(fields.split())
        _REGISTRY[name] = Transformation(name, summary, make, options, on, tags, mends)
        return make

    return register


def transformations() -> Mapping[str, Transformation]:
    """Return the transformations by name."""
    for module in _MODULES:
        import_module(f"techproc.marc.edit.{module}")
    return dict(sorted(_REGISTRY.items()))


def mended_rules() -> Mapping[str, str]:
    """Return, by the id of a rule of `marc validate`, the transformation that repairs its faults.

    The shipped recipe `repair` has them all.

    >>> mended_rules()["marc.stray-blank"]
    'repair.blanks'
    """
    known = transformations().values()
    return {f"marc.{rule}": each.name for each in known for rule in each.mends}
