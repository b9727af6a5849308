"""On what a publication is carried, read from all the places a record says it.

Order of belief: 338 (carrier type), 300 $a, 245 $h, 008/23 or 29 (form of item), 007, LDR/06.
What is coded fresh for the item (338, 300) wins over a fixed field that was copied with a record.
Sources: MARC 21 Bibliographic; RDA carrier types (rdacarrier); AACR2 general material designations.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["CARRIERS", "carrier_of"]

CARRIERS = (
    "print", "online", "microform", "audio", "video", "map", "score", "manuscript", "braille",
    "electronic", "other",
)  # fmt: skip

_RDA = {
    "h": "microform", "s": "audio", "v": "video", "m": "video", "c": "electronic", "p": "other",
    "g": "other", "e": "other",
}  # fmt: skip
_RDA_WORDS = (
    ("online resource", "online"), ("volume", "print"), ("sheet", "print"), ("card", "print"),
    ("micro", "microform"), ("aperture", "microform"), ("audio", "audio"), ("video", "video"),
    ("film", "video"), ("computer", "electronic"),
)  # fmt: skip
_FORM = {"a": "microform", "b": "microform", "c": "microform", "f": "braille", "o": "online",
         "q": "electronic", "s": "electronic"}  # fmt: skip
_CATEGORY = {
    "h": "microform",
    "s": "audio",
    "v": "video",
    "m": "video",
    "f": "braille",
    "c": "electronic",
}
_TYPE = {
    "c": "score", "d": "manuscript", "e": "map", "f": "manuscript", "g": "video", "i": "audio",
    "j": "audio", "m": "electronic", "t": "manuscript", "r": "other", "k": "other", "o": "other",
    "p": "other",
}  # fmt: skip
_WORDS = re.compile(
    r"(?P<online>online|e-?book|electronic book|web ?site|ressource en ligne|recurso en l[ií]nea"
    r"|risorsa elettronica remota|онлайн)"
    r"|(?P<microform>micro-?(?:fiche|film|form|opaque|card|fichas?))"
    r"|(?P<audio>sound|audio|phonodisc|phono|h[öo]rbuch|schallplatte)"
    r"|(?P<video>video|dvd-video|motion picture|film reel)"
    r"|(?P<electronic>electronic resource|electronic text|computer|cd-?rom|dvd-?rom|floppy"
    r"|machine-readable)"
    r"|(?P<braille>braille)",
    re.IGNORECASE,
)
# A book with a disc in its pocket stays a book: what comes with it is in 300 $e or after a plus.
_PAPER = re.compile(r"^[^(+]*?(?:\b(?:p|pages?|v|volumes?|leaves|pp)\b)", re.IGNORECASE)


@lru_cache(maxsize=8192)
def _spoken(text: str) -> str:
    """Return the carrier that an extent or designation names in words, or an empty string."""
    match = _WORDS.search(text)
    if match is None or match.lastgroup is None:
        return ""
    paper = _PAPER.match(text)
    return "" if paper and paper.end() <= match.start() else match.lastgroup


def carrier_of(
    leader: str,
    *,
    fixed: str = "",
    physical: str = "",
    carriers: tuple[str, ...] = (),
    extent: str = "",
    designation: str = "",
) -> str:
    """Return one of `CARRIERS`.

    In: the leader, 008 (`fixed`), the first 007 (`physical`), the codes ($b) or words ($a) of 338,
    300 $a (`extent`), 245 $h (`designation`); each may be empty.

    >>> carrier_of("00000nam a22", carriers=("cr",), extent="1 online resource (xii, 200 pages)")
    'online'
    >>> carrier_of("00000nam a22", carriers=("nc",), extent="200 pages + 1 CD-ROM")
    'print'
    >>> carrier_of("00000cem a22", extent="1 map"), carrier_of("")
    ('map', 'print')
    """
    kind = leader[6:7]
    named = _from_338(carriers) if carriers else ""
    spoken = "" if named not in ("", "print") else _spoken(extent) or _spoken(designation)
    # 338 "volume" beside "1 online resource" in 300: the record was cloned, and 300 was edited.
    found = spoken or named
    if found in ("", "print"):
        form = fixed[29:30] if kind in ("e", "f", "g", "k", "o", "r") else fixed[23:24]
        if len(fixed) >= 30 and not named:
            found = _FORM.get(form, "")
        if not found and physical:
            found = "online" if physical[:2] == "cr" else _CATEGORY.get(physical[:1], "")
    if found in ("", "print"):
        return _TYPE.get(kind, "print")
    return found


def _from_338(carriers: tuple[str, ...]) -> str:
    """Return the carrier of the first 338 that names one."""
    for value in carriers:
        code = value.strip().lower()
        if code == "cr":
            return "online"
        if len(code) == 2:
            if code[0] == "n":
                return "print"
            if code[0] in _RDA:
                return _RDA[code[0]]
        for word, carrier in _RDA_WORDS:
            if word in code:
                return carrier
    return ""
