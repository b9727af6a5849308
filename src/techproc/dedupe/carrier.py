"""On what a publication is carried: print, online, microform and the rest never merge."""

from __future__ import annotations

from techproc.dedupe.view import View
from techproc.text import fold

__all__ = ["carrier_claims", "carrier_of", "carriers_agree", "route_of"]

_CARRIER_CODES = {  # 338 $b, by its first letter; "cr" and "nc" are looked at whole
    "h": "microform", "s": "audio", "v": "video", "c": "disc", "m": "film", "p": "microscopic",
    "g": "projected", "e": "stereographic",
}  # fmt: skip
_FORM_OF_ITEM = {
    "a": "microform", "b": "microform", "c": "microform", "d": "large print", "f": "braille",
    "o": "online", "q": "disc", "s": "electronic",
}  # fmt: skip
_CATEGORY = {"h": "microform", "s": "audio", "v": "video", "m": "film", "f": "braille"}
_WORDS = (
    ("online", ("online resource", "electronic book", "ebook", "e book", "website", "web site")),
    ("microform", ("microfiche", "microfilm", "microform", "microopaque", "micro opaque", "microcard")),
    ("disc", ("cd rom", "computer optical disc", "computer disk", "computer disc", "dvd rom", "floppy")),
    ("audio", ("sound disc", "audio disc", "sound recording", "sound cassette", "audiocassette", "audiobook")),
    ("video", ("videodisc", "videocassette", "videorecording", "dvd video")),
    ("electronic", ("electronic resource", "electronic text", "electronic document", "computer file",
                    "electronic data")),
    ("large print", ("large print",)),
    ("braille", ("braille",)),
)  # fmt: skip


def carrier_of(view: View) -> tuple[str, bool]:
    """Return what the record says it is carried on, and whether that is sure.

    It is "print" when nothing says otherwise. A carrier that stands only as a code in 008 or 007,
    against an extent in plain pages, is not sure: such codes are often left from a copied record.

    The evidence in the order it is believed: carrier type (338), extent (300 $a), general material
    designation (245 $h), form of item (008/23, or 29 for maps and visual material), 007, and last
    the type of record.
    """
    named = _from_carrier_type(view)
    if named and named != "volume":
        return named, True
    extent = view.values("300", "a")
    spoken = _from_words(extent) or _from_words(view.values("245", "h"))
    if spoken:
        return spoken, True
    kind = view.leader[6:7]
    body = view.first("008")
    form = body[29:30] if kind in "efgkor" else body[23:24]
    paged = any(char.isdigit() for value in extent for char in value)
    coded = _FORM_OF_ITEM.get(form, "") if len(body) >= 30 else ""
    if named == "volume" and coded not in ("large print", "braille"):
        return "print", not coded
    if coded:
        return coded, not paged
    for physical in view.control.get("007", ()):
        if physical[:2] == "cr":
            return "online", not paged
        if physical[:1] == "c":
            return "disc" if physical[1:2] == "o" else "electronic", not paged
        if physical[:1] in _CATEGORY:
            return _CATEGORY[physical[:1]], not paged
    if kind in "ij":
        return "audio", True
    return ("electronic" if kind == "m" else "print"), True


def carrier_claims(view: View) -> frozenset[str]:
    """Return every carrier that some part of the record claims.

    More than one is a contradiction: a print record that was copied from the online one and still
    has its 338. A size in centimetres claims print, where no other carrier is named beside it.
    """
    claims = set()
    named = _from_carrier_type(view)
    if named:
        claims.add("print" if named == "volume" else named)
    for tag, code in (("300", "a"), ("245", "h")):
        if words := _from_words(view.values(tag, code)):
            claims.add(words)
    sized = any("cm" in value for value in view.values("300", "c"))
    if sized and not _from_words(view.values("300", "a")):
        claims.add("print")
    body = view.first("008")
    form = body[29:30] if view.leader[6:7] in "efgkor" else body[23:24]
    if len(body) >= 30 and form in _FORM_OF_ITEM:
        claims.add(_FORM_OF_ITEM[form])
    for physical in view.control.get("007", ()):
        if physical[:2] == "cr":
            claims.add("online")
        elif physical[:1] in "akt":
            claims.add("print")
        elif physical[:1] in _CATEGORY:
            claims.add(_CATEGORY[physical[:1]])
    if "online" in claims or "disc" in claims:
        claims.discard("electronic")
    return frozenset(claims)


def _from_carrier_type(view: View) -> str:
    found = ""
    for _, parts in view.data.get("338", ()):
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
    return _words_in(fold(values[0])) if values else ""


def _words_in(text: str) -> str:
    return next((name for name, words in _WORDS if any(word in text for word in words)), "")


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
