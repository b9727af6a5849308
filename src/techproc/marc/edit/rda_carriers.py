"""336, 337 and 338 from what a record says already: LDR, 007, 008, 300 and 245 $h.

Where they do not settle it nothing is added, and a finding says so. What is there already stays:
each of the three fields is added only when the record has none of it.
Sources: RDA 3.2, 3.3, 6.9; MARC 21 Bibliographic, LDR/06, 007/00-01, 008.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pymarc.field import Field, Indicators, Subfield

from techproc.config import name_hint
from techproc.errors import ConfigError
from techproc.findings import Severity
from techproc.marc.edit.rda_terms import BY_007, BY_EXTENT, CARRIERS, CONTENT, MEDIA
from techproc.marc.edit.registry import transformation
from techproc.marc.edit.steps import Act, Log
from techproc.marc.edit.working import WorkingRecord
from techproc.marc.fixed import material
from techproc.marc.path import FieldPath

__all__ = ["add_types", "carriers_of", "content_of_record"]

_CONTENT = {
    "a": "txt", "t": "txt", "c": "ntm", "d": "ntm", "e": "cri", "f": "cri", "i": "spw", "j": "prm",
    "k": "sti", "r": "tdf",
}  # fmt: skip
_TACTILE = {"txt": "tct", "ntm": "tcm", "cri": "crt"}
_COMPUTER = {"a": "cod", "b": "cop", "c": "sti", "d": "txt", "h": "snd"}  # by 008/26
_PROJECTED = {"f": "sti", "s": "sti", "t": "sti", "m": "tdi", "v": "tdi"}  # by 008/33
_EXTENT = tuple((re.compile(pattern, re.IGNORECASE), code) for pattern, code in BY_EXTENT)
_VOLUME = re.compile(
    r"\b(?:p|pp|v|vol|vols|l|ff?)\.(?!\w)|\bpages?\b|\bvolumes?\b|\bleaves\b|\bleaf\b|\bscores?\b"
    r"|\bparts?\b|\bbooks?\b|\bpieces?\b|^\s*[\divxlc\[\], ]+\s*[:;]?\s*$|unpaged|\bpamphlets?\b"
    r"|\bissues?\b|\bseiten\b|\bS\."
    # Pages, leaves and volumes as other languages write them, after a number.
    r"|[0-9ivxlc]\]?\s*(?:pp?|p[áa]gs?|p[áa]ginas?|s|с|стр|str|стор|sid[ae]r|sidor|oldal|h|hojas?|f|л|bl|bde?"
    r"|t|т)\b",
    re.IGNORECASE,
)
_SHEET = re.compile(
    r"\bsheets?\b|\bposters?\b|\bprints?\b|\bphotographs?\b|\bphotos?\b|\bphotonegatives?\b"
    r"|\bmaps?\b|\bplans?\b|\bviews?\b|\bdrawings?\b|\bcharts?\b|\bbroadsides?\b|\bprofiles?\b"
    r"|\bfolded\b|\bpostcards?\b|\bpaintings?\b",
    re.IGNORECASE,
)
_ATLAS = re.compile(r"\batlas", re.IGNORECASE)
_DESIGNATIONS = (
    (re.compile(r"micro", re.IGNORECASE), "h"),
    (re.compile(r"sound|audio", re.IGNORECASE), "s"),
    (re.compile(r"video", re.IGNORECASE), "v"),
    (re.compile(r"electronic|computer|online|machine-readable", re.IGNORECASE), "c"),
)


def _fixed(record: WorkingRecord, tag: str) -> str:
    field = record.get(tag)
    return "" if field is None else field.data or ""


def _form_of_item(record: WorkingRecord, fixed: str) -> str:
    """Return the form of item that 008 gives, at the place where this material has it."""
    at = 29 if material(record) in ("MP", "VM") else 23
    return fixed[at : at + 1]


def content_of_record(record: WorkingRecord) -> str | None:
    """Return the code of the content type (336) of a record, or None."""
    leader, fixed = record.leader_text, _fixed(record, "008")
    kind = leader[6:7]
    categories = {(f.data or " ")[0] for f in record.get_fields("007")}
    if kind == "m":
        return _COMPUTER.get(fixed[26:27])
    if kind == "g":
        if "v" in categories or "m" in categories:
            return "tdi"
        return "sti" if "g" in categories else _PROJECTED.get(fixed[33:34])
    code = _CONTENT.get(kind)
    if code == "cri" and "d" in categories:
        return "crf"
    if _form_of_item(record, fixed) == "f" or categories == {"f"}:
        return _TACTILE.get(code or "", code)
    return code


def carriers_of(record: WorkingRecord) -> list[str] | None:
    """Return the codes of the carrier types (338) of a record; None when they are not settled.

    The resource's own comes first, then those of accompanying material that has a 007.
    """
    fixed = _fixed(record, "008")
    physical = [
        BY_007[data[:2]] for f in record.get_fields("007") if (data := f.data or "")[:2] in BY_007
    ]
    extents = [v for f in record.get_fields("300") for v in f.get_subfields("a")]
    title = record.get("245")
    designation = (title.get("h") or "") if title is not None and title.subfields else ""
    own = _own_carrier(record, fixed, " ".join(extents), designation, physical)
    return None if own is None else list(dict.fromkeys([own, *physical]))


def _own_carrier(
    record: WorkingRecord, fixed: str, extent: str, designation: str, physical: list[str]
) -> str | None:
    """Return the carrier of the resource itself."""
    kind = record.leader_text[6:7]
    form = _form_of_item(record, fixed) if len(fixed) >= 30 else ""
    said = next((code for pattern, code in _EXTENT if pattern.search(extent)), None)
    of_print = bool(_VOLUME.search(extent) or _SHEET.search(extent))
    media = next((m for pattern, m in _DESIGNATIONS if pattern.search(designation)), None)
    media = {"a": "h", "b": "h", "c": "h", "o": "c", "q": "c", "s": "c"}.get(form) or media
    if media is None and kind in "ij":
        media = "s"
    if media is not None:
        return _of_media(media, form, said, physical, record)
    if said is not None and not (of_print and said in ("no", "nr", "cd", "sd", "gs", "gt")):
        return said
    if kind in "gom" or (physical and not of_print):
        return physical[0] if physical else said
    return _of_print(kind, extent)


def _of_media(
    media: str, form: str, said: str | None, physical: list[str], record: WorkingRecord
) -> str | None:
    """Return the carrier of a known medium."""
    if form == "o":
        return "cr"
    if said is not None and said[0] == media:
        return said
    of_medium = next((code for code in physical if code[0] == media), None)
    if of_medium is not None:
        return of_medium
    if media == "h":
        return _of_reproduction(record) or ({"b": "he", "c": "hg"}.get(form))
    # An electronic resource with an address that is the resource's own is online.
    if media == "c" and any(
        (f.indicators or "  ")[1] in "01" for f in record.get_fields("856") if f.get("u")
    ):
        return "cr"
    return said if media == "s" and said == "cr" else None


def _of_reproduction(record: WorkingRecord) -> str | None:
    """Return the microform that 533 describes."""
    for field in record.get_fields("533"):
        text = " ".join(field.get_subfields("a", "e"))
        for pattern, code in _EXTENT:
            if code[0] == "h" and pattern.search(text):
                return code
        if re.search(r"microfilm.*\breel", text, re.IGNORECASE):
            return "hd"
    return None


def _of_print(kind: str, extent: str) -> str | None:
    """Return volume, sheet or object by the type of record and what 300 $a says."""
    volume, sheet = bool(_VOLUME.search(extent)), bool(_SHEET.search(extent))
    if kind == "r":
        return "nr"
    if kind in "ef":
        if _ATLAS.search(extent) or (volume and not sheet):
            return "nc"
    elif kind in "atcd" and (volume or not extent.strip()):
        return "nc"
    elif kind not in "atcdk":
        return None
    return "nb" if sheet or (kind == "k" and not extent.strip()) else None


@transformation(
    "rda.types",
    "336, 337 and 338 from LDR, 007, 008, 300 and 245 $h, where they settle it.",
    fields="LDR 007 008 245 300 336 337 338 533 856",
    carrier="the code of 338 where the caller knows it, such as cr",
)
def add_types(path: FieldPath | None, options: Mapping[str, str]) -> Act:
    """Add content, media and carrier types that a record lacks."""
    known = options.get("carrier")
    if known is not None and known not in CARRIERS:
        raise ConfigError(f"carrier {known!r}: {name_hint(known, CARRIERS)}")

    def act(record: WorkingRecord, log: Log) -> int:
        there = set(record.present())
        if {"336", "337", "338"} <= there:
            return 0
        added = 0
        if "336" not in there:
            added += _add(record, log, "336", [content_of_record(record)])
        if "337" not in there or "338" not in there:
            carriers: Sequence[str | None] = [known] if known else carriers_of(record) or [None]
            if "337" not in there:
                media = [_media_of(code) for code in carriers]
                added += _add(record, log, "337", list(dict.fromkeys(media)))
            if "338" not in there:
                added += _add(record, log, "338", carriers)
        return added

    return act


def _media_of(carrier: str | None) -> str | None:
    if carrier is None:
        return None
    return "g" if carrier[0] == "m" else carrier[0]


_LISTS = {
    "336": (CONTENT, "rdacontent"), "337": (MEDIA, "rdamedia"), "338": (CARRIERS, "rdacarrier"),
}  # fmt: skip


def _add(record: WorkingRecord, log: Log, tag: str, codes: Sequence[str | None]) -> int:
    terms, source = _LISTS[tag]
    added = 0
    for code in codes:
        if code is None:
            message = f"no {tag} added: leader, fixed fields and 300 do not settle it"
            log.add("rda.undetermined", message, tag, Severity.INFO)
            continue
        subfields = [Subfield("a", terms[code]), Subfield("b", code), Subfield("2", source)]
        record.insert(Field(tag, Indicators(" ", " "), subfields))
        added += 1
    return added
