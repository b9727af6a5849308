"""The files a run leaves: made whole in a hidden folder, then moved into place together."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from techproc import labels, marc, report
from techproc.config import Policy
from techproc.errors import OutputError, RecordTooLarge
from techproc.files import explain_os_error
from techproc.findings import Finding
from techproc.labels import BarcodeLabel, SpineLabel
from techproc.marc.items import LocalItem, add_item
from techproc.process.arrival import Outcome
from techproc.process.journal import Journal
from techproc.process.staging import OUTPUTS, STAGING
from techproc.report.labelitems import title_and_author

__all__ = ["write_outputs"]


def write_outputs(
    journal: Journal, facts: dict[str, Any], policy: Policy, folder: Path
) -> tuple[Finding, ...]:
    """Write all outputs of a decided run and move them into `folder`; return the labels' findings.

    `facts` is what the report says of the run as a whole. Nothing is read but the journal, so doing
    it again gives the same bytes.
    """
    staging = folder / STAGING
    try:
        _write_marc(journal, staging)
        _write_rejects(journal, staging)
        findings = _write_labels(journal, policy, staging)
        report.write_report(
            (
                {"number": o.number, "disposition": o.disposition, **o.detail}
                for o, _ in journal.outcomes()
            ),
            {**facts, "label_findings": [finding.as_json() for finding in findings]},
            html_file=staging / "report.html",
            json_file=staging / "report.json",
        )
        for name in OUTPUTS:
            (staging / name).replace(folder / name)
    except OSError as error:
        raise OutputError(explain_os_error(error.filename or folder, error)) from error
    return tuple(findings)


def _write_marc(journal: Journal, staging: Path) -> None:
    """Write the new records with the copies that joined them, then held records with new copies."""
    copies: dict[str, list[Outcome]] = defaultdict(list)
    for outcome, _ in journal.outcomes("merged"):
        copies[outcome.joins].append(outcome)
    with (staging / "records.mrc").open("wb") as stream:
        for number, record in journal.records("written"):
            stream.write(_with_copies(record, copies.pop(f"batch:{number}", [])))
        for first, *others in copies.values():
            stream.write(_with_copies(first.record or b"", others))
    with (staging / "review.mrc").open("wb") as stream:
        for _, record in journal.records("review"):
            stream.write(record)


def _with_copies(raw: bytes, copies: list[Outcome]) -> bytes:
    """Return a record with the items of copies that joined it.

    A record that would outgrow ISO 2709 is followed by one with the remaining items alone.
    """
    if not copies:
        return raw
    record = marc.decode(raw)
    for position, outcome in enumerate(copies):
        for item in outcome.detail["items"]:
            add_item(record, LocalItem(**item["item"]), item["profile"])
        try:
            raw = marc.encode(record)
        except RecordTooLarge:
            return raw + _with_copies(outcome.record or b"", copies[position + 1 :])
    return raw


def _write_rejects(journal: Journal, staging: Path) -> None:
    with (
        (staging / "rejects.mrc").open("wb") as stream,
        (staging / "rejects.jsonl").open("w", encoding="utf-8") as lines,
    ):
        for outcome, raw in journal.outcomes("rejected"):
            stream.write(raw)
            reject = {
                key: outcome.detail[key]
                for key in ("name", "file", "place", "isbn", "typed", "items", "findings")
            }
            lines.write(json.dumps(reject, ensure_ascii=False) + "\n")


def _write_labels(journal: Journal, policy: Policy, staging: Path) -> list[Finding]:
    """Print the labels of everything that can go to the shelf, in the order of arrival."""
    findings = []
    with (staging / "spine-labels.pdf").open("wb") as stream:
        stock = labels.stock_named(policy.spine.stock)
        spines = (
            _spine_label(item, policy)
            for item in _finished_items(journal, described=bool(stock.regions))
            if item["call_number"]
        )
        findings += labels.render_sheet(
            spines, stock, stream, start=policy.spine.start, partial=True, title="Spine labels"
        )
    with (staging / "barcode-labels.pdf").open("wb") as stream:
        bars = (
            _barcode_label(item, policy) for item in _finished_items(journal) if item["barcode"]
        )
        stock = labels.stock_named(policy.barcode.stock)
        findings += labels.render_sheet(
            bars, stock, stream, start=policy.barcode.start, partial=True, title="Barcode labels"
        )
    return findings


def _finished_items(journal: Journal, *, described: bool = False) -> Iterator[dict[str, str]]:
    """Yield the items that can go to the shelf; `described`: with author and title, for pockets."""
    for name, record, items in journal.shelved_items():
        about = {"title": "", "author": ""}
        if described and record:
            about["title"], about["author"] = title_and_author(marc.decode(record))
        for item in items:
            yield {**item["item"], **about, "name": item["item"]["barcode"] or name}


def _spine_label(item: dict[str, str], policy: Policy) -> SpineLabel:
    """Return a spine label; a location other than the usual one stands above the number."""
    elsewhere = item["location"] != policy.items.location
    return SpineLabel(
        call_number=item["call_number"],
        profile="" if policy.spine.profile == "auto" else policy.spine.profile,
        prefix=item["location"] if elsewhere else "",
        enumeration=item["enumeration"],
        copy=f"c.{item['copy']}" if item["copy"] not in ("", "1") else "",
        title=item["title"],
        author=item["author"],
        name=item["name"],
    )


def _barcode_label(item: dict[str, str], policy: Policy) -> BarcodeLabel:
    return BarcodeLabel(
        value=item["barcode"],
        symbology=policy.barcode.symbology,
        caption=policy.barcode.caption,
        name=item["name"],
    )
