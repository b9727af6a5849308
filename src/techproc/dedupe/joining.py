"""Two fields that say the same of one thing, joined: "Frenckell, Ester" and "Frenckell, Ester, 1890-1974".

Fields agree when what identifies them is equal but for case, marks and punctuation, and nothing that
may stand but once contradicts; of what may be repeated, every different value is kept. Which subfields
may be repeated is MARC 21's word (`marc.schema`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pymarc import Field, Subfield

from techproc.marc.schema import bibliographic
from techproc.text import fold

__all__ = ["agree", "best_partner", "join_fields", "joined_codes"]

# Materials, institution and links: fields that differ in these are not about one thing.
_APART = frozenset("3568")
# A name with a title is no name, and a part is not its whole.
_NAMING = frozenset("tnp")
_NAMES = frozenset(["00", "10", "11", "30"])
_MARKS = re.compile(r"[\s/:;,.=+]*$")


def agree(ours: Field, theirs: Field) -> bool:
    """Return whether two fields may be joined: same tag, or main and added entry of a kind of name.

    Indicators agree when they are equal or one is blank; a main entry has no second one to compare.

    >>> from pymarc import Indicators
    >>> short, long = (Field(tag, Indicators("1", " "), [Subfield("a", name), *more]) for tag, name, more
    ...     in (("100", "Kartio, Johanna.", []), ("700", "Kartio, Johanna,", [Subfield("d", "1960-")])))
    >>> agree(short, long), str(join_fields(short, long))
    (True, '=100  1\\\\$aKartio, Johanna,$d1960-')
    """
    entries = {ours.tag[:1], theirs.tag[:1]} == {"1", "7"} and ours.tag[1:] in _NAMES
    if ours.tag[1:] != theirs.tag[1:] or (ours.tag != theirs.tag and not entries):
        return False
    sides = list(zip(ours.indicators or "", theirs.indicators or "", strict=False))
    if any(x != y and " " not in (x, y) for x, y in sides[: 1 if entries else 2]):
        return False
    x, y = _forms(ours), _forms(theirs)
    lead = next((code for code in x if code.isalpha()), "")
    if not lead or x[lead] != y.get(lead):
        return False
    if any(x.get(code) != y.get(code) for code in _APART):
        return False
    if ours.tag[1:] in _NAMES and any((code in x) != (code in y) for code in _NAMING):
        return False
    once = [code for code in x.keys() & y.keys() if not _repeatable(ours.tag, code)]
    return all(x[code] == y[code] or _open(ours, theirs, code) for code in once)


def join_fields(ours: Field, theirs: Field) -> Field:
    """Return our field with the subfields that only theirs has; both are left as they are.

    Our wording stays. Where ours is all in theirs, order and punctuation are theirs, for theirs was
    written with what is added; else an added subfield follows those of its code, or what it follows
    in theirs.
    """
    if _open(ours, theirs, "d"):
        ours = _with_dates(ours, theirs)
    theirs = _with_dates(theirs, ours) if _open(theirs, ours, "d") else theirs
    mine, order = _listed(ours), _listed(theirs)
    kept = list(ours.subfields)
    if set(mine) < set(order):
        kept = [
            _worded(ours.tag, ours.subfields[mine.index(form)], one) if form in mine else one
            for form, one in zip(order, theirs.subfields, strict=True)
        ]
    else:
        for i, one in enumerate(theirs.subfields):
            if order[i] in mine:
                continue
            places = [k for k, two in enumerate(kept) if two.code == one.code]
            before = set(order[:i])
            places = places or [k for k, two in enumerate(kept) if _form(ours.tag, two) in before]
            at = max(places, default=len(kept) - 1)
            if i and _form(ours.tag, kept[at]) == order[i - 1]:
                kept[at] = _worded(ours.tag, kept[at], theirs.subfields[i - 1])
            kept.insert(at + 1, one)
    out = Field(ours.tag, ours.indicators, kept)
    if ours.indicators and theirs.indicators and ours.tag == theirs.tag:
        pairs = zip(ours.indicators, theirs.indicators, strict=True)
        out.indicators = type(ours.indicators)(*(y if x == " " else x for x, y in pairs))
    return out


def _open(ours: Field, theirs: Field, code: str) -> bool:
    """Return whether one gives the dates of a person's life and the other only a part: "1890-"."""
    if code != "d" or ours.tag[1:] != "00":
        return False
    found = [_MARKS.sub("", one.get("d") or "") for one in (ours, theirs)]
    short, long = sorted(found, key=len)
    return len(short) < len(long) and "-" in short and bool(short.strip("-")) and (
        long.startswith(short) if short[-1] == "-" else long.endswith(short)
    )  # fmt: skip


def _with_dates(field: Field, other: Field) -> Field:
    """Return the field with the longer of both dates; what follows closed dates, follows a comma."""
    dates = max(
        (one.get("d") or "" for one in (field, other)), key=lambda d: len(_MARKS.sub("", d))
    )
    parts = list(field.subfields)
    for i, one in enumerate(parts):
        if one.code == "d" and one.value != dates:
            parts[i] = _worded(field.tag, Subfield("d", dates), one)
            if i + 1 < len(parts) and parts[i + 1].code.isalpha() and one.value.endswith("-"):
                parts[i] = Subfield("d", f"{parts[i].value},")
    return Field(field.tag, field.indicators, parts)


def joined_codes(known: str, other: str, first: int, last: int) -> str:
    """Return coded positions with what is not coded ("|") taken from the other's.

    >>> joined_codes("a|||", "axy|", 0, 3)
    'axy|'
    """
    if len(known) != len(other):
        return known
    return "".join(
        y if first <= i <= last and x == "|" else x
        for i, (x, y) in enumerate(zip(known, other, strict=True))
    )


def _worded(tag: str, ours: Subfield, theirs: Subfield) -> Subfield:
    """Return our subfield with the marks that end theirs; identifiers and addresses have none."""
    if _exact(tag, ours.code):
        return ours
    ending = _MARKS.search(theirs.value)
    return Subfield(ours.code, _MARKS.sub("", ours.value) + (ending.group() if ending else ""))


def _exact(tag: str, code: str) -> bool:
    return tag[0] == "0" or tag == "856" or not code.isalpha() or code == "w"


def _form(tag: str, one: Subfield) -> tuple[str, str]:
    """Return a subfield as it is compared: identifiers, codes and addresses as they are."""
    return one.code, one.value if _exact(tag, one.code) else fold(one.value) or one.value


def _listed(field: Field) -> list[tuple[str, str]]:
    return [_form(field.tag, one) for one in field.subfields]


def _forms(field: Field) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code, value in _listed(field):
        found.setdefault(code, set()).add(value)
    return found


def _repeatable(tag: str, code: str) -> bool:
    rule = bibliographic().get(tag)
    return rule is not None and rule.subfields.get(code, False)


def best_partner(field: Field, among: Iterable[Field]) -> Field | None:
    """Return the field that agrees with this one and has most in common with it, the first of them."""
    if field.control_field:
        return None
    mine = set(_listed(field))
    found = [one for one in among if not one.control_field and agree(one, field)]
    return max(found, key=lambda one: len(mine & set(_listed(one))), default=None)
