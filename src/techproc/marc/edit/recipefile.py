"""Recipe files: the tables of a TOML file become the steps of a recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pymarc

from techproc.errors import ConfigError
from techproc.marc.edit.registry import Transformation
from techproc.marc.edit.scope import Scope
from techproc.marc.edit.steps import Act
from techproc.marc.edit.verbs import VERBS, Verbs, unknown
from techproc.marc.fixed import material
from techproc.marc.where import Where
from techproc.rulefiles import preset_names, read_rules

__all__ = ["PACKAGE", "Parameter", "Step", "Test", "Written", "read_recipe"]

Test: TypeAlias = Callable[[pymarc.Record], bool]

PACKAGE = "techproc.marc.edit"  # whose presets are the shipped recipes
_MATERIALS = ("BK", "CF", "MP", "MU", "CR", "VM", "MX")
_TOP = ("title", "description", "sources", "parameters", "step", "when", "unless", "material")
_COMMON = ("when", "unless", "material", "given", "note")
_DEEPEST = 8  # recipes that name recipes


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that the user of a recipe gives; without a default it must be given."""

    name: str
    help: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its place in the recipe, what it says, when it is done, and doing it."""

    number: str  # 3, or 3.2 for the second step of a recipe that step 3 names
    text: str
    tests: tuple[Test, ...] = field(repr=False)
    act: Act = field(repr=False)
    scope: Scope = field(repr=False)  # of the act and of the tests


@dataclass(frozen=True, slots=True)
class Written:
    """What a recipe file says."""

    title: str
    description: str
    sources: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    tests: tuple[Test, ...]
    looks_at: tuple[str, ...]  # the tags that the tests of the whole recipe look at


def read_recipe(
    data: Mapping[str, Any],
    name: str,
    given: Mapping[str, str],
    known: Mapping[str, Transformation],
) -> Written:
    """Return what the tables of a recipe file say, with parameters `given`.

    Raises ConfigError naming the step, and what is wrong with it.
    """
    return _Reader(name, known).recipe(data, given)


class _Reader:
    """Turns the parsed TOML of a recipe into its steps."""

    def __init__(self, name: str, known: Mapping[str, Transformation], depth: int = 0) -> None:
        self._name = name
        self._known = known
        self._depth = depth
        self._values: dict[str, str] = {}
        self._verbs = Verbs(self._values, known)

    def recipe(self, data: Mapping[str, Any], given: Mapping[str, str]) -> Written:
        """Return the recipe; raises ConfigError."""
        for key in data:
            if key not in _TOP:
                raise ConfigError(f"{self._name}: {unknown('key', key, _TOP)}")
        described = data.get("parameters", {})
        if not isinstance(described, Mapping):
            raise ConfigError(f"{self._name}: parameters are tables: [parameters.proxy]")
        parameters = tuple(self._parameter(k, v) for k, v in described.items())
        names = [p.name for p in parameters]
        for key in given:
            if key not in names:
                raise ConfigError(f"{self._name}: {unknown('parameter', key, names or ['none'])}")
        for parameter in parameters:
            value = given.get(parameter.name, parameter.default)
            if value is None:
                raise ConfigError(
                    f"{self._name} needs {parameter.name} ({parameter.help}); "
                    f"--set {parameter.name}=…"
                )
            self._values[parameter.name] = value
        found: list[Step] = []
        if not isinstance(data.get("step"), list) or not data["step"]:
            raise ConfigError(f"{self._name}: a recipe has at least one [[step]]")
        for number, step in enumerate(data["step"], 1):
            try:
                found += self._step(step, str(number))
            except ConfigError as error:
                raise ConfigError(f"{self._name}, step {number}: {error}") from None
        try:
            tests, looks_at = self._tests(data)
            title = self._verbs.text(data, "title", self._name)
            description = self._verbs.text(data, "description", "").strip()
            sources = tuple(self._verbs.texts(data, "sources"))
        except ConfigError as error:
            raise ConfigError(f"{self._name}: {error}") from None
        return Written(
            title,
            description,
            sources,
            parameters,
            tuple(found),
            tests,
            looks_at,
        )

    def _parameter(self, name: str, data: Any) -> Parameter:
        if not isinstance(data, Mapping):
            raise ConfigError(f"{self._name}: write [parameters.{name}] with help and default")
        for key in data:
            if key not in ("help", "default"):
                where = f"{self._name}, parameter {name}"
                raise ConfigError(f"{where}: {unknown('key', key, ('help', 'default'))}")
        default = data.get("default")
        return Parameter(name, str(data.get("help", "")), None if default is None else str(default))

    def _step(self, data: Mapping[str, Any], number: str) -> list[Step]:
        if not isinstance(data, Mapping):
            raise ConfigError('a step is a table: [[step]], then delete = "9XX"')
        named = [key for key in data if key in VERBS]
        known = (*VERBS, *_COMMON, *(VERBS[named[0]] if len(named) == 1 else ()))
        for key in data:
            if key not in known:
                others = [verb for verb, keys in VERBS.items() if key in keys]
                hint = f"{key} goes with {' or '.join(others)}" if others else ""
                raise ConfigError(hint or unknown("key", key, known))
        if len(named) != 1:
            raise ConfigError(f"a step has one of {', '.join(VERBS)}; this has {named or 'none'}")
        verb = named[0]
        if "given" in data:
            given = self._verbs.text(data, "given")
            if given not in self._values:
                raise ConfigError(unknown("parameter", given, self._values))
            if not self._values[given]:
                return []
        tests, looks_at = self._tests(data)
        if verb == "recipe":
            return self._included(data[verb], tests, looks_at, number)
        act, scope = self._verbs.act(verb, data)
        said = data[verb]
        text = f"{verb} {said}" + (f" → {data['to']}" if "to" in data else "")
        return [Step(number, text, tests, act, scope.looking_at(looks_at))]

    def _included(
        self, name: Any, tests: tuple[Test, ...], looks_at: tuple[str, ...], number: str
    ) -> list[Step]:
        if self._depth > _DEEPEST:
            raise ConfigError(f"{name!r}: recipes that name each other in a circle")
        if name not in preset_names(PACKAGE):
            raise ConfigError(unknown("recipe", str(name), preset_names(PACKAGE)))
        inner = _Reader(str(name), self._known, self._depth + 1)
        recipe = inner.recipe(read_rules(name, PACKAGE, "recipe"), {})
        tests, looks_at = (*tests, *recipe.tests), (*looks_at, *recipe.looks_at)
        return [
            Step(
                f"{number}.{step.number}",
                step.text,
                (*tests, *step.tests),
                step.act,
                step.scope.looking_at(looks_at),
            )
            for step in recipe.steps
        ]

    def _tests(self, data: Mapping[str, Any]) -> tuple[tuple[Test, ...], tuple[str, ...]]:
        """Return the conditions of a recipe or a step, and the tags that they look at."""
        tests: list[Test] = []
        looks_at: list[str] = []
        wanted = self._verbs.texts(data, "material")
        if "material" in data:
            for kind in wanted:
                if kind not in _MATERIALS:
                    raise ConfigError(unknown("material", str(kind), _MATERIALS))
            tests.append(lambda record: material(record) in wanted)
            looks_at.append("LDR")
        if "when" in data:
            where = self._where(data, "when")
            tests.append(where.matches)
            looks_at += where.tags
        if "unless" in data:
            denied = self._where(data, "unless")
            tests.append(lambda record: not denied.matches(record))
            looks_at += denied.tags
        return tuple(tests), tuple(looks_at)

    def _where(self, data: Mapping[str, Any], key: str) -> Where:
        return Where.parse(self._verbs.filled(self._verbs.text(data, key)))
