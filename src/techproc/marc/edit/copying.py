"""Copying and moving fields and subfields; their 880s come with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pymarc.field import Field, Indicators, Subfield

from techproc.errors import ConfigError
from techproc.marc.edit.linking import copy_partners, partners, relink
from techproc.marc.edit.steps import Act, Log, delete_subfields
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.path import FieldPath

__all__ = ["Destination", "carry"]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where copied or moved text goes: a tag, its indicators, a subfield code.

    `tag` is empty for another subfield of the same field; `indicators` hold _ for those of the
    field that is copied.
    """

    tag: str
    indicators: str = "__"
    code: str = ""

    @classmethod
    def parse(cls, text: str) -> Destination:
        """Return the destination that `246 3#$a`, `246`, `246 3#` or `$v` writes."""
        match = re.fullmatch(
            r"(?:([0-9A-Za-z]{3})(?: ?([0-9a-z#_\\]{2}))?)? ?(?:\$([!-~]))?", text.strip()
        )
        if match is None or not (match[1] or match[3]):
            raise ConfigError(f"{text!r}: a place is written 246, 246 3#, 246 3#$a or $v")
        return cls(match[1] or "", (match[2] or "__").replace("\\", "#"), match[3] or "")

    def indicators_for(self, source: Field) -> Indicators:
        """Return the indicators of a field made from another."""
        old = source.indicators or Indicators(" ", " ")
        pairs = zip(self.indicators, old, strict=True)
        return Indicators(*(o if c == "_" else " " if c == "#" else c for c, o in pairs))


def carry(path: FieldPath, to: Destination, *, move: bool, linked: bool) -> Act:
    """Copy or move fields, or some of their subfields, to fields of another tag."""
    if path.span is not None or path.indicator is not None or path.tag == "LDR":
        raise ConfigError(f"{path}: whole fields or subfields are copied; build takes positions")
    if not to.tag:
        if path.codes is None:
            raise ConfigError(f"{path}: name the subfields that become ${to.code}")
        return _recode(path, to.code, move=move, linked=linked)
    if path.tag.startswith("00") != to.tag.startswith("00"):
        raise ConfigError(f"{path} and {to.tag}: a control field is no data field; use build")

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for source in path.fields(record):
            followers = partners(record, source) if linked else []
            if move and path.codes is None:
                if source.tag == to.tag and source.indicators == to.indicators_for(source):
                    continue
                _retag(record, source, followers, to)
                changed += 1
                continue
            made = _made_from(record, source, path, to, to.tag)
            if made is not None and not _is_copied(record, made):
                copies = [_made_from(record, f, path, to, "880") for f in followers]
                record.insert(made)
                copy_partners(record, [c for c in copies if c is not None], source, made)
                changed += 1
            if move:
                changed += delete_subfields(record, (source, *followers), path, linked=linked)
        return changed

    return act


def _is_copied(record: WorkingRecord, made: Field) -> bool:
    """Say whether there is such a field already, but for its link."""

    def plain(f: Field) -> str:
        if f.control_field:
            return f.data or ""
        return "\x1f".join(
            ["".join(f.indicators or "  "), *(c + v for c, v in f.subfields if c != "6")]
        )

    text = plain(made)
    return any(plain(other) == text for other in record.get_fields(made.tag))


def _made_from(
    record: WorkingRecord, source: Field, path: FieldPath, to: Destination, tag: str
) -> Field | None:
    """Return a new field of the chosen subfields of another; None when there are none."""
    made = Field(tag)
    if source.control_field:
        made.control_field, made.data = True, source.data
        return made
    if path.codes is None:
        chosen = list(source.subfields)
    else:
        places = path.places_in(record, source)
        chosen = [source.subfields[p.subfield] for p in places if p.subfield is not None]
        if to.code:
            chosen = [Subfield(to.code, value) for _, value in chosen]
    if tag != "880":
        chosen = [s for s in chosen if s.code != "6"]
    elif path.codes is not None:
        chosen = [*(s for s in source.subfields if s.code == "6"), *chosen]
    made.indicators = to.indicators_for(source)
    made.subfields = chosen
    return made if any(s.code != "6" for s in chosen) else None


def _retag(record: WorkingRecord, source: Field, followers: list[Field], to: Destination) -> None:
    """Give a field, and by their links its 880s, another tag; it keeps its subfields."""
    moved = source.tag != to.tag
    if not source.control_field:
        source.indicators = to.indicators_for(source)
        for follower in followers:
            follower.indicators = to.indicators_for(follower)
        relink(followers, to.tag)
    if moved:
        record.remove_field(source)
        source.tag = to.tag
        record.insert(source)


def _recode(path: FieldPath, code: str, *, move: bool, linked: bool) -> Act:
    """Give subfields another code within their field, or copy them to it."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for source in path.fields(record):
            for each in (source, *(partners(record, source) if linked else ())):
                for place in reversed(path.places_in(record, each)):
                    if place.subfield is None:
                        continue
                    made = Subfield(code, each.subfields[place.subfield].value)
                    if move:
                        if each.subfields[place.subfield] == made:
                            continue
                        each.subfields[place.subfield] = made
                    elif made in each.subfields:
                        continue
                    else:
                        each.subfields.insert(place.subfield + 1, made)
                    changed += 1
        return changed

    return act
