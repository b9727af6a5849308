"""MARC-in-JSON: one record to and from its JSON object (the draft by Ross Singer, 2010).

`{"leader": "…", "fields": [{"001": "…"}, {"245": {"ind1": "1", "ind2": "0", "subfields":
[{"a": "…"}]}}]}`
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pymarc

from techproc.findings import Finding, Severity
from techproc.marc.carrying import is_control, loss

__all__ = ["UnreadableError", "losses", "parse_record", "render_record"]

BLANK_LEADER = "00000nam a2200000   4500"


class UnreadableError(Exception):
    """Why a JSON value is not a record; readers turn it into a quarantined piece."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(rule=rule, message=message)


def parse_record(text: bytes) -> tuple[pymarc.Record, list[Finding]]:
    """Return the record that a JSON object writes, and what was noticed; raises UnreadableError."""
    findings: list[Finding] = []
    try:
        value = _value(text.decode("utf-8"), findings)
    except UnicodeDecodeError as error:
        raise UnreadableError("marc.invalid-utf8", f"byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise UnreadableError("marc.json-depth", "nested too deeply to be a record") from None
    except ValueError as error:
        raise UnreadableError("marc.json-syntax", f"not JSON: {error}") from None
    if not isinstance(value, dict) or not isinstance(value.get("fields"), list):
        raise UnreadableError("marc.json-shape", 'not MARC-in-JSON: no list called "fields"')
    record = pymarc.Record()
    record.leader = pymarc.Leader(_leader(value, findings))
    for extra in sorted(set(value) - {"leader", "fields"}):
        raise UnreadableError(
            "marc.json-shape", f"{extra!r} beside leader and fields is not a record's"
        )
    record.fields = [_field(entry, findings) for entry in value["fields"]]
    return record, findings


def _value(text: str, findings: list[Finding]) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        if not error.msg.startswith("Invalid control character"):
            raise
        # Some programs write line ends and the like into strings as they are.
        value = json.loads(text, object_pairs_hook=_object, strict=False)
        findings.append(
            Finding(
                rule="marc.json-control",
                severity=Severity.WARNING,
                message="control characters stand in strings as they are, which JSON forbids",
                fix="look at the text where words may have been joined or cut",
            )
        )
        return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # json would keep the last of two equal keys and lose the first.
        raise UnreadableError("marc.json-shape", "an object says the same key twice")
    return found


def _leader(value: dict[str, Any], findings: list[Finding]) -> str:
    leader = value.get("leader")
    if leader is None:
        message = f"no leader; {BLANK_LEADER!r} was put in its place"
        findings.append(_note("marc.no-leader", message, "LDR"))
        return BLANK_LEADER
    leader = _text(leader, "the leader")
    if len(leader) > 24:
        raise UnreadableError(
            "marc.leader-length", f"the leader has {len(leader)} characters, not 24"
        )
    if len(leader) < 24:
        message = f"the leader has {len(leader)} characters; blanks were added to make it 24"
        findings.append(_note("marc.leader-length", message, "LDR"))
        leader = leader.ljust(24)
    return leader


def _note(rule: str, message: str, path: str) -> Finding:
    return Finding(rule=rule, message=message, severity=Severity.WARNING, path=path)


def _field(entry: Any, findings: list[Finding]) -> pymarc.Field:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise UnreadableError("marc.json-shape", "a field is an object with one key, its tag")
    ((tag, content),) = entry.items()
    if len(tag) != 3 or not tag.isascii():
        raise UnreadableError("marc.tag", f"{tag!r} is not a tag")
    if not tag.isalnum():
        findings.append(_note("marc.tag", f"{tag!r} is no tag of letters and digits", tag))
    if isinstance(content, str):
        field = pymarc.Field(tag, data=_text(content, tag))
        if not field.control_field:  # FMT and the like, which some systems keep as text
            field.control_field, field.data = True, content
        return field
    if not isinstance(content, dict) or not isinstance(content.get("subfields"), list):
        raise UnreadableError("marc.json-shape", f"{tag} has neither text nor subfields")
    if is_control(tag):
        raise UnreadableError(
            "marc.json-shape", f"{tag} is a control field and cannot have subfields"
        )
    if extra := set(content) - {"ind1", "ind2", "subfields"}:
        raise UnreadableError("marc.json-shape", f"{tag} holds {', '.join(sorted(extra))}")
    indicators = [_indicator(content, key, tag, findings) for key in ("ind1", "ind2")]
    subfields: list[pymarc.Subfield] = []
    for part in content["subfields"]:
        if not isinstance(part, dict) or not part:
            raise UnreadableError("marc.json-shape", f"a subfield of {tag} is not an object")
        for code, value in part.items():
            if len(code) != 1:
                raise UnreadableError(
                    "marc.subfield-code", f"{code!r} in {tag} is not a subfield code"
                )
            known = _text(code, f"a subfield code of {tag}")
            subfields.append(pymarc.Subfield(known, _text(value, f"{tag}${code}")))
    return pymarc.Field(tag, pymarc.Indicators(*indicators), subfields)


def _indicator(content: dict[str, Any], key: str, tag: str, findings: list[Finding]) -> str:
    value = content.get(key)
    if value is None or value == "":
        message = f"{key} is missing and was read as blank"
        findings.append(_note("marc.indicator-missing", message, tag))
        return " "
    if not isinstance(value, str) or len(value) != 1:
        raise UnreadableError("marc.indicator", f"{key} of {tag} is {value!r}, not one character")
    return _text(value, f"{key} of {tag}")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise UnreadableError("marc.json-shape", f"{where} is not text")
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise UnreadableError("marc.json-surrogate", f"half of a surrogate pair in {where}")
    return value


def losses(record: pymarc.Record) -> Iterator[Finding]:
    """Yield a finding for what JSON would not give back."""
    for field in record.fields:
        one_each = all(len(code) == 1 for code, _ in field.subfields)
        if len(field.tag) != 3 or not field.tag.isascii() or not one_each:
            yield loss("json", field.tag, "a tag or subfield code of another length")
        elif not field.control_field and is_control(field.tag):
            yield loss("json", field.tag, "a control field with subfields is not read")


def render_record(record: pymarc.Record) -> str:
    """Return the record as one line of JSON.

    >>> record = pymarc.Record()
    >>> record.leader = pymarc.Leader("00000nam a2200000 i 4500")
    >>> record.add_field(pymarc.Field("001", data="b1"))
    >>> render_record(record)
    '{"leader":"00000nam a2200000 i 4500","fields":[{"001":"b1"}]}'
    """
    fields: list[dict[str, Any]] = []
    for field in record.fields:
        if field.control_field:
            fields.append({field.tag: field.data or ""})
        else:
            first, second = field.indicators or (" ", " ")
            subfields = [{code: value} for code, value in field.subfields]
            fields.append({field.tag: {"ind1": first, "ind2": second, "subfields": subfields}})
    value = {"leader": str(record.leader), "fields": fields}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
