"""What one record keeps of several: the leader's fields, and of the others what must not be lost.

Rules by tag: "union" keeps every different field of all records, "leader" the leader's own and the
others' only where it has none; fields of tags to "join" that agree become one (`joining`). Holdings,
items and links are always kept whole, equal or not, for two equal items are two items. Old control
numbers go to 019, system numbers to 035 $z.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pymarc
from pymarc import Field, Indicators, Subfield

from techproc.config import MergePolicy, policy_from
from techproc.dedupe.joining import best_partner, join_fields, joined_codes
from techproc.findings import Finding
from techproc.marc.control import control_number
from techproc.marc.linkage import free_occurrence, numbers_full, occurrence, paired, parse_link
from techproc.rulefiles import read_rules
from techproc.text import fold

__all__ = ["Merged", "merge_records", "merge_rules"]

# Holdings and items: MARC 21 841–878. The policy adds the 9XX of library systems.
_HOLDINGS = ("84X", "850", "852", "853", "854", "855", "86X", "87X")
# One statement, in the form of AACR2 or of RDA: a record has the one or the other.
_IMPRINT = {"260", "264"}
_NEVER_LOST = ("020", "022", "024", "028", "035", "856")


def merge_rules(source: str | Path) -> MergePolicy:
    """Return the keys of `[merge]` that a preset states, by its name, or a TOML file of one's own.

    Raises ConfigError for a name that is no preset, a file that can't be read, or an unknown key.

    >>> merge_rules("melinda").entries
    True
    """
    table = read_rules(source, "techproc.dedupe", "preset of merge rules")
    return policy_from({"merge": table}, where=str(source)).merge


@dataclass(frozen=True, slots=True)
class Merged:
    """The record that survives, and where each field that the leader did not have came from.

    `taken` holds (001 of the record, field as text); `left` the fields that were not kept: equal to
    one that is there, or of a tag where the leader's counts. `findings` say what was kept otherwise
    than it was.
    """

    record: pymarc.Record
    taken: tuple[tuple[str, str], ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def merge_records(
    leader: pymarc.Record, others: Sequence[pymarc.Record], rules: MergePolicy | None = None
) -> Merged:
    """Return the leader with what survives of the others; no input is changed.

    Of a 020, 035 or 856 no field is lost, nor any field of holdings or items. 880 fields come with
    the fields they pair, under new occurrence numbers; beyond the 99 that a record has they come
    unpaired, with a finding (`link-numbers-full`).
    """
    chosen = rules or MergePolicy()
    record = copy.deepcopy(leader)
    union = _tags((*_NEVER_LOST, *chosen.union))
    always = _tags((*_HOLDINGS, *chosen.items))
    taken: list[tuple[str, str]] = []
    left: list[tuple[str, str]] = []
    unpaired = 0
    for other in others:
        name = control_number(other)
        coming = copy.deepcopy(other)
        if chosen.codes:
            taken += [(name, str(one)) for one in _code(record, coming)]
        if chosen.join:
            for one, adds in _join(record, coming, _tags(chosen.join), always):
                (taken if adds else left).append((name, str(one)))
        if chosen.entries:
            _enter(record, coming)
        added = _take(record, coming, union, always, name, left)
        unpaired += _renumber(record, added)
        for one in added:
            record.add_ordered_field(one)
        taken += [(name, str(one)) for one in added]
        if name and name != control_number(leader):
            taken += [(name, str(one)) for one in _old_number(record, other, name, chosen)]
    findings = (numbers_full(unpaired).at(control=control_number(leader)),) if unpaired else ()
    return Merged(record, tuple(taken), tuple(left), findings)


def _tags(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(tag.replace("X", r"\d") for tag in patterns))


def _code(record: pymarc.Record, other: pymarc.Record) -> list[Field]:
    """Take codes that the record lacks out of the other: whole fields, or positions left uncoded."""
    taken = []
    for tag in ("006", "007", "008"):
        ours, theirs = record.get_fields(tag), other.get_fields(tag)
        if not ours:
            for one in theirs:
                record.add_ordered_field(one)
                other.remove_field(one)
                taken.append(one)
            continue
        kind = record.leader[6:8] == other.leader[6:8]
        for one, two in product(ours, theirs):
            made = _filled(one, two, kind)
            if made != one.data:
                one.data = made
                taken.append(two)
    return taken


def _filled(ours: Field, theirs: Field, alike: bool) -> str:
    """Return our codes with what we leave uncoded; 008/18-34 only of records of one type and level."""
    known, offered = ours.data or "", theirs.data or ""
    if ours.tag != "008":
        alike = known[:1] == offered[:1]
        return joined_codes(known, offered, 0, len(known)) if alike else known
    for first, last in ((6, 17), (18, 34), (35, 39)):
        if alike or first != 18:
            known = joined_codes(known, offered, first, last)
    return known


def _join(
    record: pymarc.Record, other: pymarc.Record, tags: re.Pattern[str], always: re.Pattern[str]
) -> list[tuple[Field, bool]]:
    """Join fields of the other with those they agree with; return each, and whether it added anything.

    Fields of holdings and items are not joined, nor those that an 880 pairs.
    """
    out = []
    for one in other.get_fields():
        if not tags.fullmatch(one.tag) or always.fullmatch(one.tag) or "6" in one:
            continue
        partner = best_partner(one, record.fields)
        if partner is None or not tags.fullmatch(partner.tag) or "6" in partner:
            continue
        made = join_fields(partner, one)
        record.fields[_place(record, partner)] = made
        other.remove_field(one)
        out.append((one, str(made) != str(partner)))
    return out


def _place(record: pymarc.Record, field: Field) -> int:
    return next(i for i, one in enumerate(record.fields) if one is field)


def _enter(record: pymarc.Record, other: pymarc.Record) -> None:
    """Make the other's main entry an added one when the record has a main entry of its own."""
    if any(one.tag[0] == "1" for one in record.fields):
        for one in other.fields:
            if one.tag in ("100", "110", "111", "130"):
                one.tag = f"7{one.tag[1:]}"
                if one.tag == "730" and one.indicators:
                    one.indicators = Indicators(one.indicators[0], " ")


def _take(
    record: pymarc.Record,
    other: pymarc.Record,
    union: re.Pattern[str],
    always: re.Pattern[str],
    name: str,
    left: list[tuple[str, str]],
) -> list[Field]:
    """Return the fields of the other that are to come, 880s with their partners; add the rest to `left`."""
    own = {field.tag for field in record.fields}
    own |= _IMPRINT if own & _IMPRINT else set()
    known = {_identity(field) for field in record.fields}
    partners = _partners(other)
    wanted = []
    for one in other.fields:
        if one.tag == "880":
            continue  # it goes where its partner goes
        if one.tag in ("001", "003", "005", "008", "006", "007") or one.control_field:
            left.append((name, str(one)))
        elif always.fullmatch(one.tag):
            wanted.append(one)
        elif _identity(one) in known or not (union.fullmatch(one.tag) or one.tag not in own):
            left.append((name, str(one)))
        else:
            wanted.append(one)
            known.add(_identity(one))
    kept = list(wanted)
    taken = {id(one) for one in wanted}
    for one in other.fields:
        if one.tag != "880":
            continue
        partner = partners.get(_link(one))
        alone = partner is None and _identity(one) not in known
        if (partner is not None and id(partner) in taken) or alone:
            kept.append(one)
            known.add(_identity(one))
        elif partner is not None and _identity(one) not in known and not _has_pair(record, partner):
            # The leader's own field has no form in the original script: take it as an 880-00.
            one.subfields = paired(one, "").subfields
            kept.append(one)
        else:
            left.append((name, str(one)))
    return kept


def _old_number(
    record: pymarc.Record, other: pymarc.Record, name: str, rules: MergePolicy
) -> Iterable[Field]:
    made = []
    if rules.old_numbers and not any(
        name in one.get_subfields("a") for one in record.get_fields(rules.old_numbers)
    ):
        made.append(Field(rules.old_numbers, Indicators(" ", " "), [Subfield("a", name)]))
    agency = other.get("003")
    if agency is not None and agency.data:
        text = f"({agency.data.strip()}){name}"
        known = [v for one in record.get_fields("035") for v in one.get_subfields("a", "z")]
        if text not in known:
            made.append(Field("035", Indicators(" ", " "), [Subfield("z", text)]))
    for one in made:
        record.add_ordered_field(one)
    return made


def _identity(field: Field) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Tell two fields equal when only punctuation, case or the link number differ.

    Web addresses, identifiers and coded values are compared as they are.
    """
    if field.control_field:
        return field.tag, "", (("", field.data or ""),)
    exact = field.tag[:1] == "0" or field.tag == "856"
    parts = tuple(
        (code, value if exact else fold(value) or value)
        for code, value in field.subfields
        if code != "6"
    )
    return field.tag, "".join(field.indicators or ()), parts


def _partners(record: pymarc.Record) -> dict[tuple[str, str], Field]:
    """Return the fields that 880s pair, by their tag and occurrence number."""
    return {
        (one.tag, n): one for one in record.fields if one.tag != "880" and (n := occurrence(one))
    }


def _link(field: Field) -> tuple[str, str]:
    """Return tag and occurrence number of the field that an 880 names; empty where it names none."""
    link = parse_link(field.get("6") or "")
    return (link.tag, link.occurrence) if link else ("", "")


def _has_pair(record: pymarc.Record, partner: Field) -> bool:
    return any((one.get("6") or "")[:3] == partner.tag for one in record.get_fields("880"))


def _renumber(record: pymarc.Record, fields: Sequence[Field]) -> int:
    """Give incoming pairs occurrence numbers that the record has not; return how many get none."""
    used = {occurrence(one) for one in record.fields}
    numbers: dict[str, str] = {}
    for one in fields:
        if old := occurrence(one):
            if old not in numbers:
                numbers[old] = free_occurrence(used)
                used.add(numbers[old])
            one.subfields = paired(one, numbers[old]).subfields
    return sum(not number for number in numbers.values())
