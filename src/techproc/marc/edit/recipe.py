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

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import pymarc

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.files import explain_os_error
from techproc.findings import Finding
from techproc.marc.edit import steps as verbs
from techproc.marc.edit.linking import loosened
from techproc.marc.edit.registry import Transformation, transformations
from techproc.marc.edit.steps import Act, Log
from techproc.marc.edit.template import FieldTemplate, TextTemplate, parse_subfields
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fielddiff import record_texts
from techproc.marc.fixed import material
from techproc.marc.patch import Operation
from techproc.marc.path import FieldPath
from techproc.marc.scanned import build_field
from techproc.marc.where import Where

__all__ = ["Applied", "Parameter", "Recipe", "Step", "load_recipe", "shipped_recipes"]

Test: TypeAlias = Callable[[pymarc.Record], bool]

_MATERIALS = ("BK", "CF", "MP", "MU", "CR", "VM", "MX")
_TOP = ("title", "description", "sources", "parameters", "step", "when", "unless", "material")
_COMMON = ("when", "unless", "material", "given", "note")
_VERBS: Mapping[str, tuple[str, ...]] = {
    "add": ("to", "before", "again"),
    "build": ("from", "again"),
    "delete": ("except", "linked"),
    "copy": ("to", "linked"),
    "move": ("to", "linked"),
    "replace": ("text", "pattern", "words", "with", "ignore_case", "linked"),
    "set": ("to", "linked"),
    "sort": ("by",),
    "transform": ("on", "options"),
    "recipe": (),
}
_SORTS = ("tag", "block", "text", "subfields")


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
        return _Reader(name, {**transformations(), **(extra or {})}).recipe(data, given or {})

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

    def apply(self, record: pymarc.Record) -> Applied:
        """Edit a record; fields that are not touched stay the objects that they are."""
        texts = record_texts(record)
        working = WorkingRecord(str(record.leader), [t for t, _ in texts], [x for _, x in texts])
        log = Log()
        counts = self.run(working, log)
        result = working.result()
        operations = working.operations(result)
        if operations:
            old = record.fields
            record.fields = [
                old[origin]
                if origin is not None and texts[origin] == (tag, text)
                else build_field(tag, text)
                for origin, tag, text in result
            ]
            record.leader = pymarc.Leader(working.leader_text)
            log.findings += loosened(texts, [(tag, text) for _, tag, text in result])
        return Applied(operations, tuple(log.findings), counts)


class _Reader:
    """Turns the parsed TOML of a recipe into its steps."""

    def __init__(self, name: str, known: Mapping[str, Transformation], depth: int = 0) -> None:
        self._name = name
        self._known = known
        self._depth = depth
        self._values: dict[str, str] = {}

    def recipe(self, data: Mapping[str, Any], given: Mapping[str, str]) -> Recipe:
        """Return the recipe; raises ConfigError."""
        for key in data:
            if key not in _TOP:
                raise ConfigError(f"{self._name}: {_unknown('key', key, _TOP)}")
        parameters = tuple(self._parameter(k, v) for k, v in data.get("parameters", {}).items())
        names = [p.name for p in parameters]
        for key in given:
            if key not in names:
                raise ConfigError(f"{self._name}: {_unknown('parameter', key, names or ['none'])}")
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
        return Recipe(
            self._name,
            str(data.get("title", self._name)),
            str(data.get("description", "")).strip(),
            tuple(data.get("sources", ())),
            parameters,
            tuple(found),
            self._tests(data),
        )

    def _parameter(self, name: str, data: Any) -> Parameter:
        if not isinstance(data, Mapping):
            raise ConfigError(f"{self._name}: write [parameters.{name}] with help and default")
        for key in data:
            if key not in ("help", "default"):
                where = f"{self._name}, parameter {name}"
                raise ConfigError(f"{where}: {_unknown('key', key, ('help', 'default'))}")
        default = data.get("default")
        return Parameter(name, str(data.get("help", "")), None if default is None else str(default))

    def _step(self, data: Mapping[str, Any], number: str) -> list[Step]:
        named = [key for key in data if key in _VERBS]
        known = (*_VERBS, *_COMMON, *(_VERBS[named[0]] if len(named) == 1 else ()))
        for key in data:
            if key not in known:
                others = [verb for verb, keys in _VERBS.items() if key in keys]
                hint = f"{key} goes with {' or '.join(others)}" if others else ""
                raise ConfigError(hint or _unknown("key", key, known))
        if len(named) != 1:
            raise ConfigError(f"a step has one of {', '.join(_VERBS)}; this has {named or 'none'}")
        verb = named[0]
        given = data.get("given")
        if given is not None and given not in self._values:
            raise ConfigError(_unknown("parameter", str(given), self._values))
        if given is not None and not self._values[given]:
            return []
        tests = self._tests(data)
        if verb == "recipe":
            return self._included(data[verb], tests, number)
        act: Act = getattr(self, f"_{verb}")(data)
        said = data[verb]
        text = f"{verb} {said}" + (f" → {data['to']}" if "to" in data else "")
        return [Step(number, text, tests, act)]

    def _included(self, name: Any, tests: tuple[Test, ...], number: str) -> list[Step]:
        if self._depth > 8:
            raise ConfigError(f"{name!r}: recipes that name each other in a circle")
        text = _shipped_text(str(name))
        if text is None:
            raise ConfigError(_unknown("recipe", str(name), shipped_names()))
        inner = _Reader(str(name), self._known, self._depth + 1)
        recipe = inner.recipe(tomllib.loads(text), {})
        tests = (*tests, *recipe.tests)
        return [
            Step(f"{number}.{step.number}", step.text, (*tests, *step.tests), step.act)
            for step in recipe.steps
        ]

    def _tests(self, data: Mapping[str, Any]) -> tuple[Test, ...]:
        tests: list[Test] = []
        kinds = data.get("material")
        if kinds is not None:
            wanted = (kinds,) if isinstance(kinds, str) else tuple(kinds)
            for kind in wanted:
                if kind not in _MATERIALS:
                    raise ConfigError(_unknown("material", str(kind), _MATERIALS))
            tests.append(lambda record: material(record) in wanted)
        if "when" in data:
            tests.append(Where.parse(self._filled(self._text(data, "when"))).matches)
        if "unless" in data:
            denied = Where.parse(self._filled(self._text(data, "unless"))).matches
            tests.append(lambda record: not denied(record))
        return tuple(tests)

    @staticmethod
    def _text(data: Mapping[str, Any], key: str, default: str | None = None) -> str:
        value = data.get(key, default)
        if not isinstance(value, str):
            raise ConfigError(f"{key} is missing" if value is None else f"{key} takes a text")
        return value

    @staticmethod
    def _flag(data: Mapping[str, Any], key: str, default: bool) -> bool:
        value = data.get(key, default)
        if not isinstance(value, bool):
            raise ConfigError(f"{key} takes true or false")
        return value

    def _filled(self, text: str, change: Callable[[str], str] = str) -> str:
        """Return a text with the recipe's own parameters in it."""
        for name, value in self._values.items():
            text = text.replace(f"{{{name}}}", change(value))
        return text

    def _path(self, data: Mapping[str, Any], key: str) -> FieldPath:
        return FieldPath.parse(self._filled(self._text(data, key)))

    def _add(self, data: Mapping[str, Any]) -> Act:
        text = self._text(data, "add")
        again = self._flag(data, "again", False)
        if text.startswith("$"):
            path = self._path(data, "to")
            if path.tag == "LDR" or path.tag.startswith("00"):
                raise ConfigError(f"{path} has no subfields")
            before = self._text(data, "before", "").replace("$", "")
            subfields = parse_subfields(text, self._values)
            return verbs.add_subfields(subfields, path, before, again=again)
        if "to" in data or "before" in data:
            raise ConfigError('`to` and `before` are for subfields: add = "$5DLC"')
        return verbs.add_field(FieldTemplate.parse(text, self._values), None, again=again)

    def _build(self, data: Mapping[str, Any]) -> Act:
        source = self._path(data, "from") if "from" in data else None
        template = FieldTemplate.parse(self._text(data, "build"), self._values)
        return verbs.add_field(template, source, again=self._flag(data, "again", False))

    def _delete(self, data: Mapping[str, Any]) -> Act:
        spared = data.get("except", [])
        keep = [FieldPath.parse(p) for p in ([spared] if isinstance(spared, str) else spared)]
        return verbs.delete(
            self._path(data, "delete"), keep, linked=self._flag(data, "linked", True)
        )

    def _copy(self, data: Mapping[str, Any], verb: str = "copy") -> Act:
        to = verbs.Destination.parse(self._text(data, "to"))
        linked = self._flag(data, "linked", True)
        return verbs.carry(self._path(data, verb), to, move=verb == "move", linked=linked)

    def _move(self, data: Mapping[str, Any]) -> Act:
        return self._copy(data, "move")

    def _replace(self, data: Mapping[str, Any]) -> Act:
        ways = [key for key in ("text", "pattern", "words") if key in data]
        if len(ways) != 1:
            raise ConfigError("replace takes one of text, pattern and words")
        linked = self._flag(data, "linked", False)
        flags = re.IGNORECASE if self._flag(data, "ignore_case", False) else re.NOFLAG
        path = self._path(data, "replace")
        if ways == ["words"]:
            if "with" in data:
                raise ConfigError("words say what each is replaced with; `with` goes with text")
            return verbs.replace_text(path, _words(data["words"], flags), linked=linked)
        put = self._filled(self._text(data, "with"))
        if ways == ["text"]:
            wanted = self._filled(self._text(data, "text"))
            if not wanted:
                raise ConfigError("text is empty")
            if not flags:
                return verbs.replace_text(path, lambda t: t.replace(wanted, put), linked=linked)
            found = re.compile(re.escape(wanted), flags)
            return verbs.replace_text(path, lambda t: found.sub(lambda _: put, t), linked=linked)
        written = self._filled(self._text(data, "pattern"), re.escape)
        try:
            pattern = re.compile(written, flags)
            pattern.sub(put, "")
        except (re.error, IndexError) as error:
            raise ConfigError(f"pattern {written!r}, with {put!r}: {error}") from None
        return verbs.replace_text(path, lambda t: pattern.sub(put, t), linked=linked)

    def _set(self, data: Mapping[str, Any]) -> Act:
        to = TextTemplate.parse(self._text(data, "to"), self._values)
        return verbs.set_value(self._path(data, "set"), to, linked=self._flag(data, "linked", True))

    def _sort(self, data: Mapping[str, Any]) -> Act:
        by = self._text(data, "by", "tag")
        if by not in _SORTS:
            raise ConfigError(_unknown("order", by, _SORTS))
        return verbs.sort_fields(self._path(data, "sort"), by)

    def _transform(self, data: Mapping[str, Any]) -> Act:
        name = self._text(data, "transform")
        if name not in self._known:
            raise ConfigError(_unknown("transformation", name, self._known))
        options = data.get("options", {})
        if not isinstance(options, Mapping) or not all(
            isinstance(v, str) for v in options.values()
        ):
            raise ConfigError('options are texts: options = { prefix = "https://…" }')
        path = self._path(data, "on") if "on" in data else None
        filled = {key: self._filled(value) for key, value in options.items()}
        return self._known[name].prepare(path, filled)


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    return f"unknown {kind} {name}; {name_hint(name, known)}"


def _words(words: Any, flags: re.RegexFlag) -> Callable[[str], str]:
    """Return what replaces whole words, the longest first."""
    if not isinstance(words, Mapping) or not all(isinstance(v, str) for v in words.values()):
        raise ConfigError('words are a table: words = { "p." = "pages" }')
    by_length = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, by_length))})(?!\w)", flags)
    table = {key.lower(): value for key, value in words.items()} if flags else dict(words)
    return lambda text: pattern.sub(lambda m: table[m[0].lower() if flags else m[0]], text)


def shipped_names() -> list[str]:
    """Return the names of the recipes that come with the package."""
    folder = resources.files("techproc.marc.edit").joinpath("recipes")
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml"))


def _shipped_text(name: str) -> str | None:
    if name not in shipped_names():
        return None
    folder = resources.files("techproc.marc.edit").joinpath("recipes")
    return folder.joinpath(f"{name}.toml").read_text("utf-8")


def shipped_recipes() -> dict[str, str]:
    """Return the TOML text of each recipe that comes with the package, by name."""
    return {name: _shipped_text(name) or "" for name in shipped_names()}


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
    text = _shipped_text(str(name))
    if text is None:
        path = Path(name)
        if path.suffix != ".toml" and not path.exists():
            raise ConfigError(_unknown("recipe", str(name), shipped_names()) + ", or a .toml file")
        try:
            text = path.read_text("utf-8-sig")
        except OSError as error:
            raise ConfigError(explain_os_error(path, error)) from error
        except UnicodeDecodeError:
            raise ConfigError(f"{path}: not UTF-8") from None
    return Recipe.parse(text, str(name), given, extra)
