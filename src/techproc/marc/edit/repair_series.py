"""440, obsolete since 2008, as what took its place: a statement in 490, and an access point in 830.

Source: MARC 21 Bibliographic, 440 ("made obsolete to simplify the series area"), 490 and 830.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from unicodedata import combining

from pymarc.field import Field, Indicators, Subfield

from techproc.marc.edit.linking import copy_partners, partners, relink
from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.path import FieldPath

__all__ = ["divide_series"]

_TITLE = "anp"
_CLOSING = (")", "]", '"', "»", "”")
_PLAIN = re.compile("6?a[np]*x?v?[w0]*")
_MARKS = {"v": " ;", "x": ","}


@transformation(
    "repair.series",
    "440 becomes 490 1_ (title in $a, ISSN, volume) and 830, each with its 880s.",
    fields="440 490 830 880",
    mends=("obsolete-field",),
)
def divide_series(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Divide 440 into the series as it stands and the series as it is traced."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        isbd = record.leader_text[18:19] not in "cn"
        for field in record.get_fields("440"):
            vernacular = partners(record, field)
            if all(map(_plain, (field, *vernacular))):
                _divide(record, field, vernacular, isbd)
                changed += 1
        return changed

    return act


def _plain(field: Field) -> bool:
    """Tell a field in which title, parts, ISSN and volume come in this order, and nothing else."""
    return _PLAIN.fullmatch("".join(s.code for s in field.subfields)) is not None


def _divide(record: WorkingRecord, field: Field, vernacular: list[Field], isbd: bool) -> None:
    stated, traced = _stated(field, isbd), _traced(field, isbd)
    scripts = [_stated(other, isbd) for other in vernacular]
    copies = [_traced(other, isbd) for other in vernacular]
    record.remove_field(field, *vernacular)
    relink(scripts, "490")
    for made in (stated, *scripts):
        record.insert(made)
    if vernacular:
        copy_partners(record, copies, field, traced)
    record.insert(traced)


def _stated(field: Field, isbd: bool) -> Field:
    """Return 490 1_, or its 880: title and parts in one subfield, ISSN, volume."""
    parts = _marked(field, isbd)
    link = [s for s in parts if s.code == "6"]
    title = " ".join(s.value for s in parts if s.code in _TITLE)
    rest = [s for s in parts if s.code in "xv"]
    tag = "880" if field.tag == "880" else "490"
    return Field(tag, Indicators("1", " "), [*link, Subfield("a", title), *rest])


def _traced(field: Field, isbd: bool) -> Field:
    """Return 830 with the count of nonfiling characters, or its 880; a full stop ends it."""
    parts = _marked(field, isbd)
    last = max(at for at, s in enumerate(parts) if s.code.isalpha() and s.code != "w")
    code, value = parts[last]
    if isbd and _ends_in_word(value.rstrip()):
        parts[last] = Subfield(code, f"{value.rstrip()}.")
    tag = "880" if field.tag == "880" else "830"
    return Field(tag, Indicators(" ", (field.indicators or "  ")[1]), parts)


def _marked(field: Field, isbd: bool) -> list[Subfield]:
    """Return the subfields with the marks of ISBD before volume and ISSN."""
    parts = list(field.subfields)
    for at, (code, _) in enumerate(field.subfields):
        if isbd and code in _MARKS:
            before, value = parts[at - 1].code, parts[at - 1].value.rstrip()
            if _ends_in_word(value) or value[-1:] in _CLOSING:  # else it has a mark of some script
                parts[at - 1] = Subfield(before, value + _MARKS[code])
    return parts


def _ends_in_word(value: str) -> bool:
    return bool(value) and (value[-1].isalnum() or combining(value[-1]) > 0)
