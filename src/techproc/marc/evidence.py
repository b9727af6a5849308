"""Which character encoding a record's bytes are in: the evidence weighed, not leader/09 alone.

The bytes decide. Text that is valid UTF-8 with multi-byte characters is UTF-8 whatever the leader
says: MARC-8 puts its marks before ASCII letters, which UTF-8 never does. What is not valid UTF-8
is weighed as MARC-8, Windows-1252 (which holds Latin-1), KOI8-R and Windows-1251 by how well each
explains it. Where the leader says MARC-8, that is left for Latin-1 by its letters' odds (`latin`).
"""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass

from techproc.findings import Finding, Severity
from techproc.marc import latin, marc8
from techproc.marc.weights import SINGLE, weigh_run

__all__ = [
    "ENCODINGS",
    "Evidence",
    "decode_as",
    "finding_for",
    "known_encoding",
    "undo_double",
    "undo_double_needed",
    "weigh",
]

ENCODINGS = ("utf-8", "marc-8", "latin-1", "cp1252", "koi8-r", "cp1251")
_HIGH = re.compile(rb"[\x80-\xff]+[^\x80-\xff]?")
# What the bytes 0x80 to 0xBF turn into when they are taken for Latin-1 or Windows-1252.
_TAIL = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_DOUBLE = re.compile(f"[\xc2-\xdf]{_TAIL}|[\xe0-\xef]{_TAIL}{{2}}|[\xf0-\xf4]{_TAIL}{{3}}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The encoding that explains the bytes best, with how sure that is (0 to 1).

    `latin` is how sure it is that a text taken for MARC-8 is in Latin-1 after all; None: it is not
    doubtful.
    """

    encoding: str
    confidence: float
    latin: float | None = None


# One record in a hundred that says MARC-8 is taken to be in Latin-1, before it is looked at.
_RARELY_LATIN = math.log(100)
_MARKED = re.compile(rb"\xe8[aouAOU]|\xe2[aeiouAEIOU]|\xe1[eE]|\xea[aA]")


def weigh(data: bytes, flagged_utf8: bool) -> Evidence:
    """Return which encoding the bytes of one record are in.

    >>> weigh("Café Müller".encode(), flagged_utf8=False)
    Evidence(encoding='utf-8', confidence=0.99, latin=None)
    >>> weigh(b"Dvo\\xe9r\\xe2ak", flagged_utf8=True).encoding
    'marc-8'
    >>> weigh(b"Universit\\xe9 de Gen\\xe8ve", flagged_utf8=True).encoding
    'cp1252'
    """
    if data.isascii():
        if not flagged_utf8 and (b"\x1b" in data or b"&#x" in data):
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
    """Weigh the encodings in which each byte or mark stands for itself."""
    # The leader may say MARC-8, and escapes are MARC-8's: it takes some evidence to doubt that.
    sums = [(0 if flagged_utf8 else 1.5) + (3 if b"\x1b" in data else 0), 0.0, 0.0, 0.0]
    valid = 0
    for match in _HIGH.finditer(data):
        weights = weigh_run(match.group(), data[max(match.start() - 1, 0) : match.start()])
        if weights is None:
            valid += 1
        else:
            for i, weight in enumerate(weights):
                sums[i] += weight
    ranked = sorted(zip(sums, SINGLE, strict=True), key=lambda item: -item[0])
    (best, name), (second, _) = ranked[:2]
    if (valid > 2 and valid > 2 * best) or (flagged_utf8 and valid > 0):
        return Evidence("mixed", 0.8)
    found = Evidence(name, round(1 / (1 + math.exp(second - best)), 2))
    # Escapes are MARC-8's.
    if not flagged_utf8 and (name == "cp1252" or (name == "marc-8" and b"\x1b" not in data)):
        return _by_letters(data, found)
    return found


def _by_letters(data: bytes, found: Evidence) -> Evidence:
    """Decide between MARC-8, which the leader says, and Latin-1 by the letters' odds as well."""
    odds = latin.odds(data)
    sure = round(1 / (1 + math.exp(min(_RARELY_LATIN - odds / 100, 700))), 2)
    western = found.encoding == "cp1252"
    if odds > (latin.DOUBTFUL if western else latin.BEYOND_DOUBT):
        return found if western else Evidence("cp1252", sure)
    if western or odds > latin.DOUBTFUL:
        return Evidence("marc-8", round(1 - sure, 2), sure)
    return found


def known_encoding(name: str) -> str | None:
    """Return the usual name of an encoding that a record's bytes may be said to be in, or None.

    Any encoding of Python's will do whose first 128 characters are ASCII's.

    >>> known_encoding("MARC8"), known_encoding("utf8"), known_encoding("windows-1252")
    ('marc-8', 'utf-8', 'cp1252')
    """
    if name.lower().replace("_", "-") in ("marc-8", "marc8", "ansel"):
        return "marc-8"
    try:
        codec = codecs.lookup(name)
        ascii_text = bytes(range(32, 127))
        if ascii_text.decode(codec.name) != ascii_text.decode("ascii"):
            return None
    except (LookupError, UnicodeError):
        return None
    return {"iso8859-1": "latin-1"}.get(codec.name, codec.name)


def decode_as(data: bytes, encoding: str) -> tuple[str, int]:
    """Return a value decoded as `encoding` and how many of its characters had no meaning in it.

    "mixed" decides value by value: UTF-8 where it is valid, else the likelier single-byte one.

    >>> decode_as(b"caf\\xe9", "latin-1")
    ('café', 0)
    """
    if encoding == "marc-8":
        return marc8.decode(data)
    if encoding == "mixed":
        try:
            return data.decode("utf-8"), 0
        except UnicodeDecodeError:
            found = _weigh_single_bytes(data, True).encoding
            return decode_as(data, "utf-8" if found == "mixed" else found)
    text = data.decode("utf-8" if encoding == "ascii" else encoding, "replace")
    errors = text.count("\ufffd")
    if errors and encoding == "utf-8":
        errors -= data.count(b"\xef\xbf\xbd")  # a replacement that was there before
    return text, errors


def undo_double(text: str) -> str | None:
    """Return text that was encoded as UTF-8 twice (or thrice) as it was meant, else None.

    >>> undo_double("CafÃ© MÃ¼ller")
    'Café Müller'
    >>> undo_double("Ãlvares") is None
    True
    """
    undone = text
    for _ in range(3):
        if not undo_double_needed(undone):
            break
        once = _undo_once(undone)
        if once is None or once == undone:
            break
        undone = once
    return None if undone == text else undone


def _undo_once(text: str) -> str | None:
    for codec in ("cp1252", "latin-1"):
        try:
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            pass
    # Some of it was encoded twice and some was not: piece by piece.
    return _DOUBLE.sub(_undo_piece, text)


def _undo_piece(match: re.Match[str]) -> str:
    for codec in ("latin-1", "cp1252"):
        try:
            return match.group().encode(codec).decode("utf-8")
        except UnicodeError:
            pass
    # Windows-1252 leaves five bytes without a character; they pass as themselves.
    data = bytearray()
    for char in match.group():
        try:
            data += char.encode("cp1252")
        except UnicodeError:
            if ord(char) > 0xFF:
                return match.group()
            data.append(ord(char))
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return match.group()


def undo_marc8_as_latin(text: str) -> str | None:
    """Return text whose MARC-8 bytes were taken for Latin-1 as it was meant, else None.

    Only where the evidence is overwhelming: three marks or more, and each before a letter that no
    language writes after the Latin-1 letter that the mark would be ("è" before "u").

    >>> undo_marc8_as_latin("Lesabâendio, M`èunchen, G. Mèuller, Kèonig")
    'Lesabéndio, M`ünchen, G. Müller, König'
    >>> undo_marc8_as_latin("Le général à l'école près de Liège") is None
    True
    """
    try:
        data = text.encode("latin-1")
    except UnicodeError:
        return None
    pairs = _MARKED.findall(data)
    if len(pairs) < 3 or len(pairs) != sum(byte >= 0xE0 for byte in data):
        return None
    decoded, errors = decode_as(data, "marc-8")
    return None if errors else decoded


def undo_double_needed(text: str) -> bool:
    """Say whether a text has anything that looks like UTF-8 encoded twice; cheap."""
    return _DOUBLE.search(text) is not None


def finding_for(evidence: Evidence, flagged_utf8: bool) -> Finding | None:
    """Return what is to be said about an encoding that is not what the leader says, or None."""
    flag = "UTF-8 (a)" if flagged_utf8 else "MARC-8 (blank)"
    if evidence.latin is not None:
        return Finding(
            rule="marc.encoding-doubtful",
            severity=Severity.WARNING,
            message=f"leader/09 says {flag} and the bytes were read as that; by their letters they "
            "may be Latin-1 or Windows-1252",
            path="LDR/09",
            confidence=evidence.latin,
            fix="look at the letters with marks; --assume latin-1 if they are wrong",
        )
    if evidence.encoding in ("ascii", "utf-8" if flagged_utf8 else "marc-8"):
        return None
    names = {
        "utf-8": ("marc.encoding-utf8", "UTF-8"),
        "marc-8": ("marc.encoding-marc8", "MARC-8"),
        "cp1252": ("marc.encoding-latin", "Latin-1 or Windows-1252"),
        "koi8-r": ("marc.encoding-cyrillic", "KOI8-R"),
        "cp1251": ("marc.encoding-cyrillic", "Windows-1251"),
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
