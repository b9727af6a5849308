"""Merging the groups of a run: first a plan, then the records and a journal, and back again.

The journal is one JSON object a line for each merge: what was read (every record's bytes), what was
written, and where each field came from. Undoing one merge looks only at its own records, so what
was merged or edited later elsewhere stays; a survivor that was edited since is not overwritten.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymarc

from techproc.config import ChoosePolicy, MergePolicy
from techproc.dedupe.engine import Run
from techproc.dedupe.intake import Raw, raw_items
from techproc.dedupe.objects import name_of
from techproc.dedupe.quality import best_of
from techproc.dedupe.survivorship import Merged, merge_records
from techproc.errors import DataLossRefused, InputError
from techproc.files import atomic_output, explain_os_error
from techproc.findings import Finding, Tally
from techproc.marc import Loaded, encode, read

__all__ = ["Plan", "merge_files", "plan_merges", "read_journal", "undo_merge"]


@dataclass(frozen=True, slots=True)
class Plan:
    """One merge to be: positions in the run, the leader, and why a person should look."""

    merge: int
    records: tuple[int, ...]
    leader: int
    flags: tuple[str, ...]


def plan_merges(
    run: Run, policy: ChoosePolicy | None = None, *, flagged: bool = False
) -> list[Plan]:
    """Return the merges to be made: of the groups that matches alone hold together, or of all.

    With `flagged` it is the groups as `find` shows them, else those of sure matches, and of these
    only the ones that carry no flag.
    """
    plans = []
    for number, cluster in enumerate(run.clusters if flagged else run.certain, start=1):
        if cluster.flags and not flagged:
            continue
        best = best_of(run.store.take(cluster.records), policy)
        plans.append(Plan(number, cluster.records, cluster.records[best], cluster.flags))
    return plans


def merge_files(
    run: Run,
    files: Sequence[str | Path],
    output: str | Path,
    journal: str | Path,
    *,
    policy: ChoosePolicy | None = None,
    rules: MergePolicy | None = None,
    flagged: bool = False,
    rejects: str | Path | None = None,
    force: bool = False,
    report: Callable[[Finding], None] = lambda finding: None,
) -> Tally:
    """Write all records with the groups merged, and the journal that undoes it.

    Records that are in no group are written as they came, byte for byte; a survivor stands where
    its leader stood; what is no record goes to `rejects`. `report` is handed what of a merge was
    kept otherwise than it was; the journal has it too. Raises DataLossRefused when there is such
    and no `rejects`, RecordTooLarge when a survivor does not fit ISO 2709: nothing is written then.
    """
    if run.tally.rejected and rejects is None:
        raise DataLossRefused(
            f"what of the input is no record would be left out (pieces: {run.tally.rejected}); "
            "--rejects FILE keeps them"
        )
    plans = plan_merges(run, policy, flagged=flagged)
    of = {position: plan for plan in plans for position in plan.records}
    positions = {(e.file, e.number): i for i, e in enumerate(run.entries)}
    held = {
        position: raw.data or encode(_record(raw))
        for raw in raw_items(files)
        if (position := positions.get((raw.file, raw.number))) in of and position is not None
    }
    tally = Tally(read=run.tally.read, rejected=run.tally.rejected)
    with ExitStack() as stack:
        out = stack.enter_context(atomic_output(output, force=force))
        log = stack.enter_context(atomic_output(journal, force=force))
        kept = stack.enter_context(atomic_output(rejects, force=force)) if rejects else None
        for raw in raw_items(files):
            position = positions.get((raw.file, raw.number))
            if position is None:
                if kept is not None:
                    kept.write(raw.data)
                continue
            plan = of.get(position)
            if plan is None:
                out.write(raw.data or encode(_record(raw)))
                tally.written += 1
            elif plan.leader == position:
                merged, entry = _merge(run, plan, held, rules, report)
                out.write(merged)
                log.write(json.dumps(entry, ensure_ascii=False).encode("utf-8") + b"\n")
                tally.written += 1
            else:
                tally.merged += 1
        tally.check()
    return tally


def _merge(
    run: Run,
    plan: Plan,
    held: Mapping[int, bytes],
    rules: MergePolicy | None,
    report: Callable[[Finding], None],
) -> tuple[bytes, dict[str, Any]]:
    others = [position for position in plan.records if position != plan.leader]
    merged: Merged = merge_records(
        _parsed(held[plan.leader]), [_parsed(held[position]) for position in others], rules
    )
    for finding in merged.findings:
        report(finding)
    written = encode(merged.record)
    names = {position: name_of(run.entries[position]) for position in plan.records}
    return written, {
        "merge": plan.merge,
        "survivor": names[plan.leader],
        "leader": plan.leader,
        "merged": [names[position] for position in others],
        "flags": list(plan.flags),
        "taken": [list(pair) for pair in merged.taken],
        "left": [list(pair) for pair in merged.left],
        "findings": [finding.as_json() for finding in merged.findings],
        "written": hashlib.sha256(written).hexdigest(),
        "before": [
            {
                "record": names[position],
                "position": position,
                "place": f"{run.entries[position].file}#{run.entries[position].number}",
                "marc": base64.b64encode(held[position]).decode("ascii"),
            }
            for position in plan.records
        ],
    }


def _parsed(raw: bytes) -> pymarc.Record:
    for item in read(io.BytesIO(raw), form="iso2709"):
        if isinstance(item, Loaded):
            return item.record
    raise InputError("a record could be read a moment ago and can't now")


def _record(raw: Raw) -> pymarc.Record:
    if raw.record is None:
        raise InputError(f"{raw.file}, record {raw.number}: no record")
    return raw.record


def read_journal(path: str | Path) -> list[dict[str, Any]]:
    """Return the merges of a journal; raise InputError for a file that is none."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
        entries = [json.loads(line) for line in lines if line]
    except OSError as error:
        raise InputError(explain_os_error(path, error)) from error
    except ValueError as error:
        raise InputError(f"{path}: not a journal of merges: {error}") from error
    if not all(isinstance(entry, dict) and "before" in entry for entry in entries):
        raise InputError(f"{path}: not a journal of merges")
    return entries


def undo_merge(
    files: Iterable[str | Path],
    journal: str | Path,
    output: str | Path,
    *,
    merges: Sequence[int] = (),
    force: bool = False,
) -> int:
    """Write the records of `files` with merges taken back; return how many were.

    `merges` are numbers of the journal, all of them when empty. The records that had been merged
    come back byte for byte and, while nothing else was added or removed, in
    their places. Raises DataLossRefused when a survivor is
    gone or was changed since the merge: taking it back would throw the change away.
    """
    every = read_journal(journal)
    entries = [entry for entry in every if not merges or entry["merge"] in merges]
    unknown = set(merges) - {entry["merge"] for entry in entries}
    if unknown:
        raise InputError(f"{journal}: there is no merge {min(unknown)}")
    wanted = {entry["written"]: entry for entry in entries}
    back = dict(pair for entry in entries for pair in _merged_away(entry))
    gone = {place for entry in every for place, _ in _merged_away(entry)} - back.keys()
    place = 0
    with atomic_output(output, force=force) as out:
        for raw in raw_items(files):
            while place in back or place in gone:
                out.write(back.pop(place, b""))
                place += 1
            data = raw.data or encode(_record(raw))
            entry = wanted.pop(hashlib.sha256(data).hexdigest(), None)
            out.write(_leader(entry) if entry else data)
            place += 1
        for _, data in sorted(back.items()):
            out.write(data)
        if wanted:
            missing = next(iter(wanted.values()))
            raise DataLossRefused(
                f"merge {missing['merge']}: the survivor {missing['survivor']} is not there as it "
                "was written; it was edited or removed since, and nothing was undone"
            )
    return len(entries)


def _merged_away(entry: Mapping[str, Any]) -> Iterator[tuple[int, bytes]]:
    """Yield (position in the run, bytes) of the records that a merge took away."""
    for item in entry["before"]:
        if item["position"] != entry["leader"]:
            yield item["position"], base64.b64decode(item["marc"])


def _leader(entry: Mapping[str, Any]) -> bytes:
    found = next(item for item in entry["before"] if item["position"] == entry["leader"])
    return base64.b64decode(found["marc"])
