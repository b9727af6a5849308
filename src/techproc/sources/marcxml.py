"""MARCXML and MarcXchange elements made into records, with what was wrong about them.

MARCXML: http://www.loc.gov/standards/marcxml/; MarcXchange: ISO 25577. Namespaces are not looked
at. Text comes out composed (NFC), which MARC 21 allows and pattern matching expects.
"""

from __future__ import annotations

import re
import unicodedata

from lxml import etree
from pymarc import Field, Indicators, Leader, Record, Subfield

from techproc.findings import Finding, Severity
from techproc.marc.scanned import ScannedRecord
from techproc.marc.scanner import xml_record
from techproc.sources.safexml import has_carried, local_name, release_carried

__all__ = ["DEFAULT_LEADER", "is_unimarc", "record_from"]

DEFAULT_LEADER = "00000nam a2200000uu 4500"
_TAG = re.compile(r"[0-9A-Za-z]{3}\Z", re.A)
_MARKED_CODE = re.compile("\x1f.[\u0300-\u036f]")  # would be composed with the subfield's code
_COMPOSED = Finding(
    rule="sources.decomposed",
    message="the text came decomposed; it was composed (NFC)",
    path="",
    severity=Severity.INFO,
)


def record_from(element: etree._Element) -> tuple[Record, tuple[Finding, ...]]:
    """Return the record of a <record> element and findings about it.

    Fields without a usable tag, and subfields without a code, cannot be kept and are findings.
    """
    plain = _plain(element)
    if plain is not None:
        return plain
    reader = _Reader()
    record = Record()
    leader = ""
    for child in element:
        name = local_name(child)
        if name == "leader":
            leader = reader.text(child, "LDR")
        elif name == "controlfield":
            tag = child.get("tag", "")
            if reader.usable(tag, child):
                record.fields.append(Field(tag=tag, data=reader.text(child, tag)))
        elif name == "datafield":
            tag = child.get("tag", "")
            if reader.usable(tag, child):
                record.fields.append(reader.datafield(tag, child))
    record.leader = reader.leader(leader)
    return record, tuple(reader.findings.values())


def _plain(element: etree._Element) -> tuple[Record, tuple[Finding, ...]] | None:
    """Return the record of an element as almost all are, taken apart in C; None for any other."""
    raw = etree.tostring(element, encoding="utf-8", with_tail=False)
    parts = xml_record(raw)
    if parts is None:
        return None
    leader, tags, texts = parts
    for tag, text in zip(tags, texts, strict=True):
        # A control field holds no subfields, and a data field some; neither a blank code.
        control = tag < "010" and tag.isdigit()
        if not _TAG.match(tag) or control == ("\x1f" in text) or "\x1f " in text:
            return None
    findings: tuple[Finding, ...] = ()
    if not raw.isascii():
        if any(has_carried(text) or _MARKED_CODE.search(text) for text in texts):
            return None
        composed = [unicodedata.normalize("NFC", text) for text in texts]
        if composed != texts:
            texts, findings = composed, (_COMPOSED,)
    return ScannedRecord(leader, tags, texts.__getitem__), findings


def is_unimarc(element: etree._Element, record: Record) -> bool:
    """Return whether a record is UNIMARC: as its `format` says, else as its fields show.

    UNIMARC has its title in 200 $a and its coded data in 100; MARC 21 has the title in 245.
    """
    stated = (element.get("format") or "").upper().replace(" ", "")
    if "UNIMARC" in stated or "INTERMARC" in stated:
        return True
    if stated.startswith(("MARC21", "USMARC")) and record.get_fields("245"):
        return False
    return not record.get_fields("245") and any(
        not field.control_field and field.get_subfields("a") for field in record.get_fields("200")
    )


class _Reader:
    """What is noticed while one record is read; each kind of finding once."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}

    def note(self, rule: str, message: str, path: str, severity: Severity) -> None:
        found = Finding(rule=rule, message=message, path=path, severity=severity)
        self.findings.setdefault(f"{rule} {path}", found)

    def text(self, element: etree._Element, path: str) -> str:
        text = element.text or ""
        if len(element):
            text = "".join(str(part) for part in element.itertext())
        if text.isascii():
            return text
        if has_carried(text):
            text, clean = release_carried(text)
            if clean:
                message = "bytes of MARC-8 stood in the XML; they were decoded"
                self.note("sources.marc8-in-xml", message, path, Severity.WARNING)
            else:
                message = "bytes that are neither UTF-8 nor MARC-8 were replaced by U+FFFD"
                self.note("sources.undecodable", message, path, Severity.ERROR)
        if not unicodedata.is_normalized("NFC", text):
            composed = unicodedata.normalize("NFC", text)
            self.findings.setdefault(_COMPOSED.rule, _COMPOSED)
            return composed
        return text

    def usable(self, tag: str, element: etree._Element) -> bool:
        if _TAG.match(tag):
            return True
        text = "".join(str(part) for part in element.itertext())[:60]
        self.note(
            "sources.bad-tag",
            f"a field with the tag {tag!r} cannot be kept: {text!r}",
            tag[:10],
            Severity.WARNING,
        )
        return False

    def datafield(self, tag: str, element: etree._Element) -> Field:
        subfields = []
        for child in element:
            if local_name(child) != "subfield":
                continue
            code = child.get("code") or ""
            value = self.text(child, f"{tag}${code}")
            if len(code) != 1 or not code.isprintable() or code == " ":
                self.note(
                    "sources.bad-subfield",
                    f"a subfield with the code {code!r} cannot be kept: {value[:60]!r}",
                    tag,
                    Severity.WARNING,
                )
                continue
            subfields.append(Subfield(code, value))
        pair = Indicators(_indicator(element, "1"), _indicator(element, "2"))
        return Field(tag=tag, indicators=pair, subfields=subfields)

    def leader(self, text: str) -> Leader:
        if len(text) == 24:
            return Leader(text)
        self.note(
            "sources.leader",
            "the record has no leader"
            if not text.strip()
            else f"the leader has {len(text)} characters, not 24",
            "LDR",
            Severity.WARNING,
        )
        padded = (text + DEFAULT_LEADER[len(text) :])[:24] if text.strip() else DEFAULT_LEADER
        return Leader(padded)


def _indicator(element: etree._Element, number: str) -> str:
    """Return an indicator; MarcXchange of some servers calls them i1 and i2."""
    value = element.get(f"ind{number}") or element.get(f"i{number}") or " "
    return value[:1]
