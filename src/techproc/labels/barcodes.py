"""Barcodes as widths of bars and spaces, in modules and then in dots of the printing device.

A value that a symbology cannot hold is a finding; bars are never scaled to fit a label: a label
that is too narrow is refused with the width that is needed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from techproc.errors import LabelError

__all__ = ["SYMBOLOGIES", "BarcodeValueError", "Bars", "encode", "human_readable"]

SYMBOLOGIES: Final = ("codabar", "code39", "code39mod43", "code128", "itf", "ean13")

# Bars and spaces by turns, beginning with a bar; 1 is wide. ANSI/AIM BC3, BC1 and BC2.
_CODABAR: Final = {
    "0": "0000011", "1": "0000110", "2": "0001001", "3": "1100000", "4": "0010010",
    "5": "1000010", "6": "0100001", "7": "0100100", "8": "0110000", "9": "1001000",
    "-": "0001100", "$": "0011000", ":": "1000101", "/": "1010001", ".": "1010100",
    "+": "0010101", "A": "0011010", "B": "0101001", "C": "0001011", "D": "0001110",
}  # fmt: skip
_CODE39: Final = {
    "0": "000110100", "1": "100100001", "2": "001100001", "3": "101100000", "4": "000110001",
    "5": "100110000", "6": "001110000", "7": "000100101", "8": "100100100", "9": "001100100",
    "A": "100001001", "B": "001001001", "C": "101001000", "D": "000011001", "E": "100011000",
    "F": "001011000", "G": "000001101", "H": "100001100", "I": "001001100", "J": "000011100",
    "K": "100000011", "L": "001000011", "M": "101000010", "N": "000010011", "O": "100010010",
    "P": "001010010", "Q": "000000111", "R": "100000110", "S": "001000110", "T": "000010110",
    "U": "110000001", "V": "011000001", "W": "111000000", "X": "010010001", "Y": "110010000",
    "Z": "011010000", "-": "010000101", ".": "110000100", " ": "011000100", "$": "010101000",
    "/": "010100010", "+": "010001010", "%": "000101010", "*": "010010100",
}  # fmt: skip
_CODE39_ORDER: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_ITF: Final = (
    "00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010",
)  # fmt: skip
# Widths in modules of the 107 characters of Code 128 (ISO/IEC 15417), stop last.
_CODE128: Final = (  # noqa: SIM905  a table of 107 rows reads best as one text
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 "
    "122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 "
    "321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 "
    "211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 "
    "213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 "
    "121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 "
    "241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 "
    "412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 "
    "211214 211232 2331112"
).split()
_NARROW: Final = bytes.maketrans(b"01", b"\x01\x00")
_EAN_LEFT: Final = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
_EAN_PARITY: Final = (
    "LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG",
    "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL",
)  # fmt: skip


class BarcodeValueError(LabelError):
    """A value that the symbology has no bars for."""


@dataclass(frozen=True, slots=True)
class Bars:
    """A barcode: widths by turns, bars first, and the modules of quiet zone on each side.

    In a code of two widths the numbers are 1 (narrow) and 0 (wide), since the ratio is chosen when
    it is printed; else they are modules.
    """

    symbology: str
    value: str
    widths: tuple[int, ...]
    two_widths: bool
    quiet: float = 10.0
    guards: tuple[int, ...] = ()  # bars of EAN that are longer than the others

    def dots(self, narrow: int, ratio: float = 2.5) -> tuple[int, ...]:
        """Return the widths in device dots, with `narrow` dots to a module.

        >>> encode("itf", "12").dots(2)
        (2, 2, 2, 2, 5, 2, 2, 5, 2, 2, 2, 2, 5, 5, 5, 2, 2)
        """
        if not self.two_widths:
            return tuple([width * narrow for width in self.widths])
        wide = math.floor(narrow * ratio + 0.5)
        return tuple([narrow if width else wide for width in self.widths])

    def modules(self, ratio: float = 2.5) -> float:
        """Return the length of the bars in modules, without quiet zones."""
        if not self.two_widths:
            return float(sum(self.widths))
        narrow = sum(self.widths)
        return narrow + ratio * (len(self.widths) - narrow)


def encode(symbology: str, value: str, *, start: str = "A", stop: str = "B") -> Bars:
    """Return a value as bars; `start` and `stop` are the letters around a Codabar number.

    Raises BarcodeValueError (a LabelError) naming the value and the character for what the
    symbology cannot hold, and LabelError for an unknown symbology.

    >>> encode("codabar", "31234000012345").modules(2.5)
    178.0
    >>> encode("codabar", "3123X")
    Traceback (most recent call last):
    ...
    techproc.labels.barcodes.BarcodeValueError: 3123X: Codabar has no X; it has 0–9 - $ : / . +
    """
    if symbology not in _ENCODERS:
        raise LabelError(f"no symbology is called {symbology}; known: {', '.join(SYMBOLOGIES)}, qr")
    if not value:
        raise BarcodeValueError("the barcode has no number")
    if symbology == "codabar":
        return _codabar(value, start, stop)
    return _ENCODERS[symbology](value)


def human_readable(symbology: str, value: str) -> str:
    """Return a number as people read it: a library's 14 digits in their groups.

    Kind, institution, serial number and check digit stand apart.

    >>> human_readable("codabar", "31234000012345")
    '3 1234 00001234 5'
    """
    if re.fullmatch(r"[23]\d{13}", value, re.ASCII) and symbology != "ean13":
        return f"{value[0]} {value[1:5]} {value[5:13]} {value[13]}"
    return value


def _refuse(value: str, known: str, name: str, has: str) -> None:
    for character in value:
        if character not in known:
            shown = character if character.isprintable() else f"U+{ord(character):04X}"
            raise BarcodeValueError(
                f"{value!r:.60}".strip("'") + f": {name} has no {shown}; it has {has}"
            )


def _flags(patterns: list[str]) -> tuple[int, ...]:
    """Join characters with a narrow space between them; 1 is narrow in the result."""
    return tuple("0".join(patterns).encode("ascii").translate(_NARROW))


def _codabar(value: str, start: str, stop: str) -> Bars:
    _refuse(value, "0123456789-$:/.+", "Codabar", "0–9 - $ : / . +")
    for letter in (start, stop):
        if letter not in ("A", "B", "C", "D"):
            raise LabelError(f"Codabar starts and stops with A, B, C or D, not {letter!r}")
    widths = _flags([_CODABAR[c] for c in start + value + stop])
    return Bars("codabar", value, widths, True)


def _code39(value: str) -> Bars:
    _refuse(value, _CODE39_ORDER, "Code 39", "0–9 A–Z - . $ / + % and the blank")
    return Bars("code39", value, _flags([_CODE39[c] for c in f"*{value}*"]), True)


def _code39mod43(value: str) -> Bars:
    _refuse(value, _CODE39_ORDER, "Code 39", "0–9 A–Z - . $ / + % and the blank")
    check = _CODE39_ORDER[sum(_CODE39_ORDER.index(c) for c in value) % 43]
    return Bars("code39mod43", value, _flags([_CODE39[c] for c in f"*{value}{check}*"]), True)


def _itf(value: str) -> Bars:
    _refuse(value, "0123456789", "Interleaved 2 of 5", "0–9")
    if len(value) % 2:
        raise BarcodeValueError(
            f"{value}: Interleaved 2 of 5 holds an even number of digits, this has {len(value)}"
        )
    bits = "0000"
    for at in range(0, len(value), 2):
        bars, spaces = _ITF[int(value[at])], _ITF[int(value[at + 1])]
        bits += "".join(bar + space for bar, space in zip(bars, spaces, strict=True))
    return Bars("itf", value, tuple((bits + "100").encode("ascii").translate(_NARROW)), True)


def _code128(value: str) -> Bars:
    for character in value:
        if not character.isascii():
            raise BarcodeValueError(f"{value}: Code 128 has no {character}; it has ASCII")
    codes = _code128_codes(value)
    check = (codes[0] + sum(at * code for at, code in enumerate(codes))) % 103
    widths = "".join(_CODE128[code] for code in (*codes, check, 106))
    return Bars("code128", value, tuple(map(int, widths)), False)


def _code128_codes(value: str) -> list[int]:
    """Return the shortest row of code characters, found backwards over the three code sets."""
    size = len(value)
    # best[set] = (length, codes) for what follows a position, being in that set
    best: dict[str, tuple[int, list[int]]] = {s: (0, []) for s in "ABC"}
    switch = {"A": {"B": 100, "C": 99}, "B": {"A": 101, "C": 99}, "C": {"A": 101, "B": 100}}
    later: list[dict[str, tuple[int, list[int]]]] = [best]
    for at in range(size - 1, -1, -1):
        here: dict[str, tuple[int, list[int]]] = {}
        point = ord(value[at])
        after = later[-1]
        if point < 96 and after["A"][0] >= 0:
            code = point - 32 if point >= 32 else point + 64
            here["A"] = (after["A"][0] + 1, [code, *after["A"][1]])
        if point >= 32:
            here["B"] = (after["B"][0] + 1, [point - 32, *after["B"][1]])
        pair = value[at : at + 2]
        if len(pair) == 2 and pair.isdecimal():
            two = later[-2]["C"]
            here["C"] = (two[0] + 1, [int(pair), *two[1]])
        # Of rows of one length the one is taken that zint takes: into C early, else B before A.
        own = dict(here)
        for target in "ABC":
            for source in "CBA":
                if source == target or source not in own:
                    continue
                length = own[source][0] + 1
                known = here[target][0] if target in here else size * 3 + 9
                if length < known or (length == known and source == "C"):
                    here[target] = (length, [switch[target][source], *own[source][1]])
        later.append(here)
    first = later[-1]
    begin = min("CBA", key=lambda s: first[s][0])
    return [{"A": 103, "B": 104, "C": 105}[begin], *first[begin][1]]


def _ean13(value: str) -> Bars:
    digits = value.replace("-", "").replace(" ", "")
    _refuse(digits, "0123456789", "EAN-13", "0–9")
    if len(digits) != 13:
        raise BarcodeValueError(f"{value}: EAN-13 holds 13 digits, this has {len(digits)}")
    check = -sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits[:12])) % 10
    if int(digits[12]) != check:
        raise BarcodeValueError(f"{value}: the check digit is {digits[12]}, it should be {check}")
    widths = "111"
    for digit, parity in zip(digits[1:7], _EAN_PARITY[int(digits[0])], strict=True):
        pattern = _EAN_LEFT[int(digit)]
        # In the left half both kinds begin with a space; G is L read backwards.
        widths += pattern if parity == "L" else pattern[::-1]
    widths += "11111"
    widths += "".join(_EAN_LEFT[int(digit)] for digit in digits[7:])
    widths += "111"
    return Bars("ean13", digits, tuple(map(int, widths)), False, 11.0, (0, 2, 28, 30, 56, 58))


_ENCODERS: Final[dict[str, Callable[[str], Bars]]] = {
    "codabar": lambda value: _codabar(value, "A", "B"),
    "code39": _code39,
    "code39mod43": _code39mod43,
    "code128": _code128,
    "itf": _itf,
    "ean13": _ean13,
}
