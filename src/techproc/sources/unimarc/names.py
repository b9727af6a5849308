"""Names of UNIMARC (7XX, 600-602, embedded ones) as headings of MARC 21."""

from __future__ import annotations

import re

from techproc.sources.relators import RELATOR_OF_UNIMARC
from techproc.sources.unimarc.isbd import Subfields, ended
from techproc.sources.unimarc.source import SourceField, without_marks

__all__ = ["FAMILY", "corporate_name", "identifiers", "personal_name", "relators", "subdivisions"]

FAMILY = frozenset({"602", "720", "721", "722"})
# Number, place and date of a meeting; 71X and 601 → MARC 21 X10 and X11
_OF_CORPORATE = {"d": "n", "e": "c", "f": "d"}
_SUBDIVISIONS = {"x": "x", "y": "z", "z": "y", "j": "v"}


def personal_name(field: SourceField) -> tuple[str, Subfields]:
    """Return the first indicator and the subfields of X00, without relators.

    $a entry element, $b rest of the name, $c additions, $d roman numerals, $f dates, $g initials
    written out, $p affiliation.
    """
    entry = " ".join(field.take("a"))
    initials = " ".join(field.take("b"))
    full = " ".join(field.take("g"))
    forename = initials or full
    name = f"{entry}, {forename}" if entry and forename else entry or forename
    subfields = [("a", name), ("b", " ".join(field.take("d")))]
    subfields += [("c", text) for text in field.take("c")]
    if initials and full and full != initials:
        subfields.append(("q", f"({full})"))
    subfields = [(code, text) for code, text in subfields if text]
    lived = " ".join(field.take("f")).strip("() ")
    if lived:
        subfields = [*ended(subfields, ","), ("d", lived)]
    subfields += [("u", text) for text in field.take("p")]
    if field.tag in FAMILY:
        return "3", subfields
    return "1" if field.second == "1" or forename else "0", subfields


def corporate_name(field: SourceField, tag: str) -> Subfields:
    """Return the subfields of X10 or X11, without relators.

    Qualifiers ($c) and the parts of an inverted name ($g, $h) stand within the name in MARC 21;
    a subordinate unit is $b of a corporate name and $e of a meeting.
    """
    below = "e" if tag.endswith("11") else "b"
    out: Subfields = []
    for code, text in field.moved({code: code for code in "abcdefghp"}):
        if code in "cgh" and out:
            joined = {"c": f" ({text.strip('()')})", "g": f", {text}", "h": f" {text}"}[code]
            out[-1] = (out[-1][0], out[-1][1] + joined)
        elif code in _OF_CORPORATE:
            out.append((_OF_CORPORATE[code], text))
        else:
            out.append(({"b": below, "p": "u"}.get(code, "a") if out else "a", text))
    return out


def relators(field: SourceField) -> Subfields:
    """Return $4 with MARC 21's codes; a code that is not UNIMARC's stays to be told."""
    found = []
    for code, value in field.values:
        known = RELATOR_OF_UNIMARC.get(value.text.strip()) if code == "4" else None
        if known:
            value.take()
            found.append(("4", known))
    return found


def identifiers(field: SourceField) -> Subfields:
    """Return $0 for an ISNI in $o; the number of an authority record ($3) names no file."""
    found = []
    for code, value in field.values:
        match = re.fullmatch(
            r"(?:ISNI)?([0-9]{15}[0-9X])", re.sub(r"[\s()-]", "", value.text), re.I
        )
        if code == "o" and match:
            value.take()
            found.append(("0", f"(isni){match[1].upper()}"))
    return found


def subdivisions(field: SourceField) -> Subfields:
    """Return $x, $z, $y and $v of a subject heading, in order."""
    return [(_SUBDIVISIONS[code], without_marks(text)) for code, text in field.parts(_SUBDIVISIONS)]
