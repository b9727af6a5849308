"""The main job: everything that arrives, through every stage, to records and labels."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from techproc.config import Policy
from techproc.errors import TechprocError
from techproc.findings import Finding, Tally
from techproc.process import answers
from techproc.process.arrival import Arrival, Outcome
from techproc.process.case import Case
from techproc.process.choosing import choose_for_item, choose_for_record
from techproc.process.desk import Desk
from techproc.process.facts import facts_of
from techproc.process.finishing import finish
from techproc.process.foresight import Foreseen, Foresight
from techproc.process.intake import check_input, count_arrivals, read_arrivals
from techproc.process.journal import Journal
from techproc.process.looking import look_into, query_of
from techproc.process.matching import match_record
from techproc.process.numbering import number_record
from techproc.process.outputs import write_outputs
from techproc.process.staging import (
    JOURNAL,
    clear,
    leave_no_trace,
    open_catalog,
    prepare_folder,
    spooled,
    working_catalog,
)
from techproc.sources import Gathered, Source, gather
from techproc.sources.opening import opened_sources

__all__ = ["Progress", "RunReport", "decide", "process"]

# Arrivals for which the sources are asked together, and decisions kept in one transaction of the
# journal: a killed run repeats at most so much.
_ASKED_TOGETHER = 250
_KEPT_TOGETHER = 50
# Arrivals from which a second process pays for its start.
_WORTH_A_HELPER = 1000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: arrivals decided, of how many (None: not known), and what became of them."""

    done: int
    total: int | None
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run came to: the totals, where the outputs are, and what concerns the whole run.

    `records` counts what is in records.mrc: the new records, and each held record that got copies.
    """

    folder: Path
    tally: Tally
    records: int
    matches: dict[str, int]
    findings: tuple[Finding, ...] = field(default=())
    unavailable: dict[str, str] = field(default_factory=dict)


def process(
    inputs: Sequence[str],
    folder: str | Path,
    *,
    policy: Policy | None = None,
    catalog: str | Path | None = None,
    source_files: Sequence[str] = (),
    force: bool = False,
    now: datetime.datetime | None = None,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> RunReport:
    """Catalogue what arrives: lists of ISBNs and MARC files in, records, labels and a report out.

    `inputs` are paths (``-``: MARC on standard input), `catalog` is a catalogue made by
    `techproc catalog import` or a MARC file, `source_files` are MARC files to copy from. A run that
    was killed goes on when it is started again alike, and ends with the same outputs.

    Raises InputError for an input that cannot be used at all, OutputExists and DataLossRefused when
    `folder` holds other outputs and `force` is not set, OutputError when it cannot be written.
    """
    policy = policy or Policy()
    folder = Path(folder)
    own = not folder.exists()
    staging = prepare_folder(folder, force=force)
    try:
        with ExitStack() as stack:
            paths = [spooled(name, staging) for name in inputs]
            for path in paths:
                check_input(path)
            journal = Journal(staging / JOURNAL)
            stack.callback(journal.close)
            facts = journal.begin(facts_of(inputs, paths, policy, catalog, source_files, now))
            asked = stack.enter_context(opened_sources(policy.sources, source_files))
            held, noticed = open_catalog(catalog, staging) if catalog else (None, ())
            if held is not None:
                stack.enter_context(held)
            batch = stack.enter_context(working_catalog(staging / "batch.sqlite"))
            expected = count_arrivals(paths)
            helper = expected is None or expected >= _WORTH_A_HELPER
            foresight = stack.enter_context(Foresight(held, policy, helper=helper))
            run = _Run(journal, Desk(policy, held, batch), asked, foresight, progress, expected)
            run.findings += noticed
            run.replay()
            arrivals = read_arrivals(paths, inputs, tell=run.findings.append)
            run.decide_all(_chunks(arrivals, _ASKED_TOGETHER))
            run.tally.check()
            report = run.report(folder)
            told = {**facts, **_told(facts, report)}
            label_findings = write_outputs(journal, told, policy, folder)
        clear(staging)
    except TechprocError:
        leave_no_trace(staging)
        if own and not any(folder.iterdir()):
            folder.rmdir()
        raise
    return replace(report, findings=(*report.findings, *label_findings))


def decide(arrival: Arrival, desk: Desk) -> Case:
    """Take one arrival through every stage; a function of the arrival and the desk alone."""
    case = Case(arrival)
    if arrival.rejected:
        case.findings.append(arrival.rejected)
    elif arrival.record is not None:
        choose_for_record(case, desk)
    else:
        choose_for_item(case, desk)
    if case.record is not None:
        if case.match == "none":
            look_into(case, desk)
            match_record(case, desk)
        number = number_record(case, desk)
        case.finished = finish(case, desk, number)
    return case


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Arrivals that are decided together, with what was found out about them ahead."""

    arrivals: list[Arrival]
    gathered: Gathered
    answer: Callable[[], list[Foreseen]]

    @property
    def foreseen(self) -> dict[int, Foreseen]:
        """What is foreseen for each delivered record, by the number of its arrival."""
        delivered = [each.number for each in self.arrivals if each.record is not None]
        return dict(zip(delivered, self.answer(), strict=True))


class _Run:
    """One run under way: decides chunk by chunk and keeps the journal."""

    def __init__(
        self,
        journal: Journal,
        desk: Desk,
        asked: Sequence[Source],
        foresight: Foresight,
        progress: Callable[[Progress], None],
        total: int | None,
    ) -> None:
        self.journal = journal
        self.desk = desk
        self.tally = Tally()
        self.matches: dict[str, int] = {}
        self.joined: set[str] = set()
        self.findings: list[Finding] = []
        self.unavailable: dict[str, str] = {}
        self._asked = asked
        self._foresight = foresight
        self._progress = progress
        self._total = total
        self._done = 0

    def replay(self) -> None:
        """Take note of what an earlier, killed run has decided."""
        for outcome, _ in self.journal.outcomes():
            self.desk.admit(outcome)
            self._count(outcome)
        self._done = self.tally.read
        self._progress(Progress(self._done, self._total, self.tally))

    def decide_all(self, chunks: Iterable[list[Arrival]]) -> None:
        """Decide chunk after chunk; the next is looked into while one is decided."""
        ahead: _Chunk | None = None
        for number, arrivals in enumerate(chunks):
            current, ahead = ahead, self._look_ahead(number, arrivals)
            if current:
                self._decide(current)
        if ahead:
            self._decide(ahead)

    def _look_ahead(self, number: int, arrivals: list[Arrival]) -> _Chunk:
        """Ask the sources, and have class numbers suggested, unless all is decided already."""
        gathered = self._gather(number, arrivals)
        self.findings += gathered.findings
        self.unavailable.update(gathered.unavailable)
        queries = []
        if arrivals[-1].number > self._done:
            policy = self.desk.policy.classify
            queries = [
                query_of(
                    each.record,
                    each.isbn,
                    gathered,
                    policy,
                    delivered=True,
                    raw=each.raw if each.sound else b"",
                )
                for each in arrivals
                if each.record is not None
            ]
        return _Chunk(arrivals, gathered, self._foresight.ask(queries))

    def _decide(self, chunk: _Chunk) -> None:
        """Decide the arrivals of a chunk that are not decided yet."""
        undecided = [each for each in chunk.arrivals if each.number > self._done]
        if not undecided:
            return
        self.desk.gathered = chunk.gathered
        self.desk.foreseen = chunk.foreseen
        pending: list[tuple[Outcome, bytes]] = []
        for arrival in undecided:
            case = decide(arrival, self.desk)
            outcome = case.outcome
            self.desk.admit(outcome, case.record, case.described if case.record else None)
            self._count(outcome)
            pending.append((outcome, arrival.raw if outcome.disposition == "rejected" else b""))
            if len(pending) >= _KEPT_TOGETHER:
                self._keep(pending)
        self._keep(pending)

    def report(self, folder: Path) -> RunReport:
        """Return what the run has come to."""
        return RunReport(
            folder=folder,
            tally=self.tally,
            records=self.tally.written + len(self.joined),
            matches=dict(sorted(self.matches.items())),
            findings=tuple(dict.fromkeys(self.findings)),
            unavailable=self.unavailable,
        )

    def _gather(self, number: int, chunk: list[Arrival]) -> Gathered:
        kept = self.journal.answers(number)
        if kept is None:
            if not self._asked:
                return gather((), ())
            wanted = dict.fromkeys(arrival.isbn for arrival in chunk if arrival.isbn)
            kept = answers.to_bytes(gather(wanted, self._asked))
            self.journal.keep_answers(number, kept)
        # Read back even when just asked: a resumed run must not see anything else.
        return answers.from_bytes(kept)

    def _count(self, outcome: Outcome) -> None:
        self.tally.read += 1
        kind = outcome.disposition
        setattr(self.tally, kind, getattr(self.tally, kind) + 1)
        self.matches[outcome.match] = self.matches.get(outcome.match, 0) + 1
        if outcome.joins.startswith("catalog:"):
            self.joined.add(outcome.joins)

    def _keep(self, pending: list[tuple[Outcome, bytes]]) -> None:
        if pending:
            self.journal.add(pending)
            pending.clear()
        self._progress(Progress(self.tally.read, self._total, self.tally))


def _chunks(arrivals: Iterable[Arrival], size: int) -> Iterator[list[Arrival]]:
    iterator = iter(arrivals)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _told(facts: dict[str, Any], report: RunReport) -> dict[str, Any]:
    """Return what the report says of the run as a whole, beside its facts."""
    totals = report.tally.as_json()
    del totals["skipped"]
    return {
        "title": f"techproc run of {facts['started'][:10]}",
        "totals": totals,
        "records_written": report.records,
        "matches": report.matches,
        "unavailable": report.unavailable,
        "findings": [finding.as_json() for finding in report.findings],
    }
