"""What is wrong with a call number as it stands."""

from __future__ import annotations

import re

from techproc.classify.callnumber import CallNumber, Kind, is_lc_class
from techproc.findings import Finding, Severity

__all__ = ["check_callnumber"]

_RANGE = re.compile(r"[A-Za-z]{0,3}[0-9.]+\s?-\s?[A-Za-z]{0,3}[0-9.]+")


def check_callnumber(text: str, scheme: str = "auto") -> list[Finding]:
    """Return what is malformed or missing in a call number; nothing for one that is complete.

    Rules: `callnumber.malformed` (the scheme's grammar cannot read it), `callnumber.range`,
    `callnumber.unknown-class` (letters that LC does not use), `callnumber.bare-class` (no item
    number), `callnumber.cutter-without-number`, `callnumber.cutter-ends-in-zero` (G 63), and
    `callnumber.no-scheme` where `auto` finds none. Blank text has nothing wrong with it.

    >>> [f.rule for f in check_callnumber("PZ123.234.234", "lcc")]
    ['callnumber.malformed']
    >>> [f.rule for f in check_callnumber("QA76.9")], check_callnumber("QA76.9 .A5 1990")
    (['callnumber.bare-class'], [])
    """
    if not text.strip():
        return []
    number = CallNumber.parse(text, scheme)
    if _RANGE.fullmatch(text.strip()) and number.scheme in ("lcc", "ddc", "nlm"):
        return [_finding("range", f"{text!r} is a range, not a number", fix="choose one number")]
    if not number.valid:
        message = f"{text!r} is no {_NAMES[number.scheme]} number"
        return [_finding("malformed", message, fix="compare it with the item's label")]
    if number.scheme == "local":
        message = f"{text!r} has the form of no scheme; it is sorted as words and numbers"
        return [_finding("no-scheme", message, Severity.INFO)]
    found = []
    if number.scheme == "lcc" and not is_lc_class(number.letters):
        message = f"{number.letters.upper()} is no class of the LC Classification"
        found.append(_finding("unknown-class", message, Severity.WARNING))
    if number.scheme != "sudoc":
        found += _check_cutters(number)
    elif number.elements[-1].text.strip() == ":":
        found.append(_finding("bare-class", f"{text!r} ends at the class stem", Severity.WARNING))
    return found


_NAMES = {"lcc": "LC", "ddc": "Dewey", "nlm": "NLM", "sudoc": "SuDoc", "local": "local"}


def _check_cutters(number: CallNumber) -> list[Finding]:
    found = []
    kinds = {element.kind for element in number.elements}
    if not kinds - {Kind.PREFIX, Kind.LETTERS, Kind.NUMBER, Kind.DECIMAL, Kind.ORDINAL}:
        message = f"{number.text!r} is only a class number"
        fix = "techproc classify callnumber completes it from a record"
        found.append(_finding("bare-class", message, Severity.WARNING, fix=fix))
    if number.scheme != "ddc":
        for cutter in number.cutters:
            digits = re.sub(r"[^0-9]", "", cutter)
            if not digits:
                message = f"the Cutter {cutter!r} has no number"
                found.append(_finding("cutter-without-number", message, Severity.WARNING))
            elif digits[-1] == "0":
                message = f"the Cutter {cutter!r} ends in 0: nothing can be put before it"
                found.append(_finding("cutter-ends-in-zero", message, Severity.INFO))
    return found


def _finding(
    name: str, message: str, severity: Severity = Severity.ERROR, *, fix: str | None = None
) -> Finding:
    return Finding(rule=f"callnumber.{name}", message=message, severity=severity, fix=fix)
