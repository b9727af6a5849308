"""What differs between two records, field by field and subfield by subfield.

A field is compared as its text: two indicators, then each subfield after 0x1F, as `texts` of a
scanned record gives it. Differences are told apart by nature: of content, of order alone, of
encoding alone (the same characters, composed or decomposed: equal in Unicode's form NFC).
"""

from __future__ import annotations

import enum
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal, TypeAlias

import pymarc
from pymarc.field import Field
from rapidfuzz.fuzz import ratio

from techproc.marc.scanned import ScannedRecord
from techproc.sequences import longest_run

__all__ = [
    "STRUCTURAL",
    "Alike",
    "FieldChange",
    "FieldText",
    "RecordDiff",
    "SubfieldChange",
    "compare_records",
    "compare_texts",
    "field_text",
    "record_texts",
]

FieldText: TypeAlias = tuple[str, str]  # tag, text; the leader is ("LDR", its 24 characters)
Kind: TypeAlias = Literal["kept", "changed", "gone", "new"]

_LEAST = 50.0  # how like (of 100) two fields of a tag must be to be one that changed
STRUCTURAL = (*range(0, 5), *range(12, 17))  # of the leader: lengths, which the writer sets


class Alike(enum.IntEnum):
    """How much two records, fields or subfields differ; the greatest difference counts."""

    SAME = 0
    ENCODING = 1  # the same characters, composed or decomposed
    ORDER = 2  # the same, in another order
    CONTENT = 3


@dataclass(frozen=True, slots=True)
class SubfieldChange:
    """A subfield, an indicator (`code` "ind1", "ind2") or a control field's text ("")."""

    kind: Kind
    code: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field in the first record, the second, or both.

    `before` and `after` are texts, `before_at` and `after_at` places among the record's fields
    (from 0; None for the leader and where there is no such field). `moved`: it stands elsewhere
    among the others; one that is only moved is kept, and its `alike` is ORDER.
    """

    kind: Kind
    tag: str
    before: str | None
    after: str | None
    before_at: int | None = None
    after_at: int | None = None
    alike: Alike = Alike.SAME
    moved: bool = False

    @property
    def subfields(self) -> tuple[SubfieldChange, ...]:
        """Indicators and subfields with what became of each, in order."""
        return tuple(_subfield_changes(self.tag, self.before, self.after))

    def as_json(self) -> dict[str, Any]:
        """Return the change as JSON; texts are lists: indicators, then code and value each."""
        texts = {"before": self.before, "after": self.after}
        return {
            "tag": self.tag, "change": "moved" if self.kind == "kept" else self.kind,
            "nature": self.alike.name.lower(),
            **{name: text.split("\x1f") for name, text in texts.items() if text is not None},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordDiff:
    """Every field of two records, aligned; `changes` leaves out what is the same."""

    fields: tuple[FieldChange, ...]
    alike: Alike = field(init=False)

    def __post_init__(self) -> None:
        most = max((change.alike for change in self.fields), default=Alike.SAME)
        object.__setattr__(self, "alike", most)

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """The fields that are not the same in place, spelling and content."""
        return tuple(change for change in self.fields if change.alike)


def field_text(f: Field) -> str:
    """Return the text of a field, subfields divided by 0x1F.

    >>> field_text(pymarc.Field("245", pymarc.Indicators("1", "0"), [pymarc.Subfield("a", "Sea")]))
    '10\\x1faSea'
    """
    if f.control_field:
        return f.data or ""
    one, two = f.indicators or (" ", " ")
    parts = [(one or " ")[:1] + (two or " ")[:1]]
    parts += [code + value for code, value in f.subfields]
    return "\x1f".join(parts)


def record_texts(record: pymarc.Record) -> list[FieldText]:
    """Return tag and text of every field; those of a scanned record are not built for it."""
    if isinstance(record, ScannedRecord) and record.untouched:
        return list(record.texts())
    return [(f.tag, field_text(f)) for f in record.fields]


def compare_records(
    before: pymarc.Record, after: pymarc.Record, *, leave: Callable[[str], bool] | None = None
) -> RecordDiff:
    """Return how two records differ; fields of tags that are to `leave` do not count.

    The leader comes first, as tag "LDR"; its positions 00-04 and 12-16 (lengths) do not count, and
    a difference in 09 (the character coding) is one of encoding. Equal records cost next to
    nothing.

    >>> def made(*titles):
    ...     return pymarc.Record(fields=[pymarc.Field("246", pymarc.Indicators("1", " "),
    ...                                               [pymarc.Subfield("a", t)]) for t in titles])
    >>> diff = compare_records(made("Sea", "The shore"), made("The shores", "Sea"))
    >>> [(change.kind, change.alike.name) for change in diff.changes]
    [('changed', 'CONTENT'), ('kept', 'ORDER')]
    """
    leader = _compare_leaders(str(before.leader), str(after.leader))
    old, new = record_texts(before), record_texts(after)
    if leave is not None:
        old = [pair for pair in old if not leave(pair[0])]
        new = [pair for pair in new if not leave(pair[0])]
    return RecordDiff((leader, *compare_texts(old, new)))


def _compare_leaders(before: str, after: str) -> FieldChange:
    alike = Alike.SAME
    if before != after:
        differing = {i for i in range(24) if before[i : i + 1] != after[i : i + 1]}
        differing.difference_update(STRUCTURAL)
        if differing:
            alike = Alike.ENCODING if differing == {9} else Alike.CONTENT
    return FieldChange("changed" if alike else "kept", "LDR", before, after, alike=alike)


def compare_texts(before: Sequence[FieldText], after: Sequence[FieldText]) -> list[FieldChange]:
    """Return the fields of two records aligned, in the order of `after`, those gone in between."""
    head = _run_of_equal(before, after)
    most = min(len(before), len(after)) - head
    tail = _run_of_equal(before[::-1], after[::-1], most)
    pairs = {i: i for i in range(head)}
    pairs |= {len(before) - n: len(after) - n for n in range(1, tail + 1)}
    if len(pairs) < max(len(before), len(after)):
        pairs |= _pair_equal(before, after, pairs)
        pairs |= _pair_alike(before, after, pairs)
    order = sorted(pairs)
    stay = longest_run([pairs[i] for i in order])
    moved = {i for at, i in enumerate(order) if at not in stay}
    result: list[FieldChange] = []
    partner = {j: i for i, j in pairs.items()}
    waiting = deque(i for i in range(len(before)) if i not in pairs)  # those that are gone

    def gone_until(end: int) -> Iterable[FieldChange]:
        while waiting and waiting[0] < end:
            i = waiting.popleft()
            tag, text = before[i]
            yield FieldChange("gone", tag, text, None, i, None, Alike.CONTENT)

    for j, (tag, text) in enumerate(after):
        i = partner.get(j)
        if i is None:
            result.append(FieldChange("new", tag, None, text, None, j, Alike.CONTENT))
            continue
        if i not in moved:
            result += gone_until(i)
        alike = _how_alike(before[i][1], text)
        kind: Kind = "changed" if alike else "kept"
        if i in moved:
            alike = max(alike, Alike.ORDER)
        result.append(FieldChange(kind, tag, before[i][1], text, i, j, alike, i in moved))
    return [*result, *gone_until(len(before))]


def _run_of_equal(
    before: Sequence[FieldText], after: Sequence[FieldText], most: int | None = None
) -> int:
    """Return how many fields at the beginning are equal, `most` at the most."""
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other or count == most:
            break
        count += 1
    return count


def _pair_equal(
    before: Sequence[FieldText], after: Sequence[FieldText], known: dict[int, int]
) -> dict[int, int]:
    """Pair equal fields, then those equal but for composition, then for the order of subfields."""
    pairs = dict(known)
    for key in (_itself, _composed, _unordered):
        places: defaultdict[FieldText, deque[int]] = defaultdict(deque)
        taken = set(pairs.values())
        for j, item in enumerate(after):
            if j not in taken:
                places[key(item)].append(j)
        for i, item in enumerate(before):
            if i not in pairs and (found := places.get(key(item))):
                pairs[i] = found.popleft()
        if len(pairs) == len(before) or len(pairs) == len(after):
            break
    return pairs


def _itself(item: FieldText) -> FieldText:
    return item


def _composed(item: FieldText) -> FieldText:
    return item[0], unicodedata.normalize("NFC", item[1])


def _unordered(item: FieldText) -> FieldText:
    first, *parts = unicodedata.normalize("NFC", item[1]).split("\x1f")
    return item[0], "\x1f".join([first, *sorted(parts)])


def _pair_alike(
    before: Sequence[FieldText], after: Sequence[FieldText], pairs: dict[int, int]
) -> dict[int, int]:
    """Pair what is left of each tag, the most alike first; one with one, however unlike."""
    left: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    taken = set(pairs.values())
    for i, (tag, _) in enumerate(before):
        if i not in pairs:
            left[tag][0].append(i)
    for j, (tag, _) in enumerate(after):
        if j not in taken:
            left[tag][1].append(j)
    counts = Counter(tag for tag, _ in before)
    found: dict[int, int] = {}
    for tag, (old, new) in left.items():
        if len(old) == len(new) == 1 and counts[tag] == 1:
            found[old[0]] = new[0]
            continue
        scored = [(-ratio(before[i][1], after[j][1]), i, j) for i in old for j in new]
        used: set[int] = set()
        for score, i, j in sorted(scored):
            if -score >= _LEAST and i not in found and j not in used:
                found[i] = j
                used.add(j)
    return found


def _how_alike(before: str, after: str) -> Alike:
    if before == after:
        return Alike.SAME
    if _composed(("", before)) == _composed(("", after)):
        return Alike.ENCODING
    return Alike.ORDER if _unordered(("", before)) == _unordered(("", after)) else Alike.CONTENT


def _subfield_changes(tag: str, before: str | None, after: str | None) -> Iterable[SubfieldChange]:
    if "\x1f" not in (before or "") + (after or ""):
        yield _one_change("", before, after)
        return
    old, new = _parts(before), _parts(after)
    for place, code in enumerate(("ind1", "ind2")):
        yield _one_change(
            code,
            None if before is None else before[place : place + 1],
            None if after is None else after[place : place + 1],
        )
    for _, i, i_end, j, j_end in _blocks(old, new):
        if old[i:i_end] == new[j:j_end]:
            yield from (SubfieldChange("kept", p[:1], p[1:], p[1:]) for p in old[i:i_end])
            continue
        codes = [p[:1] for p in old[i:i_end]], [p[:1] for p in new[j:j_end]]
        for same, k, k_end, m, m_end in _blocks(*codes):
            if same == "equal":
                for one, two in zip(old[i + k : i + k_end], new[j + m : j + m_end], strict=True):
                    yield SubfieldChange("changed", one[:1], one[1:], two[1:])
            else:
                for part in old[i + k : i + k_end]:
                    yield SubfieldChange("gone", part[:1], part[1:], None)
                for part in new[j + m : j + m_end]:
                    yield SubfieldChange("new", part[:1], None, part[1:])


def _parts(text: str | None) -> list[str]:
    """Return code and value, in one, of each subfield."""
    return [] if text is None else [part for part in text.split("\x1f")[1:] if part]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _one_change(code: str, before: str | None, after: str | None) -> SubfieldChange:
    if before is None:
        return SubfieldChange("new", code, None, after)
    if after is None:
        return SubfieldChange("gone", code, before, None)
    return SubfieldChange("kept" if before == after else "changed", code, before, after)
