"""MARCMaker's mnemonics: `{dollar}`, `{acute}e`, `{Lstrok}` and what they stand for.

Source: LC's MARCMaker documentation, "Mnemonics" (each names a MARC-8 character). A diacritic is
written before its letter, as in MARC-8; in Unicode it follows it.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["expand", "protect"]

# Combining marks, by mnemonic, with the MARC-8 byte that also names them: {E1} is {grave}.
_MARKS = {
    "hooka": ("\u0309", "E0"), "grave": ("\u0300", "E1"), "acute": ("\u0301", "E2"),
    "circ": ("\u0302", "E3"), "tilde": ("\u0303", "E4"), "macr": ("\u0304", "E5"),
    "breve": ("\u0306", "E6"), "dot": ("\u0307", "E7"), "uml": ("\u0308", "E8"),
    "caron": ("\u030c", "E9"), "ring": ("\u030a", "EA"), "llig": ("\ufe20", "EB"),
    "rlig": ("\ufe21", "EC"), "rcommaa": ("\u0315", "ED"), "dblac": ("\u030b", "EE"),
    "candra": ("\u0310", "EF"), "cedil": ("\u0327", "F0"), "ogon": ("\u0328", "F1"),
    "dotb": ("\u0323", "F2"), "dbldotb": ("\u0324", "F3"), "ringb": ("\u0325", "F4"),
    "dblunder": ("\u0333", "F5"), "under": ("\u0332", "F6"), "commab": ("\u0326", "F7"),
    "rcedil": ("\u031c", "F8"), "breveb": ("\u032e", "F9"), "ldbltil": ("\ufe22", "FA"),
    "rdbltil": ("\ufe23", "FB"), "commaa": ("\u0313", "FE"),
}  # fmt: skip
_ALIASES = {"diaer": "uml", "hookr": "ogon", "hookl": "commab"}

# Characters that stand for themselves.
_LETTERS = {
    "excl": "!", "quot": '"', "num": "#", "dollar": "$", "percnt": "%", "amp": "&", "apos": "'",
    "lpar": "(", "rpar": ")", "ast": "*", "plus": "+", "comma": ",", "hyphen": "-", "period": ".",
    "sol": "/", "colon": ":", "semi": ";", "lt": "<", "equals": "=", "gt": ">", "quest": "?",
    "commat": "@", "lsqb": "[", "bsol": "\\", "rsqb": "]", "spcirc": "^", "spundscr": "_",
    "lowbar": "_", "spgrave": "`", "lcub": "{", "verbar": "|", "pipe": "|", "rcub": "}",
    "sptilde": "~", "space": " ", "esc": "\x1b",
    "joiner": "\u200d", "nonjoin": "\u200c",
    "Lstrok": "Ł", "Ostrok": "Ø", "Dstrok": "Đ", "THORN": "Þ", "AElig": "Æ", "OElig": "Œ",
    "softsign": "ʹ", "mlprime": "ʹ", "middot": "·", "flat": "♭", "reg": "®", "plusmn": "±",
    "Ohorn": "Ơ", "Uhorn": "Ư", "mlrhring": "ʼ", "mllhring": "ʻ", "lstrok": "ł", "ostrok": "ø",
    "dstrok": "đ", "thorn": "þ", "aelig": "æ", "oelig": "œ", "hardsign": "ʺ", "mlPrime": "ʺ",
    "inodot": "ı", "pound": "£", "eth": "ð", "ETH": "Ð", "ohorn": "ơ", "uhorn": "ư", "deg": "°",
    "scriptl": "ℓ", "phono": "℗", "copy": "©", "sharp": "♯", "iquest": "¿", "iexcl": "¡",
    "szlig": "ß", "euro": "€",
}  # fmt: skip

_BY_BYTE = {byte: mark for mark, byte in _MARKS.values()}
_MNEMONIC = re.compile(r"\{([A-Za-z0-9]{1,8})\}")
_TO_PROTECT = re.compile(r"[\x00-\x1f\x7f${}\\]")
_NAMES = {"$": "{dollar}", "{": "{lcub}", "}": "{rcub}", "\\": "{bsol}", "\x1b": "{esc}"}


def _letter_with_mark(name: str) -> str | None:
    """Return é for eacute, Č for Ccaron."""
    mark = _MARKS.get(_ALIASES.get(name[1:], name[1:]))
    if mark is None or not name[0].isalpha():
        return None
    return unicodedata.normalize("NFC", name[0] + mark[0])


def expand(text: str) -> tuple[str, list[str]]:
    """Return the text with mnemonics replaced, and the names that are none (left as they are).

    >>> expand("Caf{acute}e, {dollar}5, {Lstrok}{acute}od{acute}z, {whatever}")
    ('Cafe\u0301, $5, Ło\u0301dz\u0301, {whatever}', ['whatever'])
    """
    if "{" not in text:
        return text, []
    unknown: list[str] = []
    parts: list[str] = []
    pending = ""  # marks that wait for their letter
    at = 0
    for match in _MNEMONIC.finditer(text):
        between, name = text[at : match.start()], match.group(1)
        at = match.end()
        if between:
            parts.append(between[0] + pending + between[1:])
            pending = ""
        mark = _MARKS.get(_ALIASES.get(name, name))
        if mark is not None or name in _BY_BYTE:
            pending += mark[0] if mark is not None else _BY_BYTE[name]
            continue
        character = _LETTERS.get(name) or _letter_with_mark(name) or _control(name)
        if character is None:
            unknown.append(name)
            character = match.group()
        parts.append(character[0] + pending + character[1:])
        pending = ""
    rest = text[at:]
    parts.append(rest[:1] + pending + rest[1:])
    return "".join(parts), unknown


def _control(name: str) -> str | None:
    """Return the control character for two hexadecimal digits."""
    if len(name) == 2 and (name[0] in "01" or name == "7F") and name[1] in "0123456789ABCDEF":
        return chr(int(name, 16))
    return None


def protect(text: str) -> str:
    r"""Return the text with what MARCMaker would misread written as mnemonics.

    >>> protect("costs $5 {net}")
    'costs {dollar}5 {lcub}net{rcub}'
    """
    return _TO_PROTECT.sub(lambda m: _NAMES.get(m.group()) or f"{{{ord(m.group()):02X}}}", text)
