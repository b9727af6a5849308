"""On what a publication is carried: print, online, microform and the rest never merge."""

from __future__ import annotations

import re
from functools import lru_cache

from techproc.dedupe.view import View
from techproc.text import fold

__all__ = ["carriers_agree", "read_carrier", "route_of"]

_CARRIER_CODES = {  # 338 $b, by its first letter; "cr" and "nc" are looked at whole
    "h": "microform", "s": "audio", "v": "video", "c": "disc", "m": "film", "p": "microscopic",
    "g": "projected", "e": "stereographic",
}  # fmt: skip
_FORM_OF_ITEM = {
    "a": "microform", "b": "microform", "c": "microform", "d": "large print", "f": "braille",
    "o": "online", "q": "disc", "s": "electronic",
}  # fmt: skip
_CATEGORY = {"h": "microform", "s": "audio", "v": "video", "m": "film", "f": "braille"}
_WORDS = {
    "online": "online resource|electronic book|ebook|e book|website|web site",
    "microform": "microfiche|microfilm|microform|micro ?opaque|microcard",
    "disc": "cd rom|computer optical disc|computer dis[ck]|dvd rom|floppy",
    "audio": "sound disc|audio disc|sound recording|sound cassette|audiocassette|audiobook",
    "video": "videodisc|videocassette|videorecording|dvd video",
    "electronic": "electronic (?:resource|text|document|data)|computer file",
    "largeprint": "large print",
    "braille": "braille",
}
_WORDY = re.compile(
    "online|book|site|micro|dis[ck]|cd|floppy|sound|audio|video|electronic|computer|print|braille",
    re.IGNORECASE,
)
_NAMED = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items()))


def read_carrier(  # noqa: PLR0911, PLR0912  (the order of belief is the code)
    view: View, extent: list[str], dimensions: str
) -> tuple[str, bool, frozenset[str]]:
    """Return what the record says it is carried on, whether that is sure, and all it claims.

    `extent` is what stands in 300 $a, `dimensions` in $c.

    It is "print" when nothing says otherwise. The evidence in the order it is believed: carrier
    type (338), extent (300 $a), general material designation (245 $h), form of item (008/23, or 29
    for maps and visual material), 007, type of record. A carrier that stands only as a code in 008
    or 007, against an extent in plain pages, is not sure: such codes are often left from a copied
    record. More than one claim is a contradiction: a print record copied from the online one that
    still has its 338. A size in centimetres claims print where no carrier is named beside it.
    """
    claims: list[str] = []
    named = _from_carrier_type(view)
    if named:
        claims.append("print" if named == "volume" else named)
    spoken = _from_words(extent)
    if not spoken and "cm" in dimensions:
        claims.append("print")
    spoken = spoken or _from_words(view.values("245", "h"))
    if spoken:
        claims.append(spoken)
    kind, body = view.leader[6:7], view.first("008")
    coded = ""
    if len(body) >= 30:
        coded = _FORM_OF_ITEM.get(body[29:30] if kind in "efgkor" else body[23:24], "")
        if coded:
            claims.append(coded)
    physical = ""
    for said in view.control.get("007", ()):
        if named_here := _from_physical(said):
            claims.append(named_here)
            physical = physical or named_here
    if named and named != "volume":
        return named, True, _settled(*claims)
    if spoken:
        return spoken, True, _settled(*claims)
    if named and coded not in ("large print", "braille"):
        return "print", not coded, _settled(*claims)
    if coded:
        return coded, not _paged(extent), _settled(*claims)
    if physical and physical != "print":
        return physical, not _paged(extent), _settled(*claims)
    if kind in "ij":
        return "audio", True, _settled(*claims)
    return ("electronic" if kind == "m" else "print"), True, _settled(*claims)


@lru_cache(maxsize=1 << 10)
def _settled(*claims: str) -> frozenset[str]:
    found = frozenset(claims)
    return found - {"electronic"} if "online" in found or "disc" in found else found


def _paged(extent: list[str]) -> bool:
    return any(map(str.isdigit, "".join(extent)))


def _from_physical(field: str) -> str:
    if field[:1] == "c":
        return {"r": "online", "o": "disc"}.get(field[1:2], "electronic")
    return "print" if field[:1] in "akt" else _CATEGORY.get(field[:1], "")


def _from_carrier_type(view: View) -> str:
    found = ""
    for _, letters, values in view.data.get("338", ()):
        parts = list(zip(letters, values, strict=True))
        codes = [value.strip() for code, value in parts if code == "b"]
        words = fold(" ".join(value for code, value in parts if code == "a"))
        for code in codes:
            # A book with a disc in its pocket stays a book: the first carrier named counts.
            if code == "cr":
                found = found or "online"
            elif code.startswith("n"):
                found = found or "volume"
            else:
                found = found or _CARRIER_CODES.get(code[:1], "")
        if not codes:
            found = found or ("volume" if words in ("volume", "sheet") else _words_in(words))
    return found


def _from_words(values: list[str]) -> str:
    return _said_in(values[0]) if values else ""


@lru_cache(maxsize=1 << 15)
def _said_in(text: str) -> str:
    # "xii, 317 p." is most of what there is, and holds no word to look for.
    return _words_in(fold(text)) if _WORDY.search(text) else ""


@lru_cache(maxsize=1 << 12)
def _words_in(text: str) -> str:
    found = _NAMED.search(text)
    if found is None or found.lastgroup is None:
        return ""
    return "large print" if found.lastgroup == "largeprint" else found.lastgroup


def carriers_agree(first: str, second: str) -> bool:
    """Return False when two carriers can't be those of one manifestation.

    "electronic" says no more than that: it goes with online and with disc.

    >>> carriers_agree("print", "online"), carriers_agree("electronic", "online")
    (False, True)
    """
    electronic = ("online", "disc", "electronic")
    if "electronic" in (first, second):
        return first in electronic and second in electronic
    return first == second


def route_of(view: View) -> str:
    """Return how a record is to be matched: monograph, multipart, serial, music, map, other.

    From type and level of the leader; a monograph with numbered or named parts, a multipart level
    in LDR/19 or more than one volume is a multipart.
    """
    kind, level = view.leader[6:7], view.leader[7:8]
    if level in "bis":
        return "serial"
    if kind in "cdj":
        return "music"
    if kind in "ef":
        return "map"
    if kind in "gkorp":
        return "other"
    if view.leader[19:20] in "abc" or view.values("245", "np"):
        return "multipart"
    return "monograph"
