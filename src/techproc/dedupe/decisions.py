"""What people decided about pairs: kept in a file, and stronger than any score.

One JSON object a line: `{"a": 001, "b": 001, "decision": "same" | "different" | "skip"}`, with
`by`, `at` and `note` if there is something to say. A later line about a pair replaces an earlier
one; "skip" decides nothing and takes nothing back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from techproc.dedupe.engine import Entry
from techproc.dedupe.objects import name_of
from techproc.errors import InputError
from techproc.files import atomic_output, explain_os_error
from techproc.findings import Finding, Severity

__all__ = ["Decision", "Decisions", "read_decisions", "write_decisions"]

_WORDS = ("same", "different", "skip")
_KEYS = frozenset({"a", "b", "decision", "by", "at", "note"})


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on two records, named by their 001."""

    a: str
    b: str
    decision: str
    by: str = ""
    at: str = ""
    note: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """The two names in order, so that either way round is the same pair."""
        return (self.a, self.b) if self.a <= self.b else (self.b, self.a)

    def as_json(self) -> dict[str, str]:
        """Return the decision as it is written; empty parts are left out."""
        values = {"a": self.a, "b": self.b, "decision": self.decision}
        values |= {"by": self.by, "at": self.at, "note": self.note}
        return {name: value for name, value in values.items() if value}


class Decisions:
    """Decisions by pair; the last word counts, and contradictions are told.

    >>> kept = Decisions([Decision("1", "2", "same"), Decision("2", "1", "different")])
    >>> kept.word("1", "2"), [finding.rule for finding in kept.findings]
    ('different', ['dedupe.decision-changed'])
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._by_pair: dict[tuple[str, str], Decision] = {}
        self.findings: list[Finding] = []
        for decision in decisions:
            self.add(decision)
        self.findings += _impossible(self._by_pair)

    def __len__(self) -> int:
        return len(self._by_pair)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self._by_pair.values())

    def add(self, decision: Decision) -> None:
        """Take a decision; "skip" changes nothing."""
        if decision.decision == "skip" or decision.a == decision.b:
            return
        before = self._by_pair.get(decision.pair)
        if before is not None and before.decision != decision.decision:
            self.findings.append(
                Finding(
                    rule="dedupe.decision-changed",
                    severity=Severity.WARNING,
                    control=decision.a,
                    message=f"{decision.a} and {decision.b} were {before.decision} "
                    f"and are now {decision.decision}; the later word counts",
                )
            )
        self._by_pair[decision.pair] = decision

    def word(self, a: str, b: str) -> str | None:
        """Return "same", "different" or None for two records."""
        found = self._by_pair.get((a, b) if a <= b else (b, a))
        return found.decision if found else None

    def on(self, one: Entry, other: Entry) -> str | None:
        """Return the word on two records of a run, as `find_in_files` and its like ask for it."""
        return self.word(name_of(one), name_of(other))


def _impossible(by_pair: Mapping[tuple[str, str], Decision]) -> Iterator[Finding]:
    """Tell of pairs decided different although a chain of "same" joins them."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for (a, b), decision in by_pair.items():
        if decision.decision == "same":
            parent[root(a)] = root(b)
    for (a, b), decision in by_pair.items():
        if decision.decision == "different" and root(a) == root(b):
            yield Finding(
                rule="dedupe.decisions-contradict",
                severity=Severity.ERROR,
                control=a,
                message=f"{a} and {b} are decided different, but others make them the same",
                fix="look at these decisions again; the two are kept apart until then",
            )


def read_decisions(path: str | Path) -> list[Decision]:
    """Return the decisions of a file, in order.

    Raises InputError naming the line for what is no decision.
    """
    try:
        lines = Path(path).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = explain_os_error(path, error) if isinstance(error, OSError) else f"{path}: {error}"
        raise InputError(reason) from error
    return [_decision(line, f"{path}, line {i}") for i, line in enumerate(lines, 1) if line.strip()]


def _decision(line: str, where: str) -> Decision:
    try:
        item: Any = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON: {error}") from error
    if not isinstance(item, dict) or not {"a", "b", "decision"} <= item.keys():
        raise InputError(f'{where}: a decision is {{"a": 001, "b": 001, "decision": "same"}}')
    if unknown := item.keys() - _KEYS:
        raise InputError(
            f"{where}: unknown key {min(unknown)!r}; known: {', '.join(sorted(_KEYS))}"
        )
    if not all(isinstance(value, str) for value in item.values()):
        raise InputError(f"{where}: every value of a decision is a string")
    if item["decision"] not in _WORDS:
        raise InputError(f"{where}: {item['decision']!r} is none of {', '.join(_WORDS)}")
    return Decision(**item)


def write_decisions(
    path: str | Path, decisions: Sequence[Decision], *, force: bool = False
) -> None:
    """Write decisions, one a line; the file is whole or not there."""
    with atomic_output(path, force=force) as stream:
        for decision in decisions:
            line = json.dumps(decision.as_json(), ensure_ascii=False)
            stream.write(line.encode("utf-8") + b"\n")
