"""Screening fields by a table, in Python: what the C core does in screen.c, values.c and glances.c.

Only fields are screened here: records as a whole are looked at for every reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from techproc.identifiers.isbn import is_valid
from techproc.identifiers.issn import normalize

__all__ = ["EVERY_REASON", "LINKED", "row_of", "screen", "stands_once"]

# The reasons to look (validate/subject.py), and a row of a screening table (validate/screening.py):
# indicators, kinds of subfields, and the rest.
EVERY_REASON = (0xFFF0 | 1 << 23) & ~(1 << 14)  # to look at a record as a whole, but for its links
LINKED, _VALUES, _TIME, _AND_MAIN, _AND_SOURCE = 2, 8, 1 << 16, 1 << 17, 1 << 18
_AND_BLANKS, _AND_MARKS, _AND_BRACKETS, _AND_ODD = 1 << 19, 1 << 20, 1 << 21, 1 << 22
_EVERY_KIND = (1 << 17 | 1 << 18 | 1 << 19 | 1 << 20 | 1 << 21 | 1 << 22) | _VALUES | 1
_ROW, _KINDS, _MAIN, _SOURCE, _ONLY_7, _BLANKS, _BEFORE = 199, 32, 160, 176, 177, 178, 179
_BRACKETS, _ONCE, _UNMARKED, _GLANCE = 194, 195, 196, 197
# Fields that are plainly right, by the glance of their row; glances.c passes the same ones.
_ARTICLE = "(?:.4\x1faThe |.2\x1faA |.3\x1faAn )[A-Za-z]"
_PASSING = {
    number: re.compile(pattern, re.DOTALL).fullmatch
    for number, pattern in {
        1: r"..\x1fa[A-HJ-NP-VZ][A-Z]{0,2}[0-9]{1,4}(?:\.[0-9]+)?(?:\.[A-Z][0-9]+)?"
        r"(?:\x1fb[^\x1f]*[0-9][^\x1f]*)?",
        2: r".*\x1f2.*",
        4: rf"(?=.[0 ]|{_ARTICLE})..(?:\x1f[^c\x1f][^\x1f]*)*(?:\x1fc[^\x1f]*)?",
        5: r"[^1].*|1.*\x1f[hkmn].*",
        6: r"..(?:.*\x1ft.*|(?:\x1f[^rg\x1f][^\x1f]*)*)",
        7: r"[^0-3].(?:.*\x1fu.*|(?:\x1f[^yz3\x1f][^\x1f]*)*)",
        8: r"[^1-3].*",
        9: r"[0 ].*",
    }.items()
}
_LISTED = {"6": "rdaco", "7": "rdam", "8": "rdac"}
_ODD = re.compile("[\x00-\x1e\x7f-\x9f\uffc0-\uffff]")


_TIME_OF = re.compile(
    r"[12][0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]\.[0-9]"
)
_SOLID = re.compile("([0-9]{13}|[0-9]{9}[0-9X])(?: |$)")
_ISSN = re.compile("[0-9]{4}-[0-9]{3}[0-9X]")
_ADDRESS = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:/[!#-;=?-Z_a-z~]*)?")
_LCCN = re.compile(" {0,3}(?:[0-9]{8} ?|[0-9]{10})")
_SYSTEM = re.compile(r"(?!\(OCoLC\))\([^()]+\).*|\(OCoLC\)(?:oc[mn]|on)?[0-9]{1,14}", re.DOTALL)

_DEWEY = re.compile(r"(?:C(?=8[14]))?[0-9]{3}(?:/?\.[0-9][0-9/]*)?|\[(?:E|B|Fic)\]|E|B|Fic")
_EDITION = re.compile(r"[0-9]{1,2}(?:[a-z].*|/.+)?")


def _is_isbn(value: str) -> bool:
    """Tell a value that begins with a valid ISBN in solid digits, and nothing that may belong to it."""
    found = _SOLID.match(value)
    return found is not None and is_valid(found[1])


def _is_issn(value: str) -> bool:
    return _ISSN.fullmatch(value) is not None and normalize(value) is not None


# By the kind of value (validate/screening.py, VALUES) that is not one of a list.
_SOUND: tuple[Callable[[str], object], ...] = (
    lambda value: True,
    lambda value: False,
    _is_isbn,
    _is_issn,
    lambda value: _is_issn(value.rstrip(" ;,.=")),
    _ADDRESS.fullmatch,
    _LCCN.fullmatch,
    _SYSTEM.fullmatch,
    _DEWEY.fullmatch,
    _EDITION.fullmatch,
)
_TERMS, _NAMES, _CODES = 7, 8, 9
_MOST_OPEN = 64
_NAME, _SHORTEST, _LONGEST = 3, 2, 40


@lru_cache(maxsize=64)
def _list(table: bytes, which: int) -> frozenset[str]:
    """Return the codes of a list that stands after the rows of a table."""
    at = 1000 * _ROW + 1
    for _ in range(which):
        at += 3 + table[at] * int.from_bytes(table[at + 1 : at + 3], "little")
    width, size = table[at], table[at] * int.from_bytes(table[at + 1 : at + 3], "little")
    entries = table[at + 3 : at + 3 + size]
    cut = [entries[i : i + width] for i in range(0, len(entries), width or 1)]
    return frozenset(entry.rstrip(b"\0").decode() for entry in cut)


def _is_sound(value: str, kind: int, table: bytes) -> bool:
    if kind < len(_SOUND):
        return bool(_SOUND[kind](value))
    return value in _list(table, kind - len(_SOUND))


def _passes(tag: str, first: str, parts: Sequence[str], glance: int, table: bytes) -> bool:
    if glance in _PASSING:
        return _PASSING[glance]("\x1f".join([first, *parts])) is not None
    subfields = [(part[:1], part[1:]) for part in parts]
    return _is_name(first, subfields) if glance == _NAME else _is_rda(tag, subfields, table)


def _is_name(first: str, subfields: Sequence[tuple[str, str]]) -> bool:
    previous, before = "", ""
    for code, value in subfields:
        within = value.strip(" ,.")
        if code == "a" and first[0] == "1" and "," not in within and " " in within:
            return False
        if code in "de" and previous and previous in "abcqd":
            last = f"{previous}{before}".rstrip(" ")[-1:] or previous
            if last not in ",-.)]?":
                return False
        previous, before = code, value
    return True


def _is_rda(tag: str, subfields: Sequence[tuple[str, str]], table: bytes) -> bool:
    named = [value for code, value in subfields if code == "a"]
    codes = [value for code, value in subfields if code == "b"]
    sources = [value for code, value in subfields if code == "2"]
    long = any(len(value.encode("utf-8", "replace")) > _LONGEST for _, value in subfields)
    if long or not sources or not sources[0].startswith(_LISTED[tag[2]]):
        return False
    if not all(tag[2] + code in _list(table, _CODES) for code in codes):
        return False
    if named and (not named[0].isascii() or "(" in named[0]):
        return False
    if len(named) != 1 or len(codes) != 1:
        return True
    term = tag[2] + named[0].lower()
    if len(term) < _SHORTEST or term[-1] in " ." or term[1] in " .":
        return False
    return term not in _list(table, _NAMES) or f"{term}\x1fb{codes[0]}" in _list(table, _TERMS)


def screen(tags: Sequence[str], texts: Sequence[str], table: bytes) -> list[int]:
    """Return for each field why it is to be looked at: the reasons of validate/subject.py."""
    return [_judged(tag, text, table) for tag, text in zip(tags, texts, strict=True)]


def row_of(tag: str, table: bytes) -> bytes:
    """Return the row of a tag, empty for one that is no number."""
    number = int(tag) if len(tag) == 3 and tag.isascii() and tag.isdigit() else -1
    return table[_ROW * number : _ROW * number + _ROW] if number >= 0 else b""


def stands_once(tag: str, table: bytes) -> bool:
    """Tell whether a field may not be repeated."""
    row = row_of(tag, table)
    return bool(row) and bool(row[_ONCE])


def _allowed(bits: bytes, code: int) -> bool:
    return code < 0x80 and bool(bits[code >> 3] >> (code & 7) & 1)


def _judged(tag: str, text: str, table: bytes) -> int:
    row = row_of(tag, table)
    if row and tag < "010":
        if not row[_KINDS] or not text.strip(" ") or _ODD.search(text) or "\x1f" in text:
            return 1 | _AND_ODD
        return _TIME if tag == "005" and not _TIME_OF.fullmatch(text) else 0
    first, *parts = text.split("\x1f")
    if len(first) != 2 or not first.isascii() or not parts or len(text) < 4:
        return _EVERY_KIND
    if not row:
        return 1 | _looked(bytes(_ROW), tag, first, parts, table, own=False)
    own = tag != "880"
    if not own:
        link = parts[0][1:4]
        row = row_of(link, table) if parts[0][:1] == "6" and len(text) >= 8 else b""
        if not row or link < "010":
            return _EVERY_KIND | LINKED
    one, two = map(ord, first)
    suspect = not (_allowed(row[:16], one) and _allowed(row[16:32], two))
    return int(suspect) | _looked(row, tag, first, parts, table, own=own)


def _looked(
    row: bytes, tag: str, first: str, parts: Sequence[str], table: bytes, *, own: bool
) -> int:
    """Return why to look at subfields; at those of an 880 by the schema alone."""
    found = 0
    seen: set[str] = set()
    for part in parts:
        code, value = part[:1], part[1:]
        if not code or not code.isascii():
            return found | _EVERY_KIND
        kind = row[_KINDS + ord(code)] & 3
        found |= not kind or (kind == 1 and code in seen)
        found |= LINKED * (code in "68")
        seen.add(code)
        if not value.strip(" ") or _ODD.search(value):
            found |= 1 | _AND_ODD
    return found | _beyond(row, tag, first, parts, table) if own else found


def _beyond(row: bytes, tag: str, first: str, parts: Sequence[str], table: bytes) -> int:
    """Return why to look at subfields beyond the schema."""
    found = 0
    marks = {row[i]: row[i + 1 : i + 5] for i in range(_BEFORE, _BRACKETS, 5) if row[i]}
    before, previous = None, ""
    for part in parts:
        code, value = ord(part[0]), part[1:]
        if not _is_sound(value, row[_KINDS + code] >> 2, table):
            found |= _VALUES
        if row[_BLANKS] and (value[:1] == " " or "  " in value.rstrip(" ")):
            found |= _AND_BLANKS
        if before is not None:
            last = before.encode("utf-8", "replace")[-1]
            unmarked = previous not in "0125679w" and last not in marks.get(code, bytes([last]))
            if unmarked or (row[_UNMARKED] and last in b":;/=+"):
                found |= _AND_MARKS
        before, previous = (value.rstrip(" ") or value or part)[-1:], part[0]
    if row[_BRACKETS] and not _are_paired("".join(part[1:] for part in parts)):
        found |= _AND_BRACKETS
    if row[_GLANCE] and not _passes(tag, first, parts, row[_GLANCE], table):
        found |= _VALUES
    codes = {part[0] for part in parts}
    if row[_SOURCE]:
        refers, named = first[row[_SOURCE] - 1], "2" in codes
        if not named if refers == "7" else named and refers != " " and bool(row[_ONLY_7]):
            found |= _AND_SOURCE
    needed = row[_MAIN:_SOURCE]
    there = _allowed(needed, 0) or any(_allowed(needed, ord(code)) for code in codes)
    return found if there else found | _AND_MAIN


def _are_paired(text: str) -> bool:
    waiting = ""
    for character in text:
        if character in "([":
            waiting += character
        elif character in ")]":
            if waiting[-1:] != {")": "(", "]": "["}[character]:
                return False
            waiting = waiting[:-1]
        if len(waiting) > _MOST_OPEN:
            return False
    return not waiting
