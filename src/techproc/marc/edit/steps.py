"""The verbs of a recipe: what each does to one record.

Every verb is a function of the record; what it cannot do it says in a finding and leaves as it is.
Fields are followed by their 880s unless a step says `linked = false`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pymarc.field import Field, Subfield

from techproc.errors import ConfigError
from techproc.findings import Finding, Severity
from techproc.marc.edit.linking import forget_partner, partners
from techproc.marc.edit.template import FieldTemplate, TextTemplate
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fielddiff import field_text
from techproc.marc.path import FieldPath, Place

__all__ = [
    "Act",
    "Log",
    "add_field",
    "add_subfields",
    "delete",
    "delete_subfields",
    "remove",
    "replace_text",
    "rewrite_fields",
    "set_value",
    "sort_fields",
]


@dataclass(slots=True)
class Log:
    """What a step could not do to a record."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, rule: str, message: str, path: str, severity: Severity) -> None:
        """Note a finding about the record at hand."""
        self.findings.append(Finding(rule=rule, message=message, path=path, severity=severity))


Act: TypeAlias = Callable[[WorkingRecord, Log], int]  # returns how much it changed


def add_field(template: FieldTemplate, source: FieldPath | None, *, again: bool) -> Act:
    """Add a field; one for each value of `source` where that is given. `again`: even if it is
    there already."""

    constant = template.constant

    def act(record: WorkingRecord, log: Log) -> int:
        if constant is not None and source is None:
            if not again and constant in record.texts_of(template.tag):
                return 0
            record.insert_text(template.tag, constant)
            return 1
        added = 0
        for value in source.values(record) if source else [""]:
            made = template.make(record, value)
            if made is None or (not again and _is_there(record, made)):
                continue
            record.insert(made)
            added += 1
        return added

    return act


def _is_there(record: WorkingRecord, made: Field) -> bool:
    return field_text(made) in record.texts_of(made.tag)


def add_subfields(
    subfields: Sequence[tuple[str, TextTemplate]], path: FieldPath, before: str, *, again: bool
) -> Act:
    """Add subfields to the fields of a path: at the end, or before the first of the codes
    `before`. Those that are there already are not added, unless `again`."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for target in path.fields(record):
            for code, template in subfields:
                text = template.render(record)
                if not text or (not again and Subfield(code, text) in target.subfields):
                    continue
                codes = [s.code for s in target.subfields]
                at = next((i for i, c in enumerate(codes) if c in before), len(codes))
                target.subfields.insert(at, Subfield(code, text))
                changed += 1
        return changed

    return act


def delete(path: FieldPath, keep: Sequence[FieldPath], *, linked: bool) -> Act:
    """Delete fields; with subfield codes, subfields, and fields that nothing is left of."""
    whole = path.codes is None
    if path.span is not None or path.indicator is not None or path.tag == "LDR":
        raise ConfigError(f"{path}: positions cannot be deleted; set them to blanks")

    unlinked = path.simple and whole and not keep and not path.matches_tag("880")

    def act(record: WorkingRecord, log: Log) -> int:
        if unlinked and (gone := record.drop_unlinked(path.matches_tag)) is not None:
            return gone
        found = path.fields(record)
        if keep and found:
            kept = {id(f) for other in keep for f in other.fields(record)}
            found = [f for f in found if id(f) not in kept]
        changed = 0
        for target in found:
            if whole:
                remove(record, target, linked=linked)
                changed += 1
                continue
            followers = partners(record, target) if linked else []
            changed += delete_subfields(record, (target, *followers), path, linked=linked)
        return changed

    return act


def delete_subfields(
    record: WorkingRecord, targets: Sequence[Field], path: FieldPath, *, linked: bool
) -> int:
    """Take the subfields that a path means off fields, and the fields of which nothing is left.

    Return how many subfields there were.
    """
    changed = 0
    for target in targets:
        gone = {place.subfield for place in path.places_in(record, target)}
        if gone:
            target.subfields = [s for at, s in enumerate(target.subfields) if at not in gone]
            changed += len(gone)
        if not any(s.code != "6" for s in target.subfields):
            remove(record, target, linked=linked)
    return changed


def remove(record: WorkingRecord, target: Field, *, linked: bool) -> None:
    """Take a field away with its 880s; an 880's partner forgets it."""
    if not any(f is target for f in record.get_fields(target.tag)):
        return  # gone already, with its partner
    if linked:
        record.remove_field(*partners(record, target))
        if target.tag == "880":
            forget_partner(record, target)
    record.remove_field(target)


def rewrite_fields(change: Callable[[str, str], str]) -> Act:
    """Put `change(tag, text)` for the text of each field."""

    def act(record: WorkingRecord, log: Log) -> int:
        return record.rewrite_tagged(change)

    return act


def replace_text(path: FieldPath, change: Callable[[str], str], *, linked: bool) -> Act:
    """Change the text of places; a subfield that nothing is left of is deleted.

    A data field without codes stands for all its subfields but $6.
    """

    if path.simple and not linked and not path.tag.startswith("00"):
        return _replace_simply(path, change)

    def places(record: WorkingRecord, target: Field) -> list[Place]:
        found = path.places_in(record, target)
        if path.codes is None and path.span is None and not target.control_field:
            return [Place(record, target, subfield=at) for at in range(len(target.subfields))]
        return found

    def act(record: WorkingRecord, log: Log) -> int:
        if path.tag == "LDR":
            return sum(_rewrite(place, change, log) for place in path.places(record))
        changed = 0
        for target in path.fields(record):
            for each in (target, *(partners(record, target) if linked else ())):
                emptied = []
                for place in places(record, each):
                    if place.subfield is not None and path.span is None:
                        code, value = each.subfields[place.subfield]
                        after = (
                            value if code == "6" and path.codes in (None, "*") else change(value)
                        )
                        if after == value:
                            continue
                        changed += 1
                        each.subfields[place.subfield] = Subfield(code, after)
                        if not after:
                            emptied.append(place.subfield)
                    else:
                        changed += _rewrite(place, change, log)
                for at in reversed(emptied):
                    del each.subfields[at]
                if emptied and not any(s.code != "6" for s in each.subfields):
                    remove(record, each, linked=True)
        return changed

    return act


def _replace_simply(path: FieldPath, change: Callable[[str], str]) -> Act:
    """Change the text of subfields by their codes alone, without building what stays."""
    codes = path.codes
    tags = path.matches_tag if any(c in "X." for c in path.tag) else path.tag

    everything = codes is None or codes == "*"
    emptied = False

    def changed(text: str) -> str:
        nonlocal emptied
        parts = text.split("\x1f")
        for at in range(1, len(parts)):
            code, value = parts[at][:1], parts[at][1:]
            if code and code != "6" if everything else code in (codes or ""):
                after = change(value)
                if after != value:
                    parts[at] = code + after if after else ""
                    emptied = emptied or not after
        if emptied:
            parts[1:] = filter(None, parts[1:])
        return "\x1f".join(parts)

    def act(record: WorkingRecord, log: Log) -> int:
        nonlocal emptied
        emptied = False
        count = record.rewrite(tags, changed)
        if emptied:
            for target in record.select(path.matches_tag):
                if not target.control_field and not any(s.code != "6" for s in target.subfields):
                    remove(record, target, linked=True)
        return count

    return act


def _rewrite(place: Place, change: Callable[[str], str], log: Log) -> int:
    before = place.text
    after = change(before)
    if after == before:
        return 0
    return _write(place, after, log)


def _write(place: Place, text: str, log: Log) -> int:
    tag = "LDR" if place.field is None else place.field.tag
    try:
        place.write(text)
    except ConfigError as error:
        log.add("edit.no-room", f"left as it is: {error}", tag, Severity.WARNING)
        return 0
    return 1


def set_value(path: FieldPath, to: TextTemplate, *, linked: bool) -> Act:
    """Set what stands in the places of a path: positions, indicators, subfields.

    In positions and indicators `#` of the recipe is a blank. A place that is not there is not made.
    """
    coded = path.span is not None or path.indicator is not None
    if path.codes is None and not coded and not path.tag.startswith("00"):
        raise ConfigError(f"{path}: name positions (008/23), an indicator (245@2) or a subfield")

    def act(record: WorkingRecord, log: Log) -> int:
        text = to.render(record)
        if text is None:
            return 0
        if coded:
            text = text.replace("#", " ")
        changed = 0
        for place in path.places(record):
            fields = [place.field]
            if linked and place.field is not None and path.indicator is not None:
                fields += partners(record, place.field)
            for each in fields:
                here = Place(record, each, place.subfield, place.indicator, place.span)
                if here.text != text:
                    changed += _write(here, text, log)
        if path.span is not None and not changed:
            _note_short(path, record, log)
        return changed

    return act


def _note_short(path: FieldPath, record: WorkingRecord, log: Log) -> None:
    """Say it where a fixed field ends before the positions."""
    if path.span is None or path.tag == "LDR":
        return
    for target in record.get_fields(path.tag):
        if target.control_field and len(target.data or "") < path.span[1]:
            message = f"{len(target.data or '')} characters long, too short for {path}"
            log.add("edit.no-room", message, path.tag, Severity.WARNING)


def sort_fields(path: FieldPath, by: str) -> Act:
    """Put the fields of a path in order among the places they take.

    `by`: tag; block (the first character of the tag); text (tag, then text); codes of subfields
    within each field are sorted by `subfields`.
    """

    def key(f: Field) -> tuple[str, ...]:
        if by == "block":
            return (f.tag[:1],)
        return (f.tag,) if by == "tag" else (f.tag, field_text(f)[3:])

    def act(record: WorkingRecord, log: Log) -> int:
        found = path.fields(record)
        if by == "subfields":
            changed = 0
            for f in found:
                ordered = sorted(
                    f.subfields, key=lambda s: (s.code != "6", s.code.isdigit(), s.code)
                )
                if ordered != f.subfields:
                    f.subfields = ordered
                    changed += 1
            return changed
        ordered_fields = sorted(found, key=key)
        if all(a is b for a, b in zip(found, ordered_fields, strict=True)):
            return 0
        meant = {id(f) for f in found}
        waiting = iter(ordered_fields)
        record.fields = [next(waiting) if id(f) in meant else f for f in record.fields]
        return 1

    return act
