"""MARCXML and MarcXchange: read from anywhere in an XML document, written as a collection.

The document is cut into its innermost `record` elements, with any prefix or none, under
`collection`, bare, or inside an SRU or OAI-PMH answer; each is parsed for itself: a document that
breaks off or is not well formed loses only the record that is broken, memory does not grow, and no
document type declaration, entity or external reference is ever looked at.

Sources: MARC 21 XML Schema (Library of Congress); MarcXchange, ISO 25577.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import pymarc

from techproc.findings import Finding, Severity
from techproc.marc import evidence
from techproc.marc.carrying import misplaced
from techproc.marc.control import control_number
from techproc.marc.forms import Form, WriteOptions
from techproc.marc.loaded import Loaded, Quarantined, ReadOptions
from techproc.marc.scanned import ScannedRecord
from techproc.marc.scanner import xml_record
from techproc.marc.xmlframing import XmlFrame, xml_frames
from techproc.marc.xmlrecord import BLANK_LEADER, Parts, escape_ampersands, parse_element

__all__ = ["FORM", "MarcXmlWriter", "read_stream", "sniff", "to_xml"]

NAMESPACE = "http://www.loc.gov/MARC21/slim"
_ROOTS = re.compile(
    rb"<(?:[\w.-]+:)?(?:collection|record|leader|datafield|searchRetrieveResponse|OAI-PMH)[\s>/]"
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NOT_XML_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)
_SUSPECT = re.compile(b"\xc3[\x82-\xb4](?:[\xc2\xc5\xc6\xcb]|\xe2[\x80\x82\x84])")


def sniff(head: bytes) -> bool:
    """Say whether bytes look like an XML document with MARC records, or an answer around them."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[: len(head) & ~1].decode("utf-16", "replace").encode()
    head = head.lstrip(b"\xef\xbb\xbf\r\n\t ")
    return head.startswith(b"<") and _ROOTS.search(head) is not None


def read_stream(stream: BinaryIO, options: ReadOptions) -> Iterator[Loaded | Quarantined]:
    """Yield each record of an XML document in order, and the elements that could not be read."""
    number = options.first
    for frame in xml_frames(stream):
        item = _read_frame(frame, number, options)
        if item is not None:
            yield item
            number += 1


def _read_frame(frame: XmlFrame, number: int, options: ReadOptions) -> Loaded | Quarantined | None:
    if frame.encoding is None and not frame.problem and options.assume is None:
        # The usual element is taken apart in C; what looks like double encoding is not usual.
        suspect = b"\xc3" in frame.raw and _SUSPECT.search(frame.raw)
        plain = None if suspect else xml_record(frame.raw)
        if plain is not None:
            return Loaded(
                record=ScannedRecord(plain[0], plain[1], plain[2].__getitem__),
                number=number,
                offset=frame.offset,
                length=len(frame.raw),
                form="marcxml",
                encoding="utf-8",
                raw=frame.raw,
            )
    findings: list[Finding] = []
    if frame.problem:
        return _quarantine(frame, number, options, frame.problem)
    data = frame.data
    encoding = frame.encoding or options.assume or "utf-8"
    try:
        text = data.decode(encoding if encoding != "marc-8" else "utf-8")
    except (UnicodeDecodeError, LookupError):
        weighed = evidence.weigh(data, True)
        text = evidence.decode_as(data, weighed.encoding)[0]
        encoding = weighed.encoding
        findings.append(
            Finding(
                rule="marc.encoding-xml",
                severity=Severity.WARNING,
                path=None,
                message=f"bytes that are not valid {frame.encoding or 'UTF-8'}; read as {encoding}",
                confidence=weighed.confidence,
                fix="look at the letters with marks",
            )
        )
    bad = _NOT_XML.search(text) or ("&#" in text and _NOT_XML_REFERENCE.search(text))
    if bad:
        text = _NOT_XML_REFERENCE.sub(" ", _NOT_XML.sub(" ", text))
        findings.append(
            Finding(
                rule="marc.xml-control",
                severity=Severity.WARNING,
                message="control characters that XML does not allow were read as blanks",
                fix="look at the text where words may have been joined or cut",
            )
        )
    parts = _parsed(text, findings)
    if isinstance(parts, str):
        return _quarantine(frame, number, options, parts)
    leader, tags, texts, problems = parts
    if not tags:
        # A wrapper's element of the same name, as in an answer without data: no MARC record.
        if leader == BLANK_LEADER and not any(said.startswith("text") for said in problems):
            return None
        return _quarantine(frame, number, options, "there is no field in it")
    findings += [
        Finding(
            rule="marc.xml-structure",
            severity=Severity.WARNING,
            message=problem,
            fix="look at the record before loading it",
        )
        for problem in problems
    ]
    if len(text) != len(data) and any(evidence.undo_double_needed(t) for t in texts):
        for i, value in enumerate(texts):
            undone = "\x1f".join(evidence.undo_double(p) or p for p in value.split("\x1f"))
            if undone != value and options.assume is None:
                texts[i] = undone
                findings.append(
                    Finding(
                        rule="marc.encoding-double",
                        severity=Severity.WARNING,
                        path=tags[i],
                        message="text was encoded as UTF-8 twice; read as it was meant",
                        confidence=0.95,
                        fix="compare with the source; --assume utf-8 leaves the text as it stands",
                    )
                )
    record = ScannedRecord(leader, tags, texts.__getitem__)
    control = texts[tags.index("001")].strip() if "001" in tags else None
    return Loaded(
        record=record,
        number=number,
        offset=frame.offset,
        length=len(frame.raw),
        form="marcxml",
        encoding=encoding,
        raw=frame.raw,
        findings=tuple(
            f.at(file=options.file, record=number, control=control, offset=frame.offset)
            for f in findings
        ),
    )


def _parsed(text: str, findings: list[Finding]) -> Parts | str:
    """Parse an element, with what are no references in it escaped when it cannot be otherwise."""
    parts = parse_element(text.encode("utf-8", "replace"))
    if not isinstance(parts, str) or (escaped := escape_ampersands(text)) == text:
        return parts
    mended = parse_element(escaped.encode("utf-8", "replace"))
    if isinstance(mended, str):
        return parts
    findings.append(
        Finding(
            rule="marc.xml-ampersand",
            severity=Severity.WARNING,
            message="ampersands that XML does not allow were read as such, or as the letters that "
            "HTML has for the name",
            fix="look at the text around them",
        )
    )
    return mended


def _quarantine(frame: XmlFrame, number: int, options: ReadOptions, reason: str) -> Quarantined:
    return Quarantined(
        raw=frame.raw,
        number=number,
        offset=frame.offset,
        length=len(frame.raw),
        finding=Finding(
            rule="marc.xml-unreadable",
            message=reason,
            file=options.file,
            record=number,
            offset=frame.offset,
            fix="ask the supplier for the record again; its bytes are in quarantine",
        ),
    )


def to_xml(record: pymarc.Record, *, namespace: bool = False) -> str:
    """Return a record as a MARCXML `record` element.

    >>> record = pymarc.Record()
    >>> record.add_field(pymarc.Field("001", data="<7>"))
    >>> to_xml(record).splitlines()[2]
    '  <controlfield tag="001">&lt;7&gt;</controlfield>'
    """
    lines = [f'<record xmlns="{NAMESPACE}">' if namespace else "<record>"]
    lines.append(f"  <leader>{_text(str(record.leader))}</leader>")
    for field in record.fields:
        tag = _quoted(field.tag)
        if field.control_field:
            lines.append(f"  <controlfield tag={tag}>{_text(field.data or '')}</controlfield>")
            continue
        one, two = field.indicators or (" ", " ")
        lines.append(f"  <datafield tag={tag} ind1={_quoted(one)} ind2={_quoted(two)}>")
        for code, value in field.subfields:
            lines.append(f"    <subfield code={_quoted(code)}>{_text(value)}</subfield>")
        lines.append("  </datafield>")
    lines.append("</record>")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # xml.sax.saxutils does this too, and takes 35 ms to import.
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#13;")  # a bare carriage return would come back as a line feed


def _quoted(value: str) -> str:
    value = _text(value).replace('"', "&quot;")
    return '"' + value.replace("\n", "&#10;").replace("\t", "&#9;") + '"'


class MarcXmlWriter:
    """Writes a MARCXML collection."""

    def __init__(self, stream: BinaryIO, options: WriteOptions) -> None:
        self._stream = stream
        self._begun = False

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._stream.write(
                b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="%s">\n'
                % NAMESPACE.encode()
            )

    def write(self, record: pymarc.Record) -> tuple[Finding, ...]:
        """Write one record; control characters, which XML cannot hold, become blanks."""
        self._begin()
        text = to_xml(record)
        findings: tuple[Finding, ...] = ()
        if _NOT_XML.search(text):
            text = _NOT_XML.sub(" ", text)
            findings = (
                Finding(
                    rule="marc.xml-control",
                    severity=Severity.WARNING,
                    control=control_number(record) or None,
                    message="control characters that XML cannot hold were written as blanks",
                ),
            )
        self._stream.write(text.encode("utf-8"))
        return findings

    def finish(self) -> None:
        """Write the collection's end tag."""
        self._begin()
        self._stream.write(b"</collection>\n")


def _losses(record: pymarc.Record) -> Iterator[Finding]:
    yield from misplaced(record, "marcxml")
    if _NOT_XML.search(to_xml(record)):
        yield Finding(
            rule="marc.xml-control",
            severity=Severity.WARNING,
            message="XML cannot hold the record's control characters",
        )


FORM = Form(
    name="marcxml",
    title="MARCXML (.xml)",
    suffixes=(".xml", ".marcxml"),
    sniff=sniff,
    read=read_stream,
    write=MarcXmlWriter,
    losses=_losses,
)
