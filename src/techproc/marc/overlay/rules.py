"""The language of overlay rules: which fields are protected, replaced, added to or removed.

A file of rules is TOML; the first rule that names a field decides what becomes of it, and `default`
decides for the fields that no rule names::

    extends = "careful"             # rules of a preset, which come after these
    default = "replace"

    [[rule]]
    fields = ["590", "9XX", "650_7[$2=local]"]     # field paths: tag, wildcards, indicators, conditions
    action = "protect"

    [[rule]]
    fields = "856$z"                # subfields of fields that are otherwise the same
    action = "protect"
    source = "vendor-*"             # only for records that come from there

    [[rule]]
    fields = "008/35-37"            # positions of a control field or of the leader
    allow = ["add"]                 # what is allowed, instead of an action

What a rule allows is made of four permissions, which are those of Koha's overlay rules. Of the
fields of one tag that one rule names:

    add       incoming fields are taken where the existing record has none
    append    incoming fields that the existing record lacks are taken beside those it has
    remove    existing fields that the incoming record lacks go where it has others
    delete    existing fields go where the incoming record has none

An action is a name for some of them (`ACTIONS`); "strip" takes the fields out of both records.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.marc.path import FieldPath
from techproc.rulefiles import check_keys, preset_names, read_rules

__all__ = ["ACTIONS", "PERMISSIONS", "OverlayRule", "OverlayRules", "load_rules", "presets"]

PERMISSIONS = ("add", "append", "remove", "delete")
ACTIONS: Mapping[str, frozenset[str]] = {
    "protect": frozenset(),
    "fill": frozenset({"add"}),
    "add": frozenset({"add", "append"}),
    "replace": frozenset({"add", "append", "remove"}),
    "mirror": frozenset(PERMISSIONS),
    "strip": frozenset({"remove", "delete"}),
}
_PACKAGE = "techproc.marc.overlay"
_RULE_KEYS = ("fields", "action", "allow", "source", "together", "name")
_FILE_KEYS = ("description", "extends", "default", "linked", "rule")


@dataclass(frozen=True, slots=True)
class OverlayRule:
    """One rule: the fields, subfields or positions that it names, and what is allowed with them.

    `together`: the fields of all its tags are one group, so that an incoming 110 replaces a 100.
    `strip`: they are in no result. `source` is a pattern (`*`, `?`) for where records come from.
    """

    name: str
    paths: tuple[FieldPath, ...]
    allow: frozenset[str]
    strip: bool = False
    source: str = "*"
    together: bool = False

    @property
    def part(self) -> Literal["field", "subfields", "positions"]:
        """What its paths name: whole fields, subfields, or positions."""
        first = self.paths[0]
        if first.span is not None:
            return "positions"
        return "field" if first.codes is None else "subfields"


@dataclass(frozen=True, slots=True)
class OverlayRules:
    """Rules in order, and what holds for fields that none of them names.

    `linked`: an 880 goes where the field that it belongs to goes; without, 880 is a tag like any.

    >>> [rule.name for rule in load_rules("folio").rules]
    ['001', '999ff']
    """

    rules: tuple[OverlayRule, ...] = ()
    default: frozenset[str] = ACTIONS["replace"]
    linked: bool = True
    description: str = ""

    def for_source(self, source: str) -> tuple[OverlayRule, ...]:
        """Return the rules that hold for records from a source ("" is no source in particular)."""
        return tuple(
            rule for rule in self.rules
            if rule.source == "*" or fnmatch.fnmatchcase(source.casefold(), rule.source.casefold())
        )  # fmt: skip


def presets() -> tuple[str, ...]:
    """Return the names of the rules that come with the package."""
    return preset_names(_PACKAGE)


def load_rules(source: str | Path) -> OverlayRules:
    """Return the rules of a preset, by its name, or of a TOML file.

    Raises ConfigError naming the file, the rule and what is allowed there.

    >>> load_rules("koha").default == ACTIONS["mirror"]
    True
    """
    return _rules_from(read_rules(source, _PACKAGE, "overlay preset"), str(source))


def _rules_from(mapping: Mapping[str, Any], where: str) -> OverlayRules:
    check_keys(mapping, _FILE_KEYS, where)
    base = OverlayRules()
    if "extends" in mapping:
        wanted = str(mapping["extends"])
        if wanted not in presets():
            hint = name_hint(wanted, presets())
            raise ConfigError(f"{where}: extends takes a preset, not {wanted!r}; {hint}")
        base = load_rules(wanted)
    tables = mapping.get("rule", [])
    if not isinstance(tables, list):
        raise ConfigError(f"{where}: write [[rule]] for each rule, not [rule]")
    rules = tuple(_rule(table, f"{where}: rule {n}") for n, table in enumerate(tables, 1))
    default = base.default
    if "default" in mapping:
        default = _action(mapping["default"], f"{where}: default")
    linked = mapping.get("linked", base.linked)
    if not isinstance(linked, bool):
        raise ConfigError(f"{where}: linked = {linked!r} is not allowed; it takes true or false")
    return OverlayRules(
        (*rules, *base.rules), default, linked, str(mapping.get("description", base.description))
    )


def _rule(table: Any, where: str) -> OverlayRule:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where}: write [[rule]] and its keys below")
    check_keys(table, _RULE_KEYS, where)
    texts = table.get("fields")
    texts = [texts] if isinstance(texts, str) else texts
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise ConfigError(f"{where}: fields takes a field path or a list of them")
    if ("action" in table) == ("allow" in table):
        raise ConfigError(f"{where}: it takes either an action or a list of what to allow")
    if "allow" in table:
        allow = _permissions(table["allow"], f"{where}: allow")
    else:
        allow = _action(table["action"], f"{where}: action")
    together = table.get("together", False)
    if not isinstance(together, bool):
        raise ConfigError(f"{where}: together takes true or false, not {together!r}")
    rule = OverlayRule(
        name=str(table.get("name", ", ".join(texts))),
        paths=tuple(_path(text, where) for text in texts),
        allow=allow,
        strip=table.get("action") == "strip",
        source=str(table.get("source", "*")),
        together=together,
    )
    _check(rule, where)
    return rule


def _check(rule: OverlayRule, where: str) -> None:
    parts = {(path.span is not None, path.codes is not None) for path in rule.paths}
    if len(parts) > 1:
        raise ConfigError(
            f"{where}: whole fields, subfields and positions need a rule of their own each"
        )
    if rule.part == "positions" and rule.strip:
        raise ConfigError(f"{where}: positions cannot be stripped; protect or replace them")
    for path in rule.paths:
        if path.comparison is not None or path.indicator is not None:
            raise ConfigError(
                f"{where}: {path}: a rule names fields, subfields or positions; a condition on "
                "the field goes in brackets, such as 650[$2=fast]"
            )
        if path.occurrence is not None and rule.part != "field":
            raise ConfigError(
                f"{where}: {path}: parts of fields are not counted; leave the [n] out"
            )
        if path.span is not None and path.codes is not None:
            raise ConfigError(f"{where}: {path}: positions of control fields and leader only")


def _path(text: str, where: str) -> FieldPath:
    try:
        return FieldPath.parse(text)
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from error


def _action(value: Any, where: str) -> frozenset[str]:
    if isinstance(value, list):
        return _permissions(value, where)
    if value not in ACTIONS:
        raise ConfigError(f"{where} = {value!r} is not allowed; {name_hint(str(value), ACTIONS)}")
    return ACTIONS[value]


def _permissions(value: Any, where: str) -> frozenset[str]:
    values = value if isinstance(value, list) else [value]
    for one in values:
        if one not in PERMISSIONS:
            raise ConfigError(f"{where}: {one!r}; it takes some of {', '.join(PERMISSIONS)}")
    return frozenset(values)
