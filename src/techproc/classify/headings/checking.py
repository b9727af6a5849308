"""Subject headings held against the vocabularies and against LC's use of subdivisions and places.

Nothing is changed. Rules begin with `heading.`; each is named with its source in `RULES`. What a
vocabulary cannot know is not blamed: names of persons and bodies, jurisdictions, titles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pymarc

from techproc.classify.headings.heading import Heading, headings_of
from techproc.classify.headings.obsolete import current_form
from techproc.classify.headings.usage import SubdivisionUse, Usage, heading_usage
from techproc.classify.headings.vocabulary import Entry, Vocabulary
from techproc.findings import Finding, Severity
from techproc.text import fold

__all__ = ["RULES", "HeadingChecker"]

_SHM = "LC Subject Headings Manual"
RULES: Mapping[str, tuple[Severity, str]] = {
    "heading.no-source": (Severity.ERROR, "MARC 21, 6XX, second indicator 7: $2 is needed"),
    "heading.source-conflict": (Severity.ERROR, "MARC 21, 6XX: $2 only with second indicator 7"),
    "heading.duplicate": (Severity.WARNING, f"{_SHM} H 180: a heading is assigned once"),
    "heading.obsolete": (Severity.WARNING, "LCSH, changed headings; authority records, 4XX"),
    "heading.unknown": (Severity.WARNING, "the vocabulary"),
    "heading.form": (Severity.WARNING, "the vocabulary: spelling, case, accents and punctuation"),
    "heading.identifier": (Severity.WARNING, "MARC 21, $0: the number of this very heading"),
    "heading.subdivision-unknown": (
        Severity.WARNING, f"{_SHM} H 1095–H 1200; use in LC's records"),
    "heading.subdivision-kind": (
        Severity.WARNING, f"{_SHM} H 1095–H 1200: each list is for a kind of heading; LC's use"),
    "heading.subdivision-code": (Severity.WARNING, f"{_SHM} H 1075: $v for form, $x for topic"),
    "heading.geographic-order": (
        Severity.WARNING, f"{_SHM} H 860: the place follows the last part that may be divided"),
    "heading.geographic-indirect": (
        Severity.WARNING, f"{_SHM} H 830: a place is entered under its country or state"),
}  # fmt: skip

# Counted in LC's records: from these on a use is a habit, below these shares an exception.
_HABIT = 20
_EXCEPTION = 0.02
_RARE = 0.005  # of a kind of heading under which LC's few uses are its slips
_SURE_PLACE = 0.95
_LEAST_PLACE = 4
_TOPICAL = ("topic", "form")


@dataclass(slots=True)
class HeadingChecker:
    """Checks the headings of records; `vocabularies` by MARC source code ("lcsh", "fast").

    >>> from pymarc import Field, Indicators, Record, Subfield
    >>> record = Record(fields=[Field("650", Indicators(" ", "0"), [
    ...     Subfield("a", "Painting"), Subfield("z", "Paris"), Subfield("v", "Congreses.")])])
    >>> for finding in HeadingChecker({}).check(record):
    ...     print(finding.rule, finding.fix)
    heading.subdivision-unknown Congresses
    heading.geographic-indirect $z France $z Paris
    """

    vocabularies: Mapping[str, Vocabulary]
    usage: Usage = field(default_factory=heading_usage)

    def check(self, record: pymarc.Record) -> Iterator[Finding]:
        """Yield what is wrong with the headings of a record, in the order of its fields."""
        control = record.get("001")
        name = (control.data or "").strip() if control is not None else None
        for finding in self._everything(record):
            severity, _ = RULES[finding.rule]
            yield finding.at(severity=severity, control=name)

    def _everything(self, record: pymarc.Record) -> Iterator[Finding]:
        seen: set[tuple[str, str, str]] = set()
        for one, heading in headings_of(record):
            second = (one.indicators or "  ")[1]
            named = bool((one.get("2") or "").strip())
            if second == "7" and not named:
                yield _finding(
                    "heading.no-source", heading, "second indicator 7 without $2", "add $2"
                )
                continue
            if named and second != "7":
                yield _finding(
                    "heading.source-conflict", heading,
                    f"$2 {one.get('2')} with second indicator {second!r}",
                    "second indicator 7 goes with $2",
                )  # fmt: skip
            key = (heading.vocabulary, heading.kind, fold(heading.text))
            if key in seen:
                yield _finding(
                    "heading.duplicate", heading, "the heading is there twice", "delete one"
                )
            seen.add(key)
            vocabulary = self.vocabularies.get(heading.vocabulary)
            if vocabulary is not None:
                yield from self._against(vocabulary, heading)
            if heading.vocabulary == "lcsh" and heading.kind != "form":
                whole = vocabulary.find(heading.text) if vocabulary is not None else None
                if whole is None or whole.use is not None:
                    yield from self._subdivisions(heading, vocabulary)
                yield from self._places(heading)

    def _against(self, vocabulary: Vocabulary, heading: Heading) -> Iterator[Finding]:
        """Hold main heading and identifiers against the vocabulary."""
        text = heading.text if heading.vocabulary == "fast" else heading.main
        entry = vocabulary.find(heading.text) or vocabulary.find(text)
        if entry is None:
            new = current_form(heading.main) if heading.vocabulary == "lcsh" else None
            if new is not None:
                yield _finding("heading.obsolete", heading, f"{heading.main!r} was replaced", new)
            elif heading.kind in _TOPICAL:
                yield self._unknown(vocabulary, heading, text)
        elif entry.use is not None:
            yield _finding("heading.obsolete", heading, f"{entry.label!r} is not used", entry.use)
        elif entry.label not in (text, heading.text) and not _same_but_stop(entry.label, text):
            if fold(entry.label) == fold(heading.text) and heading.subdivisions:
                entry = None  # equal as a whole, written with dashes
            else:
                yield _finding("heading.form", heading, f"{text!r} is spelt otherwise", entry.label)
        yield from self._identifiers(vocabulary, heading)

    def _unknown(self, vocabulary: Vocabulary, heading: Heading, text: str) -> Finding:
        near = vocabulary.near(text)
        fix = "; ".join(entry.use or entry.label for entry, _ in near) or None
        found = _finding(
            "heading.unknown", heading,
            f"{text!r} is no heading of {vocabulary.name.upper()} ({vocabulary.source})", fix,
        )  # fmt: skip
        return found.at(confidence=round(near[0][1] / 100, 2)) if near else found

    def _identifiers(self, vocabulary: Vocabulary, heading: Heading) -> Iterator[Finding]:
        for identifier in heading.identifiers:
            entry = vocabulary.numbered(identifier)
            if entry is not None and not _fits(entry, heading):
                yield _finding(
                    "heading.identifier", heading,
                    f"$0 {identifier} is the number of {entry.label!r}",
                    "correct the number or the heading",
                )  # fmt: skip

    def _subdivisions(self, heading: Heading, vocabulary: Vocabulary | None) -> Iterator[Finding]:
        """Hold each $v and $x against LC's use, by kind of heading, subfield code and place."""
        parts = heading.subdivisions
        for at, (code, text) in enumerate(parts):
            if code not in "vx":
                continue
            uses = self.usage.subdivision(text)
            if not uses:
                before = "--".join([heading.main, *(t for _, t in parts[: at + 1])])
                if vocabulary is None or vocabulary.find(before) is None:
                    yield _finding(
                        "heading.subdivision-unknown", heading,
                        f"LC's records have no subdivision {text!r}", self.usage.near(text),
                    )  # fmt: skip
                continue
            yield from _code(heading, code, text, uses)
            if at == 0:  # what follows a subdivision goes by that, not by the kind of heading
                yield from _kind(heading, code, text, uses)
            if code == "x" and "x" in uses:
                yield from self._order(heading, at, uses["x"])

    def _order(self, heading: Heading, at: int, use: SubdivisionUse) -> Iterator[Finding]:
        parts = heading.subdivisions
        before = at > 0 and parts[at - 1][0] == "z"
        after = at + 1 < len(parts) and parts[at + 1][0] == "z"
        total = use.divided + use.preceded
        if total < _HABIT or before is after or heading.kind != "topic":
            return
        if before and use.preceded < _EXCEPTION * total:
            told = f"a place follows {use.text!r}; it does not stand before it"
        elif after and use.divided < _EXCEPTION * total:
            told = f"{use.text!r} is not divided by place; the place stands before it"
        else:
            return
        yield _finding("heading.geographic-order", heading, told, "move $z")

    def _places(self, heading: Heading) -> Iterator[Finding]:
        """Hold each run of $z against the larger place that LC's records put before it."""
        parts = [*heading.subdivisions, ("", "")]
        run: list[str] = []
        for code, text in parts:
            if code == "z":
                run.append(text)
                continue
            if run:
                use = self.usage.place(run[-1])
                within = run[-2] if len(run) > 1 else ""
                # A place under another larger one may be its namesake; one that is under none isn't.
                known = use is not None and (not within or not use.within)
                if (
                    use is not None and known and use.used >= _LEAST_PLACE
                    and use.share >= _SURE_PLACE and fold(use.within) != fold(within)
                ):  # fmt: skip
                    wanted = f"$z {use.within} $z {use.place}" if use.within else f"$z {use.place}"
                    yield _finding(
                        "heading.geographic-indirect", heading,
                        f"{' $z '.join(run)!r}: LC enters {use.place!r} "
                        + (f"under {use.within!r}" if use.within else "by itself")
                        + f" ({use.used} headings)",
                        wanted,
                    )  # fmt: skip
            run = []


def _code(
    heading: Heading, code: str, text: str, uses: Mapping[str, SubdivisionUse]
) -> Iterator[Finding]:
    other = uses.get("v" if code == "x" else "x")
    mine = uses[code].used if code in uses else 0
    if other is not None and other.used >= _HABIT and mine < _EXCEPTION * other.used:
        yield _finding(
            "heading.subdivision-code", heading,
            f"{text!r} is ${other.code} in {other.used} LC headings, ${code} in {mine}",
            f"${other.code} {other.text}",
        )  # fmt: skip


def _kind(
    heading: Heading, code: str, text: str, uses: Mapping[str, SubdivisionUse]
) -> Iterator[Finding]:
    use = uses.get(code) or next(iter(uses.values()))
    if use.used < _HABIT or heading.kind not in _COMMON:
        return
    here = use.kinds[heading.kind]
    if here < max(_RARE * use.used, min(2, _EXCEPTION * use.used)):
        usual = max(use.kinds, key=lambda kind: use.kinds[kind])
        yield _finding(
            "heading.subdivision-kind", heading,
            f"{text!r} stands under {_KINDS[usual]} ({use.kinds[usual]} of {use.used} LC "
            f"headings), not under {_KINDS[heading.kind]}",
            "choose the subdivision of this kind of heading",
        )  # fmt: skip


_COMMON = ("topic", "place", "person", "body")  # others are too few to tell a habit from
_KINDS = {
    "person": "persons", "body": "corporate bodies", "meeting": "meetings", "title": "titles",
    "topic": "topics", "place": "places", "form": "forms",
}  # fmt: skip


def _finding(rule: str, heading: Heading, message: str, fix: str | None) -> Finding:
    return Finding(rule=rule, path=heading.tag, message=f"{heading}: {message}", fix=fix)


def _same_but_stop(label: str, text: str) -> bool:
    """A full stop at the end may be the label's own (an abbreviation) or the field's."""
    return label.rstrip(".") == text.rstrip(".")


def _fits(entry: Entry, heading: Heading) -> bool:
    labels = {fold(entry.label), fold(entry.use or "")}
    return bool(labels & {fold(heading.main), fold(heading.text)}) or any(
        fold(heading.text).startswith(label) for label in labels if label
    )
