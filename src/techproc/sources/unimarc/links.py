"""Links of UNIMARC (4XX) as linking entries of MARC 21, with embedded fields and without.

A link holds its data in subfields of its own ($t, $x, $y, …), or in whole fields, each led by a
$1 with its tag and indicators, and the number of the record linked to as field 001.
"""

from __future__ import annotations

from pymarc import Record

from techproc.sources.building import add
from techproc.sources.unimarc.isbd import Subfields, ended, nonfiling
from techproc.sources.unimarc.source import SourceField, SourceRecord, without_marks

__all__ = ["embedded", "links"]

# UNIMARC → MARC 21, second indicator, and a text for the relation where the tag does not say it
_LINKS = {
    "410": ("830", "0"), "411": ("830", "0"), "421": ("770", " "), "422": ("772", " "),
    "423": ("777", " "), "430": ("780", "0"), "431": ("780", "1"), "432": ("780", "2"),
    "433": ("780", "3"), "434": ("780", "5"), "435": ("780", "6"), "436": ("780", "4"),
    "437": ("780", "7"), "440": ("785", "0"), "441": ("785", "1"), "442": ("785", "2"),
    "443": ("785", "3"), "444": ("785", "4"), "445": ("785", "5"), "446": ("785", "6"),
    "447": ("785", "7"), "448": ("785", "8"), "451": ("775", " "), "452": ("776", " "),
    "453": ("767", " "), "454": ("765", " "), "455": ("787", "8"), "456": ("787", "8"),
    "461": ("773", " "), "462": ("774", " "), "463": ("774", " "), "464": ("774", " "),
    "470": ("787", "8"), "481": ("787", "8"), "482": ("787", "8"), "488": ("787", "8"),
}  # fmt: skip
_RELATIONS = {
    "455": "Reproduction of:", "456": "Reproduced as:", "470": "Item reviewed:",
    "481": "Also bound with:", "482": "Bound with:", "488": "Other related work:",
}  # fmt: skip
_OWN = {
    "a": "a", "t": "t", "e": "b", "p": "h", "v": "g", "h": "g", "i": "g", "x": "x", "y": "z",
    "0": "w", "3": "w", "u": "o",
}  # fmt: skip
_SERIES = {"t": "a", "h": "n", "i": "p", "v": "v", "x": "x", "0": "w", "3": "w"}
# (embedded tag, code) → the code that a link has of its own
_EMBEDDED = {
    ("200", "a"): "t", ("200", "h"): "h", ("200", "i"): "i", ("200", "v"): "v",
    ("500", "a"): "t", ("500", "h"): "h", ("500", "i"): "i",
    ("010", "a"): "y", ("011", "a"): "x", ("205", "a"): "e", ("210", "a"): "c",
    ("210", "c"): "n", ("210", "d"): "d", ("215", "a"): "p", ("856", "u"): "u",
}  # fmt: skip
_NAMES = frozenset({"700", "701", "702", "710", "711", "712", "720", "721", "722"})


def embedded(field: SourceField) -> list[tuple[str, str, int]]:
    """Return (code as a link has it, text, place among the values) of a field's subfields.

    The subfields of an embedded name come as "a" (entry element) and "b" (what follows it, in
    MARC 21's own way of writing it); what has no place in a link is not in the list.
    """
    found: list[tuple[str, str, int]] = []
    within = ""
    for at, (code, value) in enumerate(field.values):
        text = without_marks(value.text)
        if code == "1":
            within = text[:3]
            if within == "001" and text[3:].strip():
                found.append(("0", text[3:].strip(), at))
            elif len(text) <= 5:
                value.take()  # tag and indicators of what follows
        elif within in _NAMES and code in "abcdfg":
            found.append(("a" if code == "a" else "b", text, at))
        elif within and (within, code) in _EMBEDDED:
            found.append((_EMBEDDED[within, code], text, at))
        elif not within and (code in _OWN or code in "cdn"):
            found.append((code, text, at))
    return found


def links(source: SourceRecord, record: Record) -> None:
    """Add the linking entries of the record."""
    for field in source.get(*_LINKS):
        tag, second = _LINKS[field.tag]
        if field.tag == "463" and str(source.label.text)[7:8] == "a":
            tag = "773"  # the piece that a part of it belongs to
        codes = _SERIES if tag == "830" else _OWN
        out: Subfields = [("i", _RELATIONS[field.tag])] if field.tag in _RELATIONS else []
        imprint: Subfields = []
        for code, text, at in embedded(field):
            if code in "cdn" and tag != "830":
                imprint = ended(imprint, {"c": " ;", "n": " :", "d": ","}[code])
                imprint.append((code, text))
            elif code == "b" and out and out[-1][0] == "a" and tag != "830":
                out[-1] = ("a", f"{out[-1][1]}, {text}")
            elif code == "t" and tag == "830":
                title, skipped = nonfiling(field.values[at][1].text)
                second = str(skipped)
                out.append(("a", title))
            elif code in codes:
                out.append((codes[code], text))
            else:
                continue
            field.values[at][1].take()
        if imprint:
            out.append(("d", " ".join(text for _, text in imprint)))
        first = " " if tag == "830" else "1" if field.second == "0" else "0"
        add(record, tag, first + second, *_ordered(out) if tag != "830" else out)


def _ordered(subfields: Subfields) -> Subfields:
    """Return the subfields of a linking entry in the order of its display: relation, author, …"""
    order = "iastbdhgnxzow"
    return sorted(subfields, key=lambda part: order.index(part[0]))
