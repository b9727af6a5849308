"""264 for 260: a statement for each function, dates of copyright by themselves, phrases spelt out.

Sources: RDA 2.7 (production), 2.8 (publication), 2.9 (distribution), 2.10 (manufacture), 2.11
(copyright date), 1.9.2 (supplied dates); MARC 21 Bibliographic, 264, second indicator 0-4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pymarc.field import Field, Indicators, Subfield

from techproc.findings import Severity
from techproc.marc.edit.linking import partners, relink
from techproc.marc.edit.rda_dates import copyright_dates, spell_date
from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.path import FieldPath

__all__ = ["convert_publication", "spell_publication"]

_NO_PLACE = re.compile(r"\[?\s*s\.?\s?l\.?\s*(\]?)[\s.]*([:;,]?)\s*", re.IGNORECASE)
_NO_NAME = re.compile(r"\[?\s*s\.?\s?n\.?\s*(\]?)[\s.]*([:;,]?)\s*", re.IGNORECASE)
_DISTRIBUTED = re.compile(
    r"\b(?:distributed|sold) (?:\w+ ){0,6}?(?:by|for)\b|\bdistributors?\b|\bfor sale by\b",
    re.IGNORECASE,
)
_KNOWN = frozenset("abcefg3568")
_PHRASES = {
    "1": ("Place of publication not identified", "publisher not identified"),
    "2": ("Place of distribution not identified", "distributor not identified"),
    "3": ("Place of manufacture not identified", "manufacturer not identified"),
}
_Parts = list[tuple[str, str]]


def _in_english(record: WorkingRecord) -> bool:
    """Say whether the record is catalogued in English, so that English phrases may be put in."""
    source = record.get("040")
    language = None if source is None or source.control_field else source.get("b")
    return language is None or language.strip(" .").lower() == "eng"


@transformation(
    "rda.publication",
    "260 becomes 264 by function: production, publication, distribution, manufacture, copyright.",
    fields="LDR 040 260 264 502 880",
)
def convert_publication(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Divide 260 into fields 264; a record that has a 264 of publication keeps its 260."""

    def act(record: WorkingRecord, log: Log) -> int:
        old = record.get_fields("260")
        if not old:
            return 0
        there = {(f.indicators or "  ")[1] for f in record.get_fields("264")}
        if there & {"0", "1"}:
            log.add("rda.260-beside-264", "260 is kept: there is a 264 too", "260", Severity.INFO)
            return 0
        english = _in_english(record)
        changed = 0
        for field in old:
            codes = {s.code for s in field.subfields}
            if not codes <= _KNOWN or not codes & set("abcefg"):
                message = f"260 is kept: ${' $'.join(sorted(codes - _KNOWN)) or '6'} has no place"
                log.add("rda.260-kept", f"{message} in 264", "260", Severity.INFO)
                continue
            made = _divide(field, _unpublished(record, codes), english, there)
            followers = partners(record, field)
            for follower in followers:
                second = made[0].indicators or Indicators(" ", "1")
                follower.indicators = Indicators((follower.indicators or "  ")[0], second[1])
            relink(followers, "264")
            record.remove_field(field)
            for each in made:
                record.insert(each)
            changed += 1
        return changed

    return act


def _unpublished(record: WorkingRecord, codes: set[str]) -> bool:
    """Say whether a 260 with a date alone is that of something made, not published."""
    leader = record.leader_text
    if codes & set("abefg"):
        return False
    return leader[6:7] in "dftpr" or leader[7:8] in "cd" or bool(record.get_fields("502"))


def _divide(field: Field, unpublished: bool, english: bool, there: set[str]) -> list[Field]:
    """Return the fields 264 for one 260, by function."""
    common = [(s.code, s.value) for s in field.subfields if s.code in "3568"]
    main: _Parts = [(s.code, s.value) for s in field.subfields if s.code in "abc"]
    made_by: _Parts = [(s.code, s.value) for s in field.subfields if s.code in "efg"]
    published, distributed = _by_function(main)
    statements: list[tuple[str, _Parts]] = []
    copyrights: list[str] = []
    if published:
        published, copyrights = _without_copyright(published)
        statements.append(("0" if unpublished else "1", published))
    if distributed:
        statements.append(("2", distributed))
    if made_by:
        statements.append(("3", _manufacture(made_by)))
    if published and (distributed or made_by):
        code, text = published[-1]
        published[-1] = (code, re.sub(r"\s*[;:]\s*$", "", text))  # nothing follows it now
    first = (field.indicators or Indicators(" ", " "))[0]
    if first not in "23":
        first = " "  # 0 and 1 of old records mean nothing in 264
    fields: list[Field] = []
    for function, parts in statements:
        said = _spelt(parts, function, english) if function in _PHRASES else parts
        shared = common if not fields else [c for c in common if c[0] != "6"]
        before = [Subfield(*c) for c in shared if c[0] in "36"]
        after = [Subfield(*c) for c in shared if c[0] in "58"]
        subfields = [*before, *(Subfield(code, text) for code, text in said), *after]
        fields.append(_field(first, function, subfields))
    if "4" not in there:
        fields += [_field(" ", "4", [Subfield("c", text)]) for text in copyrights]
    return fields


def _field(first: str, second: str, subfields: list[Subfield]) -> Field:
    made = Field("264")
    made.indicators = Indicators(first, second)
    made.subfields = subfields
    return made


def _by_function(parts: _Parts) -> tuple[_Parts, _Parts]:
    """Divide places, names and dates into those of publication and those of distribution."""
    groups: list[_Parts] = []
    dates: _Parts = []
    for code, text in parts:
        if code == "c":
            dates.append((code, text))
        elif not groups or _begins(code, text, groups[-1]):
            groups.append([(code, text)])
        else:
            groups[-1].append((code, text))
    of_distribution = [any(c == "b" and _DISTRIBUTED.search(t) for c, t in g) for g in groups]
    if not any(of_distribution) or all(of_distribution):
        return parts, []
    published = [p for g, away in zip(groups, of_distribution, strict=True) if not away for p in g]
    distributed = [p for g, away in zip(groups, of_distribution, strict=True) if away for p in g]
    if dates and published[-1][1].rstrip()[-1:] in (";", ":"):
        code, text = published[-1]
        published[-1] = (code, text.rstrip()[:-1].rstrip() + ",")
    code, text = distributed[-1]
    distributed[-1] = (code, text.rstrip(" ,;:"))
    return [*published, *dates], distributed


def _begins(code: str, text: str, group: _Parts) -> bool:
    """Say whether a place or a name begins a statement after the one at hand."""
    if code == "a":
        return any(c == "b" for c, _ in group)
    return group[-1][0] == "b" and bool(_DISTRIBUTED.search(text))


def _without_copyright(parts: _Parts) -> tuple[_Parts, list[str]]:
    """Take the copyright dates out of $c; return what is left, and the dates with their signs."""
    said: _Parts = []
    found: list[str] = []
    for code, text in parts:
        if code == "c" and (divided := copyright_dates(text)) is not None:
            said.append((code, divided[0]))
            found += [date for date in divided[1] if date not in found]
        else:
            said.append((code, text))
    return said, found


def _manufacture(parts: _Parts) -> _Parts:
    """Return $e $f $g as $a $b $c, without the parentheses around them."""
    said = [({"e": "a", "f": "b", "g": "c"}[code], text.strip()) for code, text in parts]
    code, text = said[0]
    if text.startswith("("):
        said[0] = (code, text[1:])
        last, end = said[-1]
        said[-1] = (last, re.sub(r"\)\s*\.?$", "", end))
    return [(c, t) for c, t in said if t]


def _spelt(parts: _Parts, function: str, english: bool) -> _Parts:
    """Spell out [S.l.], [s.n.] and what is abbreviated in supplied dates."""
    if not english:
        return parts
    phrases = _PHRASES[function]
    said: _Parts = []
    replaced = False
    for code, text in parts:
        pattern = {"a": _NO_PLACE, "b": _NO_NAME}.get(code)
        match = pattern.fullmatch(text) if pattern else None
        if match is not None:
            mark = match[2] if match[2] in ("", ",") else f" {match[2]}"
            said.append((code, f"[{phrases[code == 'b']}]{mark}"))
            replaced = True
        else:
            said.append((code, spell_date(text) if code == "c" else text))
    return _bracketed(parts, said) if replaced else said


def _bracketed(before: _Parts, said: _Parts) -> _Parts:
    """Give each element brackets of its own where one pair went around several."""
    result: _Parts = []
    is_open = False
    for (_, old), (code, new) in zip(before, said, strict=True):
        text = new
        opens, closes = old.count("["), old.count("]")
        inside = is_open
        is_open = is_open + opens - closes > 0
        if new != old and new.startswith("["):
            pass  # the phrase brought its own
        elif inside and not text.startswith("["):
            text = "[" + text
        if text.count("[") > text.count("]"):
            body = re.fullmatch(r"(.*?)(\s*[:;,.]?\s*)", text, re.DOTALL)
            assert body is not None
            text = f"{body[1]}]{body[2]}"
        result.append((code, text))
    return result


@transformation(
    "rda.not-identified",
    "[S.l.], [s.n.] and abbreviated supplied dates are spelt out in 264, where cataloguing is "
    "in English.",
    fields="040 264",
)
def spell_publication(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Spell out, in the 264s of a record, what AACR2 abbreviated and RDA does not."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for field in record.get_fields("264") if _in_english(record) else ():
            function = (field.indicators or "  ")[1]
            if function not in _PHRASES:
                continue
            parts = [(s.code, s.value) for s in field.subfields]
            said = _spelt(parts, function, True)
            if said != parts:
                field.subfields = [Subfield(code, text) for code, text in said]
                changed += 1
        return changed

    return act
