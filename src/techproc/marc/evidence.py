"""Which character encoding a record's bytes are in: the evidence weighed, not leader/09 alone.

The bytes decide. Text that is valid UTF-8 with multi-byte characters is UTF-8 whatever the leader
says: MARC-8 puts its marks before ASCII letters, which UTF-8 never does. What is not valid UTF-8
is weighed as MARC-8 against Windows-1252 (which holds Latin-1) by how well each explains it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from techproc.findings import Finding, Severity
from techproc.marc import marc8

__all__ = ["ENCODINGS", "Evidence", "decode_as", "finding_for", "undo_double", "undo_double_needed", "weigh"]

ENCODINGS = ("utf-8", "marc-8", "latin-1", "cp1252")
_HIGH = re.compile(rb"[\x80-\xff]+[^\x80-\xff]?")
_DOUBLE = re.compile("[\xc2-\xf4][\x80-\xbf\u0152-\u02dc\u2013-\u2122]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The encoding that explains the bytes best, with how sure that is (0 to 1)."""

    encoding: str
    confidence: float


def weigh(data: bytes, flagged_utf8: bool) -> Evidence:
    """Return which encoding the bytes of one record are in.

    >>> weigh("Café Müller".encode(), flagged_utf8=False)
    Evidence(encoding='utf-8', confidence=0.99)
    >>> weigh(b"Dvo\\xe9r\\xe2ak", flagged_utf8=True).encoding
    'marc-8'
    >>> weigh(b"Universit\\xe9 de Gen\\xe8ve", flagged_utf8=True).encoding
    'cp1252'
    """
    if data.isascii():
        if b"\x1b" in data and not flagged_utf8:
            return Evidence("marc-8", 0.95)
        return Evidence("ascii", 1.0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _weigh_single_bytes(data, flagged_utf8)
    if flagged_utf8:
        return Evidence("utf-8", 1.0)
    letters = sum(1 for char in text if char > "\x7f")
    strange = sum(1 for char in text if "\x80" <= char <= "\x9f" and char not in "\x98\x9c")
    if strange == letters:
        return Evidence("marc-8", 0.6)
    return Evidence("utf-8", 0.95 if letters == 1 and len(text) - letters < 12 else 0.99)


def _weigh_single_bytes(data: bytes, flagged_utf8: bool) -> Evidence:
    """Weigh MARC-8 against Windows-1252 for bytes that are not valid UTF-8."""
    as_marc8 = as_1252 = valid = 0.0
    for match in _HIGH.finditer(data):
        run = match.group()
        try:
            run[: len(run) - (run[-1] < 0x80)].decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            valid += 1
            continue
        eight, twelve = _run_weights(run, data[match.start() - 1 : match.start()])
        as_marc8 += eight
        as_1252 += twelve
    if b"\x1b" in data:
        as_marc8 += 3
    if not flagged_utf8:
        as_marc8 += 1.5  # the leader says MARC-8; it takes some evidence to doubt it
    runs = as_marc8 + as_1252
    best, other = max(as_marc8, as_1252), min(as_marc8, as_1252)
    if valid and valid > 2 * max(runs, 1.0) or (flagged_utf8 and valid > 0):
        return Evidence("mixed", 0.8)
    name = "marc-8" if as_marc8 >= as_1252 else "cp1252"
    return Evidence(name, round(0.5 + 0.5 * (best - other) / max(best + other, 0.1), 2))


@cache
def _run_weights(run: bytes, before: bytes) -> tuple[float, float]:
    """Return how well MARC-8 and Windows-1252 each explain some high bytes and what follows."""
    eight = twelve = 0.0
    text, errors = marc8.decode(run, references=False)
    follower = chr(run[-1]) if run[-1] < 0x80 else ""
    high = run[: len(run) - len(follower)]
    if errors:
        eight -= 2.0 * errors
    elif high[-1] >= 0xE0:
        # A mark wants a letter after it, and most often one that Unicode has precomposed.
        if not follower.isalpha():
            eight -= 1.5
        elif any(unicodedata.combining(char) for char in text):
            eight += 0.3
        else:
            eight += 1.0
    else:
        eight += 0.7
    try:
        words = high.decode("cp1252")
    except UnicodeDecodeError:
        return eight, twelve - 2.0
    near_letter = before.isalpha() or follower.isalpha()
    for char in words:
        if char.isalpha() and char in "ÃÂ":
            twelve -= 0.5
        elif char.isalpha() and near_letter:
            # A capital within a word of small letters is no one's spelling.
            twelve += -0.8 if char.isupper() and before.islower() else 0.8
        elif char in "‘’“”–—…©®°«»§·¿¡€£":
            twelve += 0.7
        else:
            twelve -= 0.3
    return eight, twelve


def decode_as(data: bytes, encoding: str) -> tuple[str, int]:
    """Return a value decoded as `encoding` and how many of its characters had no meaning in it.

    "mixed" decides value by value: UTF-8 where it is valid, else the likelier single-byte one.

    >>> decode_as(b"caf\\xe9", "latin-1")
    ('café', 0)
    """
    if encoding == "marc-8":
        return marc8.decode(data)
    if encoding in ("utf-8", "ascii"):
        text = data.decode("utf-8", "replace")
        return text, text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    if encoding == "latin-1":
        return data.decode("latin-1"), 0
    if encoding == "cp1252":
        text = data.decode("cp1252", "replace")
        return text, text.count("\ufffd")
    try:
        return data.decode("utf-8"), 0
    except UnicodeDecodeError:
        return decode_as(data, _weigh_single_bytes_of_value(data))


def _weigh_single_bytes_of_value(data: bytes) -> str:
    found = _weigh_single_bytes(data, True)
    return "utf-8" if found.encoding == "mixed" else found.encoding


def undo_double(text: str) -> str | None:
    """Return text that was encoded as UTF-8 twice as it was meant, or None where it was not.

    >>> undo_double("CafÃ© MÃ¼ller")
    'Café Müller'
    >>> undo_double("Ãlvares") is None
    True
    """
    if text.isascii() or not _DOUBLE.search(text):
        return None
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        pass
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None


def undo_double_needed(text: str) -> bool:
    """Say whether a text has anything that looks like UTF-8 encoded twice; cheap."""
    return _DOUBLE.search(text) is not None


def finding_for(evidence: Evidence, flagged_utf8: bool) -> Finding | None:
    """Return what is to be said about an encoding that is not what the leader says, or None."""
    flag = "UTF-8 (a)" if flagged_utf8 else "MARC-8 (blank)"
    if evidence.encoding == "ascii" or evidence.encoding == ("utf-8" if flagged_utf8 else "marc-8"):
        return None
    names = {
        "utf-8": ("marc.encoding-utf8", "UTF-8"),
        "marc-8": ("marc.encoding-marc8", "MARC-8"),
        "cp1252": ("marc.encoding-latin", "Latin-1 or Windows-1252"),
        "latin-1": ("marc.encoding-latin", "Latin-1"),
        "mixed": ("marc.encoding-mixed", "UTF-8 in some fields and something else in others"),
    }
    rule, name = names[evidence.encoding]
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        message=f"leader/09 says {flag} but the bytes are {name}; read as that",
        path="LDR/09",
        confidence=evidence.confidence,
        fix="look at the letters with marks; --assume names the encoding if they are wrong",
    )
