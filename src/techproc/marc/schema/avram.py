"""Avram schemas: our own written as one, and a library's read.

Source: Avram specification 0.9 (fields, indicators, subfields, `repeatable`, `required`, `codes`,
`deprecated`); the key of a field is its tag.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techproc.errors import InputError
from techproc.files import explain_os_error
from techproc.marc.fixed import Element, layout
from techproc.marc.schema.fields import FieldRule, Schema, bibliographic

__all__ = ["as_avram", "read_avram"]

_MATERIALS = {"BK": "Books", "CF": "Computer files", "MP": "Maps", "MU": "Music",
              "CR": "Continuing resources", "VM": "Visual materials",
              "MX": "Mixed materials"}  # fmt: skip
_FORMS = {"a": "BK", "m": "CF", "e": "MP", "c": "MU", "s": "CR", "g": "VM", "p": "MX"}


def as_avram(schema: Schema | None = None) -> dict[str, Any]:
    """Return a schema (MARC 21 bibliographic without one) as an Avram object, ready for JSON.

    >>> as_avram()["fields"]["245"]["repeatable"]
    False
    >>> as_avram()["fields"]["LDR"]["positions"]["17"]["codes"]["8"]["label"]
    'prepublication level'
    """
    schema = schema or bibliographic()
    fields: dict[str, Any] = {}
    fixed = _fixed_fields() if schema.title == bibliographic().title else {}
    if "LDR" in fixed:
        fields["LDR"] = {"tag": "LDR", "label": "Leader", "required": True, **fixed["LDR"]}
    for rule in schema.fields.values():
        fields[rule.tag] = _field(rule, rule.tag in schema.required) | fixed.get(rule.tag, {})
    return {"family": "marc", "title": schema.title, "fields": fields}


def _field(rule: FieldRule, required: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"tag": rule.tag, "label": rule.name, "repeatable": rule.repeatable}
    if required:
        entry["required"] = True
    if rule.obsolete:
        entry["deprecated"] = True
    if rule.indicators:
        for number, codes in enumerate(rule.indicators, 1):
            entry[f"indicator{number}"] = {
                "codes": {c: {"code": c} for c, gone in codes.items() if not gone},
                "deprecated-codes": {c: {"code": c} for c, gone in codes.items() if gone},
            }
    if rule.subfields and not rule.any_subfield:
        entry["subfields"] = {
            c: {"code": c, "repeatable": r}
            | ({"deprecated": True} if c in rule.obsolete_subfields else {})
            for c, r in rule.subfields.items()
        }
    return entry


def _fixed_fields() -> dict[str, dict[str, Any]]:
    categories = layout("007", "a")[0].codes
    return {
        "LDR": {"positions": _positions(layout("LDR"))},
        "006": {"types": {_MATERIALS[kind]: {"positions": _positions(layout("006", code))}
                          for code, kind in _FORMS.items()}},
        "007": {"types": {name: {"positions": _positions(layout("007", code))}
                          for code, name in categories.items()}},
        "008": {"types": {name: {"positions": _positions(layout("008", kind))}
                          for kind, name in _MATERIALS.items()}},
    }  # fmt: skip


def _positions(elements: tuple[Element, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for element in elements:
        last = element.end - 1
        key = f"{element.start:02d}" + (f"-{last:02d}" if last > element.start else "")
        entry: dict[str, Any] = {"label": element.name, "start": element.start, "end": last}
        if element.codes:
            entry["codes"] = {
                c: {"code": c, "label": name}
                | ({"deprecated": True} if c in element.obsolete else {})
                for c, name in element.codes.items()
            }
        found[key] = entry
    return found


def read_avram(path: str | Path) -> dict[str, FieldRule]:
    """Return the field rules of an Avram schema in a JSON file, by tag.

    A field without `subfields` takes any, one without an indicator's definition any value. Raises
    InputError, naming the place, for what is no Avram schema of MARC fields.
    """
    try:
        schema = json.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    except ValueError as error:
        raise InputError(f"{path}: not JSON: {error}") from error
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, dict):
        raise InputError(f'{path}: no Avram schema: it has no object "fields"')
    return {
        tag: _read_field(tag, value, f"{path}: field {tag}")
        for tag, value in fields.items()
        if tag != "LDR"
    }


def _read_field(tag: str, value: Any, where: str) -> FieldRule:
    if len(tag) != 3:
        raise InputError(f"{where}: a tag has three characters")
    if not isinstance(value, dict):
        raise InputError(f"{where}: a field is an object")
    subfields: dict[str, bool] = {}
    gone = set()
    for code, about in _object(value, "subfields", where).items():
        if len(code) != 1 or not isinstance(about, dict):
            raise InputError(f"{where}: subfield {code!r} is no code with an object")
        subfields[code] = bool(about.get("repeatable", True))
        if about.get("deprecated"):
            gone.add(code)
    control = tag < "010" and tag.isdigit()
    first, second = (_read_indicator(value, n, where) for n in (1, 2))
    return FieldRule(
        tag=tag,
        name=str(value.get("label", tag)),
        repeatable=bool(value.get("repeatable", True)),
        obsolete=bool(value.get("deprecated", False)),
        indicators=None if control else (first, second),
        subfields={} if control else {"6": False, "8": True} | subfields,
        obsolete_subfields=frozenset(gone),
        any_subfield="subfields" not in value,
        required=bool(value.get("required", False)),
    )


def _object(value: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    found = value.get(key) or {}
    if not isinstance(found, dict):
        raise InputError(f"{where}: {key} is no object")
    return found


def _read_indicator(value: Mapping[str, Any], number: int, where: str) -> dict[str, bool]:
    key = f"indicator{number}"
    if key not in value:
        return dict.fromkeys(map(chr, range(32, 127)), False)
    if value[key] is None:
        return dict.fromkeys(" ", False)
    about = _object(value, key, where)
    codes: dict[str, bool] = {}
    for name in ("codes", "deprecated-codes"):
        for code, meaning in _object(about, name, where).items():
            old = isinstance(meaning, dict) and bool(meaning.get("deprecated"))
            codes[code] = old or name == "deprecated-codes"
    return codes or dict.fromkeys(map(chr, range(32, 127)), False)
