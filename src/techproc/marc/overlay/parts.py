"""What rules say of parts of fields: subfields, positions of control fields and of the leader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pymarc
from pymarc import Field, Indicators, Subfield

from techproc.marc.linkage import parse_link
from techproc.marc.overlay.rules import OverlayRule
from techproc.marc.path import FieldPath

__all__ = ["Refining", "content"]

_UNFILLED = " |#"


def content(field: Field, without: frozenset[str] = frozenset()) -> tuple[object, ...]:
    """Return what two equal fields have in common; the number of an 880 link does not count.

    >>> one = Field("245", Indicators("1", "0"), [Subfield("6", "880-01"), Subfield("a", "Sea")])
    >>> two = Field("245", Indicators("1", "0"), [Subfield("6", "880-07"), Subfield("a", "Sea")])
    >>> content(one) == content(two)
    True
    """
    if field.control_field:
        return (field.tag, field.data or "")
    parts: list[tuple[str, str]] = []
    for code, value in field.subfields:
        if code == "6":
            link = parse_link(value)
            if field.tag != "880" and link is not None:
                continue
            value = f"{link.tag}/{link.script}" if link else value  # noqa: PLW2901
        if code not in without:
            parts.append((code, value))
    return (field.tag, tuple(field.indicators or ()), tuple(parts))


class Refining:
    """The rules on parts of fields, each asked for the fields that it can concern."""

    def __init__(self, rules: Sequence[OverlayRule]) -> None:
        self._rules = tuple(rules)
        self._by_tag = cache(self._for_tag)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def _for_tag(self, tag: str) -> tuple[tuple[OverlayRule, FieldPath], ...]:
        return tuple(
            (rule, path)
            for rule in self._rules for path in rule.paths if path.matches_tag(tag)
        )  # fmt: skip

    def _on(self, field: Field) -> list[tuple[OverlayRule, FieldPath]]:
        """Return the rules that name parts of this field, whatever is in those parts."""
        rules = self._by_tag(field.tag)
        if not rules:
            return []
        holder = pymarc.Record(fields=[field])
        return [(rule, path) for rule, path in rules if path.candidates(holder)]

    def identity(self, field: Field) -> tuple[object, ...]:
        """Return what fields have in common that are the same but for the parts named."""
        codes = "".join(path.codes or "" for _, path in self._on(field))
        return content(field, frozenset(codes))

    def merged(self, base: Field, ours: Field, theirs: Field) -> tuple[Field | None, str]:
        """Return `base` with its parts as the rules want them of the two; None when it is so."""
        decided: set[object] = set()
        merged, names = base, []
        for rule, path in self._on(base):
            if base.control_field:
                changed = self._positions(merged, ours, theirs, rule, path, decided)
            else:
                changed = self._subfields(merged, ours, theirs, rule, path, decided)
            if content(changed) != content(merged):
                merged = changed
                names.append(rule.name)
        return (None, "") if merged is base else (merged, names[0])

    def _subfields(
        self, base: Field, ours: Field, theirs: Field, rule: OverlayRule, path: FieldPath,
        decided: set[object],
    ) -> Field:  # fmt: skip
        codes = _codes(path, ours, theirs) - decided
        decided |= codes
        held = [s for s in ours.subfields if s.code in codes]
        offered = [s for s in theirs.subfields if s.code in codes]
        wanted = [] if rule.strip else _combined(held, offered, rule.allow)
        if [s for s in base.subfields if s.code in codes] == wanted:
            return base
        return _with_subfields(base, codes, wanted, ours, theirs)

    def _positions(
        self, base: Field, ours: Field, theirs: Field, rule: OverlayRule, path: FieldPath,
        decided: set[object],
    ) -> Field:  # fmt: skip
        if path.span is None:
            return base
        text = _with_positions(
            base.data or "", ours.data or "", theirs.data or "", rule, path.span, decided
        )
        return base if text == base.data else Field(base.tag, data=text)

    def leader(self, base: str, existing: pymarc.Record, incoming: pymarc.Record) -> str:
        """Return the leader with the positions that rules name as they want them."""
        decided: set[object] = set()
        for rule, path in self._by_tag("LDR"):
            if path.span is not None:
                ours, theirs = str(existing.leader), str(incoming.leader)
                base = _with_positions(base, ours, theirs, rule, path.span, decided)
        return base

    def protects(self, field: Field) -> str:
        """Return the name of a rule that keeps a part that this field has; "" when there is none."""
        for rule, path in self._on(field):
            if "remove" not in rule.allow and not rule.strip:
                holder = pymarc.Record(fields=[field])
                if any(value.strip(_UNFILLED) for value in path.values(holder)):
                    return rule.name
        return ""

    def alone(self, field: Field) -> tuple[Field | None, str]:
        """Return a field that has no partner without what is stripped; None when nothing is."""
        for rule, path in self._on(field):
            if rule.strip:
                codes = _codes(path, field, field)
                kept = [s for s in field.subfields if s.code not in codes]
                if len(kept) < len(field.subfields):
                    return Field(field.tag, field.indicators, kept), rule.name
        return None, ""


def _codes(path: FieldPath, *fields: Field) -> set[object]:
    if path.codes == "*":
        return {s.code for field in fields for s in field.subfields if s.code != "6"}
    return set(path.codes or "")


def _combined(
    held: list[Subfield], offered: list[Subfield], allow: frozenset[str]
) -> list[Subfield]:
    """Apply the four permissions to the subfields of two fields."""
    if not held:
        return offered if "add" in allow else []
    if not offered:
        return [] if "delete" in allow else held
    stay = [s for s in held if s in offered or "remove" not in allow]
    come = [s for s in offered if s not in held] if "append" in allow else []
    return stay + come


def _with_subfields(
    base: Field, codes: set[object], wanted: list[Subfield], ours: Field, theirs: Field
) -> Field:
    """Put subfields where those of their codes stand, else before what follows in the source."""
    kept = [s for s in base.subfields if s.code not in codes]
    places = [at for at, s in enumerate(base.subfields) if s.code in codes]
    if places:
        at = sum(1 for s in base.subfields[: places[0]] if s.code not in codes)
    else:
        source = ours if any(s in ours.subfields for s in wanted) else theirs
        first = next(at for at, s in enumerate(source.subfields) if s.code in codes)
        before = {s.code for s in source.subfields[:first]}
        at = max((n for n, s in enumerate(kept, 1) if s.code in before), default=0)
    return Field(base.tag, base.indicators or Indicators(" ", " "), kept[:at] + wanted + kept[at:])


def _with_positions(
    base: str, ours: str, theirs: str, rule: OverlayRule, span: tuple[int, int],
    decided: set[object],
) -> str:  # fmt: skip
    """Decide each position by itself; one that a text does not reach stays as it is."""
    text = list(base)
    for at in range(span[0], min(span[1], len(base))):
        if at in decided or at >= len(ours) or at >= len(theirs):
            continue
        decided.add(at)
        unfilled = ours[at] in _UNFILLED
        needs = "add" if unfilled else "remove"
        text[at] = theirs[at] if needs in rule.allow else ours[at]
    return "".join(text)
