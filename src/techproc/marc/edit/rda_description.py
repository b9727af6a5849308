"""RDA in the description: the general material designation off, dissertations, online extent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pymarc.field import Field, Subfield

from techproc.marc.edit.linking import partners
from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.path import FieldPath

__all__ = ["describe_online", "drop_designation", "structure_dissertation"]

_AFTER = re.compile(r"\]?\s*([/:=;,.])\s*$")
_THESIS = re.compile(
    r"Thesis \((?P<degree>[^()]{1,60})\)\s*(?:--|—|–|-)\s*(?P<place>[^0-9()]+?),\s*"
    r"(?P<date>\[?(?:1[5-9]|20)[0-9]{2}\]?)\.?"
)
_DEGREE_GAP = re.compile(r"(?<=\.) (?=[A-Z])")


@transformation(
    "rda.gmd",
    "245 $h off, with the mark that followed it kept; only where 336-338 say as much.",
    fields="245 336 337 338 880",
)
def drop_designation(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Take the general material designation off 245 and its 880s (RDA has none)."""

    def act(record: WorkingRecord, log: Log) -> int:
        title = record.get("245")
        if title is None or title.control_field or title.get("h") is None:
            return 0
        if not {"336", "337", "338"} <= set(record.present()):
            return 0
        return sum(_drop_h(field) for field in (title, *partners(record, title)))

    return act


def _drop_h(field: Field) -> int:
    """Take $h off a field; the punctuation after it goes to the subfield before."""
    kept: list[Subfield] = []
    dropped = 0
    for code, value in field.subfields:
        if code != "h":
            kept.append(Subfield(code, value))
            continue
        dropped += 1
        mark = _AFTER.search(value)
        if mark and kept and kept[-1].code != "6":
            sign = mark[1] if mark[1] in ".," else f" {mark[1]}"
            last = kept[-1].value.rstrip()
            if not last.endswith(mark[1]):
                kept[-1] = Subfield(kept[-1].code, last + sign)
    field.subfields = kept
    return dropped


@transformation(
    "rda.dissertation",
    "502 $a of the usual form becomes $b degree, $c institution, $d year.",
    fields="502",
)
def structure_dissertation(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Divide a dissertation note that is written as AACR2 2.7B13 says (RDA 7.9)."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for field in record.get_fields("502"):
            if [s.code for s in field.subfields if s.code != "6"] != ["a"]:
                continue
            match = _THESIS.fullmatch((field.get("a") or "").strip())
            if match is None:
                continue
            degree = _DEGREE_GAP.sub("", match["degree"].strip())  # Ph. D. is Ph.D. in RDA
            field.subfields = [
                *(s for s in field.subfields if s.code == "6"),
                Subfield("b", degree),
                Subfield("c", match["place"].strip()),
                Subfield("d", match["date"]),
            ]
            changed += 1
        return changed

    return act


_PAGES = re.compile(r"\b(?:p|pp|v|vol|vols)\.|\bpages?\b|\bvolumes?\b|\bleaves\b", re.IGNORECASE)
_ONLINE = re.compile(
    r"online|en ligne|en l[ií]nea|em linha|elettronica remota|онлайн|elektroni", re.IGNORECASE
)
_TAIL = re.compile(r"\s*([:;+])\s*$")


@transformation(
    "online.extent",
    "300 of a printed book becomes 1 online resource (its pages), without $c.",
    fields="300",
)
def describe_online(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Describe the extent of an online reproduction (Provider-Neutral guide, 300)."""

    def act(record: WorkingRecord, log: Log) -> int:
        changed = 0
        for field in record.get_fields("300"):
            before = list(field.subfields)
            extents = field.get_subfields("a")
            if not any(_ONLINE.search(text) for text in extents):
                if len(extents) != 1 or not _PAGES.search(extents[0]):
                    continue
                field.subfields = [
                    Subfield("a", _online(s.value)) if s.code == "a" else s for s in field.subfields
                ]
            kept = [s for s in field.subfields if s.code != "c"]
            if kept != field.subfields and kept:
                kept[-1] = Subfield(kept[-1].code, _TAIL.sub("", kept[-1].value))
                field.subfields = kept
            changed += field.subfields != before
        return changed

    return act


def _online(text: str) -> str:
    tail = _TAIL.search(text)
    return f"1 online resource ({_TAIL.sub('', text).strip()})" + (f" {tail[1]}" if tail else "")
