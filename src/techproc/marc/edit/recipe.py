"""Recipes: what is to be done to records, as a TOML file.

::

    title = "Strip the vendor's fields"
    when = "LDR/06=a"                     # which records; steps have conditions of their own

    [parameters.proxy]
    help = "what goes before links"
    default = ""

    [[step]]
    delete = "9XX"
    except = ["942"]

    [[step]]
    when = "856$u^=http and not 655$a=Electronic books."
    add = "655 #7 $aElectronic books.$2lcgft"

An unknown key is an error that names the nearest known one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymarc

from techproc.errors import ConfigError
from techproc.findings import Finding
from techproc.marc.edit.linking import loosened
from techproc.marc.edit.recipefile import PACKAGE, Parameter, Step, Test, read_recipe
from techproc.marc.edit.registry import Transformation, transformations
from techproc.marc.edit.steps import Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fielddiff import record_texts
from techproc.marc.patch import Operation
from techproc.marc.scanned import build_field
from techproc.rulefiles import preset_names, preset_text, read_rules

__all__ = ["Applied", "Parameter", "Recipe", "Step", "load_recipe", "shipped_recipes"]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a recipe did to a record: operations, findings, and how much each step changed."""

    operations: tuple[Operation, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A compiled recipe; `load_recipe` and `Recipe.parse` make one."""

    name: str
    title: str
    description: str = ""
    sources: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    steps: tuple[Step, ...] = ()
    tests: tuple[Test, ...] = field(default=(), repr=False)
    _again: dict[tuple[str, ...], tuple[int, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def parse(
        cls,
        text: str,
        name: str = "recipe",
        given: Mapping[str, str] | None = None,
        extra: Mapping[str, Transformation] | None = None,
    ) -> Recipe:
        """Return the recipe that TOML text writes.

        `given` are the values of its parameters, `extra` transformations of the caller's own. Raises
        ConfigError naming the step and what is wrong with it.

        >>> recipe = Recipe.parse('title = "No 9XX"\\n[[step]]\\ndelete = "9XX"')
        >>> record = pymarc.Record(fields=[pymarc.Field("001", data="1"),
        ...     pymarc.Field("938", subfields=[pymarc.Subfield("a", "x")])])
        >>> [operation.tag for operation in recipe.apply(record).operations], len(record.fields)
        (['938'], 1)
        """
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{name}: not TOML: {error}") from error
        return cls.of(data, name, given, extra)

    @classmethod
    def of(
        cls,
        data: Mapping[str, Any],
        name: str,
        given: Mapping[str, str] | None = None,
        extra: Mapping[str, Transformation] | None = None,
    ) -> Recipe:
        """Return the recipe that the tables of a TOML file write; as `parse`."""
        known = {**transformations(), **(extra or {})}
        said = read_recipe(data, name, given or {}, known)
        return cls(
            name,
            said.title,
            said.description,
            said.sources,
            said.parameters,
            said.steps,
            said.tests,
        )

    def run(self, record: WorkingRecord, log: Log) -> dict[str, int]:
        """Do every step to a working record; return how much each changed, where it did."""
        counts: dict[str, int] = {}
        for test in self.tests:
            if not test(record):
                return counts
        for step in self.steps:
            for test in step.tests:
                if not test(record):
                    break
            else:
                changed = step.act(record, log)
                if changed:
                    counts[step.number] = changed
        return counts

    def again(self, record: WorkingRecord, done: Mapping[str, int]) -> bool:
        """Do the recipe once more to a record that it was done to; say whether it did anything.

        `done` is what `run` returned. Steps are left out that look at nothing which has changed
        since they looked: they would do nothing.
        """
        key = tuple(done)
        to_do = self._again.get(key)
        if to_do is None:
            to_do = self._again[key] = _to_do_again(self.steps, key)
        if not to_do or not all(test(record) for test in self.tests):
            return False
        log = Log()
        for at in to_do:
            step = self.steps[at]
            if all(test(record) for test in step.tests) and step.act(record, log):
                break
        else:
            return False
        for step in self.steps[at + 1 :]:
            if all(test(record) for test in step.tests):
                step.act(record, log)
        return True

    def apply(self, record: pymarc.Record) -> Applied:
        """Edit a record; fields that are not touched stay the objects that they are."""
        texts = record_texts(record)
        working = WorkingRecord(str(record.leader), [t for t, _ in texts], [x for _, x in texts])
        log = Log()
        counts = self.run(working, log)
        outcome = working.outcome()
        operations = outcome.operations()
        if operations:
            old = record.fields
            record.fields = [
                old[origin]
                if origin is not None and texts[origin] == (tag, text)
                else build_field(tag, text)
                for origin, tag, text in outcome.fields()
            ]
            record.leader = pymarc.Leader(working.leader_text)
            log.findings += loosened(texts, outcome.texts())
        return Applied(operations, tuple(log.findings), counts)


def _to_do_again(steps: Sequence[Step], done: Sequence[str]) -> tuple[int, ...]:
    """Return the places of the steps that look at what a step, later or itself, has changed."""
    changed = [at for at, step in enumerate(steps) if step.number in done]
    return tuple(
        at
        for at, step in enumerate(steps)
        if any(
            steps[other].scope.may_change(step.scope)
            for other in changed
            if other > at or (other == at and not step.scope.settles)
        )
    )


def shipped_recipes() -> dict[str, str]:
    """Return the TOML text of each recipe that comes with the package, by name."""
    return {name: preset_text(name, PACKAGE) for name in preset_names(PACKAGE)}


def load_recipe(
    name: str | Path,
    given: Mapping[str, str] | None = None,
    extra: Mapping[str, Transformation] | None = None,
) -> Recipe:
    """Return a recipe by the name of a shipped one, or by the path of a TOML file.

    Raises ConfigError for what is neither, and for anything wrong in it.

    >>> load_recipe("nfc").title
    'Precomposed Unicode (NFC)'
    """
    return Recipe.of(read_rules(name, PACKAGE, "recipe"), str(name), given, extra)
