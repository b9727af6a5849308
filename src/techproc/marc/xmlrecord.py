"""One `record` element of MARCXML or MarcXchange, parsed for itself."""

from __future__ import annotations

import re
from html.entities import name2codepoint
from typing import Any

__all__ = ["BLANK_LEADER", "Parts", "escape_ampersands", "parse_element"]

BLANK_LEADER = " " * 10 + "22" + " " * 8 + "4500"
_PREFIX = re.compile(rb"[<\s]/?([A-Za-z_][\w.-]*):[A-Za-z_]")
_AMPERSAND = re.compile(
    r"&(?:(#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);|([A-Za-z][A-Za-z0-9]*);)?"
)

Parts = tuple[str, list[str], list[str], list[str]]  # leader, tags, texts, problems


def parse_element(data: bytes) -> Parts | str:
    """Return the parts of one `record` element (UTF-8), or what is wrong with it.

    The parts are the leader, the tags, the fields' texts (indicators and subfields as in ISO 2709)
    and remarks about what is odd in it.

    >>> parse_element(b'<record><controlfield tag="001">7</controlfield></record>')[1:3]
    (['001'], ['7'])
    """
    from lxml import etree  # noqa: PLC0415 (other forms do without it)

    from techproc.marc.xmlparser import wary_parser  # noqa: PLC0415 (it brings lxml)

    prefixes = {p for p in _PREFIX.findall(data) if p not in (b"xml", b"xmlns")}
    declared = b"".join(b' xmlns:%s="urn:x"' % prefix for prefix in sorted(prefixes))
    try:
        root = etree.fromstring(b"<w%s>%s</w>" % (declared, data), wary_parser())
    except etree.XMLSyntaxError as error:
        return str(error.msg)
    leader: str | None = None
    tags: list[str] = []
    texts: list[str] = []
    problems: list[str] = []
    record = root[0]
    _tell_text(record, "", problems)
    for element in record:
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name == "leader":
            leader = element.text or ""
        elif name in ("controlfield", "datafield"):
            tags.append(element.get("tag") or "")
            make = _content if name == "controlfield" else _data
            texts.append(make(element, f"{tags[-1]}: ", problems))
        else:
            problems.append(f"an element {name!r}, which no record has, was left out")
    return _checked(leader, tags, texts, problems)


def _data(element: Any, where: str, problems: list[str]) -> str:
    """Return the text of a data field as in ISO 2709."""
    _tell_text(element, where, problems)
    first = [(element.get("ind1") or " "), (element.get("ind2") or " ")]
    if len(first[0]) > 1 or len(first[1]) > 1:
        problems.append(f"{where}an indicator is longer than one character")
    pieces = [first[0][0] + first[1][0]]
    for child in element:
        code = child.get("code") or ""
        if len(code) != 1:
            problems.append(f"{where}the subfield code {code!r} is not one character")
            code = (code + " ")[0]
        pieces.append(code + _content(child, where, problems))
    return "\x1f".join(pieces)


def _content(element: Any, where: str, problems: list[str]) -> str:
    """Return the text within an element; note that there are elements in it."""
    if not len(element):
        return element.text or ""
    problems.append(f"{where}elements within a text were left out, what they hold was not")
    return "".join(element.itertext())


def _tell_text(element: Any, where: str, problems: list[str]) -> None:
    """Note text that stands where only elements should."""
    problems += [
        f"{where}text in no subfield was left out: {text.strip()[:60]!r}"
        for text in (element.text, *(child.tail for child in element))
        if text and text.strip()
    ]


def _checked(leader: str | None, tags: list[str], texts: list[str], problems: list[str]) -> Parts:
    """Note what is odd about leader and tags, and make the leader 24 characters long."""
    if leader is None:
        problems.append("there is no leader")
        leader = BLANK_LEADER
    elif len(leader) != 24:
        stripped = leader.strip("\r\n\t")
        if len(stripped) != 24:
            problems.append(f"the leader has {len(stripped)} characters, not 24")
            stripped = (stripped + " " * 24)[:24]
        leader = stripped
    for i, tag in enumerate(tags):
        if len(tag) != 3:
            problems.append(f"the tag {tag!r} is not three characters long")
            tags[i] = (tag + "   ")[:3]
    return leader, tags, texts, problems


def escape_ampersands(text: str) -> str:
    """Return XML in which ampersands that begin no reference are escaped.

    Names that HTML gives to letters stand for them. What else looks like a reference to an entity
    stays: nobody knows what it was to be.

    >>> escape_ampersands("R&D &amp; caf&eacute; &lol;")
    'R&amp;D &amp; café &lol;'
    """

    def escape(match: re.Match[str]) -> str:
        known, name = match.groups()
        if known or (name and name not in name2codepoint):
            return match.group()
        return chr(name2codepoint[name]) if name else "&amp;"

    return _AMPERSAND.sub(escape, text)
